"""One file on its way in: what it is a delivery of, who says so, and how it is booked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.sources import reader_version
from store import deliveries, log, quarantine

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from data_contracts.feeds import Parsed
    from data_contracts.records import Delivery
    from pipelines.settings import Settings
    from store.database import Connection

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
class OneFile:
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
