"""The report in parts, in the order in which RIGO evaluates: what goes in, what comes of it, why.

Input (time, money), output (moves, chains), outcome (what it is worth), mechanism (how it comes).
Every figure stands as a difference from doing nothing, with its interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from desk.paper.whatif import cells
from desk.paper.whatif.answers import SAME
from desk.paper.whatif.cells import BUILT
from desk.paper.whatif.figured import FEW, UNKNOWN, between, figure, signed
from desk.paper.whatif.shapes import NOTHING, Point
from desk.reading.words import FACILITIES
from matching.simulate.catalogue import MEASURES
from matching.simulate.comparison import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data_contracts.words import FacilityKind
    from matching.simulate.comparison import Comparison

RATIOS = {"passend": "Passend toegewezen (norm: minstens 95 %)"}
RATIOS |= {"daeb": "Aan de doelgroep verhuurd (norm: minstens 92,5 %, of 85 % met afspraken)"}
RATIOS |= {"local": "Met voorrang door lokale binding (hoogstens 50 %)"}
CHAINS = {WHOLE: "Verhuizingen per keten"}
CHAINS |= {BUILT: "Verhuizingen per keten die met nieuwbouw begint"}
PER_PLACE = ("moves", "freed", "older_unsuitable")
"""What is told per neighbourhood, beside how long chains are."""
PLACE, UNPLACED = "neighbourhood:", "onbekend"
UNSURE = "hoe zeker is niet te zeggen"
ALONE = "gemiddelde; bij niets doen zijn er geen of te weinig"
"""What is said of a figure that has nothing to be compared with."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report: what it is about, its measures, and the charts that stand in it."""

    title: str
    told: str
    measures: tuple[str, ...]
    charts: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()
    facilities: tuple[FacilityKind, ...] = ()


