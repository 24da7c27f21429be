"""What a coach decides at the desk, by the very forms: once, on what was seen, by whom and when."""

import json
import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import text

from desk.app import application
from pipelines.on_event import Rematcher
from store import people
from store import state as state_store
from tests.counts import count

MORNING = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
BSN = "111222333"


@pytest.fixture
def desk(engine, settings):
    """The desk on the morning after the night, whatever day it is outside."""
    made = application(engine, settings, clock=lambda: MORNING)
    yield made
    made.state.desk.thinking.stop()


def rows(engine, where="true", **given):
    with engine.connect() as connection:
        query = text(f"SELECT * FROM proposal WHERE {where} ORDER BY chain, step")  # noqa: S608 - a fixed text
        return [dict(row) for row in connection.execute(query, given).mappings()]


def row_of(engine, proposal):
    return rows(engine, "id = :id", id=proposal)[0]


def facts_of(engine, subject):
    """Every fact told of a thing: (kind, what it says)."""
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT kind, data FROM log WHERE subject = :subject ORDER BY position"),
            {"subject": subject},
        )
        return [(row.kind, json.loads(row.data)) for row in found]


@pytest.fixture
def coach(as_coach):
    return as_coach()


@pytest.fixture
def first(engine, coach):
    """An offered proposal of the coach at the front of its chain."""
    found = rows(
        engine,
        "coach = :coach AND corporation = :corporation AND state = 'offered' AND step = 1",
        coach=coach.viewer.coach,
        corporation=coach.viewer.corporation,
    )
    return found[0]


def form_of(client, proposal):
    """What travels with every form of the page that is shown now."""
    shown = client.get(f"/voorstellen/{proposal}/beslissen")
    assert shown.status_code == 200, shown.text
    stand = re.search(r'name="stand" value="(\d+)"', shown.text)
    token = re.search(r'name="eenmalig" value="([\w-]+)"', shown.text)
    return {"stand": stand and stand[1], "eenmalig": token and token[1]}


def post(client, proposal, what="stap", *, form=None, **fields):
    given = (form or form_of(client, proposal)) | fields
    return client.post(f"/voorstellen/{proposal}/{what}", data=given)


def test_a_coach_takes_up_presents_and_books_a_yes(engine, coach, first):
    proposal = first["id"]
    for step in ("taken_up", "presented", "accepted"):
        done = post(coach, proposal, stap=step)
        assert (done.status_code, done.headers["location"]) == (303, f"/voorstellen/{proposal}")
        assert row_of(engine, proposal)["by"] == coach.viewer.user
    now = row_of(engine, proposal)
    assert (now["state"], now["by"]) == ("accepted", coach.viewer.user)
    told = facts_of(engine, proposal)[1:]
    assert [kind for kind, _ in told] == [
        "ProposalAnswered",
        "ProposalPresented",
        "ProposalAnswered",
    ]
    assert {said["by"] for _, said in told} == {coach.viewer.user}
    assert told[1][1]["state"] == "taken_up"


def test_every_step_can_be_taken_back_in_turn(engine, coach, first):
    proposal = first["id"]
    post(coach, proposal, stap="taken_up")
    post(coach, proposal, stap="presented")
    post(coach, proposal, "aanhouden", tot="2026-12-10", waarom="FAMILIE")
    assert str(row_of(engine, proposal)["held_until"]) == "2026-12-10"
    seen = []
    for _ in range(3):
        assert post(coach, proposal, "terug").status_code == 303
        now = row_of(engine, proposal)
        seen.append((now["held_until"] is None, now["presented"] is None, now["state"]))
    assert seen == [
        (True, False, "taken_up"),
        (True, True, "taken_up"),
        (True, True, "offered"),
    ]
    assert post(coach, proposal, "terug").status_code == 409


def test_the_same_form_twice_has_one_effect_and_gives_one_page(engine, coach, first):
    form = form_of(coach, first["id"])
    answers = [post(coach, first["id"], form=form, stap="taken_up") for _ in range(3)]
    assert {(one.status_code, one.headers["location"]) for one in answers} == {
        (303, f"/voorstellen/{first['id']}")
    }
    assert len(facts_of(engine, first["id"])) == 2


