"""Figures and moments as Dutch people write them: € 712,30 · zondag 22 november 2026 · 12 min."""

from __future__ import annotations

from datetime import date, datetime
from typing import SupportsInt, TypeGuard, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

Known = TypeVar("Known")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NONE = "–"
"""What stands where nothing is known."""
DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
SHORT = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
HARD = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
KILOMETRE = 1_000


def _known(value: Known | None) -> TypeGuard[Known]:
    return value is not None and not pd.isna(value)


def euro(cents: SupportsInt | None) -> str:
    """Give eurocents as an amount: 71230 is `€ 712,30`, 71200 is `€ 712,00`."""
    if not _known(cents):
        return NONE
    whole, rest = divmod(abs(int(cents)), 100)
    return f"€{HARD}{MINUS if int(cents) < 0 else ''}{number(whole)},{rest:02}"


def number(value: SupportsInt | None) -> str:
    """Give a whole number: 12345 is `12.345`."""
    if not _known(value):
        return NONE
    told = f"{abs(int(value)):,}".replace(",", ".")
    return (MINUS if int(value) < 0 else "") + told


def signed(value: SupportsInt | None) -> str:
    """Give a difference: `+3`, `−4`, `0`."""
    if not _known(value):
        return NONE
    return ("+" if int(value) > 0 else "") + number(value)


def minutes(value: SupportsInt | None) -> str:
    """Give minutes on foot: `12 min.`."""
    return NONE if not _known(value) else f"{number(value)}{HARD}min."


def metres(value: SupportsInt | None) -> str:
    """Give a distance: `350 m`, and from a kilometre `1,2 km`."""
    if not _known(value):
        return NONE
    if int(value) < KILOMETRE:
        return f"{int(value)}{HARD}m"
    whole, tenth = divmod((int(value) + 50) // 100, 10)
    return f"{number(whole)},{tenth}{HARD}km"


def day(value: date | None) -> str:
    """Give a day in full: `zondag 22 november 2026`; of a moment, the day it was in Amsterdam."""
    found = _day_of(value)
    return NONE if found is None else f"{DAYS[found.weekday()]} {_dated(found)} {found.year}"


def short_day(value: date | None) -> str:
    """Give a day in brief: `22 nov 2026`."""
    found = _day_of(value)
    return NONE if found is None else f"{found.day}{HARD}{SHORT[found.month - 1]} {found.year}"


def moment(value: datetime | None) -> str:
    """Give a moment as the clock in Amsterdam showed it: `22 nov 14:02`. UTC if it says no zone."""
    if not _known(value):
        return NONE
    here = _here(value)
    return f"{here.day}{HARD}{SHORT[here.month - 1]} {here:%H:%M}"


def many(count: int, one: str, more: str) -> str:
    """Give a number with its noun: `1 woning`, `2 woningen`, `geen woningen`."""
    if count == 0:
        return f"geen {more}"
    return f"{number(count)}{HARD}{one if count == 1 else more}"


def _dated(found: date) -> str:
    return f"{found.day} {MONTHS[found.month - 1]}"


def _day_of(value: date | None) -> date | None:
    if not _known(value):
        return None
    return _here(value).date() if isinstance(value, datetime) else value


def _here(value: datetime) -> datetime:
    zone = value.tzinfo or ZoneInfo("UTC")
    return value.replace(tzinfo=zone).astimezone(AMSTERDAM)
