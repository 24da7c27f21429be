"""The answer in three sentences: what changes, how sure that is, and what does not change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.paper.whatif import cells
from desk.paper.whatif.changes import change_in_words
from desk.paper.whatif.figured import between, figure
from desk.paper.whatif.said import listed, years
from desk.paper.whatif.shapes import NOTHING
from matching.simulate.catalogue import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data_contracts.scenario import Scenario
    from desk.paper.whatif.shapes import Point
    from matching.simulate.comparison import Comparison

CLAUSES = {
    "moves": "verhuizen er {} huishoudens {}",
    "older_unsuitable": "wonen er aan het eind {} ouderen {} in een ongeschikte woning",
    "older_to_suitable": "gaan er {} ouderen {} naar een geschikte woning",
    "family_homes_freed": "komen er {} gezinswoningen {} vrij",
}
"""What is told first, where it surely differs: how many, more or less."""
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
SAME = "niet te onderscheiden van niets doen"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one scenario is, and what there is to say of it."""

    name: str
    title: str
    question: str
    changes: tuple[str, ...]
    sentences: tuple[str, str, str]


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
        sentences=sentences(comparison, name),
    )


def sentences(comparison: Comparison, name: str) -> tuple[str, str, str]:
    """Say what changes, how sure that is, and what cannot be told from doing nothing."""
    told = {one: _of(comparison, one, name) for one in ASKED}
    found = {one: point for one, point in told.items() if _counts(comparison, one, point)}
    clear = [one for one in found if found[one].clear]
    same = [one for one in found if one not in clear and found[one].low is not None]
    return (
        _what_changes(comparison, found, clear),
        _how_sure(comparison, name, clear, found),
        _what_not(same, found),
    )


def _of(comparison: Comparison, measure: str, name: str, acceptance: int | None = None) -> Point:
    found = cells.whole(comparison, measure, difference=True, acceptance=acceptance)
    return found.get(name, NOTHING)


def _counts(comparison: Comparison, measure: str, point: Point) -> bool:
    """Say whether anything was counted at all: of what is nowhere there is nothing to tell."""
    if not point.shown:
        return False
    return any(one.value for one in cells.whole(comparison, measure).values())


def _what_changes(comparison: Comparison, found: Mapping[str, Point], clear: Sequence[str]) -> str:
    over = f"In {years(comparison.years)}"
    told = [clause(one, found[one]) for one in CLAUSES if one in clear][:MOST_CLAUSES]
    more = [_more_or_less(one, found[one]) for one in clear if one not in CLAUSES]
    if told:
        also = f"; ook is er {listed(more)}" if more else ""
        return f"{over} {listed(told)}, vergeleken met niets doen{also}."
    if more:
        return f"{over} is er {listed(more)}, vergeleken met niets doen."
    if found and all(point.low is None for point in found.values()):
        return f"{over} is met één herhaling geen verschil met niets doen aan te tonen."
    return f"{over} is op de hoofdpunten geen verschil met niets doen aan te tonen."


def clause(measure: str, point: Point) -> str:
    """Say a difference in words: `verhuizen er 85 huishoudens meer (60 tot 110)`."""
    value = point.value or 0.0
    ends = sorted(abs(one) for one in (point.low or 0.0, point.high or 0.0))
    way = "meer" if value > 0 else "minder"
    digits = 0 if abs(value) >= WHOLE_FROM else 1
    much = figure(abs(value), digits=digits)
    return f"{CLAUSES[measure].format(much, way)} ({between(*ends, digits=digits)})"


def _more_or_less(measure: str, point: Point) -> str:
    way = "meer" if (point.value or 0) > 0 else "minder"
    return f"{way} {NOUNS[measure]}"


def _how_sure(
    comparison: Comparison,
    name: str,
    clear: Sequence[str],
    found: Mapping[str, Point],
) -> str:
    runs = comparison.runs
    here = runs[(runs["acceptance"] == comparison.acceptance) & (runs["scenario"] == name)]
    times = int(here["replications"].sum())
    if times == 1:
        return "Er is maar één herhaling gerekend: hoe zeker dit is, valt niet te zeggen."
    base = f"Dit volgt uit {times} herhalingen bij een slaagkans van {comparison.acceptance} %"
    levels = sorted({int(one) for one in runs["acceptance"]} - {comparison.acceptance})
    if not levels:
        return f"{base}; met andere kansen is niet gerekend."
    doubt = [level for level in levels if not _same_way(comparison, name, level, clear, found)]
    said = listed([f"{level} %" for level in doubt or levels])
    if not clear:
        return f"{base}; ook met {said} is gerekend."
    if doubt:
        return f"{base}, maar bij {said} is niet elk verschil zo zeker."
    return f"{base}, en bij {said} wijst elk van deze verschillen dezelfde kant op."


def _same_way(
    comparison: Comparison,
    name: str,
    level: int,
    clear: Sequence[str],
    found: Mapping[str, Point],
) -> bool:
    there = [(_of(comparison, one, name, level), found[one]) for one in clear]
    return all(point.clear and (point.value or 0) * (here.value or 0) > 0 for point, here in there)


def _what_not(same: Sequence[str], found: Mapping[str, Point]) -> str:
    if same:
        told = listed([MEASURES[one].title.lower() for one in same])
        return f"{SAME[:1].upper()}{SAME[1:]}: {told}."
    if found:
        return "Of het in het echt zo gaat, is hiermee niet gezegd: het is een berekening."
    return "Er is te weinig gerekend om iets te zeggen."
