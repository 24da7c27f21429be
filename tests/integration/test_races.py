"""Coaches at once: no home promised twice (P12), and an answer given again counts once (P5)."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from data_contracts.words import DeclineReason, ProposalState
from store import life, log
from store.undo import undo
from tests.chains_in_store import (
    answer,
    doubles,
    folded,
    house,
    publish,
    rows_of,
    states,
    told,
)
from tests.counts import count
from tests.plans_for_store import ON, a_chain

P = ProposalState
COACHES = 8
LOST = (life.Stale, life.NotAllowed)


@pytest.fixture
def crew():
    with ThreadPoolExecutor(COACHES) as coaches:
        yield coaches


def at_once(crew, jobs):
    """Run these jobs at the same moment; give what each gave, or the refusal it met."""
    start = threading.Barrier(len(jobs))

    def run(job):
        start.wait(timeout=30)
        try:
            return job()
        except LOST as lost:
            return lost

    return [each.result(timeout=60) for each in [crew.submit(run, job) for job in jobs]]


def a_step(database, row, state):
    reason = DeclineReason.HUU if state is P.DECLINED else None

    def take():
        with database.begin() as connection:
            return life.answer(
                connection,
                row["id"],
                state,
                on=ON,
                expected_position=row["position"],
                reason=reason,
            )

    return take


def test_however_coaches_race_no_home_and_no_household_is_promised_twice(database, crew):
    dice = random.Random(12)
    lost = 0
    for race in range(count(ci=60, soak=1_000)):
        # Two chains over the same homes: whichever plan comes last may not double the first.
        names = [f"R{race}-{n}" for n in range(6)]
        first = a_chain(*names[:3], opens=f"leeg-{race}")
        rival = a_chain(names[3], names[1], opens=f"leeg-{race}")
        region = f"regio-{race}"
        house(database, first, a_chain(names[3], opens=f"leeg-{race}"))
        publish(database, f"A{race}", first, region=region)
        seen = rows_of(database, names)
        jobs = [
            a_step(database, row, dice.choice([P.TAKEN_UP, P.DECLINED])) for row in seen.values()
        ]
        jobs += [a_step(database, dice.choice(list(seen.values())), P.TAKEN_UP) for _ in range(3)]
        jobs.append(lambda: publish(database, f"B{race}", rival, region=region))  # noqa: B023 - run at once
        met = at_once(crew, jobs)
        met += at_once(crew, _second_round(database, names, dice))
        lost += sum(isinstance(one, LOST) for one in met)
        assert all(str(one) for one in met if isinstance(one, LOST))
    history = told(database)
    assert doubles(history) == ()
    assert lost
    with database.connect() as connection:
        rows = connection.execute(text("SELECT id, state FROM proposal"))
        assert folded(history) == dict(rows.all())


def _second_round(database, names, dice):
    """Everybody accepts or thinks better of it, twice over."""
    seen = [row for row in rows_of(database, names).values() if row["state"] == P.TAKEN_UP]
    return [
        a_step(database, row, dice.choice([P.ACCEPTED, P.DECLINED])) for row in seen for _ in "ab"
    ] or [lambda: None]


def test_of_two_different_answers_at_once_one_counts_and_the_other_hears_why(database, crew):
    for race in range(count(ci=20, soak=1_000)):
        chain = a_chain(f"R{race}", opens=f"leeg-{race}")
        house(database, chain)
        publish(database, f"A{race}", chain, region=f"regio-{race}")
        answer(database, f"R{race}", P.TAKEN_UP)
        row = rows_of(database, [f"R{race}"])[f"R{race}"]
        met = at_once(
            crew, [a_step(database, row, P.ACCEPTED), a_step(database, row, P.DECLINED)] * 4
        )
        won = {one for one in met if not isinstance(one, LOST)}
        assert len(won) == 1
        assert sum(isinstance(one, life.Stale) for one in met) == COACHES // 2


def test_accepting_a_tail_whose_front_falls_meanwhile_is_refused(database, crew):
    for race in range(count(ci=20, soak=1_000)):
        front, tail = f"R{race}-1", f"R{race}-2"
        chain = a_chain(front, tail, opens=f"leeg-{race}")
        house(database, chain)
        publish(database, f"A{race}", chain, region=f"regio-{race}")
        answer(database, front, P.TAKEN_UP)
        answer(database, tail, P.TAKEN_UP)
        seen = rows_of(database, [front, tail])
        refused, accepted = at_once(
            crew,
            [a_step(database, seen[front], P.DECLINED), a_step(database, seen[tail], P.ACCEPTED)],
        )
        assert not isinstance(refused, LOST)
        assert isinstance(accepted, int | life.Stale)
        assert states(database, [tail]) == {tail: "superseded"}


def test_the_same_answer_at_once_and_again_has_one_effect_and_one_result(database, crew):
    chain = a_chain("H1")
    house(database, chain)
    publish(database, "A", chain)
    for state in (P.TAKEN_UP, P.ACCEPTED, P.SIGNED, P.MOVED):
        job = a_step(database, rows_of(database)["H1"], state)
        results = at_once(crew, [job] * COACHES)
        assert len(set(results)) == 1
        assert job() == results[0]
    assert len(told(database)) == 5


def test_an_answer_that_was_cut_off_may_be_given_again(database):
    chain = a_chain("H1")
    house(database, chain)
    publish(database, "A", chain)
    row = rows_of(database)["H1"]
    with database.connect() as connection:  # the process dies before the commit
        life.answer(connection, row["id"], P.TAKEN_UP, on=ON, expected_position=row["position"])
    assert states(database) == {"H1": "offered"}
    job = a_step(database, row, P.TAKEN_UP)
    assert job() == job()  # the process dies after the commit, before anybody heard
    assert len(told(database)) == 2


def test_another_reason_is_another_answer(database):
    chain = a_chain("H1")
    house(database, chain)
    publish(database, "A", chain)
    row = rows_of(database)["H1"]
    a_step(database, row, P.DECLINED)()
    with database.begin() as connection, pytest.raises(life.Stale):
        life.answer(
            connection,
            row["id"],
            P.DECLINED,
            on=ON,
            expected_position=row["position"],
            reason=DeclineReason.WKN,
        )


def test_an_answer_that_was_taken_back_and_is_given_again_still_has_its_first_result(database):
    chain = a_chain("H1")
    house(database, chain)
    publish(database, "A", chain)
    job = a_step(database, rows_of(database)["H1"], P.TAKEN_UP)
    first = job()
    with database.begin() as connection:
        back = undo(connection, rows_of(database)["H1"]["id"], on=ON, expected_position=first)
    with database.begin() as connection:
        again = undo(connection, rows_of(database)["H1"]["id"], on=ON, expected_position=first)
        assert again == back == log.head(connection)
    assert job() == first
    assert states(database) == {"H1": "offered"}
