"""What a coach asks of the plan: every answer is worked out by the engine, none is made up here.

One question at a time: each holds the stand's turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError
from matching import around, explain, would_change
from matching.around import Alternative, Change, PlanB, Price, Standing
from matching.would_change import WouldChange

if TYPE_CHECKING:
    from desk.thinking import Stand
    from matching.model import Explanation, Move
    from matching.relaxed import Relaxed

__all__ = [
    "Alternative",
    "Change",
    "NotInThePlan",
    "PlanB",
    "Price",
    "WouldChange",
    "alternatives",
    "instead",
    "placing",
    "price",
    "price_of",
    "what_would",
    "why_not",
]


class NotInThePlan(VerhuisketenError):
    """Deze verhuizing staat niet (meer) in het plan. Bekijk de nieuwe stand."""


def why_not(stand: Stand, household: str, dwelling: str) -> Explanation:
    """Say why a household does not get a home, any home, and how far the plan is from it.

    Raises `matching.candidates.UnknownHere`.
    """
    ways = stand.ways
    with stand.turn:
        margin = around.margin(stand.standing, household, dwelling)
        return explain.why_not(
            stand.state,
            household,
            dwelling,
            ways.rules,
            ways.policy,
            stand.on,
            plan=stand.plan,
            network=ways.network,
            margin=margin,
        )


def alternatives(stand: Stand, household: str, *, many: int = 3) -> tuple[Alternative, ...]:
    """Give the other homes for a household that cost the plan least, cheapest first.

    As many as asked for are worked out, the first by the prices of the plan: a coach waits for it.
    """
    with stand.turn:
        return around.alternatives(stand.standing, household, many=many, most=many)


def instead(stand: Stand, move: Move) -> PlanB:
    """Say who would get a home if the household that should get it says no. Raises NotInThePlan."""
    made = {(one.household, one.to) for chain in stand.standing.chains for one in chain.moves}
    if (move.household, move.to) not in made:
        raise NotInThePlan
    with stand.turn:
        return around.plan_b(stand.standing, move)


def price(stand: Stand, change: Change) -> Price:
    """Say what a change costs the plan. Raises ImpossibleConditions when no plan keeps it."""
    with stand.turn:
        return around.price(stand.standing, change)


def placing(stand: Stand, household: str, dwelling: str) -> tuple[Standing, Change]:
    """Suppose that a household goes to a home, also one that is no option of it now.

    Gives the plan to ask the price of (`around.price`, holding the stand's turn) and the change.
    Raises `matching.candidates.UnknownHere` and ImpossibleConditions.
    """
    with stand.turn:
        return would_change.placing(stand.warm, household, dwelling, stand.ways)


def what_would(stand: Stand, household: str, *, priced: int = 1) -> tuple[WouldChange, ...]:
    """Say what each relaxed wish would open for a household, the one that opens most first."""
    with stand.turn:
        return would_change.would_change(stand.warm, household, stand.ways, priced=priced)


def price_of(
    stand: Stand, household: str, dwelling: str, *, relaxed: Relaxed | None = None
) -> Price | None:
    """Say what putting a household in a home costs the plan; None where no chain can."""
    with stand.turn:
        return would_change.price_of(stand.warm, household, dwelling, stand.ways, relaxed=relaxed)
