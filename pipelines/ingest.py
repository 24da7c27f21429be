"""Take deliveries in: read, judge, say what is new, book it. One transaction per file.

A file that cannot be read, misses a column, or looks wrong as a whole changes nothing; it is
booked as refused or waiting, and the night goes on. A file that is the same as the last one, and
about whose rows nobody has said anything since, is booked without being read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.feeds import DoubleColumn, MissingColumn, gate
from data_contracts.records import DELIVERIES
from data_contracts.words import VerhuisketenError
from matching.state import changes, project
from pipelines.apart import parse
from pipelines.sources import (
    UnreadableFile,
    deliveries_in,
    reader_version,
    sha256_of,
    strangers_in,
)
from pipelines.whose import shares
from store import deliveries, log, people, quarantine
from store import state as state_store
from store.database import snapshot
from store.sealed_cells import secret_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from data_contracts.feeds import Parsed
    from data_contracts.records import Delivery
    from matching.state import State
    from pipelines.settings import Settings
    from store.database import Connection, Engine

    Known = tuple[State, int]
    OrNot = Known | None


class NoDeliveries(VerhuisketenError):
    """Er zijn geen leveringen gevonden."""


ABOUT = "LEESMIJ.txt"
UNKNOWN = "Deze naam hoort bij geen levering; het bestand is niet gelezen. Zie docs/mapping.md."
COUNTS = ("records", "accepted", "rejected", "duplicates", "blank")
_DATE_IN_NAME = re.compile(r"[-_.]?\d{4}-?\d{2}-?\d{2}")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: its row accounting, the facts it gave, and the outcome."""

    file: str
    table: str
    status: str  # taken | waiting | refused | unknown (no delivery by its name)
    sentence: str
    records: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    blank: int = 0
    facts: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """One round of taking in: which run, when it was received, and what a person let through."""

    run: str
    received: datetime
    settings: Settings
    accept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _File:
    """One file on its way in: what it is a delivery of, where it lies, who says so."""

    delivery: Delivery
    path: Path
    source: str
    intake: Intake

    @property
    def corrects(self) -> str | None:
        """The number of the refused row that this file corrects; None for an ordinary delivery."""
        return quarantine.marked(self.path.name)

    @property
    def booked_as(self) -> str:
        """The source it is booked under: a corrected row is no full delivery of its source."""
        return quarantine.corrections_of(self.source) if self.corrects else self.source

    def booked(self, connection: Connection) -> Taken | None:
        """Give what this very run made of it before, when it was broken off after booking."""
        log.in_turn(connection)
        row = deliveries.booked(
            connection, run=self.intake.run, table=self.delivery.table, file=self.path.name
        )
        return None if row is None else told(row)

    def told(self, status: str, sentence: str, **more: Any) -> Taken:  # noqa: ANN401 - its fields
        """Say what became of it."""
        return Taken(self.path.name, self.delivery.table, status, sentence, **more)

    def record(
        self, connection: Connection, parsed: Parsed | None, *, status: str, sentence: str
    ) -> str:
        """Book it."""
        return deliveries.record(
            connection,
            run=self.intake.run,
            name=self.delivery.name,
            table=self.delivery.table,
            source=self.booked_as,
            file=self.path.name,
            sha256=deliveries.UNREAD if parsed is None else parsed.sha256,
            reader=reader_version(),
            received=self.intake.received,
            accounting=None if parsed is None else parsed.accounting,
            status=status,
            sentence=sentence,
        )


def told(row: deliveries.Row) -> Taken:
    """Say what became of a file by how it was booked."""
    return Taken(
        file=row["file"],
        table=row["state_table"],
        status=row["status"],
        sentence=row["sentence"],
        **{name: row[name] for name in (*COUNTS, "facts")},
    )


