"""The gate: a fact is booked once, answered the same for ever, and a wrong one says all of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from data_contracts.cloudevents import BATCH, EVENT
from pipelines.api.doorway import HEADERS
from store import log
from tests.asgi import calling
from tests.events import OURS, event
from tests.integration.at_the_gate import count, is_problem, post


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
