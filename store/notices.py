"""What other systems are still to be told. The log is the outbox (docs/decisions/0015).

A fact stands in the log in the same transaction as what it tells, so there is nothing to write
twice: per subscriber a position says how far the log was queued as notices. Sending takes a notice
for a while (`take`), posts it outside any transaction, and books the outcome. Whoever is killed in
between leaves a notice that comes due again: at least once, always under the same id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from data_contracts.words import VerhuisketenError
from store import log
from store.tables import notice, subscriber

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from data_contracts.subscribers import Subscriber

FACTS_AT_ONCE = 20_000
"""Facts of the log looked at in one go, wanted or not."""
TAKEN_FOR = timedelta(minutes=2)
"""How long a notice that was taken is left to whoever took it; a post takes less."""
KEPT = timedelta(days=30)
"""How long it is remembered that a notice was sent."""
FIRST_OF_SUBJECT = (
    "NOT EXISTS (SELECT FROM notice e WHERE e.subscriber = n.subscriber"
    " AND e.subject = n.subject AND e.state = 'waiting' AND e.position < n.position)"
)


class UnknownSubscriber(VerhuisketenError):
    """Deze naam staat niet in de lijst met wie meeluistert. Zie: verhuisketen subscribers list."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A fact that a subscriber is to be told: its place in the log and how often it was tried."""

    subscriber: str
    position: int
    subject: str
    tries: int
    since: datetime
    source: str
    id: str
    kind: str
    at: datetime


def sync(connection: Connection, wanted: Sequence[Subscriber], now: datetime) -> None:
    """Make the subscribers those of the page; one that left keeps its place, and is not told.

    A new one begins at the head of the log, or at the position it names. Who comes back goes on
    where it was.
    """
    head = log.head(connection)
    for one in wanted:
        before = head if one.start == "now" else one.start - 1
        put = insert(subscriber).values(
            name=one.name, url=one.url, kinds=list(one.kinds), position=before, active=now
        )
        renewed = {"url": put.excluded.url, "kinds": put.excluded.kinds, "active": now}
        connection.execute(put.on_conflict_do_update(index_elements=["name"], set_=renewed))
    names = [one.name for one in wanted]
    connection.execute(
        update(subscriber).where(subscriber.c.name.not_in(names)).values(active=None)
    )


def queue(connection: Connection, name: str, now: datetime) -> int:
    """Queue the next facts of the log for a subscriber; give how many were looked at.

    The row of the subscriber is locked meanwhile: two senders take turns, none skips a fact.
    """
    row = connection.execute(
        select(subscriber.c.position, subscriber.c.kinds)
        .where(subscriber.c.name == name)
        .with_for_update()
    ).one()
    seen = connection.execute(
        text(
            "WITH next AS MATERIALIZED ("
            "  SELECT position, kind, subject FROM log WHERE position > :after"
            "  ORDER BY position LIMIT :most),"
            " put AS (INSERT INTO notice (subscriber, position, subject, state, since, next_try)"
            "  SELECT :name, position, subject, 'waiting', :now, :now FROM next"
            "  WHERE kind = ANY (:kinds) ON CONFLICT DO NOTHING)"
            " SELECT count(*), max(position) FROM next"
        ),
        {
            "after": row.position,
            "most": FACTS_AT_ONCE,
            "name": name,
            "kinds": row.kinds,
            "now": now,
        },
    ).one()
    if seen[0]:
        connection.execute(
            update(subscriber).where(subscriber.c.name == name).values(position=seen[1])
        )
    return int(seen[0])


def take(connection: Connection, name: str, now: datetime, *, most: int) -> list[Notice]:
    """Take the notices that are due, oldest first: ours for two minutes, one try further.

    A notice is due only when no earlier one of the same subject still waits, so that a receiver
    hears of each subject in order. One that was parked holds up nothing.
    """
    rows = connection.execute(
        text(  # the only thing put in is our own constant
            "WITH due AS MATERIALIZED ("  # noqa: S608
            " SELECT n.position FROM notice n JOIN subscriber s ON s.name = n.subscriber"
            " WHERE n.subscriber = :name AND n.state = 'waiting' AND n.next_try <= :now"
            f"  AND s.active IS NOT NULL AND {FIRST_OF_SUBJECT}"
            " ORDER BY n.position LIMIT :most FOR UPDATE OF n SKIP LOCKED)"
            " UPDATE notice n SET tries = tries + 1, next_try = :until"
            " FROM due JOIN log l USING (position)"
            " WHERE n.subscriber = :name AND n.position = due.position"
            " RETURNING n.subscriber, n.position, n.subject, n.tries, n.since,"
            "  l.source, l.id, l.kind, l.at"
        ),
        {"name": name, "now": now, "until": now + TAKEN_FOR, "most": most},
    )
    return sorted((Notice(*row) for row in rows), key=lambda taken: taken.position)