def take_all(
    engine: Engine, intake: Intake, progress: Callable[[str], None] = lambda _: None
) -> tuple[tuple[Taken, ...], Known]:
    """Take in every delivery of the folder, in the order of `DELIVERIES`.

    Gives what became of each, and the State after them with its position in the log. A file whose
    name is no delivery's is named and left alone. Raises NoDeliveries when there is no such folder,
    unless deliveries come by the watched folder.
    """
    folder = intake.settings.deliveries
    if not folder.is_dir() and not intake.settings.inbox.is_dir():
        raise NoDeliveries(
            f"De map met leveringen {folder} bestaat niet. Noem haar met --deliveries."
        )
    with snapshot(engine) as connection:
        known = state_store.load(connection)
    outcomes = []
    for delivery, path in deliveries_in(folder) if folder.is_dir() else ():
        progress(f"Leveringen lezen: {path.name}")
        outcome, after = take(engine, intake, (delivery, path), known)
        known = after or known
        outcomes.append(outcome)
    strangers = strangers_in(folder) if folder.is_dir() else []
    unknown = (Taken(p.name, "", "unknown", UNKNOWN) for p in strangers if p.name != ABOUT)
    return (*outcomes, *unknown), known


def no_deliveries(folder: Path) -> NoDeliveries:
    """Say that a folder holds no delivery, and what was expected there."""
    names = ", ".join(delivery.name for delivery in DELIVERIES.values())
    return NoDeliveries(
        f"In {folder} staat geen levering. Verwacht worden bestanden die zo beginnen: {names} "
        "(.csv, .xlsx, .parquet of .jsonl)."
    )


def source_of(settings: Settings, delivery: Delivery, path: Path) -> str:
    """Name the source of a file: what stands behind the kind of delivery, dates left out.

    `woningen-noord-2026-11-22.csv` is the full delivery of `…leveringen.noord`. So is a file with
    one corrected row of it: what that row says is said by the same source.
    """
    rest = _DATE_IN_NAME.sub(
        "", quarantine.unmarked(path.name).split(".")[0][len(delivery.name) :]
    ).strip("-_ ")
    office = re.sub(r"[^0-9a-z]+", "-", rest.lower()).strip("-")
    return f"{settings.source}.{office}" if office else settings.source


def take(
    engine: Engine, intake: Intake, what: tuple[Delivery, Path], known: OrNot
) -> tuple[Taken, OrNot]:
    """Take in one file, in one transaction: booked with all it says, or not at all.

    `known` is the State that was seen last, with its position; None reads it when it is needed.
    Calling it again for the same run and file books nothing twice and tells what was booked.
    """
    delivery, path = what
    file = _File(delivery, path, source_of(intake.settings, delivery, path), intake)
    if (early := _without_reading(engine, file)) is not None:
        return early, known
    try:
        parsed = parse(path, delivery, intake.settings)
    except (UnreadableFile, MissingColumn, DoubleColumn) as error:
        return refuse(engine, intake, what, str(error)), known
    with engine.begin() as connection:
        if (before := file.booked(connection)) is not None:
            return before, known
        return _decide(connection, file, parsed, known)


def refuse(engine: Engine, intake: Intake, what: tuple[Delivery, Path], sentence: str) -> Taken:
    """Book a file that cannot be read as refused, once."""
    delivery, path = what
    file = _File(delivery, path, source_of(intake.settings, delivery, path), intake)
    with engine.begin() as connection:
        if (before := file.booked(connection)) is not None:
            return before
        booked = file.record(connection, None, status="refused", sentence=sentence)
        deliveries.share_as_before(connection, booked, table=delivery.table, source=file.booked_as)
    return file.told("refused", sentence)


