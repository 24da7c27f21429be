"""Parquet, read batch by batch; its types become the text a person would have typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.feeds import RawRecord, RawTable
from pipelines.sources.reading import Nested, UnreadableFile, check_columns, sha256_of, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 4 * 1024**3
"""Bytes a file may unfold into, over all its row groups."""
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class _Records:
    path: Path
    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[RawRecord]:
        number = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=BATCH):
                    for row in _rows(batch):
                        number += 1
                        yield _record(number, row, self.columns)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _unreadable(self.path) from error


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*(_values(column) for column in batch.columns), strict=True)


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        # Python knows no nanoseconds; a day written as a moment has none.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return column.to_pylist()  # type: ignore[no-any-return] # pyarrow has no types


def _record(number: int, row: tuple[Any, ...], columns: tuple[str, ...]) -> RawRecord:
    try:
        cells = [written(value) for value in row]
    except Nested:
        return RawRecord(number, number, None, "geneste_waarde")
    return RawRecord(number, number, dict(zip(columns, cells, strict=False)))


def read(path: Path) -> RawTable:
    """Read a Parquet file as text; a record's line is its number. Raises UnreadableFile."""
    try:
        with pq.ParquetFile(path) as file:
            columns = tuple(name.strip() for name in file.schema_arrow.names)
            groups = range(file.metadata.num_row_groups)
            size = sum(file.metadata.row_group(n).total_byte_size for n in groups)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path) from error
    if size > MOST_BYTES:
        raise UnreadableFile(f"{path.name} is uitgepakt te groot. Lever het in delen aan.")
    check_columns(columns, path.name)
    return RawTable(columns, _Records(path, columns), sha256_of(path), path.name)


def _unreadable(path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"{path.name} is geen leesbaar Parquet-bestand. Maak het opnieuw of lever CSV aan.",
    )
