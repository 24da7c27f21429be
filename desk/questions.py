"""What a coach asks of the plan: every answer is worked out by the engine, none is made up here.

One question at a time: each holds the stand's turn, and what it was told is kept with the stand.
All raise `desk.thinking.ManyQuestions` when too many wait; but `why_not` asks nothing of the warm
plan, so nobody waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from data_contracts.words import VerhuisketenError
from matching import around, explain, would_change
from matching.around import Alternative, Change, PlanB, Price, Standing
from matching.candidates import every_home
from matching.would_change import WouldChange

if TYPE_CHECKING:
    from collections.abc import Callable

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

Told = TypeVar("Told")


class NotInThePlan(VerhuisketenError):
    """Deze verhuizing staat niet (meer) in het plan. Bekijk de nieuwe stand."""


def why_not(stand: Stand, household: str, dwelling: str) -> Explanation:
    """Say why a household does not get a home, any home, and how far the plan is from it.

    Raises `matching.candidates.UnknownHere`.
    """
    return stand.told.once(
        ("why_not", household, dwelling), lambda: _why_not(stand, household, dwelling)
    )


def _why_not(stand: Stand, household: str, dwelling: str) -> Explanation:
    """One pair, judged by itself: it needs no turn, for nothing of the warm plan is touched.

    Of a home the plan itself proposes, what it said then: that needs no judging.
    """
    known = household in stand.state.households.index and dwelling in every_home(stand.state).index
    said = explain.why(stand.plan, household) if known else None
    if (household, dwelling) in stand.chains and said is not None and said.dwelling == dwelling:
        return said
    ways = stand.ways
    return explain.why_not(
        stand.state,
        household,
        dwelling,
        ways.rules,
        ways.policy,
        stand.on,
        plan=stand.plan,
        network=ways.network,
        margin=around.margin(stand.standing, household, dwelling, slack=stand.slack),
    )


def alternatives(stand: Stand, household: str, *, many: int = 3) -> tuple[Alternative, ...]:
    """Give the other homes for a household that cost the plan least, cheapest first.

    As many as asked for are worked out, the first by the prices of the plan: a coach waits for it.
    """
    return _once(
        stand,
        ("alternatives", household, many),
        lambda: around.alternatives(stand.standing, household, many=many, most=many),
    )


def instead(stand: Stand, move: Move) -> PlanB:
    """Say who would get a home if the household that should get it says no. Raises NotInThePlan."""
    made = {(one.household, one.to) for chain in stand.standing.chains for one in chain.moves}
    if (move.household, move.to) not in made:
        raise NotInThePlan
    return _once(stand, ("instead", move), lambda: around.plan_b(stand.standing, move, tries=1))


def price(stand: Stand, change: Change) -> Price:
    """Say what a change costs the plan. Raises ImpossibleConditions when no plan keeps it."""
    with stand.turn:
        return around.price(stand.standing, change, tries=1)


def placing(stand: Stand, household: str, dwelling: str) -> tuple[Standing, Change]:
    """Suppose that a household goes to a home, also one that is no option of it now.

    Gives the plan to ask the price of (`around.price`, holding the stand's turn) and the change.
    Raises `matching.candidates.UnknownHere` and ImpossibleConditions.
    """
    with stand.turn:
        return would_change.placing(stand.warm, household, dwelling, stand.ways)


def what_would(stand: Stand, household: str, *, priced: int = 1) -> tuple[WouldChange, ...]:
    """Say what each relaxed wish would open for a household, the one that opens most first."""
    return _once(
        stand,
        ("what_would", household, priced),
        lambda: would_change.would_change(stand.warm, household, stand.ways, priced=priced),
    )


def price_of(
    stand: Stand, household: str, dwelling: str, *, relaxed: Relaxed | None = None
) -> Price | None:
    """Say what putting a household in a home costs the plan; None where no chain can."""
    return _once(
        stand,
        ("price_of", household, dwelling, relaxed),
        lambda: would_change.price_of(stand.warm, household, dwelling, stand.ways, relaxed=relaxed),
    )


def _once(stand: Stand, question: object, answer: Callable[[], Told]) -> Told:
    """Give what was told before, or have it worked out when it is our turn."""

    def in_turn() -> Told:
        with stand.turn:
            return stand.told.once(question, answer)  # somebody may have asked while we waited

    return stand.told.once(question, in_turn)
