"""An area in words: sentences and rows of figures, of people only tens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.figures import metres, number
from desk.reading.words import FACILITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matching.area import Area, Count, Shock

FEW = "minder dan 10"
"""What stands where fewer are than may be told."""


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
    """Say how many households there are: by tens, or that there are few."""
    return FEW if count is None else f"ongeveer {number(count)}"


def bars(rows: Iterable[tuple[str, int]], whole: int) -> list[Bar]:
    """Give rows of homes with their part of the whole, rounded half up."""
    return [Bar(name, homes, _percent(homes, whole)) for name, homes in rows]


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole) if whole else 0


def range_said(area: Area) -> str:
    """Say how many older people live unsuitably: a range, for nobody knows for sure."""
    low, central, high = area.unsuitable
    if high is None:
        return f"{FEW} oudere huishoudens, ook naar de ruimste schatting."
    least = f"van {FEW}" if low is None else f"van {number(low)}"
    return f"{people(central)}; naar de schatting {least} tot {number(high)} oudere huishoudens."


def care_said(area: Area) -> str:
    """Say how many households that need care live in a zone, and how many outside it."""
    return f"{people(area.care_inside)} erbinnen, {people(area.care_outside)} erbuiten"


def closed_said(shock: Shock, distance: int) -> str:
    """Say in one sentence who falls outside when a facility closes."""
    kind = FACILITIES[shock.kind]
    if not shock.homes:
        return f"Sluit deze {kind}, dan houdt elke woning er een op loopafstand."
    one = shock.homes == 1
    return (
        f"Sluit deze {kind}, dan {'heeft' if one else 'hebben'} {number(shock.homes)} "
        f"{'woning' if one else 'woningen'} geen {kind} meer binnen {metres(distance)} lopen; "
        f"daar wonen {people(shock.older)} oudere huishoudens, en {people(shock.care)} met een "
        "zorgvraag."
    )