PARTS = (
    Part(
        "Wat het kost",
        "Tijd en geld: wat er van u wordt gevraagd.",
        ("scheme_cost", "coach_minutes", "vacancy_days", "open_homes", "rent_sum"),
    ),
    Part(
        "Wat er gebeurt",
        "Verhuizingen en ketens: wat er in gang komt.",
        (
            *("moves", "moves_older", "moves_families", "moves_starters", "moves_outside"),
            *("moves_urgent", "chains_begun", "freed", "proposals", "declined"),
        ),
        ("verschillen", "moves-per-jaar"),
    ),
    Part(
        "Wat het oplevert",
        "Wie beter woont, en hoe het met de normen staat.",
        (
            *("older_unsuitable_low", "older_unsuitable", "older_unsuitable_high"),
            *("older_to_suitable", "family_homes_freed", "tie_minutes", "facility_gain"),
            *("facilities_missing", "care_in_zone", "care_outside_zone", "mix_outside_band"),
            "seekers",
        ),
        (
            *("older-unsuitable-per-jaar", "vrijgekomen-huurklasse", "vrijgekomen-kamers"),
            "vrijgekomen-toegankelijkheid",
        ),
        ("passend", "daeb", "local"),
        facilities=tuple(FACILITIES),
    ),
    Part(
        "Hoe dat komt",
        "Hoe lang ketens zijn, hoe zij eindigen en wie er aan het eind een huis heeft.",
        ("housed_last", "housed_last_families", "housed_last_urgent"),
        ("ketenlengte", "keteneinden"),
        chains=(WHOLE, BUILT),
    ),
    Part(
        "Hoe gevoelig het antwoord is",
        "Dezelfde berekening met een andere kans dat een voorstel doorgaat.",
        (),
        ("slaagkans-moves", "slaagkans-older-to-suitable"),
    ),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One scenario's difference from doing nothing, in words: `+34`, `20 tot 48`, and a verdict."""

    told: str
    interval: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of a table: what was counted, what doing nothing came to, and the differences."""

    title: str
    unit: str
    baseline: str
    differences: tuple[Difference, ...]


def measured(comparison: Comparison, part: Part) -> tuple[Measured, ...]:
    """Give the lines of a part; what was not counted has none."""
    return (
        *(line for one in part.measures if (line := _measured(comparison, one)) is not None),
        *(line for one in part.facilities if (line := _without(comparison, one)) is not None),
        *(line for one in part.chains if (line := _chain(comparison, one)) is not None),
        *(line for one in part.ratios if (line := _ratio(comparison, one)) is not None),
    )


def _measured(comparison: Comparison, measure: str) -> Measured | None:
    found = cells.whole(comparison, measure)
    away = cells.whole(comparison, measure, difference=True)
    known = MEASURES[measure]
    when = "aan het eind" if known.kind == "stock" else ""
    unit = ", ".join(part for part in (cells.unit_of(measure)[0], when) if part)
    return _line(comparison, known.title, unit, found, away)


def _without(comparison: Comparison, kind: FacilityKind) -> Measured | None:
    found = cells.without(comparison, kind)
    away = cells.without(comparison, kind, difference=True)
    title = f"Ouderen zonder {FACILITIES[kind]} op rollatorafstand"
    return _line(comparison, title, "huishoudens, aan het eind", found, away)


def _ratio(comparison: Comparison, ratio: str, year: int = 0) -> Measured | None:
    table = comparison.ratios
    rows = table[(table["ratio"] == ratio) & (table["year"] == year)].to_dict("records")
    found = {str(row["scenario"]): cells.point(row) for row in rows}
    away = {str(row["scenario"]): cells.point(row, difference=True) for row in rows}
    title = f"{year}: {RATIOS[ratio]}" if year else RATIOS[ratio]
    return _line(comparison, title, "% (verschil in procentpunten)", found, away)


def norms(comparison: Comparison) -> tuple[Measured, ...]:
    """Give the norms year by year."""
    years = sorted({int(year) for year in comparison.ratios["year"]} - {0})
    lines = (_ratio(comparison, ratio, year) for ratio in RATIOS for year in years)
    return tuple(line for line in lines if line is not None)


def _chain(comparison: Comparison, cause: str) -> Measured | None:
    found = cells.chain_lengths(comparison, cause)
    away = cells.chain_lengths(comparison, cause, difference=True)
    if cause and not any(found[name].shown for name in cells.others(comparison) if name in found):
        return None
    line = _line(comparison, CHAINS[cause], "verhuizingen", found, away)
    if line is None or found.get(comparison.baseline, NOTHING).shown:
        return line
    alone = tuple(_alone(found.get(name, NOTHING)) for name in cells.others(comparison))
    return replace(line, differences=alone)


def _alone(point: Point) -> Difference:
    if not point.shown:
        return difference(point)
    return Difference(figure(point.value), between(point.low, point.high), ALONE)


def _line(
    comparison: Comparison,
    title: str,
    unit: str,
    found: Mapping[str, Point],
    away: Mapping[str, Point],
) -> Measured | None:
    if not found:
        return None
    return Measured(
        title=title,
        unit=unit,
        baseline=_told(found.get(comparison.baseline, NOTHING)),
        differences=tuple(difference(away.get(name, NOTHING)) for name in cells.others(comparison)),
    )


def _told(point: Point) -> str:
    return FEW if point.few else figure(point.value)


def difference(point: Point) -> Difference:
    """Say a difference honestly: an interval that holds zero is no difference to speak of."""
    if point.few:
        return Difference(FEW, "", "")
    if not point.shown:
        return Difference(UNKNOWN, "", "")
    interval = between(point.low, point.high)
    if not interval:
        return Difference(signed(point.value), "", UNSURE)
    way = "meer" if (point.value or 0) > 0 else "minder"
    return Difference(signed(point.value), interval, f"aantoonbaar {way}" if point.clear else SAME)


def explained(parts: Sequence[Part]) -> tuple[tuple[str, str], ...]:
    """Say of every measure in the report what was counted."""
    return tuple(
        (MEASURES[one].title, MEASURES[one].explained)
        for part in parts
        for one in part.measures
        if one in MEASURES
    )


def by_neighbourhood(comparison: Comparison) -> tuple[tuple[str, tuple[Measured, ...]], ...]:
    """Give the tables per neighbourhood: what was counted, and a line for each place."""
    groups = comparison.totals["group"]
    places = sorted({group for group in groups.unique() if group.startswith(PLACE)})
    counted = {_titled(one): partial(cells.whole, comparison, one) for one in PER_PLACE}
    counted |= {CHAINS[WHOLE]: partial(cells.place_lengths, comparison)}
    tables = ((title, _placed(comparison, places, points)) for title, points in counted.items())
    return tuple((title, lines) for title, lines in tables if lines)


def _titled(measure: str) -> str:
    known = MEASURES[measure]
    return f"{known.title}, aan het eind" if known.kind == "stock" else known.title


def _placed(
    comparison: Comparison, places: Sequence[str], points: Callable[..., dict[str, Point]]
) -> tuple[Measured, ...]:
    lines = (
        _line(
            comparison,
            place.removeprefix(PLACE) or UNPLACED,
            "",
            points(group=place),
            points(group=place, difference=True),
        )
        for place in places
    )
    return tuple(line for line in lines if line is not None)


def distances(comparison: Comparison, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Say per scenario how far the plans inside the runs are from the best there is."""
    table = comparison.distance
    rows = table[table["acceptance"] == comparison.acceptance].to_dict("records")
    return tuple(
        _distance(titles.get(str(row["scenario"]), str(row["scenario"])), row) for row in rows
    )


def _distance(title: str, row: Mapping[str, float]) -> str:
    said = (
        f"{title}: {figure(row['months'], digits=0)} plannen gemaakt. Beter kon het gemiddeld "
        f"hoogstens {figure(row['mean_gap'], digits=2)} %, en in de slechtste maand hoogstens "
        f"{figure(row['worst_gap'], digits=2)} %."
    )
    if not row["sampled"]:
        return f"{said} Met de exacte motor is niets nagerekend."
    return (
        f"{said} Nagerekend met de exacte motor: {figure(row['sampled'], digits=0)} plannen, "
        f"gemiddeld {figure(row['mean_from_exact'], digits=2)} % onder het beste, hoogstens "
        f"{figure(row['worst_from_exact'], digits=2)} %."
    )
