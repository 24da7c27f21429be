"""Facts of a home or a household read aloud: a Dutch sentence each, without a name.

What a household needs or asks is read aloud to the coach of the case only; others hear that it
changed, not into what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from data_contracts.events import KINDS, TABLES
from data_contracts.phrases import ACCESS, DECLINES, GETS_ABOUT
from data_contracts.phrases import KINDS as KINDS_OF_HOME
from data_contracts.words import DeclineReason, Mobility, ProposalState
from desk.figures import euro, short_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from store.histories import Happened

_WORDS: tuple[dict[Any, str], ...] = (
    ACCESS,
    KINDS_OF_HOME,
    GETS_ABOUT,
    {Mobility.LOPEND: "loopt zonder hulp"},
)
CODES = frozenset({"access", "access_needed", "kind", "mobility"})
MONEY = frozenset({"rent", "target_rent", "max_rent"})
OPENLY = frozenset({"dwellings", "newbuild", "tenancies", "notices", "works"})
"""Tables whose values anybody may read who may read of the home; the others speak of people."""
KEYS = frozenset({"household", "dwelling", "corporation", "x", "y", "coach"})
"""Fields that the page tells already, or that tell nobody anything."""
IN_WORDS: dict[str, str] = {str(code): said for words in _WORDS for code, said in words.items()}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

APPEARED = {
    "dwellings": "Woning geregistreerd",
    "newbuild": "Nieuwbouw gepland",
    "households": "Huishouden geregistreerd",
    "tenancies": "Huurovereenkomst",
    "wishes": "Woonwens opgegeven",
    "ties": "Belangrijke persoon of plek genoemd",
    "notices": "Huur opgezegd",
    "works": "Werkzaamheden gepland",
    "visits": "Afspraak gemaakt",
}
VANISHED = {
    "dwellings": "Woning niet meer geleverd",
    "newbuild": "Nieuwbouw gaat niet door",
    "households": "Huishouden niet meer geleverd",
    "tenancies": "Huurovereenkomst beëindigd",
    "wishes": "Woonwens ingetrokken",
    "ties": "Belangrijke persoon of plek telt niet meer mee",
    "notices": "Opzegging ingetrokken",
    "works": "Werkzaamheden gaan niet door",
    "visits": "Afspraak gaat niet door",
    "instructions": "Aanwijzing ingetrokken",
}
OF_KIND = {
    "MovePinned": "De coach zette een verhuizing vast",
    "MoveForbidden": "De coach sloot een verhuizing uit",
    "ProposalPresented": "Voorgelegd aan het huishouden",
    "ProposalHeld": "Aangehouden",
    "ProposalResumed": "Weer opgepakt",
}
STATES = {
    ProposalState.OFFERED: "Voorgesteld",
    ProposalState.TAKEN_UP: "In gesprek",
    ProposalState.ACCEPTED: "Aanvaard",
    ProposalState.DECLINED: "Geweigerd",
    ProposalState.EXPIRED: "Verlopen",
    ProposalState.SUPERSEDED: "Vervallen",
    ProposalState.SIGNED: "Getekend",
    ProposalState.MOVED: "Verhuisd",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact read aloud: when it was known, what happened, and what changed with it."""

    at: datetime
    sentence: str
    details: tuple[str, ...] = ()


def read_aloud(facts: Iterable[Happened], *, openly: bool) -> tuple[Line, ...]:
    """Give a line per fact, the newest first; `openly` tells what people need and ask too."""
    before: dict[tuple[str, str], dict[str, Any]] = {}
    lines = []
    for fact in facts:
        thing = (fact.table, fact.subject)
        lines.append(_line(fact, before.get(thing), openly=openly or fact.table in OPENLY))
        before[thing] = fact.data if KINDS[fact.kind].appears else {}
    return tuple(reversed(lines))


def _line(fact: Happened, before: dict[str, Any] | None, *, openly: bool) -> Line:
    if not KINDS[fact.kind].appears:
        return Line(fact.at, f"{VANISHED.get(fact.table, 'Vervallen')}.")
    if not fact.data:
        return Line(fact.at, "Wat hier stond is vergeten, zoals is gevraagd.")
    if fact.kind in OF_KIND:
        return Line(fact.at, f"{OF_KIND[fact.kind]}.")
    what = APPEARED.get(fact.table, "Nieuw gegeven")
    if before:
        return Line(fact.at, f"{what}: gewijzigd.", _changed(fact, before, openly=openly))
    known = KEYS | {TABLES[fact.table][1]}
    details = tuple(_said(fact.table, fact.data, known)) if openly else ()
    return Line(fact.at, f"{what}.", details)


def _said(table: str, data: dict[str, Any], without: frozenset[str]) -> Iterator[str]:
    fields = TABLES[table][0].model_fields
    for name in fields:
        if name in data and name not in without and data[name] not in ("", False):
            yield f"{_name(table, name)}: {_written(name, data[name])}"


def _changed(fact: Happened, before: dict[str, Any], *, openly: bool) -> tuple[str, ...]:
    names = [
        name
        for name in TABLES[fact.table][0].model_fields
        if fact.data.get(name) != before.get(name)
    ]
    if not openly:
        return tuple(_name(fact.table, name) for name in names)
    return tuple(
        f"{_name(fact.table, name)}: {_written(name, before.get(name))} → "
        f"{_written(name, fact.data.get(name))}"
        for name in names
    )


def _name(table: str, field: str) -> str:
    alias = TABLES[table][0].model_fields[field].alias or field
    return alias.replace("_", " ")


def _written(field: str, value: Any) -> str:  # noqa: ANN401 - whatever a fact holds
    if value is None or value == "":
        return "niets"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if field in MONEY:
        return euro(value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return short_day(date.fromisoformat(value))
    if field in CODES:
        return IN_WORDS.get(value, str(value))
    return str(value)


@dataclass(frozen=True, slots=True)
class Course:
    """A proposal and what became of it, step by step."""

    proposal: str
    dwelling: str
    household: str
    steps: tuple[Line, ...]


def courses(facts: Iterable[Happened]) -> tuple[Course, ...]:
    """Give the proposals that facts speak of, each with its steps in order; the newest first."""
    told: dict[str, list[Happened]] = {}
    for fact in facts:
        told.setdefault(fact.subject, []).append(fact)
    found = [
        Course(
            name,
            next((f.data["dwelling"] for f in one if f.data), ""),
            next((f.data["household"] for f in one if f.data), ""),
            tuple(map(_step, one)),
        )
        for name, one in told.items()
    ]
    return tuple(sorted(found, key=lambda course: course.steps[-1].at, reverse=True))


def _step(fact: Happened) -> Line:
    if fact.kind in OF_KIND:
        return Line(fact.at, f"{OF_KIND[fact.kind]}.")
    state, reason = fact.data.get("state"), fact.data.get("reason")
    sentence = STATES[ProposalState(state)] if state else "Vergeten"
    why = f": {DECLINES.get(DeclineReason(reason), reason)}" if reason else ""
    return Line(fact.at, f"{sentence}{why}.")
