"""Take deliveries in: read, judge, say what is new, book it. One transaction per file.

A file that cannot be read, misses a column, or looks wrong as a whole changes nothing; it is
booked as refused or waiting, and the night goes on. A file that is the same as the last one, and
about whose rows nobody has said anything since, is booked without being read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.feeds import DoubleColumn, MissingColumn, gate
from data_contracts.records import DELIVERIES
from data_contracts.words import VerhuisketenError
from matching.state import changes, project
from pipelines.apart import parse
from pipelines.one_file import COUNTS, Intake, OneFile, Taken, source_of, told
from pipelines.sources import (
    UnreadableFile,
    deliveries_in,
    reader_version,
    sha256_of,
    strangers_in,
)
from pipelines.whose import shares
from store import allowed, deliveries, log, people, quarantine
from store import state as state_store
from store.database import snapshot
from store.sealed_cells import secret_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data_contracts.feeds import Parsed
    from data_contracts.records import Delivery
    from matching.state import State
    from store.database import Connection, Engine

    Known = tuple[State, int]
    OrNot = Known | None


__all__ = [
    "COUNTS",
    "UNKNOWN",
    "Intake",
    "NoDeliveries",
    "Taken",
    "refuse",
    "source_of",
    "take",
    "take_all",
    "told",
]


class NoDeliveries(VerhuisketenError):
    """Er zijn geen leveringen gevonden."""


ABOUT = "LEESMIJ.txt"
UNKNOWN = "Deze naam hoort bij geen levering; het bestand is niet gelezen. Zie docs/mapping.md."


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


def take(
    engine: Engine, intake: Intake, what: tuple[Delivery, Path], known: OrNot
) -> tuple[Taken, OrNot]:
    """Take in one file, in one transaction: booked with all it says, or not at all.

    `known` is the State that was seen last, with its position; None reads it when it is needed.
    Calling it again for the same run and file books nothing twice and tells what was booked.
    """
    delivery, path = what
    file = OneFile(delivery, path, source_of(intake.settings, delivery, path), intake)
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
    file = OneFile(delivery, path, source_of(intake.settings, delivery, path), intake)
    with engine.begin() as connection:
        if (before := file.booked(connection)) is not None:
            return before
        booked = file.record(connection, None, status="refused", sentence=sentence)
        deliveries.share_as_before(connection, booked, table=delivery.table, source=file.booked_as)
    return file.told("refused", sentence)


def _without_reading(engine: Engine, file: OneFile) -> Taken | None:
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
    connection: Connection, file: OneFile, parsed: Parsed, known: OrNot
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
    connection: Connection, file: OneFile, parsed: Parsed, state: State, *, booked: str
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


def _settle(connection: Connection, file: OneFile, parsed: Parsed) -> None:
    """Let go of refused rows that are of no use any more: this one went in, or a newer file did."""
    if file.corrects is None:
        quarantine.supersede(connection, _origin(file, parsed))
    else:
        quarantine.settle(connection, file.corrects, accepted=parsed.accounting.accepted > 0)


def _origin(file: OneFile, parsed: Parsed) -> quarantine.Origin:
    return quarantine.Origin(file.booked_as, file.delivery.table, parsed.sha256, file.path.name)


def _as_it_stands(connection: Connection, known: OrNot) -> Known:
    """Keep what is known, with what somebody else wrote to the log meanwhile."""
    if known is None:
        return state_store.load(connection)
    return state_store.since(connection, *known)


def _waits(connection: Connection, file: OneFile, parsed: Parsed) -> str | None:
    table, source = file.delivery.table, file.booked_as
    if file.corrects or file.path.name in file.intake.accept:
        return None
    if allowed.is_let_through(connection, table=table, source=source, sha256=parsed.sha256):
        return None
    settings = file.intake.settings
    return gate(
        parsed.accounting,
        previous_rows=deliveries.previous_rows(connection, table, source),
        max_rejected_percent=settings.max_rejected_percent,
        max_shrink_percent=settings.max_shrink_percent,
    )


def _book(
    connection: Connection, file: OneFile, parsed: Parsed, known: Known, *, booked: str
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
