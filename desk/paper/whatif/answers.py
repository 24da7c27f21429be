"""The answer in a few sentences: what changes, how sure that is, and what does not change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.scenario import FacilityCloses, FacilityOpens
from desk.paper.whatif import cells
from desk.paper.whatif.changes import change_in_words
from desk.paper.whatif.figured import as_printed, between, figure
from desk.paper.whatif.said import listed, repeated, years
from desk.paper.whatif.shapes import NOTHING, Point
from desk.reading.words import FACILITIES
from matching.simulate.catalogue import MEASURES
from matching.simulate.comparison import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data_contracts.scenario import Scenario
    from data_contracts.words import FacilityKind
    from matching.simulate.comparison import Comparison

    Points = tuple[Point, ...]
    Told = Mapping[str, Points]

CLAUSES = {
    "moves": "verhuizen er {} huishoudens {}",
    "older_unsuitable": (
        "wonen er aan het eind {} huishoudens van ouderen {} in een ongeschikte woning"
    ),
    "older_to_suitable": "gaan er {} huishoudens van ouderen {} naar een geschikte woning",
    "family_homes_freed": "komen er {} gezinswoningen {} vrij",
}
"""What is told first, where it demonstrably differs: how many, more or less."""
READINGS = {
    "older_unsuitable": ("older_unsuitable_low", "older_unsuitable", "older_unsuitable_high"),
}
"""What can be read in several ways (`domain.md` §5) differs only when it does in each of them."""
MOST_CLAUSES = 4
NOUNS = {
    "moves_starters": "verhuizing van starters",
    "vacancy_days": "leegstand",
    "scheme_cost": "geld nodig voor regelingen",
    "coach_minutes": "tijd van verhuiscoaches nodig",
}
"""What is told after that, as more or less of it."""
ASKED = (*CLAUSES, *NOUNS)
"""What the answer is about."""
WHOLE_FROM = 10
"""From here on a sentence about people says no decimals."""
READ = "naar gelang de lezing; met het toeval erbij "
"""What is said of a range over readings, before the interval around them all."""
SAME = "niet te onderscheiden van niets doen"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one scenario is, and what there is to say of it."""

    name: str
    title: str
    question: str
    changes: tuple[str, ...]
    sentences: tuple[str, ...]


def answers(comparison: Comparison, scenarios: Sequence[Scenario]) -> tuple[Answer, ...]:
    """Answer for every scenario that was run, in the order of the comparison."""
    known = {scenario.name: scenario for scenario in scenarios}
    return tuple(_answer(comparison, known.get(name), name) for name in cells.others(comparison))


def _answer(comparison: Comparison, scenario: Scenario | None, name: str) -> Answer:
    return Answer(
        name=name,
        title=scenario.title if scenario else name,
        question=scenario.question if scenario else "",
        changes=tuple(change_in_words(one) for one in scenario.changes) if scenario else (),
        sentences=(*sentences(comparison, name), *_near_by(comparison, name, scenario)),
    )


def _near_by(comparison: Comparison, name: str, scenario: Scenario | None) -> tuple[str, ...]:
    """Say who has no such facility nearby, where the scenario opens or closes some."""
    changes = scenario.changes if scenario else ()
    asked = [one for one in changes if isinstance(one, FacilityCloses | FacilityOpens)]
    kinds = {one.kind for one in asked}
    told = [kind for kind in FACILITIES if asked and (kind in kinds or None in kinds)]
    return tuple(_without(comparison, name, kind) for kind in told)


def _without(comparison: Comparison, name: str, kind: FacilityKind) -> str:
    point = cells.without(comparison, kind, difference=True).get(name, NOTHING)
    what = f"geen {FACILITIES[kind]} op rollatorafstand"
    if not point.clear:
        return f"Hoeveel huishoudens van ouderen {what} hebben, is {SAME}."
    ends = sorted(abs(one) for one in (point.low or 0.0, point.high or 0.0))
    much = figure(abs(point.value or 0.0), digits=0)
    return (
        f"Aan het eind hebben {much} huishoudens van ouderen {_way((point,))} dan bij niets doen "
        f"{what} ({between(*ends, digits=0)})."
    )


def sentences(comparison: Comparison, name: str) -> tuple[str, ...]:
    """Say what changes, how long chains are, how sure that is, and what cannot be told apart."""
    told = {one: _readings(comparison, one, name) for one in ASKED}
    found = {one: points for one, points in told.items() if _counts(comparison, one, points)}
    clear = [one for one in found if together(found[one]).clear]
    same = [one for one in found if one not in clear and together(found[one]).low is not None]
    said = (
        _what_changes(comparison, found, clear),
        _how_long(comparison, name),
        _how_sure(comparison, name, clear, found),
        _what_not(same, found),
    )
    return tuple(one for one in said if one)


def _readings(
    comparison: Comparison, measure: str, name: str, acceptance: int | None = None
) -> Points:
    """Give the difference by every reading of a measure that may be shown."""
    found = (
        cells.whole(comparison, one, difference=True, acceptance=acceptance).get(name, NOTHING)
        for one in READINGS.get(measure, (measure,))
    )
    return tuple(point for point in found if point.shown)


