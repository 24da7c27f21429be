"""The queue and the archive of simulations: taken once, kept at once, taken over, never mixed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text

from data_contracts.scenario import Acceptance, scenario_from
from matching.simulate.question import NotTogether
from store import simulated_runs, simulations
from store.simulations import (
    BeingSimulated,
    NoSuchSimulation,
    NothingToStartFrom,
    Question,
    Start,
)
from store.tenants import reading
from tests.simulated import drawn

OURS, THEIRS = "10000001", "20000002"
START = Start("regio", date(2026, 11, 22), 7, "regels", "beleid", "", "programma")
BUILD = scenario_from("nieuwbouw-55plus")


def question(*scenarios, replications=2, acceptances=(40,)):
    return Question.of(scenarios or (BUILD,), replications=replications, acceptances=acceptances)


def asked(database, *, corporation=OURS, start=START, fresh=False, of=None):
    with database.begin() as connection:
        return simulations.ask(
            connection, of or question(), start, corporation=corporation, fresh=fresh
        )


def do(database, what, *args, **named):
    with database.begin() as connection:
        return what(connection, *args, **named)


def finish_one(database, number, at=0):
    """Keep the replication that comes at this place."""
    one = do(database, simulations.find, number)
    job = one.question.jobs[at]
    run = drawn(job.scenario.name, job.asked.replication, acceptance=job.asked.acceptance, months=3)
    do(database, simulations.keep_run, one, job.scenario.hash, run)
    return run


def finish_all(database, number):
    for at in range(len(do(database, simulations.find, number).question.jobs)):
        finish_one(database, number, at)


def test_doing_nothing_always_goes_first_and_scenarios_take_turns():
    jobs = question(acceptances=(40, 20, 60), replications=8).jobs
    told = [(job.scenario.name, job.asked.acceptance, job.asked.replication) for job in jobs]

    assert told[:4] == [
        ("niets-doen", 40, 0),
        (BUILD.name, 40, 0),
        ("niets-doen", 40, 1),
        (BUILD.name, 40, 1),
    ]
    assert told.index(("niets-doen", 20, 0)) == 2 * 8
    assert len([one for one in told if one[1] == 60]) == 2 * 2
    assert len(set(told)) == len(told)


def test_scenarios_that_assume_otherwise_are_not_put_beside_each_other():
    other = scenario_from("verkoop")
    keener = other.model_copy(update={"acceptance": Acceptance(percent=99)})

    with pytest.raises(NotTogether, match="de acceptatie"):
        question(BUILD, keener)
    with pytest.raises(NotTogether, match="aantal jaren"):
        question(BUILD, other.model_copy(update={"years": 3}))
    with pytest.raises(NotTogether, match="twee keer"):
        question(BUILD, BUILD)


def test_one_chance_of_a_yes_holds_for_all_that_is_laid_side_by_side():
    weaker, waits = scenario_from("meer-beperkingen"), scenario_from("na-een-nee-wachten")
    less = waits.acceptance.model_copy(update={"percent": 25})

    assert question(weaker, waits).scenarios[1:] == (weaker, waits)
    with pytest.raises(NotTogether, match="andere slaagkans"):
        question(weaker, waits.model_copy(update={"acceptance": less}))


def test_assumptions_alone_stand_beside_the_doing_nothing_of_the_house():
    only = scenario_from("langer-zelfstandig")
    nothing, one = question(only).scenarios

    assert one == only
    assert nothing.demography == scenario_from("niets-doen").demography != only.demography


def test_without_facts_there_is_nothing_to_start_from(database):
    from pipelines.settings import Settings  # noqa: PLC0415 - only here

    with pytest.raises(NothingToStartFrom, match="verhuisketen night"), database.begin() as one:
        simulations.start_now(one, Settings())


def test_what_was_asked_is_read_back_as_it_was(database):
    number = asked(database, of=question(acceptances=(40, 20)))
    one = do(database, simulations.find, number)

    assert one.question == question(acceptances=(40, 20))
    assert one.start == START
    assert (one.status, one.total, one.corporation) == (simulations.WAITING, 8, OURS)
    assert [each.id for each in do(database, simulations.asked)] == [number]


def test_the_same_question_again_is_the_same_simulation(database):
    number = asked(database)

    assert asked(database) == number
    assert asked(database, of=question(replications=3)) != number
    assert asked(database, corporation=THEIRS) != number


def test_a_question_that_was_broken_off_goes_on_with_the_state_it_began_with(database):
    number = asked(database)
    do(database, simulations.take, number, "een")
    finish_one(database, number)
    do(database, simulations.finish, number, "een")
    assert do(database, simulations.find, number).status == simulations.STOPPED
    later = replace(START, position=99)

    assert asked(database, start=later) == number
    one = do(database, simulations.find, number)
    assert (one.status, one.start) == (simulations.WAITING, START)
    assert do(database, simulations.progress, number).done == 1
    assert asked(database, start=later, fresh=True) != number


def test_a_question_that_was_answered_is_asked_anew_once_there_is_news(database):
    number = asked(database)
    do(database, simulations.take, number, "een")
    finish_all(database, number)

    assert do(database, simulations.finish, number, "een").status == simulations.DONE
    assert asked(database) == number
    assert do(database, simulations.find, number).status == simulations.DONE
    assert asked(database, start=replace(START, position=99)) != number


def test_more_replications_find_those_that_are_there(database):
    finish_all(database, asked(database))
    more = asked(database, of=question(replications=5))

    assert do(database, simulations.progress, more).done == 4
    assert do(database, simulations.progress, more).total == 10


def test_other_policy_is_another_simulation(database):
    number = asked(database)
    finish_all(database, number)
    other = asked(database, start=replace(START, policy="anders"))

    assert do(database, simulations.progress, other).done == 0


def test_a_run_is_kept_once_and_comes_back_as_it_was(database):
    number = asked(database)
    run = finish_one(database, number)
    finish_one(database, number)
    with database.begin() as connection:
        [kept] = simulations.runs(connection, number)

    assert (kept.scenario, kept.asked) == (run.scenario, run.asked)
    for name in simulated_runs.TABLES:
        pd.testing.assert_frame_equal(getattr(kept, name), getattr(run, name))
    assert simulated_runs.packed(kept) == simulated_runs.packed(run)


def test_a_simulation_is_taken_by_one_worker_at_a_time(database):
    numbers = {asked(database, of=question(replications=n)) for n in (1, 2, 3)}
    with ThreadPoolExecutor(6) as crowd:
        taken = list(crowd.map(lambda n: do(database, simulations.next_waiting, f"w{n}"), range(6)))

    assert {one.id for one in taken if one} == numbers
    assert taken.count(None) == 3
    with pytest.raises(BeingSimulated):
        do(database, simulations.take, min(numbers), "nog een")


def lease_runs_out(database):
    """Let the clock of the database be past every lease, without waiting for that."""
    statement = "UPDATE simulation SET until = now() - interval '1 second' WHERE until IS NOT NULL"
    do(database, lambda connection: connection.execute(text(statement)))


def test_the_work_of_a_worker_that_is_gone_is_taken_over(database):
    number = asked(database)
    do(database, simulations.next_waiting, "weg")
    assert do(database, simulations.next_waiting, "nieuw") is None
    lease_runs_out(database)

    assert do(database, simulations.next_waiting, "nieuw").id == number
    assert not do(database, simulations.beat, number, "weg")
    do(database, simulations.failed, number, "weg", "te laat")
    assert do(database, simulations.find, number).status == simulations.RUNNING


def test_a_worker_that_says_it_lives_keeps_its_work(database):
    number = asked(database)
    do(database, simulations.take, number, "een")
    lease_runs_out(database)

    assert do(database, simulations.beat, number, "een")
    assert do(database, simulations.next_waiting, "twee") is None


def test_who_is_asked_to_stop_hears_it_at_the_next_beat(database):
    number = asked(database)
    do(database, simulations.take, number, "een")
    do(database, simulations.stop, number)

    assert do(database, simulations.find, number).stopping
    assert not do(database, simulations.beat, number, "een")
    assert do(database, simulations.finish, number, "een").status == simulations.STOPPED


def test_what_waits_stops_at_once(database):
    number = asked(database)
    do(database, simulations.stop, number)

    assert do(database, simulations.find, number).status == simulations.STOPPED
    assert do(database, simulations.next_waiting, "een") is None


def test_a_failure_has_a_sentence_and_can_be_tried_again(database):
    number = asked(database)
    do(database, simulations.take, number, "een")
    do(database, simulations.failed, number, "een", "Het beleid is weg.")

    told = do(database, simulations.progress, number)
    assert (told.status, told.sentence) == (simulations.FAILED, "Het beleid is weg.")
    assert asked(database) == number
    assert do(database, simulations.progress, number).status == simulations.WAITING


def test_who_must_end_gives_the_work_back(database):
    number = asked(database)
    do(database, simulations.take, number, "een")
    do(database, simulations.release, number, "een")

    assert do(database, simulations.next_waiting, "twee").id == number


def test_progress_expects_the_end_at_the_pace_so_far(database):
    number = asked(database)
    finish_one(database, number, 0)
    do(database, simulations.take, number, "een")
    assert do(database, simulations.progress, number).seconds is None
    back = "UPDATE simulation SET began = clock_timestamp() - interval '100 seconds'"
    finish_one(database, number, 1)
    do(database, lambda connection: connection.execute(text(back)))

    told = do(database, simulations.progress, number)
    assert (told.done, told.total) == (2, 4)
    assert 200 <= told.seconds <= 230  # one in a hundred seconds, two to go


def test_a_corporation_sees_no_simulation_of_another(database):
    ours, theirs = asked(database), asked(database, corporation=THEIRS)
    finish_all(database, theirs)

    with reading(database, OURS) as connection:
        assert [one.id for one in simulations.asked(connection)] == [ours]
        assert list(simulations.runs(connection, ours)) == []
        with pytest.raises(NoSuchSimulation):
            simulations.find(connection, theirs)
    with reading(database, THEIRS) as connection:
        assert len(list(simulations.runs(connection, theirs))) == 4


def test_forgetting_takes_the_replications_along_unless_another_rests_on_them(database):
    one, two = asked(database), asked(database, of=question(replications=1))
    finish_all(database, one)

    do(database, simulations.forget, two)
    assert do(database, simulations.progress, one).done == 4
    do(database, simulations.forget, one)
    count = "SELECT count(*) FROM simulation_run"
    assert do(database, lambda connection: connection.scalar(text(count))) == 0
