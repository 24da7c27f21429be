"""P5: a call that comes again has one effect and one answer, at once, in a row and after a kill."""

import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from data_contracts.words import VerhuisketenError
from store.repeated import KEPT_HOURS, Answer, Call, InFlight, OtherBody, once
from tests.desk.killed_call import CALL, POINTS, effect

ROOT = Path(__file__).parents[2]
WAIT = 30


class No(VerhuisketenError):
    """Dit kan nu niet. Kies iets anders."""


def never(_connection):
    raise AssertionError("done a second time")


def call(engine, which=CALL, do=effect):
    with engine.begin() as connection:
        return once(connection, which, do, refused=lambda e: Answer(409, "nee") if e else None)


def done(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT position FROM reader WHERE name = 'proef'"))


def remembered(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM repeated_call"))


@pytest.fixture
def counted(database):
    with database.begin() as connection:
        connection.execute(text("INSERT INTO reader (name, position) VALUES ('proef', 0)"))
    return database


def test_the_same_call_in_a_row_has_one_effect_and_the_first_answer(counted):
    first = call(counted)
    assert first == Answer(201, '{"gelukt":true}')
    again = call(counted, do=never)
    assert (again.status, again.body, again.again) == (201, '{"gelukt":true}', True)
    assert done(counted) == 1


def test_the_same_key_with_another_body_is_refused(counted):
    call(counted)
    with pytest.raises(OtherBody):
        call(counted, Call("12345678", "G-1", "POST /v1/iets", "sleutel", "b" * 64), never)
    assert done(counted) == 1


@pytest.mark.parametrize(
    "other",
    [
        Call("87654321", "G-1", "POST /v1/iets", "sleutel", "b" * 64),
        Call("12345678", "G-2", "POST /v1/iets", "sleutel", "b" * 64),
        Call("12345678", "G-1", "POST /v1/anders", "sleutel", "b" * 64),
        Call("12345678", "G-1", "POST /v1/iets", "sleutel-2", "b" * 64),
    ],
)
def test_a_key_is_of_one_user_and_one_route(counted, other):
    call(counted)
    assert not call(counted, other).again
    assert done(counted) == 2


def test_the_same_call_at_once_is_told_that_the_first_is_underway(counted):
    started, go = Event(), Event()
    heard = []

    def slow(connection):
        started.set()
        assert go.wait(WAIT)
        return effect(connection)

    first = Thread(target=lambda: heard.append(call(counted, do=slow)))
    first.start()
    assert started.wait(WAIT)
    with pytest.raises(InFlight):
        call(counted, do=never)
    go.set()
    first.join(WAIT)
    assert heard == [Answer(201, '{"gelukt":true}')]
    assert call(counted, do=never).again
    assert done(counted) == 1


def test_a_refusal_undoes_what_was_done_and_is_remembered(counted):
    def refuse(connection):
        effect(connection)
        raise No

    assert call(counted, do=refuse) == Answer(409, "nee")
    assert call(counted, do=never) == Answer(409, "nee", again=True)
    assert done(counted) == 0


def test_what_goes_wrong_with_us_is_forgotten_and_may_be_sent_again(counted):
    def fail(connection):
        effect(connection)
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        call(counted, do=fail)
    assert remembered(counted) == 0
    assert not call(counted).again
    assert done(counted) == 1


def test_an_error_that_is_no_answer_is_raised_and_forgotten(counted):
    def refuse(connection):
        effect(connection)
        raise No

    with counted.begin() as connection, pytest.raises(No):
        once(connection, CALL, refuse, refused=lambda _: None)
    assert (remembered(counted), done(counted)) == (0, 0)


def killed(url, where):
    """Make the call in a process that is killed at a point; give the signal by which it ended."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.desk.killed_call", url, where], cwd=ROOT, check=False
    )
    return -child.returncode


@pytest.mark.parametrize("where", POINTS)
def test_a_call_that_was_killed_and_is_sent_again_is_done_once(counted, database_url, where):
    assert killed(database_url, where) == signal.SIGKILL
    answer = _until_free(counted)
    assert answer.again is (where == "unanswered")
    assert answer.body == '{"gelukt":true}'
    assert done(counted) == 1
    assert remembered(counted) == 1


def _until_free(engine):
    """Try until the server has noticed that the one before is gone, as any caller would."""
    while True:
        try:
            return call(engine)
        except InFlight:
            continue


def test_a_key_is_free_again_after_a_day(counted):
    call(counted)
    for hours, free in ((KEPT_HOURS - 1, False), (KEPT_HOURS + 1, True)):
        with counted.begin() as connection:
            connection.execute(
                text("UPDATE repeated_call SET at = now() - make_interval(hours => :hours)"),
                {"hours": hours},
            )
        assert call(counted).again is not free
    assert done(counted) == 2
