"""The plan in force, kept warm: exactly that plan, always the newest that is ready."""

import time
from threading import Event

import pandas as pd
import pytest

from data_contracts.words import DeclineReason, ProposalState
from desk import thinking as module
from desk.thinking import NoPlanYet, StillLoading, Thinking
from matching.candidates import search
from pipelines.on_event import Rematcher
from store import life, log, plans, proposals
from store.database import connect
from tests.desk.conftest import ON

PATIENCE = 60


@pytest.fixture
def thinking(engine, settings):
    """What keeps the plan of the night warm, not started: whoever asks looks first."""
    made = Thinking(engine, settings)
    yield made
    made.stop()


def in_force(engine, settings):
    with engine.connect() as connection:
        return plans.current(connection, Rematcher(engine, settings).region)


def declined(engine, row):
    with engine.begin() as connection:
        life.answer(
            connection,
            row["id"],
            ProposalState.DECLINED,
            on=ON,
            expected_position=int(row["position"]),
            reason=DeclineReason.GEE,
        )


def first_links(engine):
    """The proposals that begin a chain of more than one, by id."""
    with engine.connect() as connection:
        rows = proposals.of_coach(connection).rename(columns={"proposal": "id"})
    long = rows.groupby("chain")["step"].transform("max") > 1
    return rows[long & (rows["step"] == 1)].to_dict("records")


def moves(chains):
    return [[(move.household, move.to, move.leaves) for move in chain.moves] for chain in chains]


def until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_stand_is_the_plan_in_force_and_no_other(thinking, engine, settings):
    stand = thinking.now()
    assert module.PLAN.dump_json(stand.plan).decode() == in_force(engine, settings)
    assert stand.plan.chains
    assert sorted(moves(stand.standing.chains)) == sorted(moves(stand.plan.chains))
    assert stand.fallen == ()


def test_what_has_not_changed_is_not_worked_out_again(thinking):
    assert thinking.now() is thinking.now()


def test_after_an_answer_the_rest_of_the_plan_stands_and_nothing_takes_its_place(thinking, engine):
    before = thinking.now()
    row = first_links(engine)[0]
    declined(engine, row)
    after = thinking.now()
    assert after.plan_id == before.plan_id
    assert after.plan == before.plan
    assert [chain.moves[0].household for chain in after.fallen] == [row["household"]]
    assert _tuples(after.standing.chains) <= _tuples(before.plan.chains)
    assert row["household"] not in {
        move.household for chain in after.standing.chains for move in chain.moves
    }


def _tuples(chains):
    return {(move.household, move.to, move.leaves) for chain in chains for move in chain.moves}


def test_the_stand_follows_the_plan_and_searches_as_a_whole_search_would(
    thinking, engine, settings
):
    before = thinking.now()
    matcher = Rematcher(engine, settings)
    matcher.catch_up()
    declined(engine, first_links(engine)[0])
    outcome = matcher.catch_up()
    assert outcome is not None
    assert outcome.plan is not None
    after = thinking.now()
    assert after.plan_id == outcome.plan != before.plan_id
    assert module.PLAN.dump_json(after.plan).decode() == in_force(engine, settings)
    assert sorted(moves(after.standing.chains)) == sorted(moves(after.plan.chains))
    assert after.standing.bound - after.standing.value <= outcome.loss_at_most
    ways = after.ways
    whole = search(after.state, ways.rules, ways.policy, after.on, network=ways.network)
    pd.testing.assert_frame_equal(after.warm.search.found.options, whole.found.options)


def test_the_thread_follows_by_itself_and_pages_never_wait_for_it(thinking, engine):
    thinking.patience = PATIENCE
    thinking.start()
    before = thinking.now()
    declined(engine, first_links(engine)[0])
    until(lambda: thinking.now().position > before.position)
    assert thinking.now().fallen


def test_while_the_first_stand_is_made_a_question_is_told_so(engine, settings, monkeypatch):
    go = Event()
    made = module._newer

    def slowly(*asked):
        go.wait(PATIENCE)
        return made(*asked)

    monkeypatch.setattr(module, "_newer", slowly)
    thinking = Thinking(engine, settings, patience=0.01)
    thinking.start()
    try:
        assert thinking.ready() is None
        with pytest.raises(StillLoading):
            thinking.now()
        go.set()
        until(thinking.ready)
        assert thinking.now() is thinking.ready()
    finally:
        go.set()
        thinking.stop()


def test_a_newer_stand_that_fails_leaves_the_one_there_was(thinking, engine, monkeypatch):
    thinking.patience = PATIENCE
    thinking.start()
    before = thinking.now()
    failed = Event()

    def fails(*_):
        failed.set()
        raise RuntimeError

    monkeypatch.setattr(module, "_newer", fails)
    declined(engine, first_links(engine)[0])
    assert failed.wait(PATIENCE)
    assert thinking.now() is before


def test_without_a_plan_there_is_no_stand(database_url, settings):
    engine = connect(database_url, test=True)
    with pytest.raises(NoPlanYet):
        Thinking(engine, settings).now()
    engine.dispose()


def test_another_night_is_read_anew(thinking, engine, monkeypatch):
    before = thinking.now()
    with engine.connect() as connection:
        head = log.head(connection)
    assert before.position == head
    other = before.plan.receipt.on.replace(day=21)
    loads = []
    load = module.state_store.load
    monkeypatch.setattr(
        module.state_store, "load", lambda connection: loads.append(1) or load(connection)
    )
    thinking._stand = _on(before, other)
    assert thinking.look()
    assert loads == [1]
    assert thinking.now().on == ON


def _on(stand, day):
    from dataclasses import replace  # noqa: PLC0415 - only here

    plan = replace(stand.plan, receipt=replace(stand.plan.receipt, on=day))
    return replace(stand, plan_id="gisteren", warm=replace(stand.warm, plan=plan))
