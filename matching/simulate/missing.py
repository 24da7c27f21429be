"""What a scenario speaks of that this stock does not have, with the name it may have meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.scenario import (
    Allocating,
    Demolition,
    FacilityCloses,
    Letting,
    Renovation,
    Sale,
)
from matching.simulate.labelled import meant
from matching.simulate.where import complex_of, facility_of, homes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data_contracts.scenario import Change, Scenario
    from matching.state import State

FAR = 20_000
"""Metres from the nearest home beyond which a place must be a typing error."""
_FIELDS = {
    "complex": ("Het complex", "complex"),
    "neighbourhood": ("De buurt", "neighbourhood"),
    "label_neighbourhood": ("De buurt", "neighbourhood"),
    "corporation": ("De corporatie", "corporation"),
}
"""Fields of a change that name something in the stock: what it is, and which column knows it."""


def missing_here(scenario: Scenario, state: State) -> tuple[str, ...]:
    """Say in Dutch, a sentence each, what the scenario names that is not in this State."""
    if not len(state.dwellings):
        return ("Er zijn nog geen woningen: lever eerst de woningen van de regio.",)
    told = [
        f"changes[{number}]{sentence}"
        for number, change in enumerate(scenario.changes)
        for sentence in _missing(change, state)
    ]
    return (*told, *_closed_before(scenario))


def _closed_before(scenario: Scenario) -> Iterator[str]:
    """Say of a facility that closes a second time that it did."""
    closed: set[str] = set()
    for number, change in enumerate(scenario.changes):
        if isinstance(change, FacilityCloses) and change.facility is not None:
            if change.facility in closed:
                yield (
                    f"changes[{number}].facility: De voorziening '{change.facility}' sluit al "
                    "eerder. Haal één van de twee weg."
                )
            closed.add(change.facility)


def _missing(change: Change, state: State) -> Iterator[str]:
    yield from _unknown_names(change, state, "")
    place = getattr(change, "place", None)
    if place is not None:
        yield from _unknown_names(place, state, ".place")
        if place.x is not None and _metres_away(state, place.x, place.y) > FAR:
            yield (
                ".place: dit punt ligt ver van al onze woningen. Geef x en y in meters van"
                " het rijksdriehoekstelsel (RD)."
            )
    yield from _nothing_fits(change, state)


def _unknown_names(change: object, state: State, inside: str) -> Iterator[str]:
    for field, (what, column) in _FIELDS.items():
        name = getattr(change, field, None)
        if name is not None and name not in (known := _known(state, column)):
            told = f"{what} '{name}' staat niet in deze gegevens."
            yield f"{inside}.{field}: {told}{near(name, known)}"
    if isinstance(change, FacilityCloses) and change.facility is not None:
        known = {str(each) for each in state.facilities.index}
        if change.facility not in known:
            told = near(change.facility, known)
            yield (
                f"{inside}.facility: De voorziening '{change.facility}' staat niet in deze"
                f" gegevens.{told}"
            )
        elif change.kind not in (None, kind := state.facilities["kind"][change.facility]):
            yield (
                f"{inside}.kind: De voorziening '{change.facility}' is een {kind}, geen "
                f"{change.kind}. Laat kind weg."
            )


def _known(state: State, column: str) -> set[str]:
    return {str(name) for name in state.dwellings[column].dropna().unique()}


def near(name: str, known: set[str]) -> str:
    """Ask whether the nearest known name was meant; else name the first few that there are."""
    ordered = sorted(known)
    close = get_close_matches(name, ordered, n=1, cutoff=0.75)
    if close:
        return f" Bedoelt u '{close[0]}'?"
    return f" Kies bijvoorbeeld {', '.join(ordered[:3])}." if ordered else " Laat het weg."


def _metres_away(state: State, x: int, y: int) -> float:
    homes = state.dwellings.dropna(subset=["x", "y"])
    away = np.hypot(
        homes["x"].to_numpy(dtype=np.float64) - x, homes["y"].to_numpy(dtype=np.float64) - y
    )
    return float(away.min())


def _nothing_fits(change: Change, state: State) -> Iterator[str]:
    """Say that a description of what is meant fits nothing, where every name in it is known."""
    match change:
        case Demolition() | Renovation():
            if change.complex is None and complex_of(state, change) is None:
                yield ": er is geen complex dat hierbij past. Noem een ander, of noem minder eisen."
        case FacilityCloses():
            if change.facility is None and facility_of(state, change) is None:
                yield f": er is hier geen voorziening van de soort {change.kind}. Kies een andere."
        case Sale(complex=complex_, neighbourhood=neighbourhood, kind=kind):
            fit = homes_of(
                state.dwellings, complex_=complex_, neighbourhood=neighbourhood, kind=kind
            )
            if fit.empty and not any(_unknown_names(change, state, "")):
                yield ": er is geen woning die hierbij past. Noem minder eisen."
        case Allocating(label=Letting()):
            if meant(state.dwellings, change).empty and not any(_unknown_names(change, state, "")):
                yield ": er is geen woning die dit label kan krijgen. Noem minder eisen."
