"""A delivery becomes rows and rejects: every record is counted, no bad one stops the night.

`pipelines.sources` reads a file as text; `parse` holds each record against its row model. What does
not fit becomes a `Reject` with a sentence; the accounting balances or does not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from data_contracts.accounting import Accounting, gate
from data_contracts.bsn import BSN, holds_bsn, prose_columns, without_bsn
from data_contracts.headings import DoubleColumn, Headings, MissingColumn, recognise
from data_contracts.places import place
from data_contracts.record import Located, apart_fields, dtypes, fact_fields
from data_contracts.records import Tie
from data_contracts.sentences import NUL, RECORD_PROBLEMS, TWICE, UNREADABLE, complaints, twice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from data_contracts.record import Record
    from data_contracts.records import Delivery

__all__ = [
    "Accounting",
    "Aside",
    "DoubleColumn",
    "MissingColumn",
    "Parsed",
    "RawRecord",
    "RawTable",
    "Reject",
    "gate",
    "parse",
]

CHUNK = 20_000
"""Rows that are held as objects at once; more of them are packed into a table first."""
MOST_ASIDE = 2_000
"""Rejected rows of one file that are kept to be corrected: whoever has more delivers anew."""

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as text: its number (1 = first after the heading), its line, its cells.

    `problem` is a reason code when the record itself is broken; `cells` is None then.
    """

    number: int
    line: int
    cells: dict[str, str] | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RawTable:
    """A file as text: column names as they stand there, records that may be streamed anew."""

    columns: tuple[str, ...]
    records: Iterable[RawRecord]
    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Reject:
    """One thing wrong with one record; never a value. `file` is the sha256 of the file."""

    file: str
    record: int
    column: str
    code: str
    sentence: str
    line: int


