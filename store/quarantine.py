"""Quarantine: refused rows, sealed, until somebody corrects them or a newer file comes.

A corrected row is delivered again as a small file that bears the row's number; it comes in by the
watched folder like any other, and is held against the same rules.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from data_contracts.words import VerhuisketenError
from store.sealed_cells import Spot, seal, unseal
from store.tables import delivery, quarantine
from store.tables import reject as reject_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from data_contracts.feeds import Aside

MARK = "correctie"
_MARKED = re.compile(rf"[-_.]?{MARK}-([0-9a-f]{{16}})")
"""What a delivery of one corrected row bears in its name."""
WAITS, SENT, TAKEN, LAPSED = "open", "sent", "taken", "lapsed"
NOBODY = ""
"""The corporation of a row of which we do not know whose it is."""


class NoSuchRow(VerhuisketenError):
    """Deze regel staat niet in de uitvalbak. Kijk bij de leveringen of er een nieuwe is."""


class AlreadySent(VerhuisketenError):
    """Deze regel is al verbeterd en opnieuw aangeleverd. Kijk wat ervan werd."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a refused row stood in."""

    source: str
    state_table: str
    sha256: str
    file: str


@dataclass(frozen=True, slots=True)
class Held:
    """A refused row: whose, from which file, what stood there (Dutch columns), how far it is."""

    id: str
    corporation: str
    origin: Origin
    record: int
    key: str | None
    household: str | None
    state: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong with a refused row."""

    column: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a corrected row: its delivery, that delivery's status, and its own rejects."""

    delivery: int
    status: str
    sentence: str
    accepted: int
    again: str | None
    complaints: tuple[Complaint, ...]


def marked(name: str) -> str | None:
    """Give the number of the row that a file corrects; None for an ordinary delivery."""
    found = _MARKED.search(name)
    return None if found is None else found[1]


def unmarked(name: str) -> str:
    """Give a file's name without the number of a corrected row."""
    return _MARKED.sub("", name)


def corrections_of(source: str) -> str:
    """Name the source under which corrected rows are booked: they are no full delivery."""
    return f"{source}.{MARK}"


def correction_name(held: Held) -> str:
    """Name the file in which a corrected row is delivered again: as the file it stood in."""
    stem = unmarked(held.origin.file).rsplit(".", 1)[0]
    return f"{stem}-{MARK}-{held.id}.jsonl"


def keep(
    connection: Connection,
    origin: Origin,
    aside: Sequence[Aside],
    *,
    corporations: Mapping[int, str],
    secret: bytes,
) -> int:
    """Keep refused rows of a file, sealed; what is there already stays. Gives how many are new."""
    rows = [_row(origin, one, corporations.get(one.record, NOBODY), secret) for one in aside]
    if not rows:
        return 0
    put = insert(quarantine).on_conflict_do_nothing().returning(quarantine.c.id)
    return len(connection.execute(put, rows).all())


def _row(origin: Origin, one: Aside, corporation: str, secret: bytes) -> dict[str, Any]:
    number = secrets.token_hex(8)
    cells = json.dumps(one.cells, ensure_ascii=False)
    return {
        "id": number,
        "corporation": corporation,
        "source": origin.source,
        "state_table": origin.state_table,
        "sha256": origin.sha256,
        "record": one.record,
        "key": one.key,
        "household": one.cells.get("huishoudencode"),
        "file": origin.file,
        "sealed": seal(secret, _spot(corporation, number), cells),
    }


def _spot(corporation: str, number: str) -> Spot:
    return Spot(corporation, "quarantine", "sealed", number)


def find(connection: Connection, number: str, *, secret: bytes) -> Held:
    """Give a refused row with what stood there; `cells` is empty once that is gone.

    Raises NoSuchRow, also for a row this connection may not see; DoesNotOpen.
    """
    row = connection.execute(select(quarantine).where(quarantine.c.id == number)).first()
    if row is None:
        raise NoSuchRow
    return _held(row, secret)


def _held(row: Row[Any], secret: bytes) -> Held:
    cells: dict[str, str] = {}
    if row.sealed is not None:
        cells = json.loads(unseal(secret, _spot(row.corporation, row.id), row.sealed))
    origin = Origin(row.source, row.state_table, row.sha256, row.file)
    return Held(
        row.id, row.corporation, origin, row.record, row.key, row.household, row.state, cells
    )


