"""Who comes in at the gate and how often, and that nothing that is sent makes it stumble."""

import json
import random

import pytest
from sqlalchemy import text

from data_contracts.cloudevents import BATCH, EVENT
from store import log, machines
from store.database import Outage
from tests.asgi import calling
from tests.counts import count as count_of
from tests.events import OURS, event
from tests.integration.at_the_gate import count, is_problem, key, post

CANARY = "Kanarie-Zeldzaam"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer " * 99])
def test_without_a_key_nothing_is_read(client, database, authorization):
    answer = post(client, b"\xff", headers={"Authorization": authorization})

    is_problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert count(database) == 0


def test_a_revoked_key_opens_nothing_from_then_on(client, database, machine):
    post(client, event())
    with database.begin() as connection:
        machines.revoke(connection, machine[0].id)

    is_problem(post(client, event()), 401)  # though it is still remembered: judged when written
    is_problem(client.get("/v1/status"), 401)
    is_problem(client.get("/v1/gebeurtenissen/1"), 401)
    with database.begin() as connection, pytest.raises(machines.NoSuchKey):
        machines.revoke(connection, machine[0].id)


def test_what_is_kept_of_a_key_does_not_open_anything(client, database, machine):
    with database.connect() as connection:
        kept = connection.execute(text("SELECT * FROM machine_key")).mappings().one()

    assert machine[1] not in str(dict(kept))
    is_problem(post(client, event(), headers={"Authorization": f"Bearer {kept['hash']}"}), 401)


def used(database, machine, calls):
    """So many calls were counted, in this minute and in the next."""
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO machine_use SELECT :key, date_trunc('minute', now()) + m, :calls"
                " FROM unnest(ARRAY[interval '0', interval '1 minute']) AS m"
            ),
            {"key": machine.id, "calls": calls},
        )


def test_who_calls_too_often_waits_for_the_next_minute(database, app):
    machine, token = key(database, per_minute=3)
    used(database, machine, 2)
    with calling(app, Authorization=f"Bearer {token}") as client:
        assert client.get("/v1/status").status_code == 200
        answer = client.get("/v1/status")
        is_problem(answer, 429)
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        is_problem(post(client, event()), 429)
    assert count(database) == 0


def test_a_hundredth_of_a_minute_is_counted_at_once(database, app):
    _, token = key(database, per_minute=1_000)
    with calling(app, Authorization=f"Bearer {token}") as client:
        for _ in range(11):
            client.get("/v1/status")
    with database.connect() as connection:
        counted = connection.scalar(text("SELECT sum(calls) FROM machine_use"))
    assert counted in (20, 30)  # 30 when the minute turned while we called


def test_a_key_speaks_for_its_organisation_only(client, database):
    said = is_problem(post(client, event(source="urn:nld:kvknr:22222222:systeem:x")), 403)
    is_problem(post(client, event(source="urn:nld:oin:00000099000000001000:systeem:x")), 403)

    assert "errors" not in said
    assert count(database) == 0


def test_the_status_says_whose_key_it_is(client, machine):
    post(client, event())
    assert client.get("/v1/status").json() == {
        "sleutel": machine[0].id,
        "organisatie": OURS,
        "corporatie": None,
        "perMinuut": machines.PER_MINUTE,
        "positie": 1,
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/gebeurtenissen", 405),
        ("PUT", "/v1/gebeurtenissen", 405),
        ("DELETE", "/v1/gebeurtenissen/1", 405),
        ("POST", "/v1/openapi.json", 405),
        ("GET", "/v1/gebeurtenissen/", 404),
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", f"/{CANARY}", 404),
        ("GET", "/v1/schemas/proposal-offered.json", 404),
    ],
)
def test_another_address_or_method_is_a_problem_too(client, method, path, status):
    answer = client.request(method, path)
    assert CANARY not in json.dumps(is_problem(answer, status))
    assert status != 405 or answer.headers["allow"]


def test_who_reads_no_json_hears_so(client):
    is_problem(client.get("/v1/status", headers={"Accept": "text/html"}), 406)
    assert client.get("/v1/status", headers={"Accept": "text/html, */*;q=0.1"}).status_code == 200


def test_another_host_is_not_ours(client):
    is_problem(client.get("/v1/status", headers={"Host": "elders.nl"}), 421)
    for host in ("localhost:8080", "[::1]:8080", "127.0.0.1"):
        assert client.get("/v1/status", headers={"Host": host}).status_code == 200


def test_a_bug_of_ours_says_nothing_of_the_request(client, monkeypatch, caplog):
    def stumble(*_args, **_more):
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr("store.incoming.write", stumble)
    answer = post(client, event(id=CANARY))

    assert CANARY not in json.dumps(is_problem(answer, 500))
    assert CANARY not in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_without_a_database_the_caller_comes_back_later(client, monkeypatch):
    def away(*_args, **_more):
        raise Outage

    monkeypatch.setattr("store.incoming.write", away)
    answer = post(client, event())

    is_problem(answer, 503)
    assert answer.headers["retry-after"]


def test_while_the_log_is_held_the_caller_hears_to_come_back(client, database, monkeypatch):
    monkeypatch.setattr("store.incoming.PATIENCE", "50ms")
    with database.begin() as connection:
        log.in_turn(connection)
        is_problem(post(client, event()), 503)
    assert post(client, event()).status_code == 201


BODY = json.dumps(event()).encode()
PIECES = (b"", b"null", b"[]", b"{", b"\\ud800", b"\\u0000", b'"', b",", b"\xff", b"9" * 400, b"[{")
MEDIA_TYPES = (EVENT, BATCH, "application/json", "text/plain", f"{EVENT};charset=x", "", "/;=")


def mangled(chance):
    """A request that may be right, and mostly is not."""
    body = bytearray(chance.choice((BODY, b"[" + BODY + b"]")))
    for _ in range(chance.randrange(4)):
        start = chance.randrange(len(body) + 1)
        body[start : start + chance.randrange(30)] = chance.choice(PIECES)
    headers = {"Content-Type": chance.choice(MEDIA_TYPES)}
    for name in chance.sample(["ce-id", "ce-type", "ce-time", "ce-x", "ce-", "ce-data"], 2):
        if chance.random() < 0.2:
            headers[name] = chance.choice(("", "x", "%00", "%zz", "é", "2026-11-22T09:30:00Z"))
    return bytes(body), {name: value.encode("latin-1") for name, value in headers.items()}


def test_no_request_whatever_makes_the_gate_stumble(client, database):
    seen = set()
    for number in range(count_of(ci=300, soak=20_000)):
        body, headers = mangled(random.Random(number))
        answer = client.post("/v1/gebeurtenissen", content=body, headers=headers)
        seen.add(answer.status_code)
        if answer.status_code >= 400:
            is_problem(answer, answer.status_code)
    assert seen <= {200, 201, 400, 403, 409, 415}
    assert {200, 400, 415} <= seen
    assert count(database) >= 1


def test_no_answer_repeats_a_value(client):
    wrong = event(id=CANARY * 30, source=CANARY, data={"ends": CANARY, "status": CANARY})
    for answer in (
        post(client, wrong),
        post(client, [wrong], media_type=BATCH),
        post(client, CANARY.encode()),
        post(client, event(), media_type=CANARY),
    ):
        assert CANARY not in answer.text
        assert CANARY not in str(answer.headers)


def test_alive_and_ready_are_asked_at_the_same_door(client):
    assert client.get("/health/live", headers={"Authorization": ""}).status_code == 200
