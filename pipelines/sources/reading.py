"""What all readers share: how a typed value is written as text, and the hash of a file."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from pathlib import Path

MOST_COLUMNS = 1_000
_EXCEL_DIGITS = (
    ".15g"  # what a spreadsheet shows of a number; the rest is noise of binary fractions
)
_THOUSANDS = 3


class UnreadableFile(VerhuisketenError):
    """Dit bestand is niet te lezen. Lever het opnieuw aan."""


class Nested(ValueError):
    """A value that is itself a list, an object or bytes: no cell."""


def sha256_of(path: Path) -> str:
    """Give the sha256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_columns(columns: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Refuse a heading that is none: nothing in it, or far too much."""
    if not any(column.strip() for column in columns):
        raise UnreadableFile(f"{name} heeft geen kopregel. Zet de namen van de kolommen bovenaan.")
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFile(f"{name} heeft meer dan {MOST_COLUMNS} kolommen. Controleer het.")
    return columns


def written(value: object) -> str:
    """Write a typed value as the text a careful person would have typed.

    3.0 becomes `3`, 612.45 `612.45`, True `J`, a date ISO. Raises Nested for what is no cell.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "J" if value else "N"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return written_number(value)
    return _written_time(value)


def _written_time(value: object) -> str:
    if isinstance(value, datetime):
        midnight = value.time() == time.min
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    raise Nested


def written_number(value: float | Decimal) -> str:
    """Write a number without exponent, without needless zeros, never to be read as thousands."""
    number = Decimal(format(value, _EXCEL_DIGITS)) if isinstance(value, float) else value
    if not number.is_finite():
        return "" if number.is_nan() else str(number)
    return _unmistakable(format(number, "f"))


def written_figure(figure: str) -> str:
    """Write a number as it stood in JSON; one with an exponent is left as it is."""
    return figure if "e" in figure.lower() else _unmistakable(figure)


def _unmistakable(figure: str) -> str:
    whole, _, fraction = figure.partition(".")
    fraction = fraction.rstrip("0")
    if not fraction:
        return "0" if whole == "-0" else whole
    # 184.825 would read as 184 thousand in Dutch; 184.8250 is the same number and cannot.
    return f"{whole}.{fraction}{'0' if len(fraction) == _THOUSANDS else ''}"
