"""Hints that the log has grown: PostgreSQL says so at once, and every few seconds we look anyway.

A hint that is lost costs seconds, never a fact: whoever is woken reads the log from where it
stopped.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import exc

from store.database import Outage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event

    from sqlalchemy import Engine

CHANNEL = "verhuisketen"
SLICE = 0.5
"""Seconds in which we notice that we are asked to stop."""


def hints(engine: Engine, *, poll_seconds: float, stop: Event) -> Iterator[None]:
    """Yield at once, then whenever there may be news, until `stop` is set.

    Many hints that come together count once. While the database is away only the clock yields.
    """
    ear: Any = None
    try:
        while not stop.is_set():
            yield
            ear = ear or _listen(engine)
            if not _heard(ear, poll_seconds, stop):
                ear = None
    finally:
        if ear is not None:
            ear.close()


def _listen(engine: Engine) -> Any:  # noqa: ANN401 - a connection of the driver's
    """Open a connection that hears of every append; None while the database is away."""
    try:
        pooled = engine.raw_connection()
        own: Any = pooled.driver_connection
        pooled.detach()  # it stays ours: the pool would stop the listening
        own.autocommit = True
        own.execute(f"LISTEN {CHANNEL}")
    except (exc.SQLAlchemyError, psycopg.Error, Outage):
        return None
    return own


def _heard(ear: Any, seconds: float, stop: Event) -> bool:  # noqa: ANN401 - as above
    """Wait for a hint, so many seconds, or until asked to stop; False when the line is dead."""
    until = time.monotonic() + seconds
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        if ear is None:
            stop.wait(min(SLICE, left))
            continue
        try:
            if any(True for _ in ear.notifies(timeout=min(SLICE, left), stop_after=1)):
                return True
        except psycopg.Error:
            ear.close()
            return False
    return ear is not None
