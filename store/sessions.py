"""Who is in: a token that only its holder knows, kept as its sha256, and gone when it should be.

A token has a stage: the password was right, the second factor too, or whole: nothing is left to
show or to arrange. Every next stage is another token.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from store.accounts import SEEN, User, told
from store.tables import account, errand, session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

BYTES = 32
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
HALF = timedelta(minutes=10)
"""So long may it take to come from the password to being in."""
TOUCH = timedelta(minutes=1)
"""A session that was seen less ago is not written again: most requests then only read."""


class Holder(NamedTuple):
    """Whose a token is, and how far they have come."""

    user: User
    stage: str


def begin(connection: Connection, corporation: str, of: str, *, at: datetime, stage: str) -> str:
    """Let an account in and give the token: shown once, kept as its sha256."""
    token = secrets.token_urlsafe(BYTES)
    connection.execute(
        insert(session).values(
            hash=hash_of(token), corporation=corporation, account=of, stage=stage, began=at, seen=at
        )
    )
    if stage == "whole":
        connection.execute(update(account).where(account.c.id == of).values(seen=at))
    sweep(connection, at)
    return token


def hash_of(token: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def holder(connection: Connection, token: str, *, at: datetime) -> Holder | None:
    """Give whose token this is, if it still counts; a look at it keeps it alive."""
    row = connection.execute(
        select(session.c.stage, session.c.began, session.c.seen.label("last"), *SEEN)
        .join(account, account.c.id == session.c.account)
        .where(session.c.hash == hash_of(token), account.c.active)
    ).first()
    if row is None or at - row.last > IDLE:
        return None
    if at - row.began > (LONGEST if row.stage == "whole" else HALF):
        return None
    if at - row.last > TOUCH:
        connection.execute(update(session).where(session.c.hash == hash_of(token)).values(seen=at))
    return Holder(told(row), row.stage)


def end(connection: Connection, token: str) -> None:
    """Let nobody in by this token any more."""
    connection.execute(delete(session).where(session.c.hash == hash_of(token)))


def end_all(connection: Connection, of: str) -> None:
    """Put an account out of every door at once."""
    connection.execute(delete(session).where(session.c.account == of))


def sweep(connection: Connection, at: datetime) -> None:
    """Throw away what no longer counts."""
    connection.execute(
        delete(session).where((session.c.began < at - LONGEST) | (session.c.seen < at - IDLE))
    )
    connection.execute(delete(errand).where(errand.c.until < at))


def underway(
    connection: Connection, kind: str, secret: str, *, data: Mapping[str, Any], until: datetime
) -> None:
    """Remember something at the door, under what only one person holds; a later one replaces it."""
    name = hash_of(f"{kind} {secret}")
    connection.execute(delete(errand).where(errand.c.hash == name))
    connection.execute(
        insert(errand).values(hash=name, kind=kind, data=json.dumps(dict(data)), until=until)
    )


def recall(
    connection: Connection, kind: str, secret: str, *, at: datetime
) -> dict[str, Any] | None:
    """Give what was remembered, if it still counts."""
    found = select(errand.c.data).where(
        errand.c.hash == hash_of(f"{kind} {secret}"), errand.c.kind == kind, errand.c.until >= at
    )
    data = connection.execute(found).scalar()
    return None if data is None else dict(json.loads(data))


def fetch(connection: Connection, kind: str, secret: str, *, at: datetime) -> dict[str, Any] | None:
    """Give what was remembered and forget it: it serves once, however often it is tried at once."""
    gone = (
        delete(errand)
        .where(errand.c.hash == hash_of(f"{kind} {secret}"), errand.c.until >= at)
        .returning(errand.c.data)
    )
    data = connection.execute(gone).scalar()
    return None if data is None else dict(json.loads(data))
