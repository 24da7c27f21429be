"""The clock changes twice a year, and sometimes it is simply wrong: nothing is lost by it (P30)."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from prefect.server.schemas.schedules import CronSchedule
from sqlalchemy import text

from data_contracts.events import TABLES
from data_contracts.rules import NoRulesFor
from data_contracts.words import ProposalState
from matching.state import State, changes, project
from pipelines import asking
from pipelines.nightly import schedule
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store import plans, proposals, runs
from store import state as state_store
from store.database import connect
from store.today import today
from tests import builders as b
from tests.plans_for_store import REGION, a_plan

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ON = date(2026, 6, 15)
HOUR = timedelta(hours=1)
SHIFTED = """
CREATE SCHEMA klok;
CREATE TABLE klok.shift (by interval);
INSERT INTO klok.shift VALUES ('0');
CREATE FUNCTION klok.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
    'SELECT pg_catalog.clock_timestamp() + by FROM klok.shift';
"""
"""A clock of the database that can be set: found before its own by whoever asks the time."""


@pytest.fixture
def database_url(database_url):
    engine = connect(database_url, test=True)
    with engine.begin() as connection:
        connection.exec_driver_sql(SHIFTED)
        name = connection.scalar(text("SELECT current_database()"))
        connection.exec_driver_sql(
            f"ALTER DATABASE {name} SET search_path = klok, pg_catalog, public"
        )
    engine.dispose()
    return database_url


def set_the_clock(engine, by):
    with engine.begin() as connection:
        connection.execute(text("UPDATE klok.shift SET by = by + :by"), {"by": by})


def begin(engine, run, seconds=900):
    with engine.begin() as connection:
        runs.start(connection, run, region=REGION, on=ON)
        return runs.take(connection, REGION, holder=run, seconds=seconds)


def publish(engine, run, plan=None, until=None):
    return proposals.publish(engine, plan or a_plan(), run=run, coaches={}, until=until)


def release(engine, run):
    with engine.begin() as connection:
        runs.release(connection, REGION, holder=run)


def in_force(engine):
    with engine.connect() as connection:
        return connection.execute(text("SELECT plan FROM current_plan")).scalar()


def moments(start, days):
    """When the night runs, by the schedule as Prefect reads it, in Amsterdam time."""
    planned = schedule(Settings())
    read = CronSchedule(cron=planned.cron, timezone=planned.timezone)
    first = datetime.combine(start, datetime.min.time(), AMSTERDAM)
    found = asyncio.run(read.get_dates(start=first, end=first + timedelta(days=days)))
    return [moment.astimezone(AMSTERDAM) for moment in found]


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        (date(2026, 3, 27), [2, 2, 1, 1]),  # on 29 March 02:00 is 03:00
        (date(2026, 10, 23), [1, 1, 2, 2]),  # on 25 October 03:00 is 02:00 once more
        (date(2028, 2, 27), [2, 2, 2, 2]),  # 29 February
    ],
)
def test_there_is_one_night_for_every_day_whatever_the_clock_does(start, utc):
    nights = moments(start, 4)
    assert [night.date() for night in nights] == [start + timedelta(days=n) for n in range(4)]
    assert {(night.hour, night.minute) for night in nights} == {(3, 30)}
    assert [night.astimezone(UTC).hour for night in nights] == utc


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-06-14T21:59Z", "2026-06-14"),
        ("2026-06-14T22:00Z", "2026-06-15"),  # a container says it is still the day before
        ("2026-12-31T22:59Z", "2026-12-31"),
        ("2026-12-31T23:00Z", "2027-01-01"),
        ("2026-03-29T01:30Z", "2026-03-29"),
        ("2026-10-25T01:30Z", "2026-10-25"),
        ("2028-02-28T23:30Z", "2028-02-29"),
    ],
)
def test_the_day_of_a_night_is_the_day_in_amsterdam(utc, day):
    assert today(datetime.fromisoformat(utc)) == date.fromisoformat(day)


def test_a_proposal_stands_through_the_29th_of_february_when_that_is_its_last_day(database):
    begin(database, "A")
    publish(database, "A", until=date(2028, 2, 29))

    def expired(on):
        with database.begin() as connection:
            return proposals.expire(connection, on)

    assert [expired(date(2028, 2, 28)), expired(date(2028, 2, 29))] == [0, 0]
    assert expired(date(2028, 3, 1)) == 1
    assert [expired(date(2028, 3, 1)), expired(date(2028, 2, 29))] == [0, 0]
    with database.connect() as connection:
        assert proposals.of_coach(connection).empty


@pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["back", "ahead"])
def test_a_night_publishes_once_when_the_clock_is_set_halfway(database, by):
    begin(database, "A")
    set_the_clock(database, by)
    try:
        begin(database, "B")
        took_over = True
    except runs.Busy:
        took_over = False

    assert took_over == (by > timedelta(0))  # ahead: the lease of A seems to have run out
    if took_over:
        publish(database, "B")
        with pytest.raises(runs.Outdated):
            publish(database, "A", a_plan("H7"))
    else:
        publish(database, "A")
    assert in_force(database) == ("B" if took_over else "A")


def test_after_a_clock_was_set_back_the_next_night_has_its_turn_at_once(database):
    begin(database, "A")
    set_the_clock(database, -HOUR)
    publish(database, "A")
    release(database, "A")

    assert begin(database, "B") == 2


def test_a_night_that_was_killed_before_the_clock_was_set_back_is_outwaited(database):
    """The lease is longer by what the clock lost, never shorter: safe first, then soon."""
    begin(database, "A", seconds=900)
    set_the_clock(database, -HOUR)
    with pytest.raises(runs.Busy, match="probeer het daarna"):
        begin(database, "B")
    set_the_clock(database, HOUR + timedelta(seconds=901))

    assert begin(database, "B") == 2
    with pytest.raises(runs.Outdated):
        publish(database, "A")


def test_an_answer_given_after_the_clock_was_set_back_is_the_last_word(database):
    begin(database, "A")
    publish(database, "A")
    for state in (ProposalState.TAKEN_UP, ProposalState.ACCEPTED, ProposalState.SIGNED):
        set_the_clock(database, -HOUR)
        with database.begin() as connection:
            (row,) = proposals.of_coach(connection).to_dict("records")
            seen = {"on": ON, "expected_position": int(row["position"])}
            proposals.answer(connection, row["proposal"], state, **seen)
            kept, _ = state_store.load(connection)
            rebuilt = state_store.rebuild(connection)
        assert kept.offers["state"].tolist() == rebuilt.offers["state"].tolist() == [state]


def test_a_delivery_received_after_the_clock_was_set_back_counts():
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    state, facts = State(), []
    for number, rent in enumerate((60_000, 61_000, 59_000)):
        rows = b.a_state(dwellings=[b.a_dwelling("W1", rent=rent)]).dwellings.reset_index()
        told = changes(
            state,
            "dwellings",
            rows,
            source=b.SOURCE,
            delivery=str(number),
            at=noon - number * HOUR,
        )
        facts.append(told)
        state = project(told, state)
        assert state.dwellings["rent"].tolist() == [rent]
    for told in reversed(facts):
        state = project(told, state)
    assert state.dwellings["rent"].tolist() == [59_000]
    assert set(state.tables) == set(TABLES)


@pytest.fixture
def leap_region(database_url, tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "connect", lambda url: connect(url, test=True))
    write(region(dwellings=250, seed=5, on=date(2024, 2, 29)), tmp_path / "leveringen")
    return Settings(
        data=tmp_path / "data", deliveries=tmp_path / "leveringen", database_url=database_url
    )


def test_a_night_on_the_29th_of_february_ends_well_though_the_clock_is_set_back(leap_region):
    was_set = []

    def progress(sentence):
        if sentence.startswith("Plan keuren") and not was_set:
            with asking.database(leap_region) as engine:
                set_the_clock(engine, -HOUR)
            was_set.append(sentence)

    summary = asking.night(leap_region, on=date(2024, 2, 29), progress=progress)

    assert was_set
    assert summary["totals"]["moves"] > 0
    assert asking.status(leap_region, rejects=False).nights[0]["status"] == "done"
    with asking.database(leap_region) as engine, engine.connect() as connection:
        plan = plans.PLAN.validate_json(plans.current(connection, "regio"))
        assert plan.receipt.on == date(2024, 2, 29)
        until = connection.execute(text("SELECT DISTINCT until FROM proposal")).scalars().all()
    assert until == [date(2024, 2, 29) + timedelta(days=asking.policy_from().proposal_days)]


def test_a_leap_day_in_a_year_without_rules_is_said_and_changes_nothing(leap_region):
    with pytest.raises(NoRulesFor, match="2028"):
        asking.night(leap_region, on=date(2028, 2, 29))
    with asking.database(leap_region) as engine:
        assert in_force(engine) is None
