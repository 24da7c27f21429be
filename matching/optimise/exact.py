"""A market solved until proven: prices, relaxation, a plunge, and a search in what that leaves.

No plan better than the one in hand uses a column whose slack exceeds the gap to the bound
(reduced-cost fixing), so a search among the other columns proves the optimum. It is done in
widening circles: the columns of least slack first, because the plan found there narrows the gap.
Where everything is worth the same there is no least slack; there the lot tells columns apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matching.certificate import chance_of
from matching.optimise.dive import Frontier, Root, plunge
from matching.optimise.generate import BLOCKED, Anchor, converged, first_columns, ring_slack
from matching.optimise.linear import columns_of, relaxed, whole
from matching.optimise.prices import Walks, settled_rings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matching.optimise.limits import Limits
    from matching.optimise.linear import Columns
    from matching.optimise.prices import Task

TURNS = (400, 200)  # of prices: where rings are few, and where they are many and turns are dear
ROUNDS = 30
FINER = 1_000  # what a point is divided in once more, to make room for the lot
ROOM = 2**60
FINEST = Fraction(1, 10_000)  # of a point: plans nearer than this to the bound count as proven
CIRCLE = 200  # columns in the first circle, besides three for every two households
SEARCHES = ((1_500, 6_000), (4_000, 2_000), (8_000, 300))  # most columns, and nodes for a search


@dataclass(slots=True)
class Search:
    """What is known of one market so far: the best plan and its worth, and prices.

    `judge` gives the exact worth of a plan, or None when it breaks a side condition. `step` is how
    much better a better plan must be, in points.
    """

    judge: Callable[[Columns], Fraction | None]
    step: Fraction
    price: NDArray[np.int64]
    plan: Columns | None = None
    value: Fraction = Fraction(-1)
    proven: bool = False

    def met(self, plan: Columns) -> None:
        """Keep the better of two plans."""
        value = self.judge(plan)
        if value is not None and value > self.value:
            self.plan, self.value = plan, value

    def bounded(self, bound: int, scale: int) -> None:
        """No plan is worth more than so many 1/scale points: near enough is proof."""
        self.proven |= self.plan is not None and bound < (self.value + self.step) * scale

    def enough(self, scale: int) -> int:
        """What a better plan would have to be worth, in 1/scale points; 0 without a plan."""
        return 0 if self.plan is None else int((self.value + self.step) * scale)


def step_of(limits: Limits) -> Fraction:
    """How far two plans of different worth lie apart at least; for small chances a bit less."""
    parts = chance_of(limits.acceptance).denominator
    longest = max(limits.longest_chain, limits.longest_ring, 1)
    return max(Fraction(1, parts**longest), FINEST)


def searched(walks: Walks, limits: Limits, judge: Callable[[Columns], Fraction | None]) -> Search:
    """Look for the best plan until it is proven or the deterministic limits are reached."""
    task = walks.task
    turns = TURNS[len(task.rings) > task.market.households]
    anchor, front = first_columns(walks, rounds=turns)
    search = Search(judge, step_of(limits), anchor.price)
    anchor = _plunged(search, walks, front, anchor)
    narrow = Frontier(front.active.copy(), front.rings.copy(), front.barred, front.no_ring)
    root = None
    if not search.proven:
        anchor, root = _converged(search, walks, front, anchor)
        _used(narrow, root)
    search.price = anchor.price
    if search.proven or root is None:
        return search
    fine = drawn(task, search.step) if _tied(walks, anchor) else None
    if fine is None:
        search.met(plunge(task, front, root))
        search.bounded(anchor.bound, task.scale)
    else:
        walks = Walks(fine)
        anchor = _by_lot(search, walks, narrow, anchor)
    if not search.proven:
        _widened(search, walks, anchor)
    return search


@dataclass(frozen=True, slots=True)
class First:
    """The first plan and its worth (None and -1 where there is none), prices and their bound."""

    plan: Columns | None
    value: Fraction
    price: NDArray[np.int64]
    bound: int


def first_plan(
    walks: Walks, limits: Limits, judge: Callable[[Columns], Fraction | None], *, turns: int
) -> First:
    """Look for a plan with prices of so many turns, and no further; bound in 1/scale points."""
    anchor, front = first_columns(walks, rounds=turns)
    search = Search(judge, step_of(limits), anchor.price)
    anchor = _plunged(search, walks, front, anchor)
    price = settled_rings(walks, anchor.price)
    return First(search.plan, search.value, price, min(anchor.bound, walks.bound(price)))


def _plunged(search: Search, walks: Walks, front: Frontier, anchor: Anchor) -> Anchor:
    """A plan from the columns at hand, and better prices if there are."""
    task, columns = walks.task, front.columns(walks.task)
    solution = relaxed(task, columns)
    if solution is None:
        return anchor
    bound = walks.bound(solution.price)
    if bound < anchor.bound:
        anchor = Anchor(solution.price, bound)
    search.met(plunge(task, front, Root(columns, solution.use, solution.price, bound)))
    search.bounded(anchor.bound, task.scale)
    return anchor


def _converged(
    search: Search, walks: Walks, front: Frontier, anchor: Anchor
) -> tuple[Anchor, Root]:
    scale = walks.task.scale
    anchor, root = converged(walks, front, anchor, rounds=ROUNDS, enough=search.enough(scale))
    search.bounded(anchor.bound, scale)
    return anchor, root


def _used(front: Frontier, root: Root) -> None:
    """Add the columns that a relaxation uses."""
    used = root.columns.part(root.use > 0)
    front.active[used.place, used.arc] = True
    front.rings[used.ring] = True


def _tied(walks: Walks, anchor: Anchor) -> bool:
    """Whether too many columns are as good as the best to choose from them by slack."""
    walks.bound(settled_rings(walks, anchor.price))
    ties = int((walks.slack() <= 0).sum() + (ring_slack(walks) <= 0).sum())
    return ties > _circle(walks.task)


def _by_lot(search: Search, walks: Walks, front: Frontier, anchor: Anchor) -> Anchor:
    """Prices and a plan in the market with the lot added, from those without."""
    price, rows = anchor.price * FINER, walks.task.market.rows
    # What a row over worth costs is a share of worth: no finer in finer points.
    price[walks.task.row_prices][rows.by_worth] //= FINER
    price = walks.task.held(price)
    anchor = _plunged(search, walks, front, Anchor(price, walks.bound(price)))
    if search.proven:
        return anchor
    anchor, root = _converged(search, walks, front, anchor)
    if not search.proven:
        search.met(plunge(walks.task, front, root))
        search.bounded(anchor.bound, walks.task.scale)
    return anchor


def drawn(task: Task, step: Fraction) -> Task | None:
    """The task in finer parts of a point, with the lot added; None where numbers get too large.

    All lots together are less than half a step, so one plan is the best and none is overtaken.
    """
    market = task.market
    best = max((int(worth.max(initial=0)) for worth in task.worth), default=0)
    best = max(best, int(task.ring_worth.max(initial=0)))
    if best * max(1, market.households) * 4 * FINER >= ROOM:
        return None
    share = int(step * task.scale * FINER * 9 / 20 / max(1, market.households))
    lot = ((market.lot >> np.uint64(32)).astype(np.int64) * share) >> 32
    on_ring = np.where(task.rings >= 0, lot[task.rings], 0).sum(axis=1)
    return replace(
        task,
        worth=tuple(worth * FINER + lot for worth in task.worth),
        ring_worth=task.ring_worth * FINER + on_ring,
        weights=tuple(weight * FINER for weight in task.weights),
        scale=task.scale * FINER,
        firm=None if task.firm is None else task.firm * FINER,
    )


def _circle(task: Task) -> int:
    return 3 * task.market.households // 2 + CIRCLE


def _widened(search: Search, walks: Walks, anchor: Anchor) -> None:
    """Search among the columns of least slack, then twice as many, until the gap is closed."""
    task, most = walks.task, _circle(walks.task)
    bound = walks.bound(settled_rings(walks, anchor.price))
    slack, rings = walks.slack(), ring_slack(walks)
    order = np.sort(np.concatenate([slack[slack < BLOCKED], rings]))
    while not search.proven:
        least = int(order[min(most, len(order)) - 1]) if most < len(order) else BLOCKED - 1
        within = max(0, min(least, bound - search.enough(task.scale)))
        left = columns_of(slack <= within, rings <= within)
        nodes = next((nodes for size, nodes in SEARCHES if left.size <= size), 0)
        if not nodes:
            return
        # The lot may be worth nearly half a step: what is left of one tells plans apart.
        found = whole(task, left, nodes=nodes, gap=float(search.step) / 2, plain=True)
        search.met(found.columns)
        if not found.proven:
            return
        complete = within >= bound - search.enough(task.scale) or within == BLOCKED - 1
        search.proven |= complete and search.plan is not None
        if complete:
            return
        most *= 2
