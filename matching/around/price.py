"""What a change costs the plan: the difference between the plan as it can be and with the change.

In a small market both are proven, so the price is exact; in a large one both are solved in the same
neighbourhood, and the prices of the plan say between what the true figure lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matching.around.again import again, put, the_same
from matching.around.change import Change
from matching.around.repair import TRIES, tried
from matching.chains import unlink
from matching.conditions import ImpossibleConditions
from matching.shadow import totals

if TYPE_CHECKING:
    from collections.abc import Collection

    from matching.around.repair import Tried
    from matching.around.standing import Standing
    from matching.model import Move, Totals


@dataclass(frozen=True, slots=True)
class Price:
    """What the plan loses by a change, in whole points, and how its measures change.

    Whatever the best plans are, the loss is from `at_least` to `at_most`; `points` is what was
    found. The other figures are with the change less without: -1 older household is one less that
    moves to a suitable home; minutes are summed over ties.
    """

    points: int
    at_least: int
    at_most: int
    moves: int
    older_to_suitable: int
    minutes_to_ties: int
    family_homes_freed: int


@dataclass(frozen=True, slots=True)
class PlanB:
    """Who would get a home if the household that should get it says no; None: nobody would."""

    move: Move | None
    price: Price


def price(standing: Standing, change: Change, *, tries: int = TRIES) -> Price:
    """Say what a change costs: this move pinned, that one forbidden, a home withdrawn.

    Nothing is repaired: the plan with the change is the best there is. Whoever waits for it asks
    for one of the `tries`: what is then not proven is in `at_least` and `at_most`. Raises
    ImpossibleConditions when there is none.
    """
    return _priced(standing, tried(standing, change, answered=False, tries=tries))


def plan_b(standing: Standing, move: Move, *, tries: int = TRIES) -> PlanB:
    """Say whom the plan would put in this home if the household said no, and what that costs.

    The moves before it in the chain stand.
    """
    said_no = Change(forbidden=((move.household, move.to),))
    done = tried(standing, said_no, answered=True, tries=tries)
    moves = unlink(done.standing.chains)
    instead = next((other for other in moves if other.to == move.to), None)
    return PlanB(instead, _priced(standing, done))


def _priced(standing: Standing, done: Tried) -> Price:
    """Compare with the best that the same neighbourhood allows without the change."""
    fixed = frozenset(map(id, done.found.fixed))  # the very same chains: nothing need be compared
    best = _as_it_can_be(standing, done)
    with_it, without = (_measured(plan, fixed) for plan in (done.standing, best))
    return Price(
        points=best.value - done.standing.value,
        at_least=best.value - done.standing.bound,
        at_most=standing.bound - done.standing.value,
        moves=with_it.moves - without.moves,
        older_to_suitable=with_it.older_to_suitable - without.older_to_suitable,
        minutes_to_ties=with_it.minutes_to_ties - without.minutes_to_ties,
        family_homes_freed=with_it.family_homes_freed - without.family_homes_freed,
    )


def _as_it_can_be(standing: Standing, done: Tried) -> Standing:
    """The plan, solved again without the change where it was solved with it; never worse."""
    if standing.value >= standing.bound:
        return standing
    try:
        best = put(
            standing, again(standing, the_same(standing, done.standing, done.near, done.found))
        )
    except ImpossibleConditions:
        return standing
    return best if best.exactly > standing.exactly else standing


def _measured(plan: Standing, fixed: Collection[int]) -> Totals:
    """What the chains that are not fixed come to."""
    chains = [chain for chain in plan.chains if id(chain) not in fixed]
    rows = plan.facts.options.iloc[plan.rows_of(unlink(chains))]
    return totals(chains, rows)