def sent(connection: Connection, taken: Notice, outcome: str) -> None:
    """Book that a subscriber was told."""
    _book(connection, taken, state="sent", outcome=outcome)


def failed(connection: Connection, taken: Notice, outcome: str, *, again: datetime | None) -> None:
    """Book that it did not get through: to be tried again then, or parked for a person (None)."""
    if again is None:
        _book(connection, taken, state="parked", outcome=outcome)
    else:
        _book(connection, taken, state="waiting", outcome=outcome, next_try=again)


def give_back(connection: Connection, taken: Sequence[Notice], now: datetime) -> None:
    """Leave notices that were taken as if they were not: nobody tried them."""
    for one in taken:
        _book(connection, one, state="waiting", tries=one.tries - 1, next_try=now)


def _book(connection: Connection, taken: Notice, **said: Any) -> None:  # noqa: ANN401 - columns
    # Only what we took: somebody who took it after us (we were slow) books for himself.
    connection.execute(
        update(notice)
        .where(
            notice.c.subscriber == taken.subscriber,
            notice.c.position == taken.position,
            notice.c.tries == taken.tries,
            notice.c.state == "waiting",
        )
        .values(**said)
    )


def next_due(connection: Connection, name: str) -> datetime | None:
    """Say when the next notice of a subscriber comes due; None when it has been told everything."""
    found: datetime | None = connection.execute(
        text(
            "SELECT min(n.next_try) FROM notice n"  # noqa: S608 - our own constant
            f" WHERE n.subscriber = :name AND n.state = 'waiting' AND {FIRST_OF_SUBJECT}"
        ),
        {"name": name},
    ).scalar()
    return found


def tidy(connection: Connection, now: datetime) -> int:
    """Throw away what was sent long ago; the log still knows it, and `replay` tells it again."""
    old = delete(notice).where(notice.c.state == "sent", notice.c.since < now - KEPT)
    return connection.execute(old).rowcount


def replay(connection: Connection, name: str, *, start: int) -> None:
    """Tell a subscriber everything again from a position on. Raises UnknownSubscriber."""
    moved = connection.execute(
        update(subscriber).where(subscriber.c.name == name).values(position=start - 1)
    )
    if not moved.rowcount:
        raise UnknownSubscriber
    connection.execute(
        delete(notice).where(notice.c.subscriber == name, notice.c.position >= start)
    )


def replay_parked(connection: Connection, name: str, now: datetime) -> int:
    """Try what was parked for a subscriber again, from the start; give how many.

    Raises UnknownSubscriber.
    """
    if connection.execute(select(subscriber).where(subscriber.c.name == name)).first() is None:
        raise UnknownSubscriber
    again = {"state": "waiting", "tries": 0, "since": now, "next_try": now}
    parked_here = (notice.c.subscriber == name, notice.c.state == "parked")
    return connection.execute(update(notice).where(*parked_here).values(again)).rowcount


def parked(connection: Connection) -> list[dict[str, Any]]:
    """Give what was parked for a person: subscriber, position, subject, tries, since, outcome."""
    wanted = ("subscriber", "position", "subject", "tries", "since", "outcome")
    rows = connection.execute(
        select(*(notice.c[name] for name in wanted))
        .where(notice.c.state == "parked")
        .order_by(notice.c.subscriber, notice.c.position)
    )
    return [dict(row) for row in rows.mappings()]


def standing(connection: Connection) -> list[dict[str, Any]]:
    """Give every subscriber with how far it is: behind in the log, waiting, sent, parked."""
    rows = connection.execute(
        text(
            "SELECT s.name, s.url, s.kinds, s.position, s.active,"
            " (SELECT count(*) FROM log WHERE position > s.position) AS behind,"
            " count(*) FILTER (WHERE n.state = 'waiting') AS waiting,"
            " count(*) FILTER (WHERE n.state = 'sent') AS sent,"
            " count(*) FILTER (WHERE n.state = 'parked') AS parked"
            " FROM subscriber s LEFT JOIN notice n ON n.subscriber = s.name"
            " GROUP BY s.name ORDER BY s.name"
        )
    )
    return [dict(row) for row in rows.mappings()]
