"""Who calls the API too often waits: per key and per account, over all processes of the desk."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from desk.api.limited import SHARE, Calls
from desk.problems import Refused
from tests.desk.client import TestClient
from tests.desk.conftest import HERE
from tests.desk.test_keys import bearer, made

PROBLEM = "application/problem+json"
AT = 1_000.0
"""Seconds of a clock that stands still: what a process knows of this minute stays true."""


def spent(engine, who, calls):
    """So many calls were counted, in this minute and in the next."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO api_use SELECT :who, date_trunc('minute', now()) + m, :calls"
                " FROM unnest(ARRAY[interval '0', interval '1 minute']) AS m"
                " ON CONFLICT (who, minute) DO UPDATE SET calls = excluded.calls"
            ),
            {"who": who, "calls": calls},
        )


@pytest.fixture
def program(desk):
    """A program: no cookie, no headers of a browser."""
    with TestClient(desk, base_url=HERE, follow_redirects=False) as client:
        yield client


def test_who_calls_too_often_hears_when_to_come_back(desk, engine, as_coach):
    coach = as_coach()
    desk.state.desk.calls = Calls(most=3, clock=lambda: AT)
    spent(engine, coach.viewer.user, 2)
    assert coach.get("/v1/status").status_code == 200
    answer = coach.get("/v1/status")
    assert answer.status_code == 429
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["type"].endswith("/TeVeel")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert coach.get("/voorstellen").status_code == 200  # pages are for people
    assert coach.get("/v1/openapi.json").status_code == 200


def test_a_key_has_calls_of_its_own(desk, engine, as_coach, program):
    coach = as_coach()
    one, other = made(coach), made(coach)
    with engine.connect() as connection:
        ids = connection.execute(text("SELECT id FROM personal_key ORDER BY made, id")).scalars()
        names = ids.all()
    desk.state.desk.calls = Calls(most=5, clock=lambda: AT)
    for name in names:
        spent(engine, name, 4)
    for key in (one, other):
        told = [program.get("/v1/status", headers=bearer(key)).status_code for _ in range(2)]
        assert told == [200, 429]
    assert coach.get("/v1/status").status_code == 200


def test_an_answer_is_not_given_once_there_are_no_calls_left(desk, engine, as_coach):
    coach = as_coach()
    proposal = coach.get("/v1/voorstellen", params={"stand": "aangeboden"}).json()["voorstellen"][0]
    desk.state.desk.calls = Calls(most=1, clock=lambda: AT)
    spent(engine, coach.viewer.user, 1)
    said = {"stap": "opnemen", "positie": proposal["positie"]}
    path = f"/v1/voorstellen/{proposal['id']}/reacties"
    answer = coach.post(path, json=said, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 429
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT state FROM proposal WHERE id = :id"), {"id": proposal["id"]}
        )
        assert row.scalar() == "offered"


def calls_let_through(engine, processes, *, tries):
    """How many of so many calls get through, sent to these processes in turn."""
    through = 0
    for number in range(tries):
        with suppress(Refused):
            processes[number % len(processes)].count(engine, "P-1")
            through += 1
    return through


def test_two_processes_count_together(database):
    """What a process had set aside and did not use may be lost: never more than is allowed."""
    with database.begin() as connection:  # every minute of this test is the same one
        connection.execute(
            text(
                "CREATE FUNCTION hour() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN NEW.minute := date_trunc('day', now()) + interval '2 days';"
                " RETURN NEW; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE TRIGGER still BEFORE INSERT ON api_use FOR EACH ROW EXECUTE FUNCTION hour()"
            )
        )
    most = 2 * SHARE
    two = [Calls(most=most, clock=lambda: AT) for _ in range(2)]
    assert calls_let_through(database, two, tries=2 * most) == most


def test_minutes_that_are_over_are_forgotten(database):
    now = AT
    calls = Calls(most=10, clock=lambda: now)
    with database.begin() as connection:
        connection.execute(
            text("INSERT INTO api_use VALUES ('P-oud', now() - interval '2 hours', 7)")
        )
    calls.count(database, "P-1")
    now += 61
    calls.count(database, "P-2")
    with database.connect() as connection:
        kept = connection.execute(text("SELECT who FROM api_use ORDER BY who")).scalars().all()
    assert kept == ["P-1", "P-2"]
    assert list(calls._purses) == ["P-2"]
