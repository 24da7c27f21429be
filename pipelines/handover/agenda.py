"""Which proposal a coach takes up in which week: chains from their front, a week's work a week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipelines.handover.facts import HandoverFacts, Row, opening_rows, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matching.model import Chain, Move, Plan


@dataclass(frozen=True, slots=True)
class Task:
    """One proposal in a coach's agenda: chain and step count from 1, so does the week."""

    chain: int
    step: int
    move: Move
    coach: str | None
    week: int


@dataclass(frozen=True, slots=True)
class Cast:
    """The plan with the rows it speaks of at hand; chains in the order in which work starts."""

    chains: tuple[Chain, ...]
    homes: dict[str, Row]
    households: dict[str, Row]
    openings: dict[str, Row]

    def coach_of(self, household: str) -> str | None:
        """Name the coach of a household, if it has one."""
        return (self.households.get(household) or {}).get("coach") or None


def cast(plan: Plan, facts: HandoverFacts) -> Cast:
    """Gather the rows a plan speaks of; chains by the day their first home is free, then points."""
    moves = [move for chain in plan.chains for move in chain.moves]
    homes = [home for move in moves for home in (move.to, move.leaves) if home is not None]
    people = [*(move.household for move in moves), *(one.household for one in plan.passed_over)]
    rows = dict.fromkeys(homes, Row()) | rows_of(facts.dwellings, homes)
    openings = opening_rows(facts, rows)
    return Cast(
        chains=tuple(sorted(plan.chains, key=lambda chain: _urgency(chain, openings))),
        homes=rows,
        households=rows_of(facts.households, people),
        openings=openings,
    )


def _urgency(chain: Chain, openings: dict[str, Row]) -> tuple[date, int, str]:
    free = (openings.get(chain.key) or {}).get("free_on")
    return (free or date.max, -sum(move.gain for move in chain.moves), chain.key)


def agenda(chains: Iterable[Chain], who: Cast, *, per_week: int) -> tuple[Task, ...]:
    """Plan every proposal: no coach above `per_week`, no step in a week before the step it needs.

    The first week with room is taken, chain by chain in the order given.
    """
    taken: Counter[tuple[str | None, int]] = Counter()
    tasks: list[Task] = []
    for nth, chain in enumerate(chains, 1):
        week = 1
        for step, move in enumerate(chain.moves, 1):
            coach = who.coach_of(move.household)
            week = _first_week_with_room(taken, coach, week, per_week)
            taken[coach, week] += 1
            tasks.append(Task(nth, step, move, coach, week))
    return tuple(tasks)


def _first_week_with_room(
    taken: Counter[tuple[str | None, int]], coach: str | None, week: int, per_week: int
) -> int:
    while taken[coach, week] >= max(per_week, 1):
        week += 1
    return week
