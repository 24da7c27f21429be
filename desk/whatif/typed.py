"""What a planner typed: a scenario as YAML, and the few things that can be set beside it.

A slider and its number both come with the form, and what stood there before. Whichever was moved
counts; nothing moved leaves what the YAML says. So a form works the same with and without script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from data_contracts.scenario import Allocation, Letting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data_contracts.scenario import Scenario

LONGEST = 40_000
"""Characters of YAML; an example has some 1,500."""
MOST_HOMES = 5_000
"""As many as a scenario can build."""
MOST_RUNS = 100
"""Replications that one asks for at the desk; more narrows the intervals hardly any further."""


class Bound(NamedTuple):
    """A whole number one may set: what it is called in a sentence, from, to."""

    name: str
    low: int
    high: int


BOUNDS = {
    "kans": Bound("De kans op een ja", 1, 100),
    "woningen": Bound("Het aantal nieuwe woningen", 0, MOST_HOMES),
    "jaren": Bound("Het aantal jaren", 1, 30),
    "keren": Bound("Het aantal herhalingen", 2, MOST_RUNS),
}
LONGEST_OF = {"titel": 120, "vraag": 600}
"""Characters, as a scenario has them."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed, by the names of its fields."""

    said: Mapping[str, str]

    def text(self, name: str) -> str:
        """Give what was typed in a field; a NUL no database keeps, and no YAML has it."""
        return self.said.get(name, "").replace("\0", "").replace("\r\n", "\n")

    def moved(self, name: str) -> str | None:
        """Give what a field was changed to; None where it was left as it stood.

        Of a slider and its number the one that was moved; the number where both were.
        """
        was = self.text(f"{name}-was").strip()
        for field in (name, f"{name}-schuif"):
            typed = self.text(field).strip()
            if field in self.said and typed != was:
                return typed
        return None


def numbers(typed: Typed) -> tuple[dict[str, int], dict[str, str]]:
    """Read the numbers that were moved; give them by field, and a sentence for each that is not."""
    read: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for name, bound in BOUNDS.items():
        told = typed.moved(name)
        if told is None:
            continue
        if told.isascii() and told.isdigit() and bound.low <= int(told[:9]) <= bound.high:
            read[name] = int(told)
        else:
            wrong[name] = f"{bound.name} is een heel getal van {bound.low} tot {bound.high}."
    return read, wrong


def shown(scenario: Scenario) -> dict[str, str]:
    """Give what the fields beside the YAML show of a scenario, by name."""
    built = [one for one in scenario.changes if one.change == "new_build"]
    ways = [one.how for one in scenario.changes if one.change == "allocation"]
    return {
        "titel": scenario.title,
        "vraag": scenario.question,
        "kans": str(scenario.acceptance.percent),
        "woningen": str(sum(one.number for one in built)),
        "jaren": str(scenario.years),
        "keren": str(min(scenario.replications, MOST_RUNS)),
        "hoe": str(ways[-1] if ways else Allocation.ENGINE),
        "voor": str(built[0].let_to if built else Letting.FREE),
    }