def _without_reading(engine: Engine, file: _File) -> Taken | None:
    """Give what became of a file that was booked by this run, or that says nothing new."""
    try:
        sha256 = sha256_of(file.path)
    except OSError:
        return None  # reading it says what is wrong
    with engine.begin() as connection:
        if (before := file.booked(connection)) is not None:
            return before
        last = deliveries.unchanged(
            connection,
            table=file.delivery.table,
            source=file.booked_as,
            sha256=sha256,
            reader=reader_version(),
        )
        if last is None:
            return None
        deliveries.book_again(
            connection,
            last,
            run=file.intake.run,
            file=file.path.name,
            received=file.intake.received,
        )
        return file.booked(connection)


def _decide(
    connection: Connection, file: _File, parsed: Parsed, known: OrNot
) -> tuple[Taken, OrNot]:
    """Let a file wait for a person, or book what it says."""
    known = _as_it_stands(connection, known)
    waits = _waits(connection, file, parsed)
    status = "waiting" if waits else "taken"
    booked = file.record(connection, parsed, status=status, sentence=waits or "")
    _set_aside(connection, file, parsed, known[0], booked=booked)
    facts = 0
    if waits is None:
        known, facts = _book(connection, file, parsed, known, booked=booked)
        _settle(connection, file, parsed)
    counts = {name: getattr(parsed.accounting, name) for name in COUNTS}
    warnings = parsed.warnings
    return file.told(status, waits or "", **counts, facts=facts, warnings=warnings), known


def _set_aside(
    connection: Connection, file: _File, parsed: Parsed, state: State, *, booked: str
) -> None:
    """Book whose the rows are, why some were refused, and keep those to be corrected."""
    of = shares(parsed, state)
    deliveries.share(connection, booked, accepted=of.accepted, rejected=of.rejected)
    deliveries.reject(connection, booked, parsed.rejects, corporations=of.by_record)
    if parsed.aside:
        quarantine.keep(
            connection,
            _origin(file, parsed),
            parsed.aside,
            corporations=of.by_record,
            secret=secret_of(file.intake.settings),
        )


def _settle(connection: Connection, file: _File, parsed: Parsed) -> None:
    """Let go of refused rows that are of no use any more: this one went in, or a newer file did."""
    if file.corrects is None:
        quarantine.supersede(connection, _origin(file, parsed))
    else:
        quarantine.settle(connection, file.corrects, accepted=parsed.accounting.accepted > 0)


def _origin(file: _File, parsed: Parsed) -> quarantine.Origin:
    return quarantine.Origin(file.booked_as, file.delivery.table, parsed.sha256, file.path.name)


def _as_it_stands(connection: Connection, known: OrNot) -> Known:
    """Keep what is known, with what somebody else wrote to the log meanwhile."""
    if known is None:
        return state_store.load(connection)
    return state_store.since(connection, *known)


def _waits(connection: Connection, file: _File, parsed: Parsed) -> str | None:
    table, source = file.delivery.table, file.booked_as
    if file.corrects or file.path.name in file.intake.accept:
        return None
    if deliveries.is_let_through(connection, table=table, source=source, sha256=parsed.sha256):
        return None
    settings = file.intake.settings
    return gate(
        parsed.accounting,
        previous_rows=deliveries.previous_rows(connection, table, source),
        max_rejected_percent=settings.max_rejected_percent,
        max_shrink_percent=settings.max_shrink_percent,
    )


def _book(
    connection: Connection, file: _File, parsed: Parsed, known: Known, *, booked: str
) -> tuple[Known, int]:
    state, _ = known
    table = file.delivery.table
    # Of one corrected row, as of rows without a name, nobody can tell which others vanished.
    unread = None if parsed.nameless or file.corrects else parsed.held
    facts = changes(
        state,
        table,
        parsed.rows,
        source=file.source,
        delivery=booked,
        at=file.intake.received,
        unread=unread,
    )
    people.keep(connection, table, parsed.apart, rows=parsed.rows)
    position = log.append(connection, facts)
    deliveries.finish(connection, booked, position=position, facts=len(facts))
    after = project(facts, state)
    state_store.save(connection, after, position)
    return (after, position), len(facts)
