"""Is it ready, and what is measured: each part that falls silent is told, and nobody's data is."""

import asyncio
import json
import re
import threading
import urllib.request
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text, update

from data_contracts.feeds import Accounting
from data_contracts.policy import policy_from
from pipelines.health import LOOK_AGAIN, Status, Watch, router
from pipelines.metrics import NotLoopback, PortTaken, measuring
from pipelines.metrics import text as measured
from pipelines.settings import Settings
from store import deliveries
from store.database import connect
from store.tables import current_plan, delivery, notice, plan, reader, run, subscriber

REGION = policy_from(None).region
DAILY = Settings().daily_feeds.split()
CANARY = "Kanarie-Zeldzaam"
NOW = datetime.now(tz=UTC)


class Clock:
    """Seconds that pass when we say so."""

    now = 0.0

    def __call__(self):
        return self.now

    def passes(self, seconds):
        self.now += seconds


def well(connection):
    """An installation as it is after a good night, with a name in its log."""
    ended = {"kind": "night", "region": REGION, "night": date(2026, 11, 22), "finished": NOW}
    made = {"status": "done", "sentence": "", "summary": "{}"}
    connection.execute(insert(run).values(id="R1", **ended, **made))
    receipt = {"position": 1, "status": "proven", "value": 1, "bound": 1}
    kept = {"json": "{}", "digest": "d", "fence": 1, "region": REGION}
    connection.execute(
        insert(plan).values(id="P1", run="R1", night=ended["night"], **receipt, **kept)
    )
    connection.execute(insert(current_plan).values(region=REGION, plan="P1", fence=1))
    for name in DAILY:
        a_file(connection, name)
    fact(connection, CANARY)
    connection.execute(insert(reader).values(name="listener", position=1))


def a_file(connection, name, *, status="taken", hours=0):
    deliveries.record(
        connection,
        run="R1",
        name=name,
        table=name,
        source="urn:nld:oin:00000099000000001000:systeem:leveringen",
        file=f"{name}.csv",
        sha256="ab",
        received=NOW - timedelta(hours=hours),
        accounting=Accounting(1, 1, 0, 0, 0),
        status=status,
        sentence="",
    )


def fact(connection, subject):
    connection.execute(
        text(
            "INSERT INTO log (source, id, kind, subject, at, data, digest) VALUES"
            " ('urn:x', :id, 'NoticeGiven', :id, now(), '{}', 'd')"
        ),
        {"id": subject},
    )


@pytest.fixture
def installation(database):
    with database.begin() as connection:
        well(connection)
    return database


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watch(installation, clock):
    return Watch(installation, Settings(reader_seconds=60), clock)


def wrong(health):
    return {check.name for check in health.checks if check.status is not Status.OK}


def test_after_a_good_night_everything_is_well(watch):
    health = watch.look()

    assert (health.status, health.code, wrong(health)) == (Status.OK, 200, set())


OLD = NOW - timedelta(hours=30)
SILENCES = {
    "plan": update(plan).values(published=OLD),
    "night": update(run).values(finished=OLD),
    "feeds": update(delivery).where(delivery.c.name == DAILY[0]).values(received=OLD),
    "quarantine": update(delivery).where(delivery.c.name == DAILY[0]).values(status="waiting"),
}


@pytest.mark.parametrize("part", SILENCES)
def test_a_part_that_fell_silent_is_told_and_yesterdays_plan_still_served(
    installation, watch, part
):
    with installation.begin() as connection:
        connection.execute(SILENCES[part])

    health = watch.look()

    assert part in wrong(health)
    assert (health.status, health.code) == (Status.DEGRADED, 200)


def test_a_night_that_failed_is_told_although_the_one_before_was_good(installation, watch):
    with installation.begin() as connection:
        connection.execute(
            insert(run).values(
                id="R2",
                region=REGION,
                night=date(2026, 11, 23),
                started=NOW + timedelta(hours=1),
                finished=NOW + timedelta(hours=1),
                status="failed",
                sentence="",
                summary="{}",
            )
        )

    assert wrong(watch.look()) == {"night"}


