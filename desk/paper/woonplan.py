"""The woonplan: one page to take along. Before and after, what to think of, room for notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.figures import euro
from desk.paper import saying
from desk.paper.pdf import written

if TYPE_CHECKING:
    from desk.paper.told import Home, Told, Walk

TO_THINK_OF = (
    "Past mijn bed in de slaapkamer? En waar komt de kast?",
    "Kan ik goed in de keuken en in de douche?",
    "Mag mijn huisdier mee?",
    "Waar zet ik mijn fiets of scootmobiel neer?",
    "Wie helpt mij met inpakken en dragen?",
    "Wat neem ik mee, en wat geef ik weg?",
    "Wie moet mijn nieuwe adres weten?",
)
"""What people forget to ask when they view a home."""
FULL = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A walk as two bars: the words, and the lengths in percent of the longest walk."""

    to: str
    now: str
    then: str
    now_percent: int
    then_percent: int


def woonplan(told: Told) -> str:
    """Write the woonplan as a page for the press: one A4."""
    return written(
        "woonplan.html",
        told=told,
        bars=bars(saying.walks(told), starter=told.home is None),
        beside=beside(told),
        steps=saying.steps(told),
        to_think_of=TO_THINK_OF,
        reach=saying.reach(told),
        footnote=saying.footnote(told),
    )


def bars(walks: tuple[Walk, ...], *, starter: bool = False) -> tuple[Bar, ...]:
    """Draw walks to one scale; what is too far to walk is as long as the page allows.

    A starter comes from no home we know, so of now there is nothing to draw.
    """
    known = [m for walk in walks for m in (walk.now, walk.then) if m is not None]
    longest = max(known, default=1) or 1

    def length(minutes: int | None) -> int:
        return FULL if minutes is None else max(1, FULL * minutes // longest)

    return tuple(
        Bar(
            saying.mine(walk.to),
            "" if starter else saying.minutes(walk.now),
            saying.minutes(walk.then),
            0 if starter else length(walk.now),
            length(walk.then),
        )
        for walk in walks
    )


def beside(told: Told) -> tuple[tuple[str, str, str], ...]:
    """Put the home now and the new one side by side: a word, now, then."""
    now, to = told.home, told.to
    rows = (
        ("Kamers", _of(now, "rooms"), _of(to, "rooms")),
        ("Oppervlakte", _area(now), _area(to)),
        ("Voordeur", _door(now), _door(to)),
        ("Huur per maand", _rent(told.rent.now), _rent(told.rent.then)),
    )
    return tuple(row for row in rows if row[2])


def _of(home: Home | None, field: str) -> str:
    value = None if home is None else getattr(home, field)
    return "" if value is None else str(value)


def _area(home: Home | None) -> str:
    return "" if home is None or home.area is None else f"{home.area} m²"


def _door(home: Home | None) -> str:
    if home is None or home.floor is None:
        return ""
    if home.floor <= 0:
        return "begane grond"
    lift = "met lift" if home.lift else "zonder lift"
    return f"{saying.floor(home.floor)} verdieping, {lift}"


def _rent(cents: int | None) -> str:
    return "" if cents is None else euro(cents)
