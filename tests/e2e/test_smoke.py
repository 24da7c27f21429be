"""The whole installation for a minute: every command of docker-compose.yml, on a real database.

Deliveries in the watched folder, a night, a fact over HTTP, a changed proposal, a no, a new tail,
and a notice to whoever listens along. Prefect and its nights are walked in test_serve.
"""

import hashlib
import hmac
import json
import shutil
import sys
import time
import urllib.request
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from sqlalchemy import create_engine, text

from data_contracts.cloudevents import type_of
from pipelines.sources.example import region, write
from store.embedded import embedded
from tests.canaries import CANARY, with_canaries
from tests.compose import HOUSE
from tests.services import Services

ON = date(2026, 11, 22)
ORGANISATION = "urn:nld:oin:00000099000000001000"
SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - of this test
STAYING = ("watcher", "api", "desk", "listener", "sender", "metrics")


class Walk:
    """The log of the walk: what happened, and after how many seconds."""

    def __init__(self, path):
        self.path, self.began = path, time.monotonic()
        path.parent.mkdir(exist_ok=True)
        path.write_text("")

    def __call__(self, sentence):
        with self.path.open("a") as lines:
            lines.write(f"{time.monotonic() - self.began:6.1f} s  {sentence}\n")


class Receiver(ThreadingHTTPServer):
    """A system that listens along and keeps what it is told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Ear)
        self.heard = []


class Ear(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def listening():
    receiver = Receiver()
    thread = Thread(target=receiver.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


def subscribe(services, receiver):
    """Write the page of who listens along, as a corporation does."""
    secret = services.folder / "secrets" / "meeluisteren" / "woonportaal"
    secret.write_text(SECRET)
    page = services.folder / "deploy" / "instellingen" / "meeluisteren.yaml"
    page.parent.mkdir(parents=True)
    page.write_text(
        "subscribers:\n"
        "  - name: woonportaal\n"
        f"    url: http://127.0.0.1:{receiver.server_port}/\n"
        f"    secret_file: {secret}\n"
    )


class Database:
    """What the test looks at to see that something happened."""

    def __init__(self, url):
        self.engine = create_engine(url)

    def rows(self, statement, **given):
        with self.engine.connect() as connection:
            return connection.execute(text(statement), given).all()

    def value(self, statement, **given):
        return self.rows(statement, **given)[0][0]

    def head(self):
        return self.value("SELECT max(position) FROM log")

    def standing(self):
        """The proposals that stand, by household."""
        found = self.rows(
            "SELECT household, id, chain, step, dwelling, leaves, because FROM proposal"
            " WHERE state IN ('offered', 'taken_up', 'accepted', 'signed')"
        )
        return {row.household: row for row in found}


@pytest.fixture
def installation(tmp_path):
    folder = tmp_path / "installatie"
    with embedded(tmp_path / "postgres") as url, listening() as receiver:
        quick = {"VERHUISKETEN_SETTLE_SECONDS": "1"}
        services = Services(folder, url, more={"watcher": quick})
        subscribe(services, receiver)
        (folder / "leveringen").mkdir()
        (folder / "postvak-in").mkdir()
        database = Database(url)
        try:
            yield services, database, receiver
        finally:
            database.engine.dispose()


def test_the_services_of_the_file_do_their_work_together(installation, tmp_path, capsys):
    services, database, receiver = installation
    walk = Walk(HOUSE / "run" / "smoke.log")

    services.run("migrate")
    walk("migrate is klaar")
    with services.running(*STAYING):
        services.until_healthy(*STAYING)
        walk(f"gezond volgens hun eigen health check: {', '.join(STAYING)}")
        deliver(services, database, tmp_path)
        walk(f"{database.head()} feiten uit het postvak")
        summary = json.loads(services.run("nights", "night", "--on", f"{ON}", "--json"))
        walk(f"nacht {summary['run']}: {summary['totals']['moves']} voorstellen")

        position, mover = tell_a_fact(services, database)
        walk(f"feit {position} over HTTP geboekt, en nog eens met hetzelfde antwoord")
        services.until(lambda: repaired(database, position, mover), "listener", "api")
        walk("de keten is zonder dat huishouden opnieuw gemaakt")

        refused, front = decline(services, database)
        walk(f"het huishouden op plaats {refused.step} van een keten zei nee")
        found = services.until(lambda: new_tail(database, refused, front), "listener")
        walk(f"de voorkant bleef staan; {len(found)} voorstel(len) in een nieuwe staart")

        services.until(lambda: told(database, receiver), "sender")
        walk(f"{len(receiver.heard)} berichten kwamen aan, ondertekend")
        assert_notices_are_signed_and_hold_no_data(receiver)
        assert_it_is_ready(services)
        walk("klaar volgens /health/ready en de metingen")
    walk("alle diensten stopten op verzoek")
    assert_no_name_got_out(services, database, receiver)
    with capsys.disabled():
        sys.stdout.write(f"\n{walk.path}\n{walk.path.read_text()}")


def deliver(services, database, tmp_path):
    """Put files in the folder, one of them slowly; wait until all are booked."""
    made = write(region(dwellings=400, seed=5, on=ON), tmp_path / "vers")
    with_canaries(tmp_path / "vers")
    inbox = services.folder / "postvak-in"
    files = [path for path in made if path.suffix != ".txt"]
    for path in files:
        shutil.copy(path, inbox / path.name)

    def booked():
        return database.value("SELECT count(*) FROM delivery WHERE status = 'taken'") == len(files)

    services.until(booked, "watcher")


def tell_a_fact(services, database):
    """A household of a chain withdraws its wish; its portal tells us, twice."""
    said = services.run(
        "api", "keys", "add", "woonportaal", "--organisation", ORGANISATION, "--json"
    )
    key = json.loads(said)["key"]
    chains = database.standing()
    mover = next(row.household for row in chains.values() if row.step == 2)
    event = {
        "specversion": "1.0",
        "id": "smoke-1",
        "source": f"{ORGANISATION}:systeem:woonportaal",
        "type": type_of("WishWithdrawn"),
        "subject": mover,
        "time": datetime.now(tz=UTC).isoformat(),
    }
    first, again = (post(services, event, key) for _ in range(2))
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    return json.loads(first[1])["positie"], mover


def post(services, event, key):
    asked = urllib.request.Request(  # noqa: S310 - loopback
        services.url("api", "/v1/gebeurtenissen"),
        data=json.dumps(event).encode(),
        headers={
            "Content-Type": "application/cloudevents+json",
            "Authorization": f"Bearer {key}",
        },
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310 - loopback
        return answer.status, answer.read()


def repaired(database, position, mover):
    """Whether the mover is out of the plan, and whatever changed by it says so."""
    changed = database.rows("SELECT id FROM proposal WHERE :at = ANY (because)", at=position)
    return mover not in database.standing() and changed


def decline(services, database):
    """Somebody further on in a chain says no; give who, and the proposals before it."""
    standing = database.standing().values()
    refused = next(row for row in standing if row.step >= 2)
    services.run("api", "answer", refused.id, "declined", "--reason", "PER")
    front = {r.id for r in standing if r.chain == refused.chain and r.step < refused.step}
    assert front
    return refused, front


def new_tail(database, refused, front):
    """What was offered because of that no, once the front is seen to stand."""
    because = database.value("SELECT position FROM proposal WHERE id = :id", id=refused.id)
    standing = {row.id: row for row in database.standing().values()}
    assert refused.id not in standing
    assert front <= set(standing)
    return [row for row in standing.values() if because in row.because]


def told(database, receiver):
    waiting = database.value("SELECT count(*) FROM notice WHERE state = 'waiting'")
    behind = database.value(
        "SELECT (SELECT max(position) FROM log) - min(position) FROM subscriber"
    )
    return receiver.heard and waiting == 0 and behind == 0


def assert_notices_are_signed_and_hold_no_data(receiver):
    for headers, body in receiver.heard:
        signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
        mac = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["Webhook-Signature"] == f"v1={mac}"
        event = json.loads(body)
        assert "data" not in event
        assert event["dataref"].startswith("https://localhost/v1/gebeurtenissen/")


def assert_it_is_ready(services):
    checks = json.loads(read(services.url("api", "/health/ready")))["checks"]
    assert {name for name, check in checks.items() if check["status"] != "ok"} == set()
    measured = read(services.url("metrics", "/metrics"))
    assert "verhuisketen_up 1.0" in measured
    assert 'verhuisketen_notices{state="parked"} 0.0' in measured


def assert_no_name_got_out(services, database, receiver):
    assert database.value("SELECT count(*) FROM person WHERE name = :name", name=CANARY)
    said = {name: services.log(name).read_text(errors="replace") for name in STAYING}
    said["berichten"] = str(receiver.heard)
    assert [name for name, words in said.items() if CANARY in words] == []


def read(url):
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - loopback
        return answer.read().decode()
