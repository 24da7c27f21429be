"""Two nights at once: one publishes, also when the other sleeps past its lease and wakes up."""

import threading
from datetime import date

import pytest
from sqlalchemy import exc, text

from store import plans, runs
from tests.plans_for_store import REGION, a_plan

ON = date(2026, 6, 15)


def a_night(database, run, seconds=900):
    """A run that began and holds the lease; its fence."""
    with database.begin() as connection:
        runs.start(connection, run, region=REGION, on=ON)
        return runs.take(connection, REGION, holder=run, seconds=seconds)


def expire_lease(database):
    with database.begin() as connection:
        connection.execute(text("UPDATE lease SET until = clock_timestamp()"))


def publish(database, run, **what):
    with database.begin() as connection:
        return plans.publish(connection, a_plan(), plan_id=run, run=run, **what)


def in_force(database):
    with database.connect() as connection:
        return connection.execute(text("SELECT plan, fence FROM current_plan")).all()


def test_a_second_night_is_told_that_one_is_running(database):
    a_night(database, "A")
    with pytest.raises(runs.Busy), database.begin() as connection:
        runs.take(connection, REGION, holder="B", seconds=900)


def test_another_region_has_its_own_lease(database):
    a_night(database, "A")
    with database.begin() as connection:
        assert runs.take(connection, "elders", holder="B", seconds=900) == 1


def test_a_lease_that_was_released_or_ran_out_can_be_taken_with_a_higher_fence(database):
    assert a_night(database, "A") == 1
    with database.begin() as connection:
        runs.release(connection, REGION, holder="A")
    assert a_night(database, "B") == 2
    expire_lease(database)
    assert a_night(database, "C") == 3


def test_a_lease_is_renewed_only_by_who_has_it(database):
    a_night(database, "A", seconds=1)
    with database.begin() as connection:
        assert runs.renew(connection, REGION, holder="A", seconds=900)
        assert not runs.renew(connection, REGION, holder="B", seconds=900)
        with pytest.raises(runs.Busy):
            runs.take(connection, REGION, holder="B", seconds=900)


def test_releasing_what_another_has_changes_nothing(database):
    a_night(database, "A")
    with database.begin() as connection:
        runs.release(connection, REGION, holder="B")
    with pytest.raises(runs.Busy):
        a_night(database, "B")


@pytest.mark.parametrize("remembers_its_fence", [True, False])
def test_a_night_that_lost_its_lease_does_not_publish(database, remembers_its_fence):
    zombie = a_night(database, "A")
    expire_lease(database)
    a_night(database, "B")
    with pytest.raises(runs.Outdated):
        publish(database, "A", fence=zombie if remembers_its_fence else None)
    assert in_force(database) == []


def test_a_zombie_does_not_replace_what_its_successor_published(database):
    zombie = a_night(database, "A")
    expire_lease(database)
    mine = a_night(database, "B")
    publish(database, "B", fence=mine)
    with pytest.raises(runs.Outdated):
        publish(database, "A", fence=zombie)
    assert in_force(database) == [("B", mine)]


def test_a_late_night_publishes_when_nobody_took_over(database):
    mine = a_night(database, "A")
    expire_lease(database)
    assert publish(database, "A", fence=mine)


def test_publishing_the_same_plan_again_changes_nothing(database):
    a_night(database, "A")
    assert publish(database, "A")
    assert not publish(database, "A")
    with database.begin() as connection, pytest.raises(plans.OtherPlan):
        plans.publish(connection, a_plan("H7"), plan_id="A", run="A")


def test_one_lease_publishes_one_plan(database):
    a_night(database, "A")
    publish(database, "A")
    with database.begin() as connection, pytest.raises(runs.Outdated):
        plans.publish(connection, a_plan(), plan_id="A2", run="A")


def test_nobody_takes_the_lease_while_a_plan_is_being_published(database):
    a_night(database, "A")
    expire_lease(database)
    with database.connect() as publishing, database.connect() as other:
        plans.publish(publishing, a_plan(), plan_id="A", run="A")
        other.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(exc.OperationalError, match="lock"):
            runs.take(other, REGION, holder="B", seconds=900)
        publishing.commit()


def test_of_many_nights_at_once_exactly_one_gets_the_lease(database):
    outcomes = []

    def begin(name):
        try:
            outcomes.append(a_night(database, name))
        except runs.Busy:
            outcomes.append(None)

    nights = [threading.Thread(target=begin, args=(f"N{n}",)) for n in range(4)]
    for night in nights:
        night.start()
    for night in nights:
        night.join()
    assert sorted(outcomes, key=str) == [1, None, None, None]


def test_a_plan_is_read_back_as_it_was_published(database):
    a_night(database, "A")
    publish(database, "A", options=b"PAR1")
    with database.connect() as connection:
        json = plans.current(connection, REGION)
        assert plans.PLAN.validate_json(json) == a_plan()
        assert plans.by_id(connection, "A") == json
        assert plans.options_of(connection, "A") == b"PAR1"
        assert plans.current(connection, "elders") is None


def test_a_run_says_how_it_ended(database):
    a_night(database, "A")
    with database.begin() as connection:
        runs.finish(connection, "A", status="failed", sentence="Het lukte niet.", summary={"n": 1})
        (last,) = runs.latest(connection)
    assert (last["status"], last["sentence"]) == ("failed", "Het lukte niet.")
    assert last["summary"] == '{"n": 1}'
    assert last["finished"] >= last["started"]