def complaints(connection: Connection, held: Held) -> tuple[Complaint, ...]:
    """Give what is wrong with a refused row, as its newest delivery said."""
    rejected = connection.execute(
        select(reject_table.c.column, reject_table.c.code, reject_table.c.sentence)
        .where(reject_table.c.delivery == _newest(held), reject_table.c.record == held.record)
        .order_by(reject_table.c.number)
    )
    return tuple(Complaint(*row) for row in rejected)


def _newest(held: Held) -> Any:  # noqa: ANN401 - a select
    return (
        select(func.max(delivery.c.id))
        .where(
            delivery.c.source == held.origin.source,
            delivery.c.state_table == held.origin.state_table,
            delivery.c.sha256 == held.origin.sha256,
        )
        .scalar_subquery()
    )


def rows_of(connection: Connection, booked: int) -> dict[int, tuple[str, str]]:
    """Give by record the number and state of the refused rows of a delivery that are kept."""
    rows = connection.execute(
        select(quarantine.c.record, quarantine.c.id, quarantine.c.state)
        .join(
            delivery,
            (delivery.c.source == quarantine.c.source)
            & (delivery.c.state_table == quarantine.c.state_table)
            & (delivery.c.sha256 == quarantine.c.sha256),
        )
        .where(delivery.c.id == booked)
    )
    return {row.record: (row.id, row.state) for row in rows}


def send(
    connection: Connection, held: Held, cells: Mapping[str, str], *, by: str, secret: bytes
) -> Held:
    """Book that somebody corrected a row: what is delivered again is kept until it is taken.

    Raises AlreadySent when another did so meanwhile.
    """
    corrected = replace(held, cells=dict(cells), state=SENT)
    written = json.dumps(corrected.cells, ensure_ascii=False)
    sent = connection.execute(
        update(quarantine)
        .where(quarantine.c.id == held.id, quarantine.c.state == WAITS)
        .values(
            state=SENT,
            by=by,
            sent=func.clock_timestamp(),
            sealed=seal(secret, _spot(held.corporation, held.id), written),
        )
    )
    if sent.rowcount != 1:
        raise AlreadySent
    return corrected


def outcome(connection: Connection, held: Held) -> Outcome | None:
    """Say what became of a corrected row; None while its file was not taken in yet."""
    row = connection.execute(
        select(delivery)
        .where(delivery.c.file == correction_name(held))
        .order_by(delivery.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    rejected = connection.execute(
        select(reject_table.c.column, reject_table.c.code, reject_table.c.sentence)
        .where(reject_table.c.delivery == row.id)
        .order_by(reject_table.c.number)
    )
    again = next(iter(rows_of(connection, row.id).values()), (None, ""))[0]
    told = tuple(Complaint(*one) for one in rejected)
    return Outcome(row.id, row.status, row.sentence, row.accepted, again, told)


def settle(connection: Connection, number: str, *, accepted: bool) -> None:
    """Book that a corrected row went in, or was refused again and is kept under a new number.

    What stood there is of no use any more, and goes.
    """
    connection.execute(
        update(quarantine)
        .where(quarantine.c.id == number, quarantine.c.state.in_([WAITS, SENT]))
        .values(state=TAKEN if accepted else LAPSED, sealed=None)
    )


def supersede(connection: Connection, origin: Origin) -> None:
    """Let the rows of earlier files of this kind and source lapse: a newer file was taken."""
    connection.execute(
        update(quarantine)
        .where(
            quarantine.c.source.in_([origin.source, corrections_of(origin.source)]),
            quarantine.c.state_table == origin.state_table,
            quarantine.c.sha256 != origin.sha256,
            quarantine.c.state.in_([WAITS, SENT]),
        )
        .values(state=LAPSED, sealed=None)
    )


def forget(connection: Connection, households: Iterable[str]) -> None:
    """Forget what stood in refused rows that name these households."""
    connection.execute(
        update(quarantine)
        .where(quarantine.c.household.in_(list(households)))
        .values(state=LAPSED, sealed=None, key=None, household=None)
    )
