"""Solve again around a change: free the nearest chains, keep all others, and let the engine choose.

Households and homes of chains that stay are taken out, and of side conditions only what these
leave is handed on; so what comes back fits beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.around.left import conditions_left
from matching.around.neighbourhood import UNREACHED, distances, members_of, slack_of
from matching.chains import link, moves_of
from matching.conditions import ImpossibleConditions
from matching.optimise import choose
from matching.optimise.linear import columns_of, relaxed
from matching.optimise.prices import Walks
from matching.optimise.solve import task_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.around.neighbourhood import Distances, Members
    from matching.around.standing import Standing
    from matching.model import Certificate, Chain

SMALL_MARKET = 1_500
"""Moves: a market up to this size is solved again whole, as far as it hangs together."""
NEAR = 60
"""Points: the longest step to what can matter in a large market."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The households and homes where a change begins."""

    households: frozenset[str]
    homes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Around:
    """A neighbourhood: its moves (by number in the market), and which chains it frees."""

    moves: NDArray[np.bool_]
    freed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Again:
    """The chains that a neighbourhood gets, beside those that stayed, and its own prices."""

    fresh: tuple[Chain, ...]
    fixed: tuple[Chain, ...]
    certificate: Certificate


def reach_of(standing: Standing, touched: Touched) -> Distances:
    """How far everything is from a change; in a small market all that can be reached is."""
    slack = slack_of(standing)
    small = int((slack < UNREACHED).sum()) <= SMALL_MARKET
    return distances(
        standing,
        slack,
        households=_bound_to(standing, touched.households),
        homes=touched.homes,
        within=None if small else NEAR,
    )


def around(standing: Standing, far: Distances, *, most: int) -> Around:
    """The nearest moves, at most so many (but all that are equally near as the nearest)."""
    reached = np.sort(far.moves[np.isfinite(far.moves)])
    radius = np.inf if len(reached) <= most else reached[most - 1]
    if len(reached) > most and reached[most] == radius:
        nearer = reached[reached < radius]
        radius = nearer[-1] if len(nearer) else radius
    freed = _bound_together(standing, np.isfinite(far.chains) & (far.chains <= radius))
    inside = np.isfinite(far.moves) & (far.moves <= radius)
    return only_free(standing, far.members, inside, freed)


def only_free(
    standing: Standing, members: Members, inside: NDArray[np.bool_], freed: NDArray[np.bool_]
) -> Around:
    """These moves and those of the freed chains, without any that touches a chain that stays."""
    inside = inside | _made(standing, members, freed)
    return Around(inside & ~_taken(standing, members, freed), freed)


def the_same(standing: Standing, other: Standing, near: Around, found: Again) -> Around:
    """The households and homes of a neighbourhood that was solved in another state of the market.

    Numbers of households and homes are the same in both; moves and chains need not be.
    """
    market, members = standing.market, members_of(standing)
    stayed = frozenset(map(id, found.fixed))  # the very same chains: nothing need be compared
    freed = np.array([id(chain) not in stayed for chain in standing.chains], dtype=bool)
    moves = np.flatnonzero(near.moves)
    person = np.zeros(max(market.households, other.market.households), dtype=bool)
    home = np.zeros(max(market.homes, other.market.homes) + 1, dtype=bool)
    person[other.market.household[moves]] = True
    home[other.market.home[moves]] = home[other.market.onward[moves]] = True
    free = freed[members.chain]
    person[members.person[free]] = True
    home[members.home[free]] = home[members.left[free]] = True
    home[market.homes] = True  # a move that leaves nobody's home asks nothing of one
    inside = person[market.household] & home[market.home] & home[market.onward]
    return only_free(standing, members, inside, freed)


def local_prices(standing: Standing, near: Around) -> NDArray[np.int64]:
    """The standing prices, but in a neighbourhood those of its own relaxation."""
    walks = standing.walks
    try:
        part = standing.market.part(near.moves)
    except ImpossibleConditions:  # what must be in the plan is elsewhere: these prices say nothing
        return standing.price
    task = task_of(part, standing.facts.limits, scale=walks.task.scale)
    inner = Walks(task)
    inner.bound(np.zeros(task.prices, dtype=np.int64))
    columns = columns_of(inner.slack() < UNREACHED, np.ones(len(task.rings), dtype=bool))
    solution = relaxed(task, columns)
    if solution is None:
        return standing.price
    inside = np.ones(task.prices, dtype=bool)
    inside[: part.households] = np.isin(np.arange(part.households), part.household)
    inside[part.households : task.row_prices.start] = np.isin(np.arange(part.homes), part.home)
    return np.where(inside, solution.price, standing.price)


def again(standing: Standing, near: Around) -> Again:
    """Let the engine choose in a neighbourhood. Raises ImpossibleConditions."""
    facts, market = standing.facts, standing.market
    fixed = tuple(c for c, free in zip(standing.chains, near.freed, strict=True) if not free)
    rows = np.sort(market.row[near.moves])
    options = facts.options.iloc[rows]
    entered = np.unique(market.home[near.moves])
    openings = standing.homes[entered[market.opening[entered]]].tolist()
    choice = choose(
        options,
        openings,
        facts.limits,
        seed=facts.seed,
        conditions=conditions_left(standing, fixed, options),
    )
    fresh = link(moves_of(choice.moves), openings=frozenset(openings))
    return Again(fresh, fixed, choice.certificate)


def put(standing: Standing, found: Again) -> Standing:
    """The plan with the neighbourhood's new chains."""
    return standing.with_chains((*found.fixed, *found.fresh))


def _made(standing: Standing, members: Members, freed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which moves of the market the freed chains make."""
    free = freed[members.chain]
    entering = np.full(standing.market.homes, -2, dtype=np.int64)
    entering[members.home[free]] = members.person[free]
    made: NDArray[np.bool_] = entering[standing.market.home] == standing.market.household
    return made


def _taken(standing: Standing, members: Members, freed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which moves touch a chain that stays: who is in it, what it enters, what it leaves."""
    market, stays = standing.market, ~freed[members.chain]
    person = np.zeros(market.households, dtype=bool)
    home = np.zeros(market.homes + 1, dtype=bool)
    person[members.person[stays]] = True
    home[members.home[stays]] = home[members.left[stays]] = True
    home[-1] = False  # where nobody's home was marked
    return person[market.household] | home[market.home]


def _bound_together(standing: Standing, freed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Also the chains of whoever moves with somebody in a freed chain, or not at all."""
    sets = _bound_sets(standing)
    if not sets:
        return freed
    inside = [frozenset(move.household for move in chain.moves) for chain in standing.chains]
    while True:
        free = frozenset().union(*(who for who, yes in zip(inside, freed, strict=True) if yes))
        bound = frozenset().union(*(some for some in sets if some & free))
        more = freed | np.array([bool(who & bound) for who in inside], dtype=bool)
        if (more == freed).all():
            return freed
        freed = more


def _bound_sets(standing: Standing) -> list[frozenset[str]]:
    """Households of which one may ask another to move too, or to stay."""
    conditions = standing.facts.conditions
    sets = {frozenset(group.members) for group in conditions.groups}
    sets |= {frozenset((one.household, one.other)) for one in conditions.together}
    return sorted(sets, key=sorted)


def _bound_to(standing: Standing, households: frozenset[str]) -> frozenset[str]:
    """These households and whoever is bound to one: also when that one has no move left."""
    return households.union(*(some for some in _bound_sets(standing) if some & households))
