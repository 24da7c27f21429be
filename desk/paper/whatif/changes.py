"""What a scenario changes, one sentence per change, in words that everybody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_contracts.phrases import ACCESS, KINDS, MONTHS, number, plural
from data_contracts.scenario import (
    Allocating,
    Allocation,
    Arranging,
    Coaching,
    Demolition,
    FacilityCloses,
    FacilityOpens,
    Letting,
    NewBuild,
    Renovation,
    Sale,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from data_contracts.scenario import Change, Place

LET_TO = {
    Letting.FREE: "voor iedereen",
    Letting.OLDER: "alleen voor 55 jaar en ouder",
    Letting.DOWNSIZERS: "eerst voor wie een grote woning achterlaat",
}
ALLOCATED = {
    Allocation.ENGINE: "zoals de motor het beste plan vindt",
    Allocation.DOWNSIZERS: "eerst aan wie een grote woning achterlaat",
    Allocation.REGISTRATION: "aan wie het langst staat ingeschreven",
    Allocation.LOTTERY: "door loting",
}


def month_in_words(month: str | None) -> str:
    """Write 2028-03 as `maart 2028`; nothing given is from the start."""
    if month is None:
        return "het begin"
    year, which = month.split("-")
    return f"{MONTHS[int(which) - 1]} {year}"


def change_in_words(change: Change) -> str:
    """Say a change in one sentence."""
    said: str = _SAID[type(change)](change)
    return said[:1].upper() + said[1:]


def _place(place: Place) -> str:
    if place.neighbourhood:
        return f"in buurt {place.neighbourhood}"
    if place.x is not None:
        return f"op het punt {place.x}, {place.y} (RD)"
    return "in de buurt met de meeste woningen"


def _euros(cents: int) -> str:
    whole, rest = divmod(cents, 100)
    return f"€\u00a0{number(whole)}{f',{rest:02}' if rest else ''}"


def _which(change: Demolition | Renovation | Sale) -> str:
    kind = f" ({KINDS[change.kind]})" if change.kind else ""
    where = f" in buurt {change.neighbourhood}" if change.neighbourhood else ""
    return (f"complex {change.complex}" if change.complex else f"een complex{where}") + kind


def _new_build(change: NewBuild) -> str:
    home = change.home
    what = f"{KINDS[home.kind]}, {plural(home.rooms, 'kamer', 'kamers')}, {home.area} m²"
    lift = "met lift" if home.lift else "zonder lift"
    return (
        f"in {month_in_words(change.month)} komen er {number(change.number)} woningen bij "
        f"{_place(change.place)}: {what}, {lift}, {ACCESS[home.access]}, {_euros(home.rent)} per "
        f"maand, {LET_TO[change.let_to]}."
    )


def _demolition(change: Demolition) -> str:
    return (
        f"in {month_in_words(change.month)} wordt {_which(change)} gesloopt. De bewoners krijgen "
        f"in de {plural(change.rehouse_months, 'maand', 'maanden')} daarvoor een andere woning."
        f"{_for_now(change.wisselwoningen)}"
    )


def _for_now(wisselwoningen: int) -> str:
    if not wisselwoningen:
        return ""
    kept = plural(wisselwoningen, "wisselwoning", "wisselwoningen")
    return f" Wie dan nog niets vond, gaat naar een van {kept}."


def _renovation(change: Renovation) -> str:
    after = [ACCESS[change.access]] if change.access else []
    after += [f"energielabel {change.energy}"] if change.energy else []
    then = f" Daarna: {', '.join(after)}." if after else ""
    return (
        f"in {month_in_words(change.month)} begint de renovatie van {_which(change)}. Die duurt "
        f"{plural(change.months, 'maand', 'maanden')}, met "
        f"{plural(change.wisselwoningen, 'wisselwoning', 'wisselwoningen')}.{then}"
    )


def _sale(change: Sale) -> str:
    until = f" tot en met {month_in_words(change.until)}" if change.until else ""
    if change.complex:
        what = f"van complex {change.complex}"
    else:
        what = f"in buurt {change.neighbourhood}" if change.neighbourhood else "in alle buurten"
    kind = f" ({KINDS[change.kind]})" if change.kind else ""
    return (
        f"vanaf {month_in_words(change.month)}{until} wordt {round(100 * change.share)} % van de "
        f"woningen {what}{kind} verkocht als zij vrijkomen."
    )


def _opens(change: FacilityOpens) -> str:
    kind = str(change.kind).replace("_", " ").lower()
    return (
        f"in {month_in_words(change.month)} opent een voorziening ({kind}) {_place(change.place)}."
    )


def _closes(change: FacilityCloses) -> str:
    which = change.facility or str(change.kind).replace("_", " ").lower()
    where = f" in of bij buurt {change.neighbourhood}" if change.neighbourhood else ""
    return f"in {month_in_words(change.month)} sluit een voorziening ({which}){where}."


def _allocating(change: Allocating) -> str:
    parts = [f"worden woningen toegewezen {ALLOCATED[change.how]}"]
    if change.weights:
        weights = ", ".join(f"{name} {points}" for name, points in sorted(change.weights.items()))
        parts.append(f"met andere punten ({weights})")
    if change.label:
        where = f" in buurt {change.label_neighbourhood}" if change.label_neighbourhood else ""
        what = f" ({ACCESS[change.label_access]} of beter)" if change.label_access else ""
        parts.append(f"met een label op woningen{where}{what}: {LET_TO[change.label]}")
    return f"vanaf {month_in_words(change.month)} {', '.join(parts)}."


def _arranging(change: Arranging) -> str:
    scheme = change.scheme
    parts = ["huurbehoud"] if scheme.rent_retention else []
    parts += [f"een bijdrage van {_euros(scheme.grant)}"] if scheme.grant else []
    parts += [f"vanaf {scheme.min_age} jaar"] if scheme.min_age else []
    parts += [f"uit minstens {scheme.leaves_min_rooms} kamers"] if scheme.leaves_min_rooms else []
    said = f" met {', '.join(parts)}" if parts else ""
    return f"vanaf {month_in_words(change.month)} geldt de regeling {scheme.name}{said}."


def _coaching(change: Coaching) -> str:
    return (
        f"vanaf {month_in_words(change.month)} hebben de verhuiscoaches samen "
        f"{plural(change.hours_per_week, 'uur', 'uur')} per week voor nieuwe voorstellen."
    )


_SAID: dict[type[Any], Callable[[Any], str]] = {
    NewBuild: _new_build,
    Demolition: _demolition,
    Renovation: _renovation,
    Sale: _sale,
    FacilityOpens: _opens,
    FacilityCloses: _closes,
    Allocating: _allocating,
    Arranging: _arranging,
    Coaching: _coaching,
}
