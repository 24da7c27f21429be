"""Reading a comparison: one figure at a time, in the unit that a planner thinks in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.paper.whatif.shapes import NOTHING, Point
from matching.simulate.catalogue import MEASURES
from matching.simulate.comparison import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from data_contracts.words import FacilityKind
    from matching.simulate.comparison import Comparison

BUILT = "nieuwbouw"
"""The cause of a chain that begins with a new home."""
UNITS = {"eurocent": ("euro", 100.0), "coach_minutes": ("uren", 60.0)}
"""What is counted finely is told in: a unit, and how many of the fine ones go in it."""


def unit_of(measure: str) -> tuple[str, float]:
    """Give the unit a measure is told in, and by what its figures are divided."""
    told = MEASURES[measure].unit
    return UNITS.get(measure) or UNITS.get(told) or (told, 1.0)


def point(row: Mapping[str, Any], *, per: float = 1.0, difference: bool = False) -> Point:
    """Read the mean of a row, or its difference from doing nothing, with the interval."""
    names = (
        ("difference", "difference_low", "difference_high")
        if difference
        else ("mean", "low", "high")
    )
    value, low, high = (_number(row[name], per) for name in names)
    return Point(value, low, high, few=bool(row["suppressed"]))


def _number(value: float, per: float) -> float | None:
    return None if value != value else value / per  # noqa: PLR0124 - only NaN differs from itself


def whole(
    comparison: Comparison,
    measure: str,
    *,
    group: str = WHOLE,
    difference: bool = False,
    acceptance: int | None = None,
) -> dict[str, Point]:
    """Give per scenario what a measure came to over the whole horizon, all together or a group."""
    table = comparison.totals
    level = comparison.acceptance if acceptance is None else acceptance
    here = (table["measure"] == measure) & (table["group"] == group)
    rows = table[here & (table["acceptance"] == level)]
    per = unit_of(measure)[1]
    return {row["scenario"]: point(row, per=per, difference=difference) for row in _rows(rows)}


def without(
    comparison: Comparison, kind: FacilityKind, *, difference: bool = False
) -> dict[str, Point]:
    """Give per scenario how many older households have no such facility nearby at the end."""
    return whole(comparison, "facilities_missing", group=f"facility:{kind}", difference=difference)


def yearly(
    comparison: Comparison, measure: str, *, difference: bool = False
) -> dict[tuple[str, int], Point]:
    """Give per scenario and year what a measure came to."""
    table = comparison.yearly
    rows = table[(table["measure"] == measure) & (table["group"] == WHOLE)]
    per = unit_of(measure)[1]
    return {
        (row["scenario"], int(row["year"])): point(row, per=per, difference=difference)
        for row in _rows(rows)
    }


def lengths(
    comparison: Comparison, measure: str, by: str, *, difference: bool = False
) -> dict[tuple[str, str, str], Point]:
    """Give per scenario, cause and home class a figure of chains, told apart as `by` says."""
    table = comparison.lengths
    rows = table[(table["by"] == by) & (table["measure"] == measure)]
    return {
        (row["scenario"], row["cause"], row["home"]): point(row, difference=difference)
        for row in _rows(rows)
    }


def chain_lengths(
    comparison: Comparison, cause: str, *, difference: bool = False
) -> dict[str, Point]:
    """Give per scenario how many moves a chain has that began so; WHOLE: however it began."""
    found = lengths(comparison, "moves", "cause" if cause else WHOLE, difference=difference)
    return {name: point_ for (name, why, _), point_ in found.items() if why == cause}


def place_lengths(
    comparison: Comparison, *, group: str, difference: bool = False
) -> dict[str, Point]:
    """Give per scenario how many moves a chain has that began in `neighbourhood:…`."""
    table = comparison.lengths
    here = (table["by"] == "neighbourhood") & (table["measure"] == "moves")
    rows = table[here & (table["neighbourhood"] == group.partition(":")[2])]
    return {row["scenario"]: point(row, difference=difference) for row in _rows(rows)}


def freed(
    comparison: Comparison, dimension: str, *, difference: bool = False
) -> dict[tuple[str, str], Point]:
    """Give per scenario and kind how many homes came free over the whole horizon."""
    table = comparison.freed_by
    rows = table[table["dimension"] == dimension]
    return {
        (row["scenario"], row["kind"]): point(row, difference=difference) for row in _rows(rows)
    }


def ends(comparison: Comparison) -> dict[tuple[str, str], tuple[int, float]]:
    """Give per scenario and end which share of chains it is (tenths of a percent), and how many."""
    table = comparison.ends
    rows = _rows(table[table["by"] == WHOLE])
    return {
        (row["scenario"], row["end"]): (int(row["tenths"]), float(row["chains"])) for row in rows
    }


def replications(comparison: Comparison, name: str) -> dict[int, int]:
    """Give how often a scenario was run by acceptance level."""
    runs = comparison.runs[comparison.runs["scenario"] == name].sort_values("acceptance")
    return {int(row["acceptance"]): int(row["replications"]) for row in _rows(runs)}


def others(comparison: Comparison) -> tuple[str, ...]:
    """Give the scenarios that are not doing nothing."""
    return tuple(name for name in comparison.scenarios if name != comparison.baseline)


def of_all(found: Mapping[str, Point], names: tuple[str, ...]) -> tuple[Point, ...]:
    """Give a point for each scenario; where nothing was counted, none."""
    return tuple(found.get(name, NOTHING) for name in names)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_dict("records")
    return rows
