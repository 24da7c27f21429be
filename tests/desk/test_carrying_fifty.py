"""How the desk carries fifty coaches: it asks the database little and works nothing out twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

import pytest
from sqlalchemy import event, select, text

from desk import questions
from desk.decided import coaches
from desk.reading import sides
from desk.thinking import Kept, Stand, Turn
from matching import around, explain
from matching.candidates import UnknownHere, nearness, nearnesses
from store import glass
from store.tables import proposal as proposal_table
from tests.counts import count
from tests.desk.one_night import read

PATIENCE = 60
PROPOSAL, LIST, QUESTION = 20, 11, 7
"""Statements that a page may take: what it took when fifty coaches were first carried, and one."""
REASON = "Collega is ziek en de afspraak is vandaag."


@pytest.fixture
def offered(engine, busiest):
    """The proposals of the busiest coach, by household."""
    c = proposal_table.c
    mine = (c.coach == busiest[0], c.corporation == busiest[1], c.state == "offered")
    with engine.connect() as connection:
        rows = connection.execute(select(proposal_table).where(*mine).order_by("household"))
        return [dict(row) for row in rows.mappings()]


@pytest.fixture
def asked(engine):
    """The statements that were sent to the database, as they come."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    return sent


@pytest.mark.usefixtures("thought")
def test_a_page_asks_little_of_the_database(as_coach, offered, asked):
    coach, one = as_coach(), offered[0]
    pages = {
        "/voorstellen": LIST,
        f"/voorstellen/{one['id']}": PROPOSAL,
        f"/voorstellen/{one['id']}/waarom-niet?woning={one['dwelling']}": QUESTION,
    }
    for path, most in pages.items():
        asked.clear()
        assert coach.get(path).status_code == 200
        assert 0 < len(asked) <= most, asked


def test_what_a_stand_keeps_has_an_end_and_what_was_asked_last_stays():
    kept = Kept(most=2)
    for number in (1, 2, 1, 3):
        assert kept.once(number, lambda number=number: -number) == -number
    assert 1 in kept
    assert 2 not in kept
    assert kept.once(1, lambda: "opnieuw") == -1
    assert kept.once(2, lambda: "opnieuw") == "opnieuw"


def test_what_fails_is_not_kept():
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.once("vraag", lambda: 1 // 0)
    assert kept.once("vraag", lambda: None) is None
    assert "vraag" in kept


def test_a_proposal_is_worked_out_once_for_each_stand(night_engine, stand, offered, monkeypatch):
    first = read(night_engine, stand, offered[0])
    monkeypatch.setattr(sides, "nearnesses", None)
    assert read(night_engine, stand, offered[0]) == first
    hers = [one for one in offered if (one["household"], one["dwelling"]) in stand.chains]
    assert [read(night_engine, stand, one).near is not None for one in hers] == [True] * len(hers)


def test_many_walks_at_once_are_those_of_each_alone(stand):
    moves, ways = sorted(stand.chains), stand.ways
    together = nearnesses(
        stand.state,
        [*moves, ("H-niemand", moves[0][1]), (moves[0][0], "W-nergens")],
        ways.rules,
        ways.policy,
        stand.on,
        network=ways.network,
    )
    assert set(together) == set(moves)
    step = max(1, len(moves) // count(ci=12, soak=600, of="paren"))
    for move in moves[::step]:
        alone = nearness(stand.state, *move, ways.rules, ways.policy, stand.on)
        assert repr(together[move]) == repr(alone)  # a cell may be NaN, which equals nothing
    with pytest.raises(UnknownHere):
        nearness(stand.state, "H-niemand", moves[0][1], ways.rules, ways.policy, stand.on)


def test_why_not_waits_for_nobody(stand):
    busy = Stand(stand.plan_id, stand.warm, stand.ways, Turn(), Kept())
    _ = busy.slack
    busy.turn._places = BoundedSemaphore(1)
    household, home = next(iter(stand.chains))
    other = next(one for _, one in stand.chains if one != home)
    with busy.turn, ThreadPoolExecutor(1) as somebody:
        said = somebody.submit(questions.why_not, busy, household, other).result(PATIENCE)
    assert (said.household, said.dwelling) == (household, other)


def test_of_the_home_it_proposes_the_desk_tells_what_the_engine_tells(stand):
    ways = stand.ways
    asked = (ways.rules, ways.policy, stand.on)
    for move in sorted(stand.chains)[: count(ci=5, soak=200, of="voorstellen")]:
        told = questions.why_not(stand, *move)
        assert told == explain.why_not(stand.state, *move, *asked, plan=stand.plan)
    with pytest.raises(UnknownHere):
        questions.why_not(stand, "H-niemand", move[1])


def test_the_margin_of_a_stand_is_that_of_its_plan(stand):
    options = stand.options[["household", "dwelling"]].head(count(ci=30, soak=500, of="marges"))
    for household, dwelling in options.itertuples(index=False):
        asked = around.margin(stand.standing, household, dwelling)
        assert around.margin(stand.standing, household, dwelling, slack=stand.slack) == asked


@pytest.mark.usefixtures("thought")
def test_who_broke_the_glass_reads_the_page_and_decides_nothing(as_coach, engine, offered):
    other, one = as_coach("COACH-99", offered[0]["corporation"]), offered[0]
    path = f"/voorstellen/{one['id']}"
    assert other.get(path).status_code == 404
    with engine.begin() as connection:
        at = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        who = {"user": other.viewer.user, "corporation": other.viewer.corporation}
        glass.break_(connection, one["household"], reason=REASON, at=at, **who)
    page = other.get(path)
    assert page.status_code == 200
    assert "huishouden van een collega" in page.text
    assert f'action="{path}/' not in page.text
    assert f'action="{path}/' in as_coach().get(path).text


@pytest.mark.usefixtures("thought")
def test_a_case_that_another_coach_got_since_the_plan_was_looked_at_is_gone(
    as_coach, offered, monkeypatch
):
    coach = as_coach()
    path = f"/voorstellen/{offered[0]['id']}"
    monkeypatch.setattr("desk.proposal.coaches", lambda *_, **__: False)
    assert coach.get(path).status_code == 404
    monkeypatch.setattr("desk.proposal.coaches", coaches)
    assert coach.get(path).status_code == 200
