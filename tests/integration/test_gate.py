"""The gate: a fact is booked once, answered the same for ever, and a wrong one says all of it."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from data_contracts.cloudevents import BATCH, EVENT
from pipelines.api.app import application
from pipelines.api.doorway import HEADERS
from pipelines.api.problems import DESCRIBED, PROBLEMS
from pipelines.settings import Settings
from store import log, machines
from store.database import Outage
from store.tables import metadata
from tests.asgi import calling
from tests.counts import count as count_of
from tests.events import NOW, OURS, event

CANARY = "Kanarie-Zeldzaam"


def key(database, organisation=OURS, **more):
    with database.begin() as connection:
        return machines.add(connection, "proef", organisation=organisation, **more)


@pytest.fixture
def app(database):
    made = application(database, Settings(database_url="unused"))
    made.state.gate.clock = lambda: NOW
    return made


@pytest.fixture
def machine(database):
    return key(database)


@pytest.fixture
def client(app, machine):
    with calling(app, Authorization=f"Bearer {machine[1]}") as made:
        yield made


def post(client, body, *, media_type=EVENT, **more):
    as_it_is = isinstance(body, bytes) or hasattr(body, "__next__")
    content = body if as_it_is else json.dumps(body).encode()
    return client.post(
        "/v1/gebeurtenissen",
        content=content,
        headers={"Content-Type": media_type} | more.pop("headers", {}),
        **more,
    )


def count(database, table="log"):
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(metadata.tables[table]))


def is_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert {"title", "detail", "status"} <= set(said)
    assert said["status"] == status
    assert said["type"] == DESCRIBED + PROBLEMS[status][0]
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    return said


def test_a_fact_is_booked_and_found_in_the_log(client, database):
    answer = post(client, event())

    assert (answer.status_code, answer.json()) == (201, {"positie": 1})
    assert answer.headers["location"] == "/v1/gebeurtenissen/1"
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    with database.connect() as connection:
        (facts,) = log.read(connection)
    assert facts["kind"].tolist() == ["NoticeGiven"]
    assert facts["subject"].tolist() == ["O-1"]


def test_the_same_again_gets_the_first_answer_and_is_not_booked_again(client, database):
    first = post(client, event())
    again = [
        post(client, event()),
        post(client, event(time="2026-11-22T10:30:00+01:00")),
        post(client, event(tracestate="a=1")),
    ]

    assert {a.status_code for a in again} == {200}
    assert {a.content for a in again} == {first.content}
    assert count(database) == 1
    assert count(database, "conflict") == 0


@pytest.mark.parametrize(
    "other",
    [
        event(data={"ends": "2027-01-31"}),
        event(time="2026-11-22T09:30:01Z"),
        event("NoticeWithdrawn", subject="O-1"),
        event("FacilityClosed", subject="F-1"),
    ],
)
def test_the_same_id_with_other_content_is_kept_apart(client, database, other):
    post(client, event())

    is_problem(post(client, other), 409)
    is_problem(post(client, other), 409)
    assert count(database) == 1
    assert count(database, "conflict") == 1


def test_another_system_of_the_same_organisation_may_use_the_same_id(client):
    assert post(client, event()).json() == {"positie": 1}
    assert post(client, event(source=f"{OURS}:systeem:tweede")).json() == {"positie": 2}


def test_a_binary_event_is_the_same_fact_as_a_structured_one(client, database):
    first = post(client, event())
    made = event()
    data = made.pop("data")
    media_type = made.pop("datacontenttype")
    headers = {f"ce-{name}": value for name, value in made.items()}
    again = post(client, data, media_type=f"{media_type}; charset=utf-8", headers=headers)

    assert (again.status_code, again.content) == (200, first.content)
    assert count(database) == 1


def test_a_binary_removal_needs_no_body(client):
    made = event("NoticeWithdrawn", subject="O-1", datacontenttype=...)
    headers = {f"ce-{name}": value for name, value in made.items()}
    answer = client.post("/v1/gebeurtenissen", headers=headers)

    assert answer.json() == {"positie": 1}


def test_a_binary_header_is_percent_encoded(client):
    made = event("NoticeWithdrawn", subject="O%2D1", id="%E2%82%AC-1", datacontenttype=...)
    headers = {f"ce-{name}": value for name, value in made.items()}

    assert client.post("/v1/gebeurtenissen", headers=headers).status_code == 201
    headers["ce-id"] = "%FF"
    is_problem(client.post("/v1/gebeurtenissen", headers=headers), 400)


def batch_of(*numbers, **more):
    return [
        event(id=f"e-{n}", subject=f"O-{n}", data={"notice": f"O-{n}"}, **more) for n in numbers
    ]


def test_a_batch_is_answered_per_event_in_its_order(client, database):
    answer = post(client, batch_of(1, 2, 3), media_type=BATCH)
    again = post(client, batch_of(3, 1), media_type=BATCH)

    assert (answer.status_code, answer.json()) == (200, [{"positie": n} for n in (1, 2, 3)])
    assert again.json() == [{"positie": 3}, {"positie": 1}]
    assert count(database) == 3


def test_a_batch_with_the_same_event_twice_and_a_conflict(client, database):
    (one,) = batch_of(1)
    other = one | {"time": "2026-11-22T09:30:01Z"}
    (two,) = batch_of(2)
    answer = post(client, [one, one, other, two], media_type=BATCH)

    conflict = {"positie": 1, "conflict": True}
    assert answer.json() == [{"positie": 1}, {"positie": 1}, conflict, {"positie": 2}]
    assert post(client, [one, one, other, two], media_type=BATCH).content == answer.content
    assert (count(database), count(database, "conflict")) == (2, 1)


def test_a_batch_with_a_mistake_books_nothing_and_tells_all_of_it(client, database):
    events = batch_of(1, 2, 3)
    del events[0]["id"]
    events[2]["data"]["ends"] = "gisteren"
    events[2]["time"] = "nu"
    said = is_problem(post(client, events, media_type=BATCH), 400)

    assert {one["pointer"] for one in said["errors"]} == {"/0/id", "/2/data/ends", "/2/time"}
    assert count(database) == 0


def test_an_empty_batch_is_a_batch(client):
    assert post(client, [], media_type=BATCH).json() == []


@pytest.mark.parametrize("body", [b"{}", b'"x"', b"null"])
def test_a_batch_is_a_list(client, body):
    is_problem(post(client, body, media_type=BATCH), 400)


def test_a_batch_has_at_most_500_events(client, database):
    is_problem(post(client, batch_of(*range(501)), media_type=BATCH), 400)
    answer = post(client, batch_of(*range(500)), media_type=BATCH)
    assert [one["positie"] for one in answer.json()] == list(range(1, 501))
    assert count(database) == 500


def test_too_large_is_refused(client, database):
    one = event(extra="x" * 70_000)
    is_problem(post(client, one), 413)
    is_problem(post(client, [one], media_type=BATCH), 413)
    is_problem(post(client, b" " * (2**20 + 1), media_type=BATCH), 413)
    is_problem(post(client, iter([b" " * 2**19] * 3), media_type=BATCH), 413)
    assert count(database) == 0


# A body that comes in pieces has no length beforehand: it is counted as it comes.
def test_a_body_in_pieces_is_read(client):
    body = json.dumps(event()).encode()
    pieces = (body[n : n + 40] for n in range(0, len(body), 40))
    answer = client.post("/v1/gebeurtenissen", content=pieces, headers={"Content-Type": EVENT})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("media_type", "headers"),
    [
        ("text/plain", {}),
        ("application/json", {}),
        ("application/xml", {}),
        ("application/cloudevents+xml", {}),
        ("application/cloudevents+json; charset=latin-1", {}),
        (EVENT, {"Content-Encoding": "gzip"}),
        ("multipart/form-data; boundary=x", {"ce-id": "1"}),
    ],
)
def test_another_format_is_refused(client, media_type, headers):
    answer = post(client, event(), media_type=media_type, headers=headers)

    is_problem(answer, 415)
    assert EVENT in answer.headers["accept-post"]


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


def test_twenty_at_once_book_one_fact_and_hear_the_same(app, machine, database):
    together = Barrier(20)
    with calling(app, Authorization=f"Bearer {machine[1]}") as client:

        def call(_):
            together.wait(30)
            return post(client, event())

        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(call, range(20)))

    assert sorted(a.status_code for a in answers) == [200] * 19 + [201]
    assert {a.content for a in answers} == {b'{"positie":1}'}
    assert count(database) == 1


def test_a_key_speaks_for_its_organisation_only(client, database):
    said = is_problem(post(client, event(source="urn:nld:kvknr:22222222:systeem:x")), 403)
    is_problem(post(client, event(source="urn:nld:oin:00000099000000001000:systeem:x")), 403)

    assert "errors" not in said
    assert count(database) == 0


def test_a_fact_is_read_back_as_the_event_it_was(client):
    post(client, event())
    answer = client.get("/v1/gebeurtenissen/1")
    said = answer.json()

    assert answer.headers["content-type"] == EVENT
    assert said.pop("dataschema").endswith("/v1/schemas/notice-given.json")
    assert said.pop("data") == event()["data"] | {"status": "GOE"}
    assert said == {n: v for n, v in event().items() if n != "data"}


def test_every_look_at_a_fact_is_written_down(client, database, machine):
    post(client, event())
    client.get("/v1/gebeurtenissen/1")
    client.get("/v1/gebeurtenissen/2")

    with database.connect() as connection:
        looks = connection.execute(text("SELECT who, purpose, what, rows FROM access")).all()
    assert looks == [(machine[0].id, "koppeling", "log", 1)]


@pytest.mark.parametrize("position", ["0", "2", "-1", "1.0", "x", "9" * 30, "%31%30", "٣", "1%00"])
def test_what_is_not_there_is_not_found(client, position):
    post(client, event())
    is_problem(client.get(f"/v1/gebeurtenissen/{position}"), 404)


def test_what_was_forgotten_is_gone(client, database):
    post(client, event("HouseholdRegistered"))
    with database.begin() as connection:
        log.forget(connection, ["H-1"])

    is_problem(client.get("/v1/gebeurtenissen/1"), 404)
    assert post(client, event("HouseholdRegistered")).json() == {"positie": 1}


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
