"""What a coach asks: answered by the engine, on the plan in force, of her own cases only."""

from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier, Event

import pytest
from sqlalchemy import text

from data_contracts.words import Verdict
from desk import asked, questions, thinking
from desk.thinking import ManyQuestions, StillLoading, Thinking, Turn
from matching.around import Change
from matching.candidates import UnknownHere, candidates
from matching.chains import unlink
from matching.model import Move
from matching.relaxed import applied, relaxations
from pipelines.settings import Settings
from store import proposals
from store.database import connect
from tests.conftest import _named
from tests.counts import count
from tests.desk.conftest import ON
from tests.desk.test_thinking import PATIENCE, until

HTMX = {"HX-Request": "true"}
EVERY = 10_000


@pytest.fixture(scope="module")
def stand(server, after_a_night, night_folder):
    """The stand of the night: read once, asked of by every test here."""
    url = _named(server, after_a_night)
    settings = Settings(
        data=night_folder / "data", deliveries=night_folder / "leveringen", database_url=url
    )
    engine = connect(url, test=True)
    made = Thinking(engine, settings).now()
    engine.dispose()
    return made


def moves(stand):
    return unlink(stand.plan.chains)


@pytest.fixture
def mine(engine, busiest):
    """The proposals of the busiest coach, of her own corporation, chain by chain."""
    with engine.connect() as connection:
        rows = proposals.of_coach(connection, busiest[0])
        own = connection.execute(
            text("SELECT id FROM proposal WHERE corporation = :it"), {"it": busiest[1]}
        ).scalars()
        return rows[rows["proposal"].isin(list(own))].to_dict("records")


# --- the questions -------------------------------------------------------------------------------


def test_of_a_home_that_is_proposed_it_is_told_why(stand):
    move = moves(stand)[0]
    told = questions.why_not(stand, move.household, move.to)
    assert told == next(one for one in stand.plan.reasons if one.household == move.household)


def test_of_every_home_in_the_region_something_is_told_that_says_where_it_comes_from(stand):
    household = moves(stand)[0].household
    homes = stand.state.dwellings.index[:: count(ci=25, soak=1, of="test_questions: woningen")]
    for dwelling in homes:
        told = questions.why_not(stand, household, str(dwelling))
        assert told.reasons
        assert all(reason.sentence and reason.source for reason in told.reasons)
        assert not any("{" in reason.sentence for reason in told.reasons)


def test_a_home_that_went_to_another_names_the_chain_and_nobody(stand):
    taken = {move.to: move.household for move in moves(stand)}
    wanted = stand.options[stand.options["dwelling"].isin(list(taken))]
    pairs = zip(wanted["household"], wanted["dwelling"], strict=True)
    household, dwelling = next(pair for pair in pairs if taken[pair[1]] != pair[0])
    reasons = questions.why_not(stand, household, dwelling).reasons
    went = next(one for one in reasons if one.criterion == "ging_naar_een_ander")
    assert "begint met woning" in went.sentence
    assert not any(taken[dwelling] in one.sentence for one in reasons)


def test_what_nobody_knows_is_said_to_be_unknown(stand):
    with pytest.raises(UnknownHere):
        questions.why_not(stand, moves(stand)[0].household, "W-999999")


def test_other_homes_come_cheapest_first_and_are_never_the_one_proposed(stand):
    for move in moves(stand)[:3]:
        found = questions.alternatives(stand, move.household)
        assert move.to not in {one.move.to for one in found}
        assert [one.price.points for one in found] == sorted(one.price.points for one in found)


def test_plan_b_is_another_household_in_the_same_home(stand):
    for move in moves(stand)[:3]:
        instead = questions.instead(stand, move).move
        assert instead is None or (instead.to == move.to and instead.household != move.household)


def test_who_would_come_instead_of_a_move_nobody_makes_is_not_asked(stand):
    with pytest.raises(questions.NotInThePlan):
        questions.instead(stand, Move("H-0", "W-0", None, 0))


def test_a_price_asked_twice_is_the_same_and_leaves_the_plan_alone(stand):
    move = moves(stand)[0]
    before = stand.standing.chains
    change = Change(forbidden=((move.household, move.to),))
    assert questions.price(stand, change) == questions.price(stand, change)
    assert stand.standing.chains == before


