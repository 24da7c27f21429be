"""Guessing at the door costs more time with every guess, and never locks anybody out for good.

A try is counted before it is weighed and given back when it was right: a thousand at once do not
slip through together. Accounts that do not exist are counted like those that do.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from store.tables import try_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

FREE = {"account": 5, "address": 10, "factor": 5, "code": 5}
"""Tries that cost nothing, by what they are tries of; then every next waits twice as long."""
LONGEST = timedelta(minutes=5)
FORGETS = timedelta(minutes=10)
"""Of the failures half is forgotten every so often."""
OLDEST = timedelta(days=1)


def admitted(connection: Connection, tries: Mapping[str, str], *, at: datetime) -> bool:
    """Whether a try may be weighed now; counts it. `tries` says of what: {"account": "naam"}."""
    names = {_name(kind, of): kind for kind, of in tries.items()}
    waits = select(try_.c.subject).where(try_.c.subject.in_(names), try_.c.until > at)
    if connection.execute(waits.limit(1)).first() is not None:
        return False  # nothing is written down: a flood of names leaves no rows
    blank = [{"subject": name, "failures": 0, "until": at, "last": at} for name in sorted(names)]
    connection.execute(insert(try_).values(blank).on_conflict_do_nothing())
    rows = connection.execute(
        select(try_).where(try_.c.subject.in_(names)).order_by(try_.c.subject).with_for_update()
    ).all()
    if any(row.until > at for row in rows):
        return False
    for row in rows:
        failures = _left(row.failures, at - row.last) + 1
        wait = _wait(failures - FREE[names[row.subject]])
        connection.execute(
            update(try_)
            .where(try_.c.subject == row.subject)
            .values(failures=failures, until=at + wait, last=at)
        )
    return True


def right(connection: Connection, tries: Mapping[str, str], *, at: datetime) -> None:
    """Give back a try that was right: the account starts afresh, the address keeps its others."""
    for kind, of in sorted(tries.items()):
        mine = try_.c.subject == _name(kind, of)
        if kind == "address":
            connection.execute(
                update(try_)
                .where(mine, try_.c.failures > 0)
                .values(failures=try_.c.failures - 1, until=at)
            )
        else:
            connection.execute(delete(try_).where(mine))
    connection.execute(delete(try_).where(try_.c.last < at - OLDEST))


def _name(kind: str, of: str) -> str:
    return hashlib.sha256(
        f"{kind}\x1f{of.strip().casefold()}".encode("utf-8", "replace")
    ).hexdigest()


def _left(failures: int, since: timedelta) -> int:
    return failures >> min(max(since // FORGETS, 0), 60)


def _wait(over: int) -> timedelta:
    if over <= 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(over - 1, 20)), LONGEST)