def test_a_used_form_does_not_serve_for_something_else(engine, coach, first):
    form = form_of(coach, first["id"])
    post(coach, first["id"], form=form, stap="taken_up")
    other = post(coach, first["id"], form=form, stap="declined", reden="HUU")
    assert other.status_code == 409
    assert row_of(engine, first["id"])["state"] == "taken_up"


def test_a_form_that_was_used_plans_no_second_visit(engine, coach, first):
    form = form_of(coach, first["id"])
    days = ("2026-12-01", "2026-12-01", "2026-12-02")
    answers = [
        post(coach, first["id"], "bezoek", form=form, dag=day, tijd="10:00", minuten="60")
        for day in days
    ]
    assert [one.status_code for one in answers] == [303, 303, 409]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM visit")).scalar() == 1


def test_who_decides_on_an_old_state_hears_so_and_sees_the_new_one(engine, coach, first):
    old = form_of(coach, first["id"])
    post(coach, first["id"], stap="taken_up")
    late = post(coach, first["id"], form=old, stap="declined", reden="HUU")
    assert late.status_code == 409
    assert "intussen veranderd" in late.text
    assert "in gesprek" in late.text
    fresh = row_of(engine, first["id"])["position"]
    assert f'name="stand" value="{fresh}"' in late.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"stap": "declined"}, "Kies waarom"),
        ({"stap": "declined", "reden": "ZOMAAR"}, "Kies waarom"),
        ({"stap": "declined", "reden": "PER_OVERIG"}, "paar woorden"),
        ({"stap": "declined", "reden": "PER_OVERIG", "toelichting": f"nr {BSN}"}, "burgerservice"),
        ({"stap": "declined", "reden": "PER_OVERIG", "toelichting": "x" * 301}, "Houd het kort"),
        ({"stap": "elders"}, "Kies een stap"),
    ],
)
def test_a_form_that_is_not_filled_in_well_says_what_to_do(engine, coach, first, fields, told):
    answer = post(coach, first["id"], **fields)
    assert answer.status_code == 400
    assert told in answer.text
    assert row_of(engine, first["id"])["state"] == "offered"


def test_declining_for_another_reason_keeps_its_words_apart_from_every_fact(engine, coach, first):
    said = "Kanarie wil niet mee"
    done = post(coach, first["id"], stap="declined", reden="PER_OVERIG", toelichting=said)
    assert done.status_code == 303
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT said, about, household FROM words")).one()
        log = connection.execute(text("SELECT count(*) FROM log WHERE data LIKE '%Kanarie%'"))
        calls = connection.execute(text("SELECT string_agg(answer, '') FROM repeated_call"))
        assert tuple(kept) == (said, "decline", first["household"])
        assert log.scalar() == 0
        assert "Kanarie" not in calls.scalar()


def test_a_refusal_that_is_taken_back_takes_its_words_along(engine, coach, first):
    post(coach, first["id"], stap="declined", reden="PER_OVERIG", toelichting="Toch niet")
    assert post(coach, first["id"], "terug").status_code == 303
    assert row_of(engine, first["id"])["state"] == "offered"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM words")).scalar() == 0


@pytest.fixture
def middle(engine, as_coach):
    """A coach with a link in the middle of a chain: (client, the row of the link)."""
    link = rows(
        engine,
        "step = 2 AND state = 'offered' AND corporation IS NOT NULL AND coach IS NOT NULL"
        " AND leaves IN (SELECT dwelling FROM proposal WHERE state = 'offered')",
    )[0]
    return as_coach(link["coach"], link["corporation"]), link


def test_declining_in_the_middle_keeps_the_front_and_says_that_we_look_on(engine, middle):
    client, link = middle
    front = rows(engine, "leaves = :home", home=link["dwelling"])[0]
    behind = rows(engine, "dwelling = :home", home=link["leaves"])[0]
    assert post(client, link["id"], stap="declined", reden="WOB_NETWERK").status_code == 303
    assert row_of(engine, front["id"])["state"] == "offered"
    assert row_of(engine, behind["id"])["state"] == "superseded"
    shown = client.get(f"/voorstellen/{link['id']}/vervolg", headers={"HX-Request": "true"})
    assert "Wij zoeken een nieuw vervolg" in shown.text
    assert 'hx-trigger="every' in shown.text


