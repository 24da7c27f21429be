"""XLSX, after a look at the zip it is: a small file must not unfold into a large memory."""

from __future__ import annotations

import re
import zipfile
import zlib
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook

from data_contracts.feeds import RawRecord, RawTable
from pipelines.sources.reading import Nested, UnreadableFile, check_columns, sha256_of, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 100 * 1024 * 1024
"""Bytes a workbook may unfold into."""
MOST_RATIO = 100
MOST_ENTRIES = 1_000
MOST_CELLS = 20_000_000
"""Cells of the rectangle around all that is filled: that is what a reader makes room for."""

_BLOCK = 1024 * 1024
_SMALL = 1024 * 1024  # below this a high ratio is harmless, and common in almost empty workbooks
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a way of packing that is not the ordinary one
    OSError,
    RuntimeError,  # a password
    ValueError,
)
_PLAIN_PACKING = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_PARTS = frozenset({"[Content_Types].xml", "xl/workbook.xml"})


@dataclass(frozen=True, slots=True)
class _Records:
    """The records of the first sheet, with the row each stands on."""

    rows: list[list[Any]]
    first: int
    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[RawRecord]:
        for number, row in enumerate(self.rows[self.first :], 1):
            yield _record(number, self.first + number, row, self.columns)


def _record(number: int, line: int, row: list[Any], columns: tuple[str, ...]) -> RawRecord:
    try:
        cells = [written(value) for value in row]
    except Nested:
        return RawRecord(number, line, None, "geneste_waarde")
    return RawRecord(number, line, dict(zip(columns, cells, strict=False)))


def read(path: Path) -> RawTable:
    """Read the first sheet of a workbook as text. Raises UnreadableFile."""
    check_zip(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise _unreadable(path) from error
    heading = next((n for n, row in enumerate(rows) if any(map(_filled, row))), None)
    if heading is None:
        raise UnreadableFile(f"Het eerste blad van {path.name} is leeg. Controleer de Excel-map.")
    names = tuple(written(value).strip() for value in rows[heading])
    columns = check_columns(names, path.name)
    return RawTable(columns, _Records(rows, heading + 1, columns), sha256_of(path), path.name)


def _filled(value: object) -> bool:
    return value is not None and value != ""


def check_zip(path: Path) -> None:
    """Refuse what is no workbook, or unfolds too far; headers can lie, so it is unfolded here."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(path, archive)
            _check_sizes(path, archive)
    except _BROKEN_ZIP as error:
        raise _unreadable(path) from error


def _check_entries(path: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_BYTES:
        raise _too_large(path)
    if not _PLAIN_PACKING.issuperset(entry.compress_type for entry in entries):
        raise _unreadable(path)
    if not _PARTS.issubset(entry.filename for entry in entries):
        raise UnreadableFile(f"{path.name} is geen Excel-map. Bewaar het als .xlsx of als CSV.")


def _check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    total = 0
    for entry in archive.infolist():
        honest = copy(entry)
        honest.file_size = 1 << 62  # read on past the size that the header claims
        size = _unfold(path, archive, honest, room=MOST_BYTES - total)
        total += size
        if size > _SMALL and size > MOST_RATIO * max(entry.compress_size, 1):
            raise _too_large(path)


def _unfold(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, room: int) -> int:
    size, width, height, tail = 0, 0, 0, b""
    with archive.open(entry) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            # In every part: a workbook may keep its sheets under any name.
            width, height = _reach(tail + block, width, height)
            tail = block[-32:]
            if size > room or width * height > MOST_CELLS:
                raise _too_large(path)
    return size


def _reach(xml: bytes, width: int, height: int) -> tuple[int, int]:
    found = _CELL.findall(xml)
    columns = {letters for letters, _ in found}
    rows = {int(digits) for _, digits in found}
    return max([width, *map(_number, columns)]), max([height, *rows])


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"{path.name} is uitgepakt te groot om veilig te lezen. Lever het als CSV aan.",
    )


def _unreadable(path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"{path.name} is geen leesbare Excel-map. Bewaar haar opnieuw als .xlsx of als CSV.",
    )
