"""The letter to a household: why this home, what it costs, what happens next, how to say no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.figures import day
from desk.paper import saying
from desk.paper.pdf import written

if TYPE_CHECKING:
    from desk.paper.told import Told


def letter(told: Told) -> str:
    """Write the letter as a page for the press: one A4, letters of 12 points."""
    return written(
        "letter.html",
        told=told,
        day=day(told.on),
        greeting=saying.greeting(told.name),
        home=saying.home(told),
        why=saying.why(told),
        costs=saying.costs(told.rent),
        steps=saying.steps(told),
        refusing=saying.refusing(told),
        reach=saying.reach(told),
    )


def sentences(told: Told) -> tuple[str, ...]:
    """Give all that the letter says to the household, in order."""
    return (
        *saying.home(told),
        *saying.why(told),
        *saying.costs(told.rent),
        *saying.steps(told),
        *saying.refusing(told),
        saying.reach(told),
    )
