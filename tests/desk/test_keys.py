"""A key of one's own is oneself, may do less, is shown once, and opens nothing once it is over."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from store import personal_keys, users
from tests.desk.client import TestClient
from tests.desk.conftest import HERE


def made(client, scope="read", days="30"):
    """Make a key on the page, as a person does; give it."""
    answer = client.post("/account/sleutels", data={"mag": scope, "duur": days})
    assert answer.status_code == 200, answer.text
    return re.search(r"vhp_[\w-]{43}", answer.text)[0]


@pytest.fixture
def program(desk):
    """A program: no cookie, no headers of a browser."""
    with TestClient(desk, base_url=HERE, follow_redirects=False) as client:
        yield client


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def status(program, key):
    return program.get("/v1/status", headers=bearer(key)).status_code


def test_a_key_is_whoever_made_it(program, as_coach):
    coach = as_coach()
    key = made(coach)
    told = program.get("/v1/status", headers=bearer(key)).json()
    assert told == coach.get("/v1/status").json()
    theirs = program.get("/v1/voorstellen", headers=bearer(key)).json()
    assert theirs == coach.get("/v1/voorstellen").json()


def test_a_key_to_read_does_not_answer_and_one_to_answer_does(program, as_coach):
    coach = as_coach()
    proposal = coach.get("/v1/voorstellen", params={"stand": "aangeboden"}).json()["voorstellen"][0]
    path = f"/v1/voorstellen/{proposal['id']}/reacties"
    said = {"stap": "opnemen", "positie": proposal["positie"]}
    for scope, expected in (("read", 403), ("answer", 201)):
        headers = bearer(made(coach, scope)) | {"Idempotency-Key": scope}
        assert program.post(path, json=said, headers=headers).status_code == expected


def test_a_key_is_shown_once_and_kept_as_its_sha256(engine, as_coach):
    coach = as_coach()
    key = made(coach)
    assert key not in coach.get("/account/sleutels").text
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM personal_key")).all()
        assert rows
        assert not any(key in str(row) for row in rows)


def test_what_is_no_key_opens_nothing_even_beside_a_session(program, as_coach):
    coach = as_coach()
    for said in ("Bearer vhp_" + "a" * 43, "Bearer ", "Basic YTpi", "Bearer vhk_x", "\x7f"):
        answer = program.get("/v1/status", headers={"Authorization": said})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert coach.get("/v1/status", headers={"Authorization": said}).status_code == 401


def test_a_key_opens_no_page(program, as_coach):
    key = made(as_coach())
    assert program.get("/voorstellen", headers=bearer(key)).status_code == 303


def test_a_key_is_over_when_revoked_late_or_its_account_closed(desk, engine, program, as_coach):
    coach = as_coach()
    key = made(coach)
    assert status(program, key) == 200
    name = re.search(r"P-[0-9a-f]{8}", coach.get("/account/sleutels").text)[0]
    assert coach.post("/account/sleutels/intrekken", data={"sleutel": name}).status_code == 303
    assert status(program, key) == 401
    late = made(coach)
    now = desk.state.desk.clock
    desk.state.desk.clock = lambda: now() + timedelta(days=31)
    assert status(program, late) == 401
    desk.state.desk.clock = now
    assert status(program, late) == 200
    with engine.begin() as connection:
        account = users.user(connection, coach.viewer.corporation, coach.viewer.user)
        users.change(connection, account, by=account.id, active=False)
    assert status(program, late) == 401


def test_nobody_revokes_anothers_key(program, as_coach, as_planner):
    coach, planner = as_coach(), as_planner()
    key = made(coach)
    name = re.search(r"P-[0-9a-f]{8}", coach.get("/account/sleutels").text)[0]
    assert name not in planner.get("/account/sleutels").text
    for said in (name, "P-00000000", "\x00", ""):
        answer = planner.post("/account/sleutels/intrekken", data={"sleutel": said})
        assert answer.status_code == 404
    assert status(program, key) == 200


def test_a_key_that_makes_no_sense_is_not_made(engine, as_coach):
    coach = as_coach()
    for mag, duur in (("alles", "30"), ("read", "3650"), ("", ""), ("read", "-1"), ("read", "x")):
        answer = coach.post("/account/sleutels", data={"mag": mag, "duur": duur})
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    for _ in range(personal_keys.MOST):
        made(coach)
    assert coach.post("/account/sleutels", data={"mag": "read", "duur": "30"}).status_code == 400
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM personal_key"))
        assert count == personal_keys.MOST
