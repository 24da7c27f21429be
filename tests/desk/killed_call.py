"""Makes a call that may come again, and is killed at a point: run as a program by a test."""

import os
import signal
import sys

from sqlalchemy import text

from store.database import connect
from store.repeated import Answer, Call, once

CALL = Call("12345678", "G-1", "POST /v1/iets", "sleutel", "a" * 64)
POINTS = ("before", "between", "uncommitted", "unanswered")


def effect(connection):
    """Something that shows how often it was done."""
    connection.execute(text("UPDATE reader SET position = position + 1 WHERE name = 'proef'"))
    return Answer(201, '{"gelukt":true}')


def _die():
    os.kill(os.getpid(), signal.SIGKILL)


def _call(engine, where):
    def do(connection):
        made = effect(connection)
        if where == "between":
            _die()
        return made

    with engine.begin() as connection:
        if where == "before":
            _die()
        once(connection, CALL, do, refused=lambda _: None)
        if where == "uncommitted":
            _die()
    _die()


if __name__ == "__main__":
    _call(connect(sys.argv[1], test=True), sys.argv[2])