def test_an_installation_where_nothing_happened_yet_is_not_well_but_not_down(database):
    health = Watch(database, Settings()).look()

    assert (health.status, wrong(health)) == (Status.DEGRADED, {"plan", "night", "feeds"})


def test_deliveries_that_do_not_come_every_day_may_be_left_out(installation, clock):
    with installation.begin() as connection:
        connection.execute(SILENCES["feeds"])
    others = " ".join(DAILY[1:])

    assert wrong(Watch(installation, Settings(daily_feeds=others), clock).look()) == set()
    assert wrong(Watch(installation, Settings(daily_feeds=""), clock).look()) == set()


def test_an_age_at_its_limit_is_well_and_one_over_is_not(installation, clock):
    with installation.begin() as connection:
        connection.execute(update(plan).values(published=NOW - timedelta(hours=5)))
    settings = {"feed_hours": 99}

    assert "plan" in wrong(Watch(installation, Settings(night_hours=4, **settings), clock).look())
    assert wrong(Watch(installation, Settings(night_hours=6, **settings), clock).look()) == set()


def test_a_reader_that_stands_still_is_told_and_one_that_is_busy_is_not(installation, watch, clock):
    with installation.begin() as connection:
        for number in range(5):
            fact(connection, f"W-{number}")
    assert wrong(watch.look()) == set()  # behind, but who knows for how long

    clock.passes(61)
    assert wrong(watch.look()) == {"readers"}

    with installation.begin() as connection:
        connection.execute(update(reader).values(position=3))
    clock.passes(61)
    assert wrong(watch.look()) == set()  # it moved

    clock.passes(61)
    assert wrong(watch.look()) == {"readers"}
    with installation.begin() as connection:
        connection.execute(update(reader).values(position=6))
    clock.passes(61)
    assert wrong(watch.look()) == set()


def test_a_sender_that_stopped_is_told(installation, watch, clock):
    with installation.begin() as connection:
        subscribe(connection, position=0)
    watch.look()
    clock.passes(61)

    assert wrong(watch.look()) == {"readers"}


def subscribe(connection, *, position):
    connection.execute(
        insert(subscriber).values(
            name="zaak", url="https://x.example", kinds=[], position=position, active=NOW
        )
    )


@pytest.mark.parametrize(
    ("state", "hours", "told"),
    [("parked", 0, True), ("waiting", 2, True), ("waiting", 0, False), ("sent", 2, False)],
)
def test_a_subscriber_that_cannot_be_told_is_told(installation, watch, state, hours, told):
    with installation.begin() as connection:
        subscribe(connection, position=1)
        connection.execute(
            insert(notice).values(
                subscriber="zaak",
                position=1,
                subject="x",
                state=state,
                since=NOW - timedelta(hours=hours),
            )
        )

    assert wrong(watch.look()) == ({"notices"} if told else set())


def test_a_schema_of_another_version_is_down(installation, watch):
    with installation.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    health = watch.look()

    assert (health.status, health.code, wrong(health)) == (Status.DOWN, 503, {"schema"})


def test_a_table_that_is_locked_does_not_keep_whoever_asks_waiting(
    installation, watch, monkeypatch
):
    monkeypatch.setattr("store.condition.PATIENCE", "50ms")
    with installation.begin() as connection:
        connection.execute(text("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"))
        health = watch.look()

    assert health.status is Status.DOWN


def test_one_look_serves_all_who_ask_at_once(installation, watch, clock, monkeypatch):
    looks = []
    real = installation.connect
    monkeypatch.setattr(installation, "connect", lambda: looks.append(1) or real())
    threads = [threading.Thread(target=watch.look) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(looks) == 1

    clock.passes(LOOK_AGAIN)
    watch.look()
    assert len(looks) == 2


def ask(engine, *paths):
    """What a service with our routes answers, in the order asked."""
    app = FastAPI()
    app.include_router(router(engine, Settings()))

    async def asking():
        way = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=way, base_url="http://here") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(asking())


