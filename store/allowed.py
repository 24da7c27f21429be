"""Waiting files that somebody lets through: booked here, done by whoever takes them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from data_contracts.words import VerhuisketenError
from store import log
from store.deliveries import latest_taken
from store.tables import delivery

if TYPE_CHECKING:
    from sqlalchemy import Connection


class NotWaiting(VerhuisketenError):
    """Dit bestand wacht niet meer. Kijk bij de leveringen wat ervan werd."""


def let_through(connection: Connection, booked: int, *, by: str) -> None:
    """Book that somebody lets a waiting file through: these very bytes, until a newer file came.

    Raises NotWaiting when it does not wait, or a newer one was taken since.
    """
    log.in_turn(connection)
    row = connection.execute(select(delivery).where(delivery.c.id == booked)).mappings().first()
    if row is None or row["status"] != "waiting":
        raise NotWaiting
    last = latest_taken(connection, table=row["state_table"], source=row["source"])
    if last is not None and last["id"] > booked:
        raise NotWaiting
    connection.execute(
        update(delivery)
        .where(delivery.c.id == booked, delivery.c.allowed.is_(None))
        .values(allowed_by=by, allowed=func.clock_timestamp())
    )


def is_let_through(connection: Connection, *, table: str, source: str, sha256: str) -> bool:
    """Whether somebody let these very bytes through since the last file of the kind was taken."""
    last = latest_taken(connection, table=table, source=source)
    allowed = select(delivery.c.id).where(
        delivery.c.state_table == table,
        delivery.c.source == source,
        delivery.c.sha256 == sha256,
        delivery.c.allowed.is_not(None),
        delivery.c.id > (0 if last is None else last["id"]),
    )
    return connection.execute(allowed.limit(1)).first() is not None


def runs_let_through(connection: Connection) -> frozenset[str]:
    """Name the runs in which a file was booked as waiting that somebody let through since."""
    rows = connection.execute(
        select(delivery.c.run).where(
            delivery.c.allowed.is_not(None),
            delivery.c.status == "waiting",
            delivery.c.run.is_not(None),
        )
    )
    return frozenset(rows.scalars())
