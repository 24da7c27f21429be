"""The columns that matter: what the best walks use while prices settle, then what prices in.

The walks of the last turns hold nearly every column of the relaxation's optimum, so the first
linear programme is small; the others follow from its duals, with the best prices so far as an
anchor, because duals of a small programme swing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.optimise.dive import Frontier, Root
from matching.optimise.linear import relaxed
from matching.optimise.prices import good_prices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.optimise.prices import Walks

CLOSE = 1 + 1e-6
BLOCKED = 2**57
MORE = 2  # columns per household that one round may add on their slack alone


@dataclass(frozen=True, slots=True)
class Anchor:
    """The best prices so far and the bound they prove (1/scale points)."""

    price: NDArray[np.int64]
    bound: int


def first_columns(walks: Walks, *, rounds: int) -> tuple[Anchor, Frontier]:
    """Prices after so many turns, and the columns that the walks of the last half used."""
    task = walks.task
    front = Frontier(
        active=np.zeros((task.places, task.market.size), dtype=bool),
        rings=np.zeros(len(task.rings), dtype=bool),
        barred=np.zeros((task.places, task.market.households), dtype=bool),
        no_ring=np.zeros(len(task.rings), dtype=bool),
    )

    def note(turn: int) -> None:
        if 2 * turn >= rounds:
            arcs, places, rings = walks.walked()
            front.active[places, arcs] = True
            front.rings[rings] = True

    price, bound = good_prices(walks, rounds=rounds, watch=note)
    return Anchor(price, bound), front


def converged(
    walks: Walks, front: Frontier, anchor: Anchor, *, rounds: int, enough: int
) -> tuple[Anchor, Root]:
    """Solve the relaxation, add what it misses, and again, until its bound is its value.

    Ends earlier when a bound is below `enough` (1/scale points): then nothing better is left.
    """
    task = walks.task
    columns = front.columns(task)
    root = Root(columns, np.zeros(columns.size), anchor.price, anchor.bound)
    for turn in range(rounds):
        columns = front.columns(task)
        solution = relaxed(task, columns)
        if solution is None:
            break
        before = anchor
        anchor, more = _tried(walks, front, anchor, solution.price)
        root = Root(columns, solution.use, anchor.price, anchor.bound)
        if anchor.bound < enough or anchor.bound <= solution.value * task.scale * CLOSE:
            break
        if turn == 0:
            walks.bound(anchor.price)
            within = max(0, anchor.bound - enough)
            more |= _near(walks, front, within=within)
        else:
            between = (before.price + solution.price) // 2
            anchor, found = _tried(walks, front, anchor, between)
            more |= found
        if not more:
            break
    return anchor, root


def _tried(
    walks: Walks, front: Frontier, anchor: Anchor, price: NDArray[np.int64]
) -> tuple[Anchor, bool]:
    """The better of two prices, after adding every column that the new one prices in."""
    bound = walks.bound(price)
    more = _added(walks, front, within=0)
    return (Anchor(price, bound) if bound < anchor.bound else anchor), more


def _near(walks: Walks, front: Frontier, *, within: int) -> bool:
    """Add the columns of least slack, no more than a few for every household."""
    slack = walks.slack()
    most = min(MORE * walks.task.market.households, slack.size - 1)
    if most > 0:
        within = min(within, int(np.partition(slack, most, axis=None)[most]) - 1)
    return _added(walks, front, within=within)


def _added(walks: Walks, front: Frontier, *, within: int) -> bool:
    """Add every column whose slack is at most `within`, of rings the least; whether any."""
    slack = walks.slack()
    more = (slack <= within) & (slack < BLOCKED) & ~front.active
    more &= ~front.barred[:, walks.task.market.household]
    slack = ring_slack(walks)
    rings = np.flatnonzero((slack <= within) & ~front.rings & ~front.no_ring)
    most = MORE * walks.task.market.households
    if len(rings) > most:
        rings = rings[np.argsort(slack[rings], kind="stable")[:most]]
    front.active |= more
    front.rings[rings] = True
    return bool(more.any() or len(rings))


def ring_slack(walks: Walks) -> NDArray[np.int64]:
    """Per ring, how far the best plan of walks with it stays below the bound."""
    if not len(walks.task.rings):
        return np.zeros(0, dtype=np.int64)
    best: NDArray[np.int64] = np.maximum(walks.ring_best, 0)[walks.ring_group] - walks.ring_value
    return best
