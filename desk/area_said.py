"""An area in words: sentences and rows of figures, of people only tens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.figures import metres, number
from desk.reading.words import FACILITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matching.area import Area, Count, Shock, Square

WINDS = (
    *("noorden", "noordoosten", "oosten", "zuidoosten"),
    *("zuiden", "zuidwesten", "westen", "noordwesten"),
)
"""Every 45 degrees, from the north by the east."""
NEAREST = 50
Spot = tuple[int, int]
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


@dataclass(frozen=True, slots=True)
class Placed:
    """A square of the map in words: where it is, its homes, how many have what it is about near."""

    where: str
    homes: int
    near: int


def middle_of(squares: Sequence[Square]) -> Spot:
    """Give the middle of the homes in squares (RD metres)."""
    homes = sum(one.homes for one in squares)
    x, y = (sum(one.place[axis] * one.homes for one in squares) // homes for axis in (0, 1))
    return x, y


def placed(squares: Sequence[Square], middle: Spot) -> list[Placed]:
    """Give what stands on a map as rows, the largest squares first."""
    by = sorted(squares, key=lambda one: (-one.homes, one.place))
    return [Placed(whereabouts(one.place, middle), one.homes, one.near) for one in by]


def whereabouts(place: Spot, middle: Spot) -> str:
    """Say where a place lies from a middle: `300 m ten noordoosten`; rounded to 50 metres."""
    east, north = place[0] - middle[0], place[1] - middle[1]
    far = round(math.hypot(east, north) / NEAREST) * NEAREST
    if not far:
        return "in het midden"
    wind = WINDS[round(math.degrees(math.atan2(east, north)) / 45) % len(WINDS)]
    return f"{metres(far)} ten {wind}"


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
        "" if high is None else f"ruim gelezen {people(high)}",
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
    rows = shock.by_neighbourhood
    live = (
        _whole(shock.older, [row.older for row in rows], "oudere huishoudens"),
        _whole(shock.care, [row.care for row in rows], "huishoudens met een zorgvraag"),
    )
    who = " en ".join(filter(None, live))
    return (
        f"Sluit deze {kind}, dan {'heeft' if one else 'hebben'} {number(shock.homes)} "
        f"{'woning' if one else 'woningen'} geen {kind} meer binnen {metres(distance)} lopen"
        f"{'; daar wonen ' if who else ''}{who}."
    )


def _whole(count: Count, parts: Sequence[Count], what: str) -> str:
    """Say how many there are together: at least, where a neighbourhood is not told."""
    least = "minstens " if None in parts else ""
    return "" if count is None else f"{least}{people(count)} {what}"
