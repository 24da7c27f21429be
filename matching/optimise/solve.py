"""One market, solved: exact where that is within reach, else a plan and a bound close together."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matching.certificate import chance_of, rings_of, weights_of
from matching.optimise.dive import dive, frontier, price_in
from matching.optimise.linear import Columns, columns_of, relaxed, whole
from matching.optimise.prices import Task, Walks, good_prices, settled_rings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.optimise.limits import Limits
    from matching.optimise.market import Market

SMALL = 1_500  # columns: straight to the integer solver, until proven
NODES_BY_COLUMNS = ((2_500, 2_000), (6_000, 400))  # left by reduced-cost fixing: worth a search
PRICE_ROUNDS = 800
MOST_COLUMNS = 20_000  # in the first relaxation: more costs minutes and finds nothing
ROOT_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan for one market: arcs with their places (0-based), rings, value and bound (exact)."""

    arcs: NDArray[np.int64]
    value: Fraction
    bound: Fraction
    price: NDArray[np.int64]


def task_of(market: Market, limits: Limits, *, scale: int) -> Task:
    """What each move is worth at each place, and every ring, in 1/`scale` points rounded up."""
    longest = max(limits.longest_chain, limits.longest_ring, 2)
    weights = weights_of(limits.acceptance, longest, scale=scale)
    rings, complete = rings_of(
        market.home, market.frees, market.household, longest=limits.longest_ring
    )
    length = (rings >= 0).sum(axis=1)
    gains = np.where(rings >= 0, market.gain[rings], 0).sum(axis=1) if len(rings) else length
    leavers = np.unique(np.column_stack([market.frees, market.household]), axis=0)[:, 0]
    several = np.bincount(leavers[leavers >= 0], minlength=market.homes) > 1
    return Task(
        market=market,
        worth=tuple(market.gain * weight for weight in weights[: limits.longest_chain]),
        rings=rings,
        ring_worth=(gains * np.array([0, *weights])[length]).astype(np.int64),
        priced=several,
        scale=scale,
        pair_weight=weights[1],
        all_rings=complete,
    )


def solve(market: Market, limits: Limits, *, scale: int, small: int = SMALL) -> Solved:
    """The best plan for one market that the deterministic limits allow, with its bound.

    `small` is the number of columns up to which the integer solver proves the optimum directly.
    """
    task = task_of(market, limits, scale=scale)
    walks = Walks(task)
    price = np.zeros(task.prices, dtype=np.int64)
    walks.bound(price)
    everything = walks.slack(price) < 2**57
    if int(everything.sum()) + len(task.rings) <= small and task.all_rings:
        return _exact(walks, columns_of(everything, np.ones(len(task.rings), bool)), limits)
    return _priced(walks, limits)


def _exact(walks: Walks, columns: Columns, limits: Limits) -> Solved:
    """Prove the optimum; prices from the relaxation, so that the bound can be checked."""
    task = walks.task
    price = np.zeros(task.prices, dtype=np.int64)
    root = relaxed(task, columns)
    price = settled_rings(walks, price if root is None else root.price)
    found = whole(task, columns, nodes=None, gap=0.0, lottery=_even(limits))
    value = value_of(task, found.columns, limits)
    bound = value if found.proven else Fraction(walks.bound(price), task.scale)
    return Solved(_arcs(task, found.columns), value, max(value, bound), price)


def _priced(walks: Walks, limits: Limits) -> Solved:
    """Prices, relaxation, dive; then a search in what reduced-cost fixing leaves, if little."""
    task = walks.task
    price, bound = good_prices(walks, rounds=PRICE_ROUNDS)
    front = frontier(walks, price, within=_near(walks, price))
    root = price_in(walks, front, rounds=ROOT_ROUNDS)
    if root.bound < bound:
        price = root.price
    price = settled_rings(walks, price)
    bound = walks.bound(price)
    best = dive(walks, front, root)
    value = value_of(task, best, limits)
    left = _undecided(walks, price, bound, value, limits)
    nodes = next((nodes for most, nodes in NODES_BY_COLUMNS if left.size <= most), 0)
    if nodes and task.all_rings:
        found = whole(task, left, nodes=nodes, gap=0.999 if _even(limits) else 0.0)
        better = value_of(task, found.columns, limits)
        best, value = (found.columns, better) if better > value else (best, value)
        if found.proven:
            return Solved(_arcs(task, best), value, value, price)
    return Solved(_arcs(task, best), value, max(value, Fraction(bound, task.scale)), price)


def _even(limits: Limits) -> bool:
    """Whether everyone says yes, so that all values are whole: within a point is then proven."""
    return chance_of(limits.acceptance) == 1


def _near(walks: Walks, price: NDArray[np.int64]) -> int:
    """The slack within which columns enter the first relaxation: a few for every household."""
    walks.bound(price)
    slack = np.sort(walks.slack(price), axis=None)
    few = min(MOST_COLUMNS, 2 * walks.task.market.households + 2_000, slack.size)
    return int(max(0, min(slack[few - 1], 2**56))) if slack.size else 0


def _undecided(
    walks: Walks, price: NDArray[np.int64], bound: int, value: Fraction, limits: Limits
) -> Columns:
    """The columns that a plan better than `value` could still use (reduced-cost fixing)."""
    target = value + 1 if _even(limits) else value
    room = (Fraction(bound) - target * walks.task.scale).__ceil__()
    return frontier(walks, price, within=max(room, 0)).columns(walks.task)


def value_of(task: Task, columns: Columns, limits: Limits) -> Fraction:
    """The exact worth of a plan: the k-th move of a chain counts p^k, a ring of n counts p^n."""
    chance, gain = chance_of(limits.acceptance), task.market.gain
    total = Fraction(0)
    for place in range(task.places):
        total += int(gain[columns.arc[columns.place == place]].sum()) * chance ** (place + 1)
    for ring in task.rings[columns.ring]:
        moves = ring[ring >= 0]
        total += int(gain[moves].sum()) * chance ** len(moves)
    return total


def _arcs(task: Task, columns: Columns) -> NDArray[np.int64]:
    """The moves of a plan, by their place in the market."""
    rings = task.rings[columns.ring]
    return np.concatenate([columns.arc, rings[rings >= 0]])
