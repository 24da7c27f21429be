"""A market solved until proven: prices, relaxation, a plunge, and a search in what that leaves.

No plan better than the one in hand uses a column whose slack exceeds the gap to the bound
(reduced-cost fixing), so a search among the other columns proves the optimum. It is done in
widening circles: the columns of least slack first, because the plan found there narrows the gap.
Where everything is worth the same there is no least slack; there the lot tells columns apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
SEARCHES = ((4_000, 20_000), (8_000, 2_000))  # most columns, and the nodes such a search may have

Judge = "Callable[[Columns], Fraction | None]"


@dataclass(slots=True)
class Search:
    """What is known of one market so far: the best plan and its worth, prices and their bound.

    `judge` gives the exact worth of a plan, or None when it breaks a side condition. `step` is how
    much better a better plan must be, in points.
    """

    task: Task
    judge: Callable[[Columns], Fraction | None]
    step: Fraction
    anchor: Anchor
    plan: Columns | None = None
    value: Fraction = Fraction(-1)
    proven: bool = field(default=False)

    def met(self, plan: Columns) -> None:
        """Keep the better of two plans."""
        value = self.judge(plan)
        if value is not None and value > self.value:
            self.plan, self.value = plan, value

    def bounded(self, bound: int, scale: int) -> None:
        """A bound of so many 1/scale points: no better plan is left when it is near enough."""
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
    search = Search(task, judge, step_of(limits), anchor)
    _plunged(search, front, walks)
    narrow = Frontier(front.active.copy(), front.rings.copy(), front.barred, front.no_ring)
    if not search.proven:
        root = _converged(search, walks, front)
        _used(narrow, root)
    if not search.proven:
        search.met(plunge(task, front, root))
        search.bounded(search.anchor.bound, task.scale)
    if not search.proven:
        _widened(search, *_told_apart(search, walks, narrow))
    return search


def _plunged(search: Search, front: Frontier, walks: Walks) -> None:
    """A first plan from the columns that the walks used."""
    task, columns = search.task, front.columns(search.task)
    solution = relaxed(task, columns)
    if solution is None:
        return
    bound = walks.bound(solution.price)
    if bound < search.anchor.bound:
        search.anchor = Anchor(solution.price, bound)
    root = Root(columns, solution.use, solution.price, bound)
    search.met(plunge(task, front, root))
    search.bounded(search.anchor.bound, task.scale)


def _converged(search: Search, walks: Walks, front: Frontier) -> Root:
    scale = walks.task.scale
    search.anchor, root = converged(
        walks, front, search.anchor, rounds=ROUNDS, enough=search.enough(scale)
    )
    search.bounded(search.anchor.bound, scale)
    return root


def _used(front: Frontier, root: Root) -> None:
    """Add the columns that a relaxation uses."""
    used = root.columns.part(root.use > 0)
    front.active[used.place, used.arc] = True
    front.rings[used.ring] = True


def _told_apart(
    search: Search, walks: Walks, front: Frontier
) -> tuple[Walks, NDArray[np.int64], int]:
    """Walks, prices and bound under which few columns are as good as the best.

    The market itself, or, where too many columns have no slack at all, the same market with the
    lot as a share of less than half a step, so that one plan is the best.
    """
    price = settled_rings(walks, search.anchor.price)
    bound = walks.bound(price)
    ties = int((walks.slack() <= 0).sum() + (ring_slack(walks) <= 0).sum())
    fine = drawn(search.task, search.step)
    if ties <= _circle(search.task) or fine is None:
        return walks, price, bound
    by_lot = Walks(fine)
    price = search.anchor.price * FINER
    start = Anchor(price, by_lot.bound(price))
    anchor, _ = converged(by_lot, front, start, rounds=ROUNDS, enough=search.enough(fine.scale))
    search.bounded(anchor.bound, fine.scale)
    price = settled_rings(by_lot, anchor.price)
    return by_lot, price, by_lot.bound(price)


def drawn(task: Task, step: Fraction) -> Task | None:
    """The task in finer parts of a point, with the lot added; None where numbers get too large."""
    market = task.market
    best = max((int(worth.max(initial=0)) for worth in task.worth), default=0)
    best = max(best, int(task.ring_worth.max(initial=0)))
    if best * max(1, market.households) * 4 * FINER >= ROOM:
        return None
    share = int(step * task.scale * FINER * 9 / 20 / max(1, market.households))
    lot = ((market.lot >> np.uint64(32)).astype(np.int64) * share) >> 32
    on_ring = np.where(task.rings >= 0, lot[task.rings], 0).sum(axis=1) if len(task.rings) else 0
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


def _widened(search: Search, walks: Walks, price: NDArray[np.int64], bound: int) -> None:
    """Search among the columns of least slack, then twice as many, until the gap is closed."""
    task, most = walks.task, _circle(walks.task)
    walks.bound(price)
    slack, rings = walks.slack(), ring_slack(walks)
    order = np.sort(np.concatenate([slack[slack < BLOCKED], rings]))
    while not search.proven:
        gap = bound - search.enough(task.scale)
        least = int(order[min(most, len(order)) - 1]) if len(order) else 0
        within = max(0, min(least, gap))
        left = columns_of(slack <= within, rings <= within)
        nodes = next((nodes for size, nodes in SEARCHES if left.size <= size), 0)
        if not nodes:
            return
        found = whole(task, left, nodes=nodes, gap=float(search.step) * 0.999, plain=True)
        search.met(found.columns)
        if not found.proven:
            return
        complete = within >= bound - search.enough(task.scale) or most >= len(order)
        search.proven |= complete and search.plan is not None
        if complete:
            return
        most *= 2
