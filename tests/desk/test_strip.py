"""The chain at a glance: every link, whose it is, how far, and who signs when."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import InvalidRequestError

from data_contracts.words import DeclineReason, ProposalState
from desk import reading
from desk.reading.strip import _chances
from store import life
from store.tables import proposal as proposal_table
from store.tenants import ROLE
from store.tenants import reading as reading_as
from tests.desk.one_night import coach_of, read

P = ProposalState


def rows_of(engine):
    with engine.connect() as connection:
        chosen = select(proposal_table).order_by(proposal_table.c.chain, proposal_table.c.step)
        return [dict(row) for row in connection.execute(chosen).mappings()]


@pytest.fixture
def chains(engine):
    """The proposals of every chain of more than one link, in order."""
    found = {}
    for row in rows_of(engine):
        found.setdefault(row["chain"], []).append(row)
    return [rows for rows in found.values() if len(rows) > 1]


def answer(engine, row, state, on):
    with engine.begin() as connection:
        seen = life.find(connection, row["id"])["position"]
        return life.answer(connection, row["id"], state, on=on, expected_position=seen)


def test_a_strip_runs_from_the_first_vacancy_to_the_last_freed_home(engine, stand, chains):
    for rows in chains[:5]:
        strip = read(engine, stand, rows[0]).strip
        moves = next(c.moves for c in stand.plan.chains if c.key == rows[0]["chain"])
        assert [link.step for link in strip.links] == list(range(1, len(moves) + 1))
        assert strip.links[0].this
        assert strip.whole
        for link, move in zip(strip.links, moves, strict=True):
            assert link.household in (move.household, None)
            assert link.dwelling in (move.to, None)


def test_a_link_of_another_corporation_has_no_id(engine, stand, chains):
    corporation = stand.state.households["corporation"]
    seen = 0
    for rows in chains:
        view = read(engine, stand, rows[0])
        mine = corporation[rows[0]["household"]]
        for link, row in zip(view.strip.links, rows, strict=False):
            foreign = corporation[row["household"]] != mine
            assert link.foreign == foreign
            if foreign:
                seen += 1
                assert (link.household, link.proposal) == (None, None)
                assert row["household"] not in str(view)
                assert row["id"] not in str(view)
    assert seen


def test_signatures_go_from_the_front_of_a_chain_to_its_back(engine, stand, chains):
    rows = max((r for r in chains if r[0]["dwelling"] != r[-1]["leaves"]), key=len)
    strip = read(engine, stand, rows[0]).strip
    assert strip.order == tuple((step,) for step in range(1, len(rows) + 1))
    assert [link.signs for link in strip.links] == list(range(1, len(rows) + 1))


def test_the_strip_shows_every_link_as_far_as_it_is_also_in_another_corporation(
    engine, stand, chains
):
    corporation = stand.state.households["corporation"]
    first, second = next(
        (rows[0], rows[1])
        for rows in chains
        if corporation[rows[0]["household"]] != corporation[rows[1]["household"]]
    )
    answer(engine, first, P.TAKEN_UP, stand.on)
    strip = read(engine, stand, second).strip
    assert [link.state for link in strip.links[:2]] == [P.TAKEN_UP, P.OFFERED]
    assert strip.links[0].state_words == "in gesprek"


def test_who_signed_is_out_of_the_order_and_the_next_may_sign(engine, stand, chains):
    rows = next(r for r in chains if r[0]["dwelling"] != r[-1]["leaves"])
    for state in (P.TAKEN_UP, P.ACCEPTED, P.SIGNED):
        answer(engine, rows[0], state, stand.on)
    strip = read(engine, stand, rows[1]).strip
    assert (1,) not in strip.order
    assert strip.links[0].signs is None
    assert strip.links[1].signs == 1
    assert strip.certainty.startswith("1 van de")


def test_a_declined_link_leaves_a_strip_of_what_was_offered(engine, stand, chains):
    rows = next(r for r in chains if r[0]["dwelling"] != r[-1]["leaves"])
    with engine.begin() as connection:
        life.answer(
            connection,
            rows[0]["id"],
            P.DECLINED,
            on=stand.on,
            expected_position=rows[0]["position"],
            reason=DeclineReason.PER_WACHT,
        )
    view = read(engine, stand, rows[0])
    assert view.over
    assert view.strip.links[0].state is P.DECLINED
    assert view.strip.links[1].state is P.SUPERSEDED


def test_sure_as_far_as_people_said_yes():
    assert _chances([P.ACCEPTED, P.OFFERED, P.TAKEN_UP], 80, ring=False) == [100, 80, 64]
    assert _chances([P.OFFERED, P.OFFERED], 50, ring=True) == [25, 25]


def test_the_coach_of_another_link_sees_the_same_chain(engine, stand, chains):
    corporation = stand.state.households["corporation"]
    rows = next(
        r for r in chains if corporation[r[0]["household"]] != corporation[r[1]["household"]]
    )
    one, other = (read(engine, stand, row).strip for row in rows[:2])
    assert [link.state for link in one.links] == [link.state for link in other.links]
    assert one.order == other.order
    assert (one.this.step, other.this.step) == (1, 2)


def test_reading_a_whole_chain_leaves_nothing_open(engine, stand, chains):
    viewer = coach_of(stand, chains[0][0]["household"])
    with reading_as(engine, viewer.corporation) as connection:
        reading.proposal(connection, stand, viewer, chains[0][0]["id"])
        assert connection.scalar(text("SELECT current_user")) == ROLE
        corporations = connection.scalars(text("SELECT DISTINCT corporation FROM proposal")).all()
    assert corporations == [viewer.corporation]


def test_when_reading_whole_goes_wrong_nobody_reads_on(engine, stand, chains, monkeypatch):
    def fails(*_, **__):
        raise ZeroDivisionError

    viewer = coach_of(stand, chains[0][0]["household"])
    monkeypatch.setattr("store.whole_chains.course.around", fails)
    with reading_as(engine, viewer.corporation) as connection:
        with pytest.raises(ZeroDivisionError):
            reading.proposal(connection, stand, viewer, chains[0][0]["id"])
        with pytest.raises(InvalidRequestError):
            connection.execute(text("SELECT 1"))
