"""Somebody who listens along on loopback, and the sender that tells them."""

import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import pandas as pd
import pytest
from sqlalchemy import text

from data_contracts.events import FACT_COLUMNS
from data_contracts.subscribers import Subscriber
from pipelines import send
from pipelines.send import Sender
from store import log, notices

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000099000000001000:systeem:leveringen"
SECRET = b"0123456789abcdef0123456789abcdef"


class Receiver:
    """A real server on loopback that keeps what it is told, and answers as a test says."""

    def __init__(self):
        self.told, self.lock = [], Lock()
        self.answer = lambda _event: 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.told.append((json.loads(body), dict(self.headers), body))
                code = outer.answer(json.loads(body))
                if code is None:  # hangs up without a word
                    self.close_connection = True
                    return
                self.send_response(code)
                if 300 <= code < 400:
                    self.send_header("Location", f"http://127.0.0.1:{outer.port}/elders")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/haak"

    @property
    def heard(self):
        """The sequence numbers that were posted, in order."""
        return [int(event["sequence"]) for event, _, _ in self.told]


@pytest.fixture
def receiver():
    made = Receiver()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def way_out():
    with send.client() as made:
        yield made


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def forward(self, **much):
        self.now += timedelta(**much)


@pytest.fixture
def clock():
    return Clock()


def subscriber(url, **differs):
    said = {"name": "portaal", "url": url, "secret_file": "x", "kinds": ("NoticeWithdrawn",)}
    return Subscriber.model_validate(said | {"from": 1} | differs)


@pytest.fixture
def sender(database, receiver, way_out):
    one = subscriber(receiver.url)
    with database.begin() as connection:
        notices.sync(connection, [one], NOON)
    return Sender(database, one, SECRET, way_out, "https://wij.example")


def happen(database, *subjects, kind="NoticeWithdrawn"):
    """Let something happen to each of these; give the positions in the log."""
    with database.begin() as connection:
        before = log.head(connection)
        rows = [(SOURCE, f"{before}/{n}", kind, s, NOON, "{}") for n, s in enumerate(subjects)]
        facts = pd.DataFrame(rows, columns=list(FACT_COLUMNS))
        log.append(connection, facts.astype({"at": "datetime64[us, UTC]"}))
        return [before + n + 1 for n in range(len(subjects))]


def state_of(database):
    with database.connect() as connection:
        rows = connection.execute(
            text("SELECT position, state, tries, outcome FROM notice ORDER BY position")
        )
        return [tuple(row) for row in rows]