def together(points: Points) -> Point:
    """Put readings in one point around them all: it is clear only when each points one way."""
    low, high = ([getattr(point, end) for point in points] for end in ("low", "high"))
    if not points or None in (*low, *high):
        return Point(points[0].value if points else None)
    return Point(points[len(points) // 2].value, min(low), max(high))


def _counts(comparison: Comparison, measure: str, points: Points) -> bool:
    """Say whether anything was counted at all: of what is nowhere there is nothing to tell."""
    if not points:
        return False
    every = (cells.whole(comparison, one) for one in READINGS.get(measure, (measure,)))
    return any(one.value for found in every for one in found.values())


def _what_changes(comparison: Comparison, found: Told, clear: Sequence[str]) -> str:
    over = f"In {years(comparison.years)}"
    told = [clause(one, found[one]) for one in CLAUSES if one in clear][:MOST_CLAUSES]
    more = [_more_or_less(one, found[one]) for one in clear if one not in CLAUSES]
    if told:
        also = f"; ook is er {listed(more)}" if more else ""
        return f"{over} {listed(told)}, vergeleken met niets doen{also}."
    if more:
        return f"{over} is er {listed(more)}, vergeleken met niets doen."
    if found and all(together(points).low is None for points in found.values()):
        return f"{over} is met één herhaling geen verschil met niets doen aan te tonen."
    return f"{over} is op de hoofdpunten geen verschil met niets doen aan te tonen."


def clause(measure: str, points: Points) -> str:
    """Say a difference in words: `verhuizen er 85 huishoudens meer (60 tot 110)`.

    Of several readings the least and the most, and the interval around them all.
    """
    whole = together(points)
    values = sorted(abs(point.value or 0.0) for point in points)
    ends = sorted(abs(one) for one in (whole.low or 0.0, whole.high or 0.0))
    digits = 0 if values[0] >= WHOLE_FROM and ends[0] >= 1 else None
    least, most = (figure(one, digits=digits) for one in (values[0], values[-1]))
    said = CLAUSES[measure].format(least if least == most else f"{least} tot {most}", _way(points))
    readings = READ if least != most else ""
    return f"{said} ({readings}{between(*ends, digits=digits)})"


def _more_or_less(measure: str, points: Points) -> str:
    return f"{_way(points)} {NOUNS[measure]}"


def _way(points: Points) -> str:
    return "meer" if (together(points).value or 0) > 0 else "minder"


def _how_long(comparison: Comparison, name: str) -> str:
    """Say how long a chain of new homes is; without those, how much longer or shorter chains are.

    Doing nothing seldom has new homes, so there is mostly no difference of those to tell.
    """
    built = cells.chain_lengths(comparison, cells.BUILT).get(name, NOTHING)
    if built.shown:
        return f"Een keten die met nieuwbouw begint telt gemiddeld {moves_in_words(built)}."
    away = cells.chain_lengths(comparison, WHOLE, difference=True).get(name, NOTHING)
    if not away.clear:
        return ""
    ends = sorted(abs(one) for one in (away.low or 0.0, away.high or 0.0))
    return (
        f"Een keten telt gemiddeld {figure(abs(away.value or 0.0))} verhuizingen {_way((away,))} "
        f"dan bij niets doen ({between(*ends)})."
    )


def moves_in_words(point: Point) -> str:
    """Say a length: `2,6 verhuizingen (2,3 tot 2,9)`."""
    chance = between(point.low, point.high)
    return f"{figure(point.value)} verhuizingen{f' ({chance})' if chance else ''}"


def _how_sure(comparison: Comparison, name: str, clear: Sequence[str], found: Told) -> str:
    runs = cells.replications(comparison, name)
    times = runs.pop(comparison.acceptance, 0)
    if times == 1:
        return "Er is maar één herhaling gerekend: hoe zeker dit is, valt niet te zeggen."
    base = f"Dit volgt uit {times} herhalingen bij een slaagkans van {comparison.acceptance} %"
    if not runs:
        return f"{base}; met andere kansen is niet gerekend."
    doubt = [level for level in runs if _turns(comparison, name, level, clear, found)]
    said = _levels({one: runs[one] for one in doubt or runs})
    if not clear:
        return f"{base}; ook met {said} is gerekend."
    if doubt:
        return f"{base}, maar bij {said} wijst niet elk verschil dezelfde kant op."
    seen = all(_readings(comparison, one, name, level) for one in clear for level in runs)
    each = "elk van deze verschillen" if seen else "elk verschil dat daar getoond is"
    return f"{base}, en bij {said} wijst {each} dezelfde kant op."


def _levels(runs: Mapping[int, int]) -> str:
    """Say levels with how often each was run: `20 % en 60 % (elk 2 herhalingen)`."""
    if len(runs) > 1 and len({*runs.values()}) == 1:
        levels = listed([f"{level} %" for level in runs])
        return f"{levels} (elk {repeated(next(iter(runs.values())))})"
    return listed([f"{level} % ({repeated(times)})" for level, times in runs.items()])


def _turns(
    comparison: Comparison, name: str, level: int, clear: Sequence[str], found: Told
) -> bool:
    """Say whether a difference turns round at another level; fewer runs only make it wider."""
    there = ((_readings(comparison, one, name, level), found[one]) for one in clear)
    return any(
        as_printed(together(points).value or 0) * (together(here).value or 0) < 0
        for points, here in there
    )


def _what_not(same: Sequence[str], found: Told) -> str:
    if same:
        told = listed([MEASURES[one].title.lower() for one in same])
        return f"{SAME[:1].upper()}{SAME[1:]}: {told}."
    if found:
        return "Of het in het echt zo gaat, is hiermee niet gezegd: het is een berekening."
    return "Er is te weinig gerekend om iets te zeggen."