def test_over_http_it_is_told_without_anybodys_data_or_a_version(installation):
    for answer in ask(installation, "/health/live", "/health/ready"):
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.json()["status"] == "ok"
        assert CANARY not in answer.text
        assert not re.search(r"\d+\.\d+|urn:|[HW]-\d", answer.text)


@pytest.fixture
def gone(database_url):
    """A database that was there when the service started, and went away."""
    engine = connect(database_url, test=True)
    nowhere = connect(database_url, test=True)
    nowhere.dispose()
    nowhere.pool._creator = lambda *_: (_ for _ in ()).throw(ConnectionRefusedError(CANARY))
    yield nowhere
    engine.dispose()


def test_without_a_database_it_lives_and_is_not_ready(gone):
    alive, answer = ask(gone, "/health/live", "/health/ready")

    assert alive.status_code == 200
    assert answer.status_code == 503
    assert answer.json()["status"] == "down"
    assert answer.json()["checks"]["database"]["sentence"].startswith("De database antwoordt niet")
    assert CANARY not in answer.text


def values(said):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


def test_what_is_measured_agrees_with_what_is_there(installation):
    with installation.begin() as connection:
        fact(connection, "W-1")
        a_file(connection, "banden", status="waiting")
        subscribe(connection, position=0)

    said = measured(installation, Settings())
    found = values(said)

    assert found["verhuisketen_up",] == 1
    assert found["verhuisketen_log_position",] == 2
    assert found["verhuisketen_facts_total", "NoticeGiven"] == 2
    assert found["verhuisketen_reader_lag", "listener"] == 1
    assert found["verhuisketen_reader_lag", "subscribers"] == 2
    assert found["verhuisketen_deliveries_waiting",] == 1
    assert found["verhuisketen_delivery_age_seconds", DAILY[0]] < 86_400
    assert 0 <= found["verhuisketen_plan_age_seconds",] < 86_400  # made when the tests began
    assert CANARY not in said


def test_a_database_that_is_gone_is_measured_as_down(gone):
    assert values(measured(gone, Settings())) == {("verhuisketen_up",): 0}


def test_facts_are_counted_on_from_where_the_last_scrape_stood(installation):
    def scrape(port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            return values(answer.read().decode())

    with measuring(installation, Settings(metrics_port=0)) as port:
        assert scrape(port)["verhuisketen_facts_total", "NoticeGiven"] == 1
        with installation.begin() as connection:
            fact(connection, "W-1")
            fact(connection, "W-2")
        again = scrape(port)

    assert again["verhuisketen_facts_total", "NoticeGiven"] == 3
    assert "verhuisketen_log_fields_dropped_total" in {name for name, *_ in again}


def test_without_a_port_nothing_listens(installation):
    with measuring(installation, Settings()) as port:
        assert port is None


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "localhost.example", "::"])  # noqa: S104
def test_only_this_machine_may_measure(installation, host):
    with pytest.raises(NotLoopback), measuring(installation, Settings(), host=host, port=0):
        pass


def test_a_port_that_is_taken_is_one_sentence(installation):
    with (
        measuring(installation, Settings(), port=0) as port,
        pytest.raises(PortTaken, match="andere poort"),
        measuring(installation, Settings(), port=port),
    ):
        pass


def test_health_as_a_command_is_json_and_an_exit_code(installation, database_url, monkeypatch):
    from typer.testing import CliRunner  # noqa: PLC0415 - beside its use

    from pipelines import asking  # noqa: PLC0415 - only here
    from pipelines.cli import app  # noqa: PLC0415 - only here

    monkeypatch.setattr(asking, "connect", lambda url: connect(url, test=True))
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", database_url)
    good = CliRunner().invoke(app, ["health", "--json"])
    with installation.begin() as connection:
        connection.execute(SILENCES["plan"])
    bad = CliRunner().invoke(app, ["health"])

    assert (good.exit_code, json.loads(good.stdout)["status"]) == (0, "ok")
    assert (bad.exit_code, bad.stdout.count("!")) == (1, 1)
    assert "migrate" in CliRunner().invoke(app, ["migrate", "--help"]).stdout
