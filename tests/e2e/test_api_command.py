"""The real `verhuisketen api`: starts, takes facts, finishes what it writes, and stops."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import partial
from threading import Thread

import pytest
from sqlalchemy import text

from data_contracts.cloudevents import EVENT
from pipelines import asking
from pipelines.cli import main
from pipelines.commands.api import listening
from store import log
from store.database import connect
from tests.events import OURS, event

SECONDS = 120


@pytest.fixture
def environment(database_url):
    known = os.environ | {"VERHUISKETEN_DATABASE_URL": database_url}
    known.pop("PYTHONDONTWRITEBYTECODE", None)
    return known


# The tests' server does not wait for its disk, which `connect` refuses; all else is as it is.
RELAXED = (
    "from pipelines import asking; from functools import partial;"
    " from store.database import connect; asking.connect = partial(connect, test=True);"
    " from pipelines.cli import main; main()"
)


@pytest.fixture
def command(database_url, monkeypatch, capsys):
    """Run a short command right here: code, standard output, standard error."""
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", database_url)
    monkeypatch.setattr(asking, "connect", partial(connect, test=True))
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["verhuisketen", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return run


class Running:
    """A gate on a port of its own."""

    def __init__(self, environment):
        self.program = subprocess.Popen(
            [sys.executable, "-c", RELAXED, "api", "--port", "0"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.said = []
        for line in self.program.stderr:
            self.said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/v1/gebeurtenissen", line):
                self.port = int(found[1])
                break
        else:
            pytest.fail("".join(self.said))
        self.reader = Thread(target=lambda: self.said.extend(self.program.stderr), daemon=True)
        self.reader.start()

    def call(self, method, path, body=None, **headers):
        calling = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        calling.request(method, path, body, headers)
        answer = calling.getresponse()
        said = answer.read()
        calling.close()
        return answer.status, said, dict(answer.getheaders())

    def stop(self):
        self.program.send_signal(signal.SIGTERM)
        code = self.program.wait(SECONDS)
        self.reader.join(SECONDS)
        self.program.stdout.close()
        self.program.stderr.close()
        return code


@pytest.fixture
def gate(environment):
    made = Running(environment)
    yield made
    if made.program.poll() is None:
        made.stop()


def post(gate, token, made):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": EVENT}
    return gate.call("POST", "/v1/gebeurtenissen", json.dumps(made), **headers)


def test_a_key_is_made_a_fact_is_told_and_the_key_is_taken_back(gate, command, database_url):
    code, out, _ = command("keys", "add", "proef", "--organisation", OURS, "--json")
    assert code == 0
    made = json.loads(out)
    moment = datetime.now(UTC).isoformat()

    status, said, headers = post(gate, made["key"], event(time=moment))
    assert (status, json.loads(said)) == (201, {"positie": 1})
    assert "server" not in {name.lower() for name in headers}
    assert post(gate, made["key"], event(time=moment))[:2] == (200, said)
    assert gate.call("GET", "/v1/openapi.json")[0] == 200
    assert gate.call("GET", "/health/live")[0] == 200

    code, listed, _ = command("keys", "list", "--json")
    assert json.loads(listed)[0]["id"] == made["id"]
    assert made["key"] not in listed
    assert command("keys", "revoke", made["id"])[0] == 0
    assert post(gate, made["key"], event(id="e-2", time=moment))[0] == 401
    assert command("keys", "revoke", made["id"])[0] == 1

    assert gate.stop() == 0
    told = "".join(gate.said)
    assert made["key"] not in told
    assert "gebeurtenissen/" not in told
    engine = connect(database_url, test=True)
    with engine.connect() as connection:
        assert log.head(connection) == 1
    engine.dispose()


def until(seen):
    end = time.monotonic() + SECONDS
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.01)


def waiting(engine):
    """How many wait for their turn to append."""
    with engine.connect() as looking:
        return looking.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'"
                " AND datname = current_database()"
            )
        )


def test_a_request_that_is_being_written_is_finished_when_the_gate_is_told_to_stop(
    gate, command, database_url
):
    _, out, _ = command("keys", "add", "proef", "--organisation", OURS, "--json")
    token = json.loads(out)["key"]
    engine = connect(database_url, test=True)
    answers = []
    moment = datetime.now(UTC).isoformat()
    calling = Thread(target=lambda: answers.append(post(gate, token, event(time=moment))))
    with engine.begin() as connection:
        log.in_turn(connection)
        calling.start()
        until(lambda: waiting(engine))
        gate.program.send_signal(signal.SIGTERM)
    calling.join(SECONDS)
    assert [status for status, *_ in answers] == [201]
    assert gate.stop() == 0
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["api", "--host", "0.0.0.0"], "BEHIND_PROXY"),  # noqa: S104 - that it is refused
        (["api", "--host", "overal"], "--host"),
        (["keys", "add", "x", "--organisation", "kvk 1"], "urn:nld:kvknr"),
        (["keys", "add", "x", "--organisation", OURS, "--corporation", "1"], "KvK-nummer"),
        (["keys", "revoke", "S-0"], "keys list"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(command, words, sentence):
    code, _, said = command(*words)
    assert code not in (0, 70)
    assert sentence in said.replace("\n", " ")
    assert "Traceback" not in said


def test_an_answer_does_not_wait_for_the_caller_to_acknowledge_its_head():
    with listening("127.0.0.1", 0) as door:
        assert door.proto == socket.IPPROTO_TCP  # or asyncio leaves Nagle on: 40 ms an answer


def test_a_port_that_is_taken_is_said_in_one_sentence(command):
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, _, said = command("api", "--port", str(other.getsockname()[1]))
    assert code == 1
    assert "kunnen wij niet luisteren" in said.replace("\n", " ")
