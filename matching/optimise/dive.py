"""From prices to a plan: solve the relaxation, settle who moves at which place, repeat.

Once every household has one place the rest is a flow through layers, which is whole by itself; the
last few open questions go to the integer solver. Measured on regions of 1,500 and 15,000 seekers
this ends 0.04 to 0.2 % below the bound (docs/decisions/0003-optimiser.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.optimise.linear import Columns, columns_of, relaxed, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.optimise.prices import Task, Walks

TINY = 1e-6
SETTLED = 0.7
LEAST_SHARE = 0.25
OPEN_FOR_SOLVER = 300
NODES = 100
NEAR_ENOUGH = 2e-4
CLOSE = 1 + 1e-5
CLOSE_CONDITIONED = 1 + 1e-4
NO_BOUND = 2**62
TURNS = 40
FEW_RINGS = 8
PRICING_ROUNDS = 2


@dataclass(slots=True)
class Frontier:
    """The columns in play (grows while pricing) and the places barred (grows while diving)."""

    active: NDArray[np.bool_]
    rings: NDArray[np.bool_]
    barred: NDArray[np.bool_]
    no_ring: NDArray[np.bool_]

    def columns(self, task: Task) -> Columns:
        """What may still be chosen."""
        return columns_of(
            self.active & ~self.barred[:, task.market.household], self.rings & ~self.no_ring
        )


@dataclass(frozen=True, slots=True)
class Root:
    """A solved relaxation: columns and their use, prices, and the bound they prove (1/scale).

    `value` is that of the relaxation on these columns, in points.
    """

    columns: Columns
    use: NDArray[np.float64]
    price: NDArray[np.int64]
    bound: int
    value: float = 0.0


def frontier(walks: Walks, price: NDArray[np.int64], *, within: int) -> Frontier:
    """The columns whose slack under these prices is at most `within` (1/scale points)."""
    task = walks.task
    walks.bound(price)
    slack = walks.slack()
    return Frontier(
        active=(slack <= within) & (slack < 2**57),
        rings=-walks.ring_value <= within,
        barred=np.zeros((task.places, task.market.households), dtype=bool),
        no_ring=np.zeros(len(task.rings), dtype=bool),
    )


def price_in(
    walks: Walks,
    front: Frontier,
    *,
    rounds: int,
    known: tuple[NDArray[np.int64], int] | None = None,
) -> Root:
    """Solve the relaxation, add the columns it misses, and again; the best bound's prices.

    `known` are good prices and their bound to begin with.
    """
    task, barred = walks.task, front.barred
    columns = front.columns(task)
    best_price, best = known or (np.zeros(task.prices, dtype=np.int64), NO_BOUND)
    use, value = np.zeros(columns.size), 0.0
    close = CLOSE_CONDITIONED if len(task.market.rows) else CLOSE
    for _ in range(rounds):
        columns = front.columns(task)
        solution = relaxed(task, columns)
        use = np.zeros(columns.size) if solution is None else solution.use
        if solution is None:
            break
        value = solution.value
        bound = walks.bound(solution.price, barred)
        swings = bound >= best and len(task.market.rows) > 0
        if bound < best:
            best, best_price = bound, solution.price
        if best <= solution.value * task.scale * close:
            break
        more = _priced_in(walks, front)
        if swings:
            # Prices swing while columns are few; halfway to the best ones lies the truth.
            between = (best_price + solution.price) // 2
            bound = walks.bound(between, barred)
            more |= _priced_in(walks, front)
            if bound < best:
                best, best_price = bound, between
        if not more:
            break
    return Root(columns, use, best_price, best, value)


def _priced_in(walks: Walks, front: Frontier) -> bool:
    """Add every column that the prices looked at last call worth it; whether there were any."""
    slack = walks.slack()
    more = (slack <= 0) & ~front.active & ~front.barred[:, walks.task.market.household]
    rings = (walks.ring_value >= 0) & ~front.rings & ~front.no_ring
    front.active |= more
    front.rings |= rings
    return bool(more.any() or rings.any())


def dive(walks: Walks, front: Frontier, root: Root) -> Columns:
    """A whole plan: settle the clearest places first and let the prices answer."""
    task = walks.task
    settled = np.zeros(task.market.households, dtype=bool)
    for _ in range(TURNS):
        undecided = _open(root.use)
        if undecided == 0 and root.use.any():
            return root.columns.part(root.use > SETTLED)
        if undecided <= OPEN_FOR_SOLVER:
            break
        _settle(task, front, root, settled)
        root = price_in(walks, front, rounds=PRICING_ROUNDS)
    near_enough = max(0.0, NEAR_ENOUGH * root.value)
    return whole(task, front.columns(task), nodes=NODES, gap=near_enough).columns


def _open(use: NDArray[np.float64]) -> int:
    return int(((use > TINY) & (use < 1 - TINY)).sum())


def _settle(task: Task, front: Frontier, root: Root, settled: NDArray[np.bool_]) -> None:
    """Bar all places but the one (or the ring) where a household's use is clearest."""
    columns, use = root.columns, root.use
    people, moves = task.market.households, len(columns.arc)
    share = np.zeros((task.places + 1, people))
    np.add.at(share, (columns.place, task.market.household[columns.arc]), use[:moves])
    which, position = np.nonzero(task.rings[columns.ring] >= 0)
    member = task.market.household[task.rings[columns.ring][which, position]]
    np.add.at(share, (np.full(len(member), task.places), member), use[moves:][which])
    most, at = share.max(axis=0), share.argmax(axis=0)
    waiting = np.flatnonzero(~settled & (most > TINY))
    clear = waiting[most[waiting] >= SETTLED]
    least = max(1, int(LEAST_SHARE * len(waiting)))
    if len(clear) < least:
        clear = waiting[np.argsort(-most[waiting], kind="stable")[:least]]
    settled[clear] = True
    front.barred[:, clear] = True
    inside = clear[at[clear] < task.places]
    front.barred[at[inside], inside] = False
    if len(task.rings):
        chained = np.zeros(people, dtype=bool)
        chained[inside] = True
        theirs = task.market.household[task.rings]
        front.no_ring |= ((task.rings >= 0) & chained[theirs]).any(axis=1)


