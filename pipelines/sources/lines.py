"""JSON lines: one object on a line, numbers taken as they are written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.feeds import RawRecord, RawTable
from pipelines.sources.reading import (
    Nested,
    UnreadableFile,
    check_columns,
    sha256_of,
    written,
    written_figure,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_LINE = 1_048_576
"""Characters; a longer line is refused, not read."""


class _NoObject(ValueError):
    """A line that is no JSON object."""


class _Twice(ValueError):
    """An object that names something twice."""


@dataclass(frozen=True, slots=True)
class _Records:
    path: Path
    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[RawRecord]:
        nothing = dict.fromkeys(self.columns, "")
        for number, line in enumerate(_lines(self.path), 1):
            cells, problem = _cells(line)
            yield RawRecord(number, number, None if cells is None else nothing | cells, problem)


def read(path: Path) -> RawTable:
    """Read JSON lines as text; the columns are all names that occur. Raises UnreadableFile."""
    names: dict[str, None] = {}
    for line in _lines(path):
        cells, _ = _cells(line)
        names.update(dict.fromkeys(cells or ()))
        check_columns((*names, "."), path.name)
    if not names:
        raise UnreadableFile(f"{path.name} bevat geen JSON-objecten, een op elke regel.")
    columns = tuple(names)
    return RawTable(columns, _Records(path, columns), sha256_of(path), path.name)


def _lines(path: Path) -> Iterator[str | None]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        while line := file.readline(LONGEST_LINE):
            long = len(line) == LONGEST_LINE
            rest = line
            while long and rest and not rest.endswith("\n"):
                rest = file.readline(LONGEST_LINE)
            yield None if long else line


def _cells(line: str | None) -> tuple[dict[str, str] | None, str | None]:
    if line is None:
        return None, "te_lange_regel"
    if not line.strip():
        return {}, None
    try:
        return _written(_DECODER.decode(line.strip())), None
    except Nested:
        return None, "geneste_waarde"
    except _Twice:
        return None, "dubbele_sleutel"
    except (ValueError, RecursionError):
        return None, "geen_json"


def _written(found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        raise _NoObject
    return {name.strip(): written(value) for name, value in found.items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice
    return found


def _no_number(name: str) -> str:
    raise _NoObject(name)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once,
    parse_float=written_figure,
    parse_int=str,
    parse_constant=_no_number,
)
