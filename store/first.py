"""The first administrator: a code on the console of who starts the desk, typed at the desk once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from store import sessions, users

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

COUNTS = timedelta(hours=24)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, EACH = 4, 5
"""A hundred bits, in signs that nobody mistakes for another."""


def code(connection: Connection, *, at: datetime) -> str | None:
    """Give a code for the first administrator; None when there is one already.

    Never part of an address: those stay behind in logs and histories.
    """
    if users.any_yet(connection):
        return None
    made = "-".join("".join(secrets.choice(LETTERS) for _ in range(EACH)) for _ in range(GROUPS))
    sessions.underway(connection, "first", _plain(made), data={}, until=at + COUNTS)
    return made


def used(connection: Connection, typed: str, *, at: datetime) -> bool:
    """Whether this code makes somebody the first administrator; it serves once."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('verhuisketen.first'))"))
    if users.any_yet(connection):
        return False
    return sessions.fetch(connection, "first", _plain(typed), at=at) is not None


def _plain(typed: str) -> str:
    return "".join(sign for sign in typed.upper() if sign.isalnum())
