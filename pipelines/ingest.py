"""Take deliveries in: read, judge, say what is new, book it. One transaction per file.

A file that cannot be read, misses a column, or looks wrong as a whole changes nothing; it is
booked as refused or waiting, and the night goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.feeds import DoubleColumn, MissingColumn, gate, parse
from data_contracts.records import DELIVERIES
from data_contracts.words import VerhuisketenError
from matching.state import changes, project
from pipelines.sources import UnreadableFile, deliveries_in, read, strangers_in
from store import deliveries, log, people
from store import state as state_store
from store.database import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from data_contracts.feeds import Parsed
    from data_contracts.records import Delivery
    from matching.state import State
    from pipelines.settings import Settings
    from store.database import Connection, Engine


class NoDeliveries(VerhuisketenError):
    """Er zijn geen leveringen gevonden."""


ABOUT = "LEESMIJ.txt"
UNKNOWN = "Deze naam hoort bij geen levering; het bestand is niet gelezen. Zie docs/mapping.md."
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


def take_all(
    engine: Engine, intake: Intake, progress: Callable[[str], None] = lambda _: None
) -> tuple[tuple[Taken, ...], tuple[State, int]]:
    """Take in every delivery of the folder, in the order of `DELIVERIES`.

    Gives what became of each, and the State after them with its position in the log. A file whose
    name is no delivery's is named and left alone. Raises NoDeliveries when there is no such folder.
    """
    folder = intake.settings.deliveries
    if not folder.is_dir():
        raise NoDeliveries(
            f"De map met leveringen {folder} bestaat niet. Noem haar met --deliveries."
        )
    with snapshot(engine) as connection:
        known = state_store.load(connection)
    outcomes = []
    for delivery, path in deliveries_in(folder):
        progress(f"Leveringen lezen: {path.name}")
        outcome, known = _take(engine, intake, delivery, path, known)
        outcomes.append(outcome)
    strangers = (path for path in strangers_in(folder) if path.name != ABOUT)
    return (*outcomes, *(Taken(path.name, "", "unknown", UNKNOWN) for path in strangers)), known


def no_deliveries(folder: Path) -> NoDeliveries:
    """Say that a folder holds no delivery, and what was expected there."""
    names = ", ".join(delivery.name for delivery in DELIVERIES.values())
    return NoDeliveries(
        f"In {folder} staat geen levering. Verwacht worden bestanden die zo beginnen: {names} "
        "(.csv, .xlsx, .parquet of .jsonl)."
    )


def source_of(settings: Settings, delivery: Delivery, path: Path) -> str:
    """Name the source of a file: what stands behind the kind of delivery, dates left out.

    `woningen-noord-2026-11-22.csv` is the full delivery of `…leveringen.noord`.
    """
    rest = _DATE_IN_NAME.sub("", path.name.split(".")[0][len(delivery.name) :]).strip("-_ ")
    office = re.sub(r"[^0-9a-z]+", "-", rest.lower()).strip("-")
    return f"{settings.source}.{office}" if office else settings.source


def _take(
    engine: Engine, intake: Intake, delivery: Delivery, path: Path, known: tuple[State, int]
) -> tuple[Taken, tuple[State, int]]:
    source = source_of(intake.settings, delivery, path)
    try:
        parsed = parse(read(path), delivery)
    except (UnreadableFile, MissingColumn, DoubleColumn) as error:
        return _refused(engine, intake, delivery, path, source, str(error)), known
    with engine.begin() as connection:
        known = _as_it_stands(connection, known)
        waits = _waits(connection, intake, parsed, path.name, source)
        booked = deliveries.record(
            connection,
            run=intake.run,
            name=delivery.name,
            table=delivery.table,
            source=source,
            file=path.name,
            sha256=parsed.sha256,
            received=intake.received,
            accounting=parsed.accounting,
            status="waiting" if waits else "taken",
            sentence=waits or "",
        )
        deliveries.reject(connection, booked, parsed.rejects)
        facts = 0
        if waits is None:
            known, facts = _book(connection, intake, parsed, known, source=source, booked=booked)
    counts = parsed.accounting
    return Taken(
        file=path.name,
        table=delivery.table,
        status="waiting" if waits else "taken",
        sentence=waits or "",
        records=counts.records,
        accepted=counts.accepted,
        rejected=counts.rejected,
        duplicates=counts.duplicates,
        blank=counts.blank,
        facts=facts,
        warnings=parsed.warnings,
    ), known


def _as_it_stands(connection: Connection, known: tuple[State, int]) -> tuple[State, int]:
    """Keep what is known, unless somebody else wrote to the log meanwhile."""
    log.in_turn(connection)
    return state_store.since(connection, *known)


def _waits(
    connection: Connection, intake: Intake, parsed: Parsed, file: str, source: str
) -> str | None:
    if file in intake.accept:
        return None
    return gate(
        parsed.accounting,
        previous_rows=deliveries.previous_rows(connection, parsed.delivery.table, source),
        max_rejected_percent=intake.settings.max_rejected_percent,
        max_shrink_percent=intake.settings.max_shrink_percent,
    )


def _book(
    connection: Connection,
    intake: Intake,
    parsed: Parsed,
    known: tuple[State, int],
    *,
    source: str,
    booked: str,
) -> tuple[tuple[State, int], int]:
    state, _ = known
    table = parsed.delivery.table
    facts = changes(
        state,
        table,
        parsed.rows,
        source=source,
        delivery=booked,
        at=intake.received,
        unread=None if parsed.nameless else parsed.held,
    )
    people.keep(connection, table, parsed.apart)
    position = log.append(connection, facts)
    after = project(facts, state)
    state_store.save(connection, after, position)
    return (after, position), len(facts)


def _refused(
    engine: Engine, intake: Intake, delivery: Delivery, path: Path, source: str, sentence: str
) -> Taken:
    with engine.begin() as connection:
        deliveries.record(
            connection,
            run=intake.run,
            name=delivery.name,
            table=delivery.table,
            source=source,
            file=path.name,
            sha256=deliveries.UNREAD,
            received=intake.received,
            accounting=None,
            status="refused",
            sentence=sentence,
        )
    return Taken(path.name, delivery.table, "refused", sentence)
