"""One market, solved: exact where that is within reach, else a plan and a bound close together."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matching.certificate import chance_of, rings_of, weights_of
from matching.conditions import ImpossibleConditions
from matching.optimise.dive import dive, frontier, price_in
from matching.optimise.exact import searched
from matching.optimise.linear import Columns, columns_of, relaxed, tightened, whole
from matching.optimise.prices import Task, Walks, good_prices, settled_rings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.optimise.limits import Limits
    from matching.optimise.market import Market

SMALL = 1_500  # columns: straight to the integer solver, until proven
MIDDLING = 30_000  # moves: searched until proven, as far as the limits of a search allow
NODES = 1_000  # in search of any plan that keeps the side conditions, when the dive found none
NODES_BY_COLUMNS = ((2_500, 2_000), (6_000, 400))  # left by reduced-cost fixing: worth a search
PRICE_ROUNDS = 800
MOST_COLUMNS = 20_000  # in the first relaxation: more costs minutes and finds nothing
ROOT_ROUNDS = 3
CONDITIONED_ROUNDS = 20  # side conditions move prices far: more columns have to be found


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
    bonus = market.bonus * scale
    kept = np.where(rings >= 0, bonus[rings], 0).sum(axis=1) if len(rings) else length
    leavers = np.unique(np.column_stack([market.frees, market.household]), axis=0)[:, 0]
    several = np.bincount(leavers[leavers >= 0], minlength=market.homes) > 1
    return Task(
        market=market,
        worth=tuple(market.gain * weight + bonus for weight in weights[: limits.longest_chain]),
        rings=rings,
        ring_worth=(gains * np.array([0, *weights])[length] + kept).astype(np.int64),
        priced=several | np.isin(np.arange(market.homes), market.home[market.rows.pins[1]]),
        scale=scale,
        weights=tuple(weights),
        firm=_firm(market, scale) if len(market.rows) else None,
        all_rings=complete,
    )


def _firm(market: Market, scale: int) -> NDArray[np.int64]:
    """Prices dearer than any chain on who and what is pinned, paid back to the pinned move."""
    row, arc = market.rows.pins
    dear = 10 * scale * (int((market.gain + market.bonus).max(initial=0)) + 1)
    price = np.zeros(market.households + market.homes + len(market.rows), dtype=np.int64)
    price[market.household[arc]] = dear
    price[market.households + market.home[arc]] = dear
    price[market.households + market.homes + row] = 2 * dear
    return price


def solve(task: Task, limits: Limits, *, small: int = SMALL) -> Solved:
    """The best plan for one market that the deterministic limits allow, with its bound.

    `small` is the number of columns up to which the integer solver proves the optimum directly.
    Raises ImpossibleConditions when no plan keeps the side conditions, or none was found.
    """
    walks = Walks(task)
    price = np.zeros(task.prices, dtype=np.int64)
    walks.bound(price)
    everything = walks.slack() < 2**57
    if not small or not task.all_rings or task.market.size > MIDDLING:
        return _priced(walks, limits)
    answer = _proven(walks, limits)
    if answer is not None and answer.value == answer.bound:
        return answer
    if int(everything.sum()) + len(task.rings) <= small:
        return _exact(walks, columns_of(everything, np.ones(len(task.rings), bool)), limits)
    return answer or _priced(walks, limits)


def _proven(walks: Walks, limits: Limits) -> Solved | None:
    """A plan searched until proven, or as far as that went; None when none was found."""
    task = walks.task

    def judge(plan: Columns) -> Fraction | None:
        return value_of(task, plan, limits) if keeps(task, plan, limits) else None

    search = searched(walks, limits, judge)
    if search.plan is None:
        return None
    price = settled_rings(walks, search.price)
    bound = Fraction(walks.bound(price), task.scale)
    value = search.value
    return Solved(
        arcs_of(task, search.plan), value, value if search.proven else max(value, bound), price
    )


def _exact(walks: Walks, columns: Columns, limits: Limits) -> Solved:
    """Prove the optimum; prices from the relaxation, so that the bound can be checked."""
    task = walks.task
    price = np.zeros(task.prices, dtype=np.int64)
    root = relaxed(task, columns)
    price = settled_rings(walks, price if root is None else root.price)
    found = whole(task, columns, nodes=None, gap=0.0, lottery=_even(limits))
    proven = found.proven
    if not found.broken and not keeps(task, found.columns, limits):
        # Short by less than the solver sees: ask a little more, and promise no optimum.
        wary = tightened(task, columns)
        found, proven = (
            whole(task, columns, wary, nodes=None, gap=0.0, lottery=_even(limits)),
            False,
        )
    if found.broken or not keeps(task, found.columns, limits):
        raise ImpossibleConditions
    value = value_of(task, found.columns, limits)
    bound = value if proven else Fraction(walks.bound(price), task.scale)
    return Solved(arcs_of(task, found.columns), value, max(value, bound), price)


def _priced(walks: Walks, limits: Limits) -> Solved:
    """Prices, relaxation, dive; then a search in what reduced-cost fixing leaves, if little."""
    task = walks.task
    price, bound = good_prices(walks, rounds=PRICE_ROUNDS)
    front = frontier(walks, price, within=_near(walks, price))
    rounds = CONDITIONED_ROUNDS if len(task.market.rows) else ROOT_ROUNDS
    known = (price, bound) if len(task.market.rows) else None
    root = price_in(walks, front, rounds=rounds, known=known)
    if root.bound < bound:
        price = root.price
    price = settled_rings(walks, price)
    bound = walks.bound(price)
    best = _kept(task, dive(walks, front, root), limits)
    if best is None:
        best = _kept(task, whole(task, root.columns, nodes=NODES, gap=0.0).columns, limits)
    if best is None:
        raise ImpossibleConditions
    value = value_of(task, best, limits)
    left = _undecided(walks, price, bound, value, limits)
    nodes = next((nodes for most, nodes in NODES_BY_COLUMNS if left.size <= most), 0)
    if nodes and task.all_rings:
        found = whole(task, left, nodes=nodes, gap=0.999 if _even(limits) else 0.0)
        other = _kept(task, found.columns, limits)
        better = value if other is None else value_of(task, other, limits)
        best, value = (other, better) if other and better > value else (best, value)
        if found.proven:
            return Solved(arcs_of(task, best), value, value, price)
    return Solved(arcs_of(task, best), value, max(value, Fraction(bound, task.scale)), price)


def _even(limits: Limits) -> bool:
    """Whether everyone says yes, so that all values are whole: within a point is then proven."""
    return chance_of(limits.acceptance) == 1


def _near(walks: Walks, price: NDArray[np.int64]) -> int:
    """The slack within which columns enter the first relaxation: a few for every household."""
    walks.bound(price)
    slack = np.sort(walks.slack(), axis=None)
    few = min(MOST_COLUMNS, 2 * walks.task.market.households + 2_000, slack.size)
    return int(max(0, min(slack[few - 1], 2**56))) if slack.size else 0


def _undecided(
    walks: Walks, price: NDArray[np.int64], bound: int, value: Fraction, limits: Limits
) -> Columns:
    """The columns that a plan better than `value` could still use (reduced-cost fixing)."""
    target = value + 1 if _even(limits) else value
    room = (Fraction(bound) - target * walks.task.scale).__ceil__()
    return frontier(walks, price, within=max(room, 0)).columns(walks.task)


def _kept(task: Task, columns: Columns, limits: Limits) -> Columns | None:
    """The plan, if it keeps every side condition exactly; a solver counts in doubles."""
    return columns if keeps(task, columns, limits) else None


def keeps(task: Task, columns: Columns, limits: Limits) -> bool:
    """Whether a plan keeps every side condition of the market, counted in whole numbers."""
    rows = task.market.rows
    total = [Fraction(0)] * len(rows)
    chance = chance_of(limits.acceptance)
    depth = {int(a): int(k) + 1 for a, k in zip(columns.arc, columns.place, strict=True)}
    for ring in task.rings[columns.ring]:
        depth |= {int(arc): int((ring >= 0).sum()) for arc in ring[ring >= 0]}
    used = np.isin(rows.arc, np.fromiter(depth, dtype=np.int64, count=len(depth)))
    triplets = (rows.row[used], rows.arc[used], rows.coefficient[used])
    for row, arc, coefficient in zip(*(t.tolist() for t in triplets), strict=True):
        worth = int(task.market.gain[arc]) * chance ** depth[arc] if rows.by_worth[row] else 1
        total[row] += coefficient * worth
    return all(sum_ <= limit for sum_, limit in zip(total, rows.limit.tolist(), strict=True))


def value_of(task: Task, columns: Columns, limits: Limits) -> Fraction:
    """The exact worth of a plan: the k-th move of a chain counts p^k, a ring of n counts p^n."""
    chance, gain = chance_of(limits.acceptance), task.market.gain
    total = Fraction(0)
    for place in range(task.places):
        total += int(gain[columns.arc[columns.place == place]].sum()) * chance ** (place + 1)
    for ring in task.rings[columns.ring]:
        moves = ring[ring >= 0]
        total += int(gain[moves].sum()) * chance ** len(moves)
    return total + int(task.market.bonus[arcs_of(task, columns)].sum())


def arcs_of(task: Task, columns: Columns) -> NDArray[np.int64]:
    """The moves of a plan, by their place in the market."""
    rings = task.rings[columns.ring]
    return np.concatenate([columns.arc, rings[rings >= 0]])