def test_once_the_plan_has_looked_the_new_tail_is_there(engine, settings, middle):
    client, link = middle
    post(client, link["id"], stap="declined", reden="WOB_NETWERK")
    Rematcher(engine, settings).catch_up()
    shown = client.get(f"/voorstellen/{link['id']}/vervolg", headers={"HX-Request": "true"})
    assert "Wij zoeken" not in shown.text
    assert "hx-trigger" not in shown.text
    tail, front = (
        rows(engine, f"{side} = :home AND state = 'offered'", home=link["dwelling"])
        for side in ("dwelling", "leaves")
    )
    assert front
    assert ("geen ander huishouden" in shown.text) is not bool(tail)
    for one in tail + front:
        own = one["corporation"] == link["corporation"]
        assert (f"/voorstellen/{one['id']}" in shown.text) is own
        assert (one["household"] in shown.text) is own
        assert own or "een huishouden van een andere corporatie" in shown.text


def test_the_page_of_a_proposal_holds_the_forms(coach, first):
    shown = coach.get(f"/voorstellen/{first['id']}")
    assert shown.status_code == 200
    assert f'name="stand" value="{first["position"]}"' in shown.text
    assert "Ik bespreek dit voorstel" in shown.text


def test_a_proposal_rests_until_a_day_and_does_not_run_out_meanwhile(engine, coach, first):
    early = post(coach, first["id"], "aanhouden", tot="2026-12-24", waarom="DENKT_NA")
    assert early.status_code == 409
    assert "oppakken" in early.text or "eerst op" in early.text
    post(coach, first["id"], stap="taken_up")
    for day in ("2026-11-22", "2027-06-01", "gisteren"):
        wrong = post(coach, first["id"], "aanhouden", tot=day, waarom="DENKT_NA")
        assert wrong.status_code in (400, 409)
    done = post(coach, first["id"], "aanhouden", tot="2026-12-24", waarom="DENKT_NA")
    assert done.status_code == 303
    now = row_of(engine, first["id"])
    assert (now["state"], now["held_because"]) == ("taken_up", "DENKT_NA")
    assert str(now["until"]) >= "2026-12-31"
    kind, said = facts_of(engine, first["id"])[-1]
    assert (kind, said["held_until"]) == ("ProposalHeld", "2026-12-24")
    assert post(coach, first["id"], stap="accepted").status_code == 303
    assert row_of(engine, first["id"])["held_until"] is None


def test_a_visit_is_planned_shown_and_called_off(engine, coach, first):
    late = post(coach, first["id"], "bezoek", dag="2026-11-21", tijd="10:00", minuten="60")
    assert late.status_code == 409
    wrong = post(coach, first["id"], "bezoek", dag="2026-12-01", tijd="25:00", minuten="60")
    assert wrong.status_code == 400
    fields = {"dag": "2026-12-01", "tijd": "14:30", "minuten": "60", "notitie": "Bel bij de buren"}
    assert post(coach, first["id"], "bezoek", **fields).status_code == 303
    with engine.connect() as connection:
        visit = connection.execute(text("SELECT * FROM visit")).mappings().one()
        words = connection.execute(text("SELECT said, subject FROM words")).one()
    assert visit["moment"] == datetime(2026, 12, 1, 13, 30, tzinfo=UTC)
    assert tuple(words) == ("Bel bij de buren", visit["id"])
    kind, said = facts_of(engine, visit["id"])[0]
    assert (kind, said["moment"], said["by"]) == (
        "VisitPlanned",
        "2026-12-01T13:30:00Z",
        coach.viewer.user,
    )
    assert "Bel" not in json.dumps(said)
    shown = coach.get(f"/voorstellen/{first['id']}/beslissen").text
    assert "14.30" in shown or "14:30" in shown
    assert post(coach, first["id"], "bezoek", afzeggen=visit["id"]).status_code == 303
    assert facts_of(engine, visit["id"])[1][0] == "VisitCancelled"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT cancelled FROM visit")).scalar() is not None
        assert connection.execute(text("SELECT count(*) FROM words")).scalar() == 0