def plunge(task: Task, front: Frontier, root: Root) -> Columns:
    """A whole plan by relaxations alone: as `dive`, but rings too are settled, to the end."""
    front = Frontier(front.active, front.rings, front.barred.copy(), front.no_ring.copy())
    settled = np.zeros(task.market.households, dtype=bool)
    for _ in range(TURNS):
        if _open(root.use) == 0:
            break
        _settle_rings(task, front, root, settled)
        _settle(task, front, root, settled)
        columns = front.columns(task)
        solution = relaxed(task, columns)
        if solution is None:
            break
        root = Root(columns, solution.use, root.price, root.bound)
    chosen = root.columns.part(root.use > SETTLED)
    return chosen if _open(root.use) == 0 else _reached(task, chosen)


def _reached(task: Task, chosen: Columns) -> Columns:
    """The columns that a chain comes to: where a plunge was broken off, some hang in the air."""
    free = task.market.opening.copy()
    keep = np.zeros(chosen.size, dtype=bool)
    keep[len(chosen.arc) :] = True
    for place in range(task.places):
        here = np.flatnonzero((chosen.place == place) & free[task.market.home[chosen.arc]])
        keep[here] = True
        frees = task.market.frees[chosen.arc[here]]
        free = np.zeros(task.market.homes, dtype=bool)
        free[frees[frees >= 0]] = True
    return chosen.part(keep)


def _settle_rings(task: Task, front: Frontier, root: Root, settled: NDArray[np.bool_]) -> None:
    """Choose the rings most used, each the most used of all its members, and bar what they bar."""
    use = root.use[len(root.columns.arc) :]
    rings = root.columns.ring[use > TINY]
    use = use[use > TINY]
    theirs = task.rings[rings]
    which, position = np.nonzero(theirs >= 0)
    member = task.market.household[theirs[which, position]]
    rank = np.empty(len(rings), dtype=np.int64)
    rank[np.argsort(-use, kind="stable")] = np.arange(len(rings))
    first = np.full(task.market.households, len(rings), dtype=np.int64)
    np.minimum.at(first, member, rank[which])
    clear = np.ones(len(rings), dtype=bool)
    clear[which[first[member] < rank[which]]] = False
    fresh = np.zeros(len(rings), dtype=bool)
    fresh[which[~settled[member]]] = True
    waiting = int(fresh.sum())
    clear &= fresh & ((use >= SETTLED) | (rank < LEAST_SHARE * len(rings)) | (waiting < FEW_RINGS))
    taken = member[clear[which]]
    settled[taken] = True
    front.barred[:, taken] = True
    busy = np.zeros(task.market.households, dtype=bool)
    busy[taken] = True
    kept = np.zeros(len(task.rings), dtype=bool)
    kept[rings[clear]] = True
    theirs = task.market.household[task.rings]
    front.no_ring |= ((task.rings >= 0) & busy[theirs]).any(axis=1) & ~kept
