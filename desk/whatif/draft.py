"""From a form to a scenario: what is typed, what is set beside it, and all that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.scenario import (
    NOTHING,
    Allocation,
    BadScenario,
    Letting,
    adjusted,
    scenario_from,
    scenario_of,
    written,
)
from data_contracts.scenario_mistakes import outside
from desk.whatif.typed import BOUNDS, LONGEST, LONGEST_OF, Typed, numbers, shown
from matching.simulate.question import ASSUMED
from matching.simulate.supposed import missing_here

if TYPE_CHECKING:
    from datetime import date

    from data_contracts.scenario import Scenario
    from matching.state import State

CALLED = "De wat-als"
"""What its sentences call a text that was typed."""
OWN = "wat-als"
"""The name of what was made out of doing nothing by hand."""
FIELDS = (*BOUNDS, *LONGEST_OF, "hoe", "voor")
CHANGES_NOTHING = "Deze wat-als verandert niets. Kies een voorbeeld, of verander iets."


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it is shown: what its fields say, what stood there, every mistake by its field.

    `scenario` is what was meant; None when something is wrong.
    """

    said: dict[str, str]
    was: dict[str, str]
    mistakes: tuple[tuple[str, str], ...] = ()
    scenario: Scenario | None = None

    @property
    def builds(self) -> bool:
        """Whether homes are built in it, so that one can set how many."""
        return self.was.get("woningen", "0") not in ("", "0")


def begun(text: str) -> Draft:
    """Give the form as it begins: a text of ours, nothing changed yet."""
    scenario = scenario_of(text, called=CALLED)
    was = shown(scenario)
    return Draft({**was, "scenario": text}, was, scenario=scenario)


def drafted(typed: Typed, text: str, *, on: date, state: State | None) -> Draft:
    """Read a form. Nothing that was typed is lost, whatever is wrong with it."""
    read, wrong = numbers(typed)
    wrong |= _too_long(typed)
    told: list[tuple[str, str]] = []
    scenario = None
    if len(text) > LONGEST:
        told.append(("scenario", f"De tekst is te lang. Houd haar onder {LONGEST} tekens."))
    else:
        try:
            scenario = scenario_of(text, called=CALLED)
        except BadScenario as error:
            told += [("scenario", sentence) for sentence in error.sentences]
    was = shown(scenario) if scenario else {name: typed.text(f"{name}-was") for name in FIELDS}
    moved = {name: said for name in FIELDS if (said := typed.moved(name)) is not None}
    mistakes = [*wrong.items(), *told]
    if scenario is not None and not mistakes:
        scenario, mistakes = _meant(scenario, moved, read, on=on, state=state)
    kept = None if mistakes else scenario
    return Draft({**was, **moved, "scenario": text}, was, tuple(mistakes), kept)


def _too_long(typed: Typed) -> dict[str, str]:
    wrong = {
        name: f"Houd dit onder {longest} tekens."
        for name, longest in LONGEST_OF.items()
        if len(typed.moved(name) or "") > longest
    }
    if typed.moved("titel") == "":
        wrong["titel"] = "Geef de wat-als een naam, dan vindt u haar terug."
    return wrong


def _meant(
    scenario: Scenario,
    moved: dict[str, str],
    read: dict[str, int],
    *,
    on: date,
    state: State | None,
) -> tuple[Scenario, list[tuple[str, str]]]:
    """Set in a scenario what was set beside it; say what cannot be."""
    try:
        how, first = _chosen(moved)
        changed = adjusted(
            scenario,
            acceptance=read.get("kans"),
            number=read.get("woningen"),
            allocation=how,
            let_to=first,
            name=OWN if scenario.name == NOTHING and how else None,
        )
    except BadScenario as error:
        return scenario, [("scenario", sentence) for sentence in error.sentences]
    plain: dict[str, Any] = {
        "title": moved.get("titel", changed.title),
        "question": moved.get("vraag", changed.question),
        "years": read.get("jaren", changed.years),
        "replications": read.get("keren", changed.replications),
    }
    changed = changed.model_copy(update=plain)
    return changed, [("scenario", sentence) for sentence in _cannot(changed, on, state)]


def _chosen(moved: dict[str, str]) -> tuple[Allocation | None, Letting | None]:
    """Read who goes first. Raises BadScenario for what is not among the choices."""
    try:
        how = Allocation(moved["hoe"]) if "hoe" in moved else None
        return how, Letting(moved["voor"]) if "voor" in moved else None
    except ValueError as error:
        raise BadScenario("Kies wie voorgaat uit wat er staat.") from error


def _cannot(scenario: Scenario, on: date, state: State | None) -> list[str]:
    if not scenario.changes and _as_usual(scenario):
        return [CHANGES_NOTHING]
    late = [sentence for _, sentence in outside(scenario, on)]
    return late or list(missing_here(scenario, state) if state is not None else ())


def _as_usual(scenario: Scenario) -> bool:
    """Whether a scenario assumes what doing nothing assumes: then there is nothing to compare."""
    usual = scenario_from(NOTHING)
    same = all(getattr(scenario, part) == getattr(usual, part) for part in ASSUMED)
    return same or scenario.name == NOTHING


def as_typed(scenario: Scenario) -> str:
    """Write a scenario as one may type it."""
    return written(scenario)
