"""The life of a proposal, from the plan that offers it to the keys."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import exc, text

from data_contracts.events import FACT
from data_contracts.words import DeclineReason, ProposalState
from matching.state import State
from store import log, plans, proposals, runs
from store import state as state_store
from tests.plans_for_store import ON, REGION, a_chain, a_plan

P = ProposalState
COACHES = {"H1": "COACH-01", "H2": "COACH-02"}


def offer(database, run, plan, **what):
    """A whole night for this plan."""
    with database.begin() as connection:
        runs.start(connection, run, region=REGION, on=ON)
        runs.take(connection, REGION, holder=run, seconds=900)
    try:
        return proposals.publish(database, plan, run=run, coaches=COACHES, **what)
    finally:
        with database.begin() as connection:
            runs.release(connection, REGION, holder=run)


def standing(database, coach=None):
    with database.connect() as connection:
        return proposals.of_coach(connection, coach).set_index("household")


def answer(database, household, state, reason=None):
    row = standing(database).loc[household]
    with database.begin() as connection:
        return proposals.answer(
            connection,
            row["proposal"],
            state,
            on=ON,
            expected_position=int(row["position"]),
            reason=reason,
        )


def told(database):
    """(kind, state) of every fact in the log."""
    with database.connect() as connection:
        rows = connection.execute(text("SELECT kind, data FROM log ORDER BY position"))
        return [(kind, json.loads(data)["state"]) for kind, data in rows]


def states(database):
    with database.connect() as connection:
        rows = connection.execute(text("SELECT household, state FROM proposal ORDER BY offered_on"))
        return dict(rows.all())


def test_a_plan_is_offered_to_the_coaches_and_told_as_facts(database):
    done = offer(database, "A", a_plan("H1", "H2", "H3"))
    assert (done.new, done.kept, done.superseded, done.held_back) == (3, 0, 0, 0)
    mine = standing(database, "COACH-02")
    assert list(mine.index) == ["H2"]
    row = mine.loc["H2"]
    assert (row["dwelling"], row["leaves"], row["step"], row["plan"]) == (
        "thuis-H1",
        "thuis-H2",
        2,
        "A",
    )
    assert told(database) == [("ProposalOffered", "offered")] * 3


def test_every_fact_of_a_proposal_is_a_valid_fact_and_lands_in_the_state(database):
    offer(database, "A", a_plan("H1", "H2"))
    answer(database, "H1", P.TAKEN_UP)
    answer(database, "H2", P.DECLINED, DeclineReason.WOB_NETWERK)
    with database.begin() as connection:
        for facts in log.read(connection):
            for fact in facts.to_dict("records"):
                FACT.validate_python(fact | {"data": json.loads(fact["data"])})
        state, _ = state_store.load(connection)
    assert isinstance(state, State)
    offers = state.offers.set_index("household")
    assert offers["state"].to_dict() == {"H1": "taken_up", "H2": "declined"}
    assert offers.loc["H2", "reason"] == "WOB_NETWERK"


def test_the_same_offer_keeps_its_proposal(database):
    offer(database, "A", a_plan("H1", "H2"))
    before = standing(database)
    done = offer(database, "B", a_plan("H1", "H2", "H3"))
    assert (done.new, done.kept, done.superseded) == (1, 2, 0)
    after = standing(database)
    assert after.loc[["H1", "H2"], "proposal"].equals(before.loc[["H1", "H2"], "proposal"])
    assert after.loc[["H1", "H2"], "position"].equals(before.loc[["H1", "H2"], "position"])


def test_an_offer_the_new_plan_does_not_repeat_is_superseded(database):
    offer(database, "A", a_plan("H1", "H2"))
    done = offer(database, "B", a_plan("H1", "H3"))
    assert (done.new, done.kept, done.superseded) == (1, 1, 1)
    assert states(database) == {"H1": "offered", "H2": "superseded", "H3": "offered"}
    assert ("ProposalLapsed", "superseded") in told(database)


def test_what_a_coach_took_up_stays_when_the_plan_forgets_it(database):
    offer(database, "A", a_plan("H1"))
    answer(database, "H1", P.TAKEN_UP)
    done = offer(database, "B", a_plan(chains=[]))
    assert done.superseded == 0
    assert states(database) == {"H1": "taken_up"}


def test_a_chain_that_touches_a_promise_is_held_back_whole(database):
    offer(database, "A", a_plan("H1"))
    answer(database, "H1", P.TAKEN_UP)
    clash = [a_chain("H2", "H3", opens="leeg"), a_chain("H4", opens="anders")]
    done = offer(database, "B", a_plan(chains=clash))
    assert (done.new, done.held_back) == (1, 2)
    assert sorted(standing(database).index) == ["H1", "H4"]


def test_offering_the_same_plan_again_changes_nothing(database):
    plan = a_plan("H1", "H2")
    offer(database, "A", plan)
    answer(database, "H1", P.DECLINED, DeclineReason.HUU)
    before = told(database)
    with database.begin() as connection:
        done = proposals.offer(connection, plan, plan_id="A", coaches=COACHES)
    assert (done.new, done.kept) == (0, 0)  # H2 hung on H1 and lapsed with it
    assert told(database) == before


def test_a_proposal_lives_from_offer_to_keys(database):
    offer(database, "A", a_plan("H1"))
    for state in (P.TAKEN_UP, P.ACCEPTED, P.SIGNED, P.MOVED):
        answer(database, "H1", state)
    assert [state for _, state in told(database)] == [
        *("offered", "taken_up", "accepted", "signed", "moved")
    ]
    assert [kind for kind, _ in told(database)][-2:] == ["ContractSigned", "HouseholdMoved"]
    assert standing(database).empty


@pytest.mark.parametrize("state", [P.ACCEPTED, P.SIGNED, P.MOVED, P.OFFERED])
def test_a_step_that_does_not_follow_is_refused(database, state):
    offer(database, "A", a_plan("H1"))
    with pytest.raises(proposals.NotAllowed):
        answer(database, "H1", state)
    assert states(database) == {"H1": "offered"}


def test_every_end_is_an_end(database):
    offer(database, "A", a_plan("H1"))
    row = standing(database).loc["H1"]
    position = answer(database, "H1", P.DECLINED, DeclineReason.PER_WACHT)
    with database.begin() as connection, pytest.raises(proposals.NotAllowed):
        proposals.answer(connection, row["proposal"], P.TAKEN_UP, on=ON, expected_position=position)


def test_declining_takes_a_reason_and_nothing_else_does(database):
    offer(database, "A", a_plan("H1"))
    with pytest.raises(proposals.NotAllowed, match="reden"):
        answer(database, "H1", P.DECLINED)
    with pytest.raises(proposals.NotAllowed, match="reden"):
        answer(database, "H1", P.TAKEN_UP, DeclineReason.HUU)


def test_an_answer_to_what_has_changed_meanwhile_is_stale(database):
    offer(database, "A", a_plan("H1"))
    row = standing(database).loc["H1"]
    answer(database, "H1", P.TAKEN_UP)
    with database.begin() as connection, pytest.raises(proposals.Stale):
        proposals.answer(
            connection,
            row["proposal"],
            P.DECLINED,
            on=ON,
            expected_position=int(row["position"]),
            reason=DeclineReason.HUU,
        )


def test_an_answer_to_what_does_not_exist_says_so(database):
    with database.begin() as connection, pytest.raises(proposals.Unknown):
        proposals.answer(connection, "niets", P.TAKEN_UP, on=ON, expected_position=0)


def test_a_proposal_expires_after_its_last_day(database):
    offer(database, "A", a_plan("H1"), until=ON)
    with database.begin() as connection:
        assert proposals.expire(connection, ON) == 0
        assert proposals.expire(connection, ON + timedelta(days=1)) == 1
    assert states(database) == {"H1": "expired"}


def test_the_database_itself_refuses_to_promise_a_home_twice(database):
    offer(database, "A", a_plan("H1"))
    twice = text(
        "INSERT INTO proposal SELECT 'x', region, plan, repeated_by, chain, step, 'H9', dwelling,"
        " leaves, coach, state, reason, offered_on, until, at, position FROM proposal"
    )
    with (
        pytest.raises(exc.IntegrityError, match="one_per_dwelling"),
        database.begin() as connection,
    ):
        connection.execute(twice)


@pytest.mark.parametrize("where", ["after the plan", "before the commit"])
def test_a_crash_while_publishing_leaves_yesterdays_proposals_in_force(
    database, monkeypatch, where
):
    offer(database, "A", a_plan("H1", "H2"))
    before, log_before = standing(database), told(database)
    real = proposals.offer

    def crash(*args, **kwargs):
        if where == "before the commit":
            real(*args, **kwargs)
        raise RuntimeError(where)

    monkeypatch.setattr(proposals, "offer", crash)
    with pytest.raises(RuntimeError):
        offer(database, "B", a_plan("H3", "H4"))
    assert standing(database).equals(before)
    assert told(database) == log_before
    with database.connect() as connection:
        assert plans.PLAN.validate_json(plans.current(connection, REGION)) == a_plan("H1", "H2")


def test_a_clock_that_was_set_back_does_not_turn_a_proposal_back(database, monkeypatch):
    offer(database, "A", a_plan("H1"))
    now = proposals.now
    monkeypatch.setattr("store.life.now", lambda c: now(c) - timedelta(hours=1))
    answer(database, "H1", P.TAKEN_UP)
    with database.begin() as connection:
        state, _ = state_store.load(connection)
    assert state.offers["state"].tolist() == ["taken_up"]