def test_what_a_wish_would_open_is_what_the_whole_search_finds_then(stand):
    ways = stand.ways
    policy = ways.policy.model_copy(update={"options_per_household": EVERY})

    def whole(state):
        options = candidates(state, ways.rules, policy, ON, network=ways.network).options
        return set(options["dwelling"][options["household"] == household])

    for move in moves(stand)[:: count(ci=17, soak=1, of="test_questions: huishoudens")]:
        household = move.household
        here = stand.options["household"] == household
        before = whole(stand.state) | set(stand.options["dwelling"][here])
        found = {
            one.relaxed.name: set(one.opens)
            for one in questions.what_would(stand, household, priced=0)
        }
        homes = stand.warm.search.market.homes.frame
        for one in relaxations(stand.state, household, homes, ways.rules, ways.policy):
            expected = whole(applied(stand.state, household, one)) - before
            assert found.get(one.name, set()) == expected


def test_what_would_change_is_told_the_same_every_time(stand):
    household = moves(stand)[0].household
    assert questions.what_would(stand, household) == questions.what_would(stand, household)


def test_only_the_first_is_priced_until_somebody_asks(stand):
    for move in moves(stand):
        found = questions.what_would(stand, move.household)
        if len(found) > 1:
            break
    assert [one.price for one in found[1:]] == [None] * (len(found) - 1)
    again = questions.what_would(stand, move.household, priced=2)
    assert again[1].price == questions.price_of(
        stand, move.household, found[1].best, relaxed=found[1].relaxed
    )


def test_an_answer_comes_down_to_one_line(stand):
    heads = set()
    for move in moves(stand)[:2]:
        for other in moves(stand)[:6]:
            told = questions.why_not(stand, move.household, other.to)
            place = asked.place_of(stand, other.to)
            answer = asked.answer(told, place, proposed=move.to == other.to)
            refused = any(one.verdict is Verdict.NO for one in told.reasons)
            assert (answer.head == "Kan niet") == (refused and move.to != other.to)
            heads.add(answer.head)
    assert {"Kan niet", "Dit is de woning die wij voorstellen"} < heads


# --- the pages -----------------------------------------------------------------------------------

PAGES = ("waarom-niet", "wat-zou", "alternatieven")


@pytest.mark.parametrize("name", PAGES)
def test_every_question_has_a_page_and_a_part_of_a_page(name, as_coach, mine):
    coach = as_coach()
    path = f"/voorstellen/{mine[0]['proposal']}/{name}"
    whole, part = coach.get(path), coach.get(path, headers=HTMX)
    assert (whole.status_code, part.status_code) == (200, 200)
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert f'id="{name}"' in whole.text
    assert part.text.lstrip().startswith(f'<section id="{name}"')


def test_a_home_that_was_asked_about_is_answered_with_its_reasons(as_coach, mine):
    first, second = mine[0], next(one for one in mine if one["dwelling"] != mine[0]["dwelling"])
    coach = as_coach()
    told = coach.get(f"/voorstellen/{first['proposal']}/waarom-niet?woning={second['dwelling']}")
    self_ = coach.get(f"/voorstellen/{first['proposal']}/waarom-niet?woning={first['dwelling']}")
    assert "Bron: " in told.text
    assert second["household"] not in told.text
    assert "Dit is de woning die wij voorstellen" in self_.text


def test_a_home_is_found_by_the_start_of_its_number_its_complex_or_its_neighbourhood(
    as_coach, mine, stand
):
    row = stand.state.dwellings.loc[mine[0]["dwelling"]]
    path = f"/voorstellen/{mine[0]['proposal']}/waarom-niet?woning="
    coach = as_coach()
    for text_ in (mine[0]["dwelling"][:-2], row["complex"], row["neighbourhood"]):
        if isinstance(text_, str):
            assert "Welke woning bedoelt u?" in coach.get(path + text_).text
    assert "Wij vinden geen woning" in coach.get(path + "bestaat-niet").text


def test_what_is_typed_comes_back_as_text_only(as_coach, mine):
    path = f"/voorstellen/{mine[0]['proposal']}/waarom-niet"
    coach = as_coach()
    told = coach.get(path, params={"woning": '"><img src=x onerror=alert(1)>'})
    assert "<img" not in told.text
    assert '"><img' in unescape(told.text)


