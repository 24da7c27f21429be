"""Two locks per region: one works at a time and at most one waits, so a storm costs two runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine


@contextmanager
def turn(engine: Engine, region: str) -> Iterator[bool]:
    """Wait for our turn to work on a region; False at once when somebody is waiting already.

    Whoever waits will read the log to its end when it is their turn: so nothing is lost by leaving.
    The locks fall with the connection: who is killed keeps nobody waiting.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not _lock(connection, "pg_try_advisory_lock", f"wacht|{region}"):
            yield False
            return
        try:
            _lock(connection, "pg_advisory_lock", f"werkt|{region}")
        finally:
            _lock(connection, "pg_advisory_unlock", f"wacht|{region}")
        try:
            yield True
        finally:
            _lock(connection, "pg_advisory_unlock", f"werkt|{region}")


def _lock(connection: Connection, how: str, what: str) -> bool:
    asked = text(f"SELECT {how}(hashtextextended(:what, 0))")
    return connection.execute(asked, {"what": f"verhuisketen.{what}"}).scalar() is not False
