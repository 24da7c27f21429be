"""CSV as Dutch Excel writes it, and as it arrives after somebody touched it.

Every record is counted, with the line it stands on. A broken quote costs the record it is in: the
reader takes up again at the next line that is a record. Memory is bounded by the longest line.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TextIO

from data_contracts.feeds import RawRecord, RawTable
from data_contracts.formulas import unmarked
from pipelines.sources.reading import UnreadableFile, check_columns, sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONGEST_LINE = 1_048_576
"""Characters; a longer line is refused, not read."""
MOST_LINES = 64
"""Lines one record may span by quoted newlines, before its quote counts as broken."""

_BROKEN, _TOO_LONG, _COUNT = "kapot_aanhalingsteken", "te_lange_regel", "verkeerd_aantal_velden"


@dataclass(frozen=True, slots=True)
class _Records:
    """The records of a file, read anew each time somebody iterates."""

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[RawRecord]:
        with _opened(self.path, self.encoding) as file:
            lines = _Lines(file)
            _heading_line(lines)
            for number, found in enumerate(_records(lines, self.delimiter, len(self.columns)), 1):
                yield self._record(number, found)

    def _record(self, number: int, found: _Found) -> RawRecord:
        if found.problem:
            return RawRecord(number, found.line, None, found.problem)
        return RawRecord(number, found.line, dict(zip(self.columns, found.fields, strict=False)))


class _Found(NamedTuple):
    line: int
    fields: list[str]
    problem: str | None = None


def read(path: Path) -> RawTable:
    """Read a CSV file: encoding, delimiter and quotes as found. Raises UnreadableFile."""
    encoding = encoding_of(path)
    with _opened(path, encoding) as file:
        heading, delimiter = _heading_line(_Lines(file))
    fields = _fields(heading, delimiter) if heading else None
    if not isinstance(fields, list):
        raise UnreadableFile(f"De kopregel van {path.name} is niet te lezen. Controleer haar.")
    columns = check_columns(tuple(field.strip() for field in fields), path.name)
    return RawTable(
        columns, _Records(path, encoding, delimiter, columns), sha256_of(path), path.name
    )


def encoding_of(path: Path) -> str:
    """Say in which encoding a file is: by its mark, else UTF-8 when it mostly is, else cp1252.

    One damaged byte does not make a UTF-8 file cp1252: the encoding with most evidence wins, and
    what is unreadable in it costs its record. Never latin-1, which reads anything, wrongly.
    """
    with path.open("rb") as file:
        start = file.read(512)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        nuls = start[1::2].count(0), start[::2].count(0)
        if max(nuls) > len(start) // 8:
            return "utf-16-le" if nuls[0] > nuls[1] else "utf-16-be"
        file.seek(0)
        good, bad = _utf8_evidence(file.read, LONGEST_LINE)
    return "utf-8" if good >= bad else "cp1252"


def _utf8_evidence(read_bytes: Callable[[int], bytes], size: int) -> tuple[int, int]:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    while block := read_bytes(size):
        text = decoder.decode(block)
        if not text.isascii():
            bad += len(re.findall("[\udc80-\udcff]", text))
            good += len(re.findall("[^\x00-\x7f\udc80-\udcff]", text))
    return good, bad + len(re.findall("[\udc80-\udcff]", decoder.decode(b"", final=True)))


def _opened(path: Path, encoding: str) -> TextIO:
    # What cannot be decoded becomes U+FFFD, which `parse` rejects at its record and column.
    return path.open(encoding=encoding, errors="replace", newline=None)


class _Lines:
    """Lines with their numbers, without their ends; a line may be put back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: deque[tuple[int, str | None]] = deque()
        self._number = 0

    def next(self) -> tuple[int, str | None] | None:
        """Give the next line, with None for one that is too long, or None at the end."""
        if self._back:
            return self._back.popleft()
        line = self._file.readline(LONGEST_LINE)
        if not line:
            return None
        self._number += 1
        if line.endswith("\n"):
            return self._number, line[:-1]
        return self._number, None if self._rest_of_line(line) else line

    def _rest_of_line(self, line: str) -> bool:
        long = len(line) == LONGEST_LINE
        while long and line and not line.endswith("\n"):
            line = self._file.readline(LONGEST_LINE)
        return long

    def put_back(self, taken: list[tuple[int, str | None]]) -> None:
        """Put lines back, to be given again in the same order."""
        self._back.extendleft(reversed(taken))


