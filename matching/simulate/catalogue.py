"""Everything that is counted in a simulation: what it is called, what it means, how sure it is.

The texts are shown to planners as they stand. A group is a dimension and a value (`home:eengezins
klein`); of a dimension that is not `overlapping` the groups add up to the whole, and a group that
is not told is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matching.simulate.counted import ROWS

if TYPE_CHECKING:
    from matching.simulate.counted import Better, Kind, Row


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted each month.

    A `flow` is added up over months, a `stock` is what stands at the end of one. `people`: it
    counts people or households, so that a small cell is not shown. `better` says which direction
    is good, None where that depends. Of a dimension in `overlapping` the groups do not add up.
    """

    name: str
    title: str
    unit: str
    kind: Kind
    better: Better | None
    groups: tuple[str, ...]
    people: bool
    explained: str
    overlapping: tuple[str, ...] = ()


_PEOPLE = ("huishoudens", "verhuringen", "voorstellen")
"""What is counted in these, counts people."""
_OVERLAPPING = ("facility", "resident")
"""One household may have several places nearby, one complex may be outside both its bands."""


def _measure(row: Row) -> Measure:
    name, title, unit, kind, better, dimensions, explained = row
    groups = tuple(dimensions.split())
    overlapping = tuple(one for one in groups if one in _OVERLAPPING)
    people = unit in _PEOPLE
    return Measure(name, title, unit, kind, better, groups, people, explained, overlapping)


MEASURES: dict[str, Measure] = {row[0]: _measure(row) for row in ROWS}
"""By name, in the order in which they are shown."""