@dataclass(frozen=True, slots=True)
class Aside:
    """A refused row as it stood there, by Dutch column name, so that somebody can correct it.

    Holds values: it goes sealed into quarantine and nowhere else. No cell holds a BSN. There are no
    cells where the record itself was broken.
    """

    record: int
    line: int
    key: str | None
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A delivery that was read: rows for the facts, rows kept apart, and what was wrong.

    `rows` has the fact fields as columns (`dtypes`) and the unique key as index, in the order of
    the file; `apart` the key and the fields kept apart. `held` are the keys of rejected rows: they
    were delivered, so they did not vanish. `nameless` counts rejected rows whose key is unreadable:
    while there are any, nobody can tell which row vanished. `aside` are the first rejected rows
    themselves, at most `MOST_ASIDE`.
    """

    delivery: Delivery
    sha256: str
    rows: pd.DataFrame
    apart: pd.DataFrame
    rejects: tuple[Reject, ...]
    accounting: Accounting
    warnings: tuple[str, ...]
    held: tuple[str, ...] = ()
    nameless: int = 0
    aside: tuple[Aside, ...] = ()


@dataclass(slots=True)
class _Sorting:
    """The piles on the table while a file is being read."""

    raw: RawTable
    delivery: Delivery
    kept: list[dict[str, Any]] = field(default_factory=list)
    packed: list[pd.DataFrame] = field(default_factory=list)
    first: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    records: int = 0
    rejected: int = 0
    duplicates: int = 0
    blank: int = 0
    nameless: int = 0

    def reject(
        self,
        at: RawRecord,
        cells: dict[str, str],
        wrong: Iterable[tuple[str, str, str]],
    ) -> None:
        key = _key(cells, self)
        self.rejected += 1
        if len(self.aside) < MOST_ASIDE:
            kept = without_bsn(cells, self.delivery.record)
            self.aside.append(Aside(at.number, at.line, key, kept))
        if key:
            self.named.add(key)
        else:
            self.nameless += 1
        file = self.raw.sha256
        for column, code, sentence in wrong:
            self.rejects.append(Reject(file, at.number, column, code, sentence, at.line))

    def keep(self, row: Record, key: str, digest: bytes, number: int) -> None:
        self.first[key] = (number, digest)
        self.kept.append(row.__dict__)
        if len(self.kept) == CHUNK:
            self.pack()

    def pack(self) -> None:
        self.packed.append(_table(self.kept, self.delivery.record))
        self.kept = []

    def table(self) -> pd.DataFrame:
        if self.kept or not self.packed:
            self.pack()
        return pd.concat(self.packed, ignore_index=True)

    def accounting(self) -> Accounting:
        return Accounting(
            records=self.records,
            accepted=len(self.first),
            rejected=self.rejected,
            duplicates=self.duplicates,
            blank=self.blank,
        )


def parse(raw: RawTable, delivery: Delivery) -> Parsed:
    """Hold every record of a file against the row model of its delivery.

    Raises MissingColumn or DoubleColumn when the file as a whole cannot be read.
    """
    headings = recognise(raw.columns, delivery)
    piles = _Sorting(raw, delivery)
    for record in raw.records:
        piles.records += 1
        _sort_out(record, headings, piles)
    rows = piles.table()
    if issubclass(delivery.record, Located):
        rows = place(rows, coarse=issubclass(delivery.record, Tie))
    rows.index = pd.Index(rows[delivery.key].array)
    return Parsed(
        delivery=delivery,
        sha256=raw.sha256,
        rows=rows[fact_fields(delivery.record)],
        apart=rows[[delivery.key, *apart_fields(delivery.record)]],
        rejects=tuple(piles.rejects),
        accounting=piles.accounting(),
        warnings=headings.warnings(),
        held=tuple(sorted(piles.named - piles.first.keys())),
        nameless=piles.nameless,
        aside=tuple(piles.aside),
    )


def _sort_out(record: RawRecord, headings: Headings, piles: _Sorting) -> None:
    if record.cells is None:
        code = record.problem or "ongeldig"
        piles.reject(record, {}, [("", code, RECORD_PROBLEMS[code])])
        return
    raw = record.cells
    cells = {alias: cell for name, alias in headings.known if (cell := raw[name].strip())}
    if not cells and not any(cell.strip() for cell in raw.values()):
        piles.blank += 1
        return
    if _UNREADABLE.search("\n".join(cells.values())):
        piles.reject(record, cells, _unreadable(cells))
        return
    if named := _with_bsn(cells, piles.delivery.record):
        piles.reject(record, cells, [(column, *BSN) for column in named])
        return
    try:
        row = piles.delivery.record.__pydantic_validator__.validate_python(cells)
    except ValidationError as error:
        piles.reject(record, cells, complaints(error, piles.delivery.record))
        return
    _keep_once(record, cells, row, piles)


def _keep_once(record: RawRecord, cells: dict[str, str], row: Record, piles: _Sorting) -> None:
    key = getattr(row, piles.delivery.key)
    content = row.__pydantic_serializer__.to_json(row)
    digest = blake2b(content, digest_size=16).digest()
    before = piles.first.get(key)
    if before is None:
        piles.keep(row, key, digest, record.number)
    elif before[1] == digest:
        piles.duplicates += 1
    else:
        column = _alias(piles.delivery)
        piles.reject(record, cells, [(column, TWICE, twice(before[0]))])


def _with_bsn(cells: dict[str, str], record: type[Record]) -> list[str]:
    return [c for c in prose_columns(record) & cells.keys() if holds_bsn(cells[c])]


def _unreadable(cells: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for alias, cell in cells.items():
        if found := _UNREADABLE.findall(cell):
            yield alias, *(NUL if set(found) == {"\x00"} else UNREADABLE)


def _key(cells: dict[str, str], piles: _Sorting) -> str | None:
    key = cells.get(_alias(piles.delivery))
    return None if key is None or _UNREADABLE.search(key) else key


def _alias(delivery: Delivery) -> str:
    return delivery.record.model_fields[delivery.key].alias or delivery.key


def _table(rows: list[dict[str, Any]], record: type[Record]) -> pd.DataFrame:
    kinds = dtypes(record) | dict.fromkeys(apart_fields(record), "str")
    if "house_number" in kinds:
        kinds["house_number"] = "Int64"
    if issubclass(record, Located):
        kinds |= {"lat": "Float64", "lon": "Float64"}
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in kinds.items()},
    )