def test_another_coach_and_another_corporation_find_nothing_there(engine, coach, as_coach, first):
    nothing = coach.get("/voorstellen/voorstel-bestaat-niet/beslissen")
    own = coach.viewer
    for other in (
        as_coach("COACH-ELDERS", own.corporation),
        as_coach(own.coach, "99999999"),
    ):
        for what in ("stap", "terug", "aanhouden", "bezoek"):
            form = {"stand": str(first["position"]), "eenmalig": "a" * 20, "stap": "taken_up"}
            refused = other.post(f"/voorstellen/{first['id']}/{what}", data=form)
            assert refused.status_code == 404
            assert len(refused.content) == len(nothing.content)
        for page in ("beslissen", "vervolg"):
            assert other.get(f"/voorstellen/{first['id']}/{page}").status_code == 404
    assert len(facts_of(engine, first["id"])) == 1


def test_who_is_forgotten_leaves_no_word_visit_or_instruction(engine, coach, first):
    household = first["household"]
    post(coach, first["id"], "bezoek", dag="2026-12-01", tijd="14:30", minuten="60", notitie="Hond")
    asked = coach.get(
        f"/huishoudens/{household}/aanwijzingen", params={"woning": first["dwelling"], "wat": "pin"}
    )
    names = ("woning", "wat", "stand", "eenmalig")
    form = {n: re.search(rf'name="{n}" value="([^"]*)"', asked.text)[1] for n in names}
    coach.post(f"/huishoudens/{household}/aanwijzingen", data=form)
    with engine.begin() as connection:
        known, _ = state_store.load(connection)
        assert len(known.visits) == len(known.instructions) == 1
        people.forget(connection, household)
        for table in ("words", "visit", "instruction"):
            left = connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - three fixed names
            assert left.scalar() == 0
        known, _ = state_store.load(connection)
        assert len(known.visits) == len(known.instructions) == 0


@pytest.mark.parametrize("role", ["planner", "steward", "administrator"])
def test_only_a_coach_decides(as_role, first, role):
    refused = as_role(role).post(f"/voorstellen/{first['id']}/stap", data={"stap": "taken_up"})
    assert refused.status_code == 403


COACHES = 8


def doubles(engine):
    """Every home and household that two standing proposals claim: none, ever."""
    with engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT dwelling, household FROM proposal WHERE state = ANY (:standing)"
                " GROUP BY GROUPING SETS ((dwelling), (household)) HAVING count(*) > 1"
            ),
            {"standing": ["offered", "taken_up", "accepted", "signed"]},
        ).all()


def test_of_eight_coaches_at_once_one_wins_and_the_others_hear_why(engine, as_coach, first):
    """P12, by the routes: whoever comes too late hears 409 with a reason, never a double."""
    clients = [as_coach() for _ in range(COACHES)]
    dice = random.Random(12)
    lost = 0
    with ThreadPoolExecutor(COACHES) as crew:
        for _ in range(count(ci=60, soak=1_000)):
            row = row_of(engine, first["id"])
            start = Barrier(COACHES)
            posts = [
                crew.submit(_at_once, client, dice.choice(ANSWERS), row, start)
                for client in clients
            ]
            answers = [one.result(timeout=60) for one in posts]
            assert {one.status_code for one in answers} <= {303, 409}
            late = [one for one in answers if one.status_code == 409]
            assert all("ging niet door" in one.text for one in late)
            lost += len(late)
            now = row_of(engine, first["id"])
            assert len(answers) > len(late) or now["position"] == row["position"]
            _back_to_the_start(engine, clients[0], first["id"])
    assert lost
    assert doubles(engine) == []
    told = [said for _, said in facts_of(engine, first["id"])]
    assert all(said.get("by") for said in told[1:])


ANSWERS = (
    {"stap": "taken_up"},
    {"stap": "declined", "reden": "HUU"},
    {"stap": "declined", "reden": "PER_WACHT"},
)


def _at_once(client, fields, row, start):
    form = {"stand": str(row["position"]), "eenmalig": _token()}
    start.wait(timeout=60)
    return client.post(f"/voorstellen/{row['id']}/stap", data=form | fields)


def _token():
    return f"proef-{random.getrandbits(96):024x}"


def _back_to_the_start(engine, client, proposal):
    while (row := row_of(engine, proposal))["state"] != "offered":
        form = {"stand": str(row["position"]), "eenmalig": _token()}
        assert client.post(f"/voorstellen/{proposal}/terug", data=form).status_code == 303
