"""Keys of somebody's own programs: made once, shown once, kept as a sha256, gone when revoked.

A key is whoever made it: their corporation, their roles as they are now, nothing once the account
is closed. What it may do is narrower: read, or answer too.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from data_contracts.words import VerhuisketenError
from store.accounts import SEEN, User, told
from store.sessions import hash_of
from store.tables import account, personal_key

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

PREFIX = "vhp_"
"""By which somebody who finds a key in a file can tell what it is."""
BYTES = 32
_ID = re.compile(r"P-[0-9a-f]{8}")
SCOPES = ("read", "answer")
LONGEST_DAYS = 365
MOST = 10
"""Keys one person may have at a time."""
TOUCH = timedelta(hours=1)
"""A key that was used less ago is not written again: most calls then only read."""


class NoSuchKey(VerhuisketenError):
    """Deze sleutel is er niet, of is al ingetrokken. Haal de pagina opnieuw op."""


class BadKey(VerhuisketenError):
    """Deze sleutel is zo niet te maken."""


class Held(NamedTuple):
    """Whose a key is, what may be done with it, and which it is."""

    user: User
    scope: str
    key: str


def make(
    connection: Connection, corporation: str, of: str, *, scope: str, days: int, at: datetime
) -> str:
    """Make a key for an account and give it: nobody can show it again. Raises BadKey."""
    if scope not in SCOPES:
        raise BadKey("Kies wat de sleutel mag.")
    if not 1 <= days <= LONGEST_DAYS:
        raise BadKey(f"Kies hoe lang de sleutel geldt: 1 tot {LONGEST_DAYS} dagen.")
    c = personal_key.c
    connection.execute(delete(personal_key).where(c.account == of, c.until <= at))
    held = connection.execute(select(func.count()).where(c.account == of)).scalar_one()
    if held >= MOST:
        raise BadKey(f"U hebt al {MOST} sleutels. Trek er eerst een in.")
    token = PREFIX + secrets.token_urlsafe(BYTES)
    connection.execute(
        insert(personal_key).values(
            id=f"P-{secrets.token_hex(4)}",
            hash=hash_of(token),
            corporation=corporation,
            account=of,
            scope=scope,
            made=at,
            until=at + timedelta(days=days),
        )
    )
    return token


def holder(connection: Connection, token: str, *, at: datetime) -> Held | None:
    """Give whose key this is, if it still counts and the account is open and complete.

    Found by its sha256, so how long the search takes says nothing of any key.
    """
    c = personal_key.c
    row = connection.execute(
        select(c.id.label("key"), c.scope, c.seen.label("last"), *SEEN)
        .join(account, account.c.id == c.account)
        .where(c.hash == hash_of(token), c.until > at, account.c.active)
    ).first()
    if row is None:
        return None
    user = told(row)
    if not user.ready:
        return None
    if row.last is None or at - row.last > TOUCH:
        connection.execute(update(personal_key).where(c.hash == hash_of(token)).values(seen=at))
    return Held(user, row.scope, row.key)


def every(connection: Connection, of: str, *, at: datetime) -> list[dict[str, Any]]:
    """Give the keys of an account that count, newest first, without what is kept of the key."""
    c = personal_key.c
    rows = connection.execute(
        select(c.id, c.scope, c.made, c.until, c.seen)
        .where(c.account == of, c.until > at)
        .order_by(c.made.desc(), c.id)
    )
    return [dict(row) for row in rows.mappings()]


def revoke(connection: Connection, of: str, key: str) -> None:
    """Let a key of this account open nothing any more, from now on. Raises NoSuchKey."""
    if not _ID.fullmatch(key):
        raise NoSuchKey
    c = personal_key.c
    gone = connection.execute(delete(personal_key).where(c.account == of, c.id == key))
    if not gone.rowcount:
        raise NoSuchKey
