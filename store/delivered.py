"""Deliveries as a steward looks at them: what came, whose rows, and what was refused of those.

Every question is asked for named corporations (`whose`), also where the database itself already
shows no others; '' stands for rows of nobody we know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, tuple_

from data_contracts.words import VerhuisketenError
from store.tables import delivery, delivery_share, quarantine
from store.tables import reject as reject_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

PAGE = 50


class NoSuchDelivery(VerhuisketenError):
    """Deze levering is er niet. Ga terug naar de lijst met leveringen."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file as it was booked, with the part of it that is of the corporations that were named.

    `whole`: all rows of the file are. The counts of the file then are theirs too.
    """

    id: int
    name: str
    file: str
    received: datetime
    status: str
    sentence: str
    records: int
    accepted: int
    rejected: int
    duplicates: int
    blank: int
    facts: int
    allowed: datetime | None
    own_accepted: int
    own_rejected: int

    @property
    def whole(self) -> bool:
        """Whether nobody else has rows in this file."""
        return (self.own_accepted, self.own_rejected) == (self.accepted, self.rejected)

    @property
    def waits(self) -> bool:
        """Whether it waits for a person, and nobody let it through yet."""
        return self.status == "waiting" and self.allowed is None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows were refused: the code, a sentence, in how many rows."""

    code: str
    sentence: str
    rows: int


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that is wrong with one row; `row` is its number in quarantine, if it is kept."""

    number: int
    record: int
    line: int
    column: str
    code: str
    sentence: str
    row: str | None
    state: str | None


_SHOWN = (
    *("id", "name", "file", "received", "status", "sentence", "records", "accepted", "rejected"),
    *("duplicates", "blank", "facts", "allowed"),
)
_OWN = (
    select(
        delivery_share.c.delivery,
        func.sum(delivery_share.c.accepted).label("own_accepted"),
        func.sum(delivery_share.c.rejected).label("own_rejected"),
        func.array_agg(delivery_share.c.corporation).label("of"),
    )
    .group_by(delivery_share.c.delivery)
    .order_by(None)
)


def _delivered(whose: Sequence[str]) -> Select[Any]:
    own = _OWN.where(delivery_share.c.corporation.in_(list(whose))).subquery()
    shown = [delivery.c[name] for name in _SHOWN]
    return select(*shown, own.c.own_accepted, own.c.own_rejected).join_from(
        delivery, own, own.c.delivery == delivery.c.id
    )


def _as_delivered(row: Row[Any]) -> Delivered:
    counted = {name: int(row._mapping[name]) for name in ("own_accepted", "own_rejected")}  # noqa: SLF001 - how SQLAlchemy names its public mapping
    return Delivered(**{**row._mapping, **counted})  # noqa: SLF001 - as above


def listing(
    connection: Connection, whose: Sequence[str], *, before: int | None = None, most: int = PAGE
) -> tuple[Delivered, ...]:
    """Give the deliveries with rows of these corporations, newest first, older than `before`."""
    chosen = _delivered(whose).order_by(delivery.c.id.desc()).limit(most)
    if before is not None:
        chosen = chosen.where(delivery.c.id < before)
    return tuple(map(_as_delivered, connection.execute(chosen)))


def newest(connection: Connection, whose: Sequence[str]) -> tuple[Delivered, ...]:
    """Give the newest delivery of every kind and source with rows of these corporations."""
    latest = (
        select(func.max(delivery.c.id))
        .join_from(delivery, delivery_share, delivery_share.c.delivery == delivery.c.id)
        .where(delivery_share.c.corporation.in_(list(whose)))
        .group_by(delivery.c.state_table, delivery.c.source)
    )
    chosen = _delivered(whose).where(delivery.c.id.in_(latest)).order_by(delivery.c.name)
    return tuple(map(_as_delivered, connection.execute(chosen)))


def one(connection: Connection, whose: Sequence[str], booked: int) -> Delivered:
    """Give a delivery with rows of these corporations. Raises NoSuchDelivery."""
    row = connection.execute(_delivered(whose).where(delivery.c.id == booked)).first()
    if row is None:
        raise NoSuchDelivery
    return _as_delivered(row)


def _of(whose: Sequence[str]) -> Any:  # noqa: ANN401 - a condition
    return func.coalesce(reject_table.c.corporation, "").in_(list(whose))


def reasons(connection: Connection, whose: Sequence[str], booked: int) -> tuple[Reason, ...]:
    """Give why rows of a delivery were refused, the most frequent reason first."""
    rows = func.count(reject_table.c.record.distinct())
    found = connection.execute(
        select(reject_table.c.code, func.min(reject_table.c.sentence), rows)
        .where(reject_table.c.delivery == booked, _of(whose))
        .group_by(reject_table.c.code)
        .order_by(rows.desc(), reject_table.c.code)
    )
    return tuple(Reason(*row) for row in found)


def refused(
    connection: Connection,
    whose: Sequence[str],
    booked: int,
    *,
    code: str | None = None,
    after: int = 0,
    most: int = PAGE,
) -> tuple[Refused, ...]:
    """Give what was refused of a delivery, in the order of the file, after number `after`."""
    columns = ("number", "record", "line", "column", "code", "sentence")
    kept = tuple_(delivery.c.source, delivery.c.state_table, delivery.c.sha256)
    same = tuple_(quarantine.c.source, quarantine.c.state_table, quarantine.c.sha256) == kept
    chosen = (
        select(*(reject_table.c[name] for name in columns), quarantine.c.id, quarantine.c.state)
        .join_from(reject_table, delivery)
        .outerjoin(
            quarantine,
            same
            & (quarantine.c.record == reject_table.c.record)
            & quarantine.c.corporation.in_(list(whose)),
        )
        .where(reject_table.c.delivery == booked, reject_table.c.number > after, _of(whose))
        .order_by(reject_table.c.number)
        .limit(most)
    )
    if code is not None:
        chosen = chosen.where(reject_table.c.code == code)
    return tuple(Refused(*row) for row in connection.execute(chosen))


@dataclass(frozen=True, slots=True)
class Kept:
    """A refused row in quarantine, without what stood there."""

    turn: int
    id: str
    file: str
    record: int
    state: str
    at: datetime
    sentence: str
    code: str


def kept(
    connection: Connection,
    whose: Sequence[str],
    *,
    after: int | None = None,
    most: int = PAGE,
) -> tuple[Kept, ...]:
    """Give the rows in quarantine that can still be corrected or are underway, oldest first."""
    first = (
        select(reject_table.c.sentence, reject_table.c.code)
        .join_from(reject_table, delivery)
        .where(
            delivery.c.source == quarantine.c.source,
            delivery.c.state_table == quarantine.c.state_table,
            delivery.c.sha256 == quarantine.c.sha256,
            reject_table.c.record == quarantine.c.record,
        )
        .order_by(reject_table.c.delivery.desc(), reject_table.c.number)
        .limit(1)
        .lateral()
    )
    shown = [quarantine.c[name] for name in ("turn", "id", "file", "record", "state", "at")]
    chosen = (
        select(*shown, first.c.sentence, first.c.code)
        .join_from(quarantine, first, quarantine.c.id.is_not(None))
        .where(quarantine.c.corporation.in_(list(whose)), quarantine.c.state.in_(["open", "sent"]))
        .order_by(quarantine.c.turn)
        .limit(most)
    )
    if after is not None:
        chosen = chosen.where(quarantine.c.turn > after)
    return tuple(Kept(*row) for row in connection.execute(chosen))


def count_kept(connection: Connection, whose: Sequence[str]) -> int:
    """Count the rows in quarantine that wait for somebody."""
    open_ones = select(func.count()).where(
        quarantine.c.corporation.in_(list(whose)), quarantine.c.state == "open"
    )
    return int(connection.execute(open_ones).scalar_one())
