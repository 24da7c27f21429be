"""An area in words: sentences and rows of figures, of people only tens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.figures import metres, number
from desk.reading.words import FACILITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matching.area import Area, Count, Shock

HIDDEN = "niet getoond"
"""What stands where few are, or where it would follow how many others are."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A name with what stands behind it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A name with homes, and what part of all they are (percent)."""

    name: str
    homes: int
    percent: int


def people(count: Count) -> str:
    """Say how many households there are: by tens, or that we do not say."""
    return HIDDEN if count is None else f"ongeveer {number(count)}"


def bars(rows: Iterable[tuple[str, int]], whole: int) -> list[Bar]:
    """Give rows of homes with their part of the whole, rounded half up."""
    return [Bar(name, homes, _percent(homes, whole)) for name, homes in rows]


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole) if whole else 0


def range_said(area: Area) -> str:
    """Say how many older people live unsuitably: a range, for nobody knows for sure."""
    low, central, high = area.unsuitable
    known = (
        "" if central is None else people(central),
        "" if low is None else f"minstens {people(low)}",
        "" if high is None else f"hoogstens {people(high)}",
    )
    return ", ".join(filter(None, known)) or HIDDEN


def care_said(area: Area) -> str:
    """Say how many households that need care live in a zone, and how many outside it."""
    return f"erbinnen: {people(area.care_inside)}; erbuiten: {people(area.care_outside)}"


def closed_said(shock: Shock, distance: int) -> str:
    """Say in one sentence who falls outside when a facility closes."""
    kind = FACILITIES[shock.kind]
    if not shock.homes:
        return f"Sluit deze {kind}, dan houdt elke woning er een op loopafstand."
    one = shock.homes == 1
    live = (
        "" if shock.older is None else f"{people(shock.older)} oudere huishoudens",
        "" if shock.care is None else f"{people(shock.care)} huishoudens met een zorgvraag",
    )
    who = " en ".join(filter(None, live))
    return (
        f"Sluit deze {kind}, dan {'heeft' if one else 'hebben'} {number(shock.homes)} "
        f"{'woning' if one else 'woningen'} geen {kind} meer binnen {metres(distance)} lopen"
        f"{'; daar wonen ' if who else ''}{who}."
    )