def _heading_line(lines: _Lines) -> tuple[str | None, str]:
    given = ""
    while taken := lines.next():
        line = taken[1]
        if line is None:
            return None, ";"
        if found := re.fullmatch(r"sep=(.)", line.strip("\r\n\ufeff"), re.IGNORECASE):
            given = found[1]  # Excel's own way to name the delimiter
        elif line.strip():
            return line, given or _delimiter(line)
    return None, ";"


def _delimiter(heading: str) -> str:
    outside_quotes = re.sub(r'"[^"]*"', "", heading)
    return max(";,\t", key=outside_quotes.count)


def _records(lines: _Lines, delimiter: str, width: int) -> Iterator[_Found]:
    nothing = f'{delimiter}" \t'
    while taken := lines.next():
        number, line = taken
        if line is None:
            yield _Found(number, [], _TOO_LONG)
        elif not line.strip(nothing) and line.count('"') % 2 == 0:
            yield _Found(number, [""] * width)
        elif '"' in line:
            yield _quoted(number, line, lines, delimiter, width)
        else:
            fields = line.split(delimiter)
            yield _counted(number, _unmarked(fields) if "'" in line else fields, width)


def _counted(number: int, fields: list[str], width: int) -> _Found:
    return _Found(number, fields, None if len(fields) == width else _COUNT)


def _quoted(number: int, line: str, lines: _Lines, delimiter: str, width: int) -> _Found:
    """Read a record with quotes, over several lines if it must; find the way back if it fails."""
    taken: list[tuple[int, str | None]] = []
    text, fields = line, _fields(line, delimiter)
    while fields is _OPEN and len(taken) < MOST_LINES and (following := lines.next()):
        taken.append(following)
        if following[1] is None or _lost_quote(line, following[1], delimiter, width):
            break
        text = f"{text}\n{following[1]}"
        fields = _fields(text, delimiter)
    if isinstance(fields, list) and (len(fields) == width or not taken):
        return _counted(number, _unmarked(fields), width)
    lines.put_back(taken)
    _skip_tail(line, lines, delimiter, width)
    short = isinstance(fields, list) and line.count(delimiter) < width - 1
    return _Found(number, [], _COUNT if short else _BROKEN)


def _lost_quote(line: str, following: str, delimiter: str, width: int) -> bool:
    """Whether the line after an open quote looks like a record of its own: a quote is lost.

    It does when it is one, or when it and the first line would both be one without their quotes.
    Where there is one column nothing can be told apart.
    """
    if width == 1:
        return False
    both = min(line.count(delimiter), following.count(delimiter)) >= width - 1
    return both or _is_record(following, delimiter, width)


def _is_record(line: str, delimiter: str, width: int) -> bool:
    fields = _fields(line, delimiter)
    return isinstance(fields, list) and len(fields) == width


def _skip_tail(line: str, lines: _Lines, delimiter: str, width: int) -> None:
    """After a broken quote: pass over the rest of the cell with newlines it may have been in."""
    seen = line.count(delimiter)
    while seen < width - 1 and (following := lines.next()):
        seen += (following[1] or "").count(delimiter)
        if seen >= width or not _is_tail(following[1], delimiter, width):
            lines.put_back([following])
            return


def _is_tail(line: str | None, delimiter: str, width: int) -> bool:
    # A blank line, a whole record or the beginning of one stands by itself.
    if not line or not line.strip():
        return False
    return _fields(line, delimiter) is not _OPEN and not _is_record(line, delimiter, width)


_OPEN, _WRONG = "open", "wrong"


def _fields(text: str, delimiter: str) -> list[str] | str:
    """Split a record strictly: its fields, or `open` inside a quoted one, or `wrong`."""
    try:
        fields = next(csv.reader([text], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return _slowly(text, delimiter)
    if any('"' in field or "\n" in field for field in fields):
        return _slowly(text, delimiter)
    return fields


def _slowly(text: str, delimiter: str) -> list[str] | str:
    field, fields, at = _field(delimiter), [], 0
    while found := field.match(text, at):
        fields.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        at = found.end()
        if at == len(text):
            return fields
        if text[at] != delimiter:
            return _OPEN if at == found.start() else _WRONG
        at += 1
    return _WRONG


@cache
def _field(delimiter: str) -> re.Pattern[str]:
    # Possessive (*+), so that a doubled quote is never taken for the closing one.
    return re.compile(rf'"([^"]*+(?:""[^"]*+)*+)"|([^"{re.escape(delimiter)}]*)')


def _unmarked(fields: list[str]) -> list[str]:
    # Our own exports mark what a spreadsheet would take for a formula with an apostrophe.
    return [unmarked(f) for f in fields]