def test_a_wish_can_be_priced_by_its_name(as_coach, mine):
    coach = as_coach()
    for row in mine:
        path = f"/voorstellen/{row['proposal']}/wat-zou"
        page = coach.get(path).text
        if "?prijs=" in page:
            break
    name = page.split("?prijs=")[1].split('"')[0]
    priced = coach.get(f"{path}?prijs={name}").text
    assert f'href="{path}?prijs={name}"' not in priced
    assert "kost de rest van het plan" in priced or "in geen enkele keten vrij" in priced


@pytest.mark.parametrize("name", PAGES)
def test_what_is_not_hers_is_not_there(name, as_role, mine, busiest):
    path = f"/voorstellen/{mine[0]['proposal']}/{name}"
    other = as_role("coach", busiest[1], coach="COACH-99")
    foreign, unknown = other.get(path), other.get(f"/voorstellen/bestaat-niet/{name}")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.text == unknown.text
    for role in ("planner", "steward", "administrator"):
        assert as_role(role, busiest[1]).get(path).status_code == 403


def test_an_address_is_shown_of_the_own_corporation_only_and_every_look_is_written(
    as_coach, mine, engine, stand, busiest
):
    homes = stand.state.dwellings
    own = homes.index[homes["corporation"] == busiest[1]][0]
    other = homes.index[homes["corporation"] != busiest[1]][0]
    streets = {own: "Eigen Straat", other: "Andermans Laan"}
    with engine.begin() as connection:
        for dwelling, street in streets.items():
            connection.execute(
                text(
                    "INSERT INTO address (dwelling, street, corporation) VALUES (:it, :street, :of)"
                    " ON CONFLICT (dwelling) DO UPDATE SET street = excluded.street"
                ),
                {"it": dwelling, "street": street, "of": homes.loc[dwelling, "corporation"]},
            )
    path = f"/voorstellen/{mine[0]['proposal']}/waarom-niet?woning="
    coach = as_coach()
    seen, unseen = coach.get(path + own).text, coach.get(path + other).text
    who = coach.viewer.user
    assert streets[own] in unescape(seen)
    assert streets[other] not in unescape(unseen)
    with engine.connect() as connection:
        looks = connection.execute(
            text("SELECT ids FROM access WHERE who = :who AND purpose = 'waarom niet'"),
            {"who": who},
        ).scalars()
        assert [own] in list(looks)


@pytest.mark.parametrize(
    ("wait", "said"), [(StillLoading, "wordt nog geladen"), (ManyQuestions, "veel vragen tegelijk")]
)
def test_when_the_plan_cannot_be_asked_yet_the_page_says_so_and_the_part_asks_again(
    wait, said, as_coach, mine, monkeypatch
):
    def refused(_):
        raise wait

    monkeypatch.setattr(Thinking, "now", refused)
    path = f"/voorstellen/{mine[0]['proposal']}/waarom-niet?woning=W-1"
    coach = as_coach()
    whole, part = coach.get(path), coach.get(path, headers=HTMX)
    assert (whole.status_code, part.status_code) == (503, 200)
    assert whole.headers["retry-after"] == part.headers["retry-after"] == "5"
    assert said in whole.text
    assert said in part.text
    assert f'href="{path}"' in whole.text
    assert f'hx-get="{path}"' in part.text
    assert 'hx-trigger="load delay:3s"' in part.text


def test_few_wait_for_their_turn_and_the_others_hear_so_at_once():
    turn, most = Turn(), thinking.WAITING
    asked_, go = Barrier(most), Event()

    def asks(_):
        asked_.wait(PATIENCE)
        with turn:
            return go.wait(PATIENCE)

    with ThreadPoolExecutor(most) as several:
        waiting = [several.submit(asks, one) for one in range(most)]
        until(lambda: turn._places._value == 0)
        with pytest.raises(ManyQuestions), turn:
            pass
        go.set()
        assert all(one.result(PATIENCE) for one in waiting)
    with turn:
        pass


def test_an_answer_that_fails_gives_the_turn_back(stand):
    with pytest.raises(UnknownHere):
        questions.price_of(stand, "H-niemand", "W-000001")
    with stand.turn:
        pass
    assert stand.turn._places._value == thinking.WAITING


def test_what_was_told_is_not_worked_out_again(stand, monkeypatch):
    household = moves(stand)[0].household
    first = questions.alternatives(stand, household)
    monkeypatch.setattr(questions.around, "alternatives", None)
    assert questions.alternatives(stand, household) is first
