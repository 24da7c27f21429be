"""Figures as a planner reads them: 1.184,8 · +34 (20 tot 48) · niet getoond."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
FEW = "niet getoond"
"""What stands where a cell is not shown: for itself, or because it would tell another."""
FEW_NOTE = f"{FEW.capitalize()}: te weinig mensen, of een aantal waaruit dat zou volgen."
"""What that means, said once."""
UNKNOWN = "–"
"""What stands where nothing can be said: an interval of one replication, for instance."""
WHOLE_FROM = 100
"""From here on a decimal says nothing more."""


def known(value: float | None) -> bool:
    """Say whether there is a number at all."""
    return value is not None and not math.isnan(value)


def figure(value: float | None, *, digits: int | None = None) -> str:
    """Write a number the Dutch way; without `digits` one decimal below 100, none from there on."""
    if value is None or math.isnan(value):
        return UNKNOWN
    told = f"{abs(value):,.{_digits(value) if digits is None else digits}f}"
    told = told.translate(str.maketrans(",.", ".,"))
    whole = told.removesuffix(",0") if digits is None else told
    return f"{MINUS if value < 0 and any(c in '123456789' for c in whole) else ''}{whole}"


def _digits(value: float) -> int:
    return 0 if abs(value) >= WHOLE_FROM else 1


def as_printed(value: float) -> float:
    """Round a number to what `figure` prints of it."""
    return round(value, _digits(value))


def signed(value: float | None, *, digits: int | None = None) -> str:
    """Write a difference: `+34`, `−4`, `0`."""
    told = figure(value, digits=digits)
    more = value is not None and value > 0 and any(c in "123456789" for c in told)
    return f"+{told}" if more else told


def between(low: float | None, high: float | None, *, digits: int | None = None) -> str:
    """Write an interval: `20 tot 48`; nothing where it is not known."""
    if low is None or high is None or not (known(low) and known(high)):
        return ""
    return f"{figure(low, digits=digits)} tot {figure(high, digits=digits)}"
