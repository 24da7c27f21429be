"""Prices: what each household's one move is worth to the plan, and the bound that follows.

Lagrangian relaxation by place in the chain: give up "each household once", charge a price instead,
and every vacancy's best chain is a walk, found for all vacancies at once by dynamic programming
over places. Directions are averaged over turns, as in the volume algorithm (Barahona and Anbil
2000, https://doi.org/10.1007/s101070050002). All in integers: the same prices on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.rows import PER

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matching.optimise.market import Market

NEVER = -(2**58)
FINE = 1024
MOST = 2**61


@dataclass(frozen=True, slots=True)
class Task:
    """A market with its limits: what each move is worth at each place, and every ring.

    `worth[k]` is per arc at place k + 1; `ring_worth` per ring, in 1/`scale` points, rounded up.
    `priced` marks the homes that could be promised twice and so carry a price of their own. Where
    there are too many rings to list (`all_rings` is False) the bound allows every home entered the
    best it could get in a ring of two. `weights[k]` is what a point counts at place k + 1, and in a
    ring of k + 1 moves. `firm` prices take everyone's mind off what a pinned move excludes: they
    are paid back to the pinned move, so they prove the same.
    """

    market: Market
    worth: tuple[NDArray[np.int64], ...]
    rings: NDArray[np.int64]
    ring_worth: NDArray[np.int64]
    priced: NDArray[np.bool_]
    scale: int
    weights: tuple[int, ...] = ()
    firm: NDArray[np.int64] | None = None
    all_rings: bool = True

    @property
    def places(self) -> int:
        """The most moves a chain may have."""
        return len(self.worth)

    @property
    def prices(self) -> int:
        """How many prices there are: one per household, per home, and per side condition."""
        return self.market.households + self.market.homes + len(self.market.rows)

    @property
    def row_prices(self) -> slice:
        """Where the prices of the side conditions stand."""
        return slice(self.market.households + self.market.homes, None)

    def held(self, price: NDArray[np.int64]) -> NDArray[np.int64]:
        """Prices that are low enough: what a move pays over its worth must fit in 64 bits.

        Any prices prove a bound, so lower ones prove one too. Only a condition over worth that the
        relaxation cannot meet is ever dearer.
        """
        rows = self.market.rows
        if not rows.by_worth.any():
            return price
        worth = int(self.market.gain.max(initial=0)) * max(self.weights, default=0)
        steepest = np.abs(rows.coefficient[rows.by_worth[rows.row]]).max(initial=0)
        steep = int(steepest) * int(rows.by_worth.sum())
        most = np.where(rows.by_worth, MOST // max(1, steep * max(worth, 4 * PER)), MOST)
        held = price.copy()
        held[self.row_prices] = np.minimum(held[self.row_prices], most)
        return held


class Walks:
    """Best walks from every vacancy under prices; holds the tables that do not change."""

    def __init__(self, task: Task) -> None:
        market = task.market
        self.task = task
        self.onward = market.onward
        self.starts = np.flatnonzero(np.diff(market.home, prepend=-1))
        self.entered = market.home[self.starts]
        self.segment = np.zeros((market.homes + 1, 2), dtype=np.int64)
        self.segment[self.entered, 0] = self.starts
        self.segment[self.entered, 1] = np.append(self.starts[1:], market.size)
        self.vacant = np.intersect1d(np.flatnonzero(market.opening), self.entered)
        self.ring_leader = market.home[task.rings[:, 0]] if len(task.rings) else np.zeros(0, int)
        self.ring_starts = np.flatnonzero(np.diff(self.ring_leader, prepend=-1))
        self.members = task.rings >= 0
        sizes = np.diff(np.append(self.ring_starts, len(task.rings)))
        self.ring_group = np.repeat(np.arange(len(sizes)), sizes)
        # One past the last move costs nothing: there a shorter ring has its missing members.
        self.member = [np.where(at >= 0, at, market.size) for at in task.rings.T]
        self.ring_best = np.zeros(len(sizes), dtype=np.int64)
        self.best = np.zeros((task.places + 2, market.homes + 1), dtype=np.int64)
        self.net: list[NDArray[np.int64]] = []
        self.value: list[NDArray[np.int64]] = []
        self.ring_value = np.zeros(len(task.rings), dtype=np.int64)
        self.last: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None = None

    def charge(
        self, price: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
        """What each move costs under these prices: flat, and per million of its worth if any."""
        market = self.task.market
        paid = price[market.household]
        if self.task.priced.any():
            paid = paid + price[market.households + market.home]
        if not len(market.rows):
            return paid, None
        flat, factor = market.rows.charges(price[self.task.row_prices], market.size)
        return paid + flat, factor if market.rows.by_worth.any() else None

    def _net(self, price: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """What each move is worth at each place, less what it costs."""
        task = self.task
        paid, factor = self.charge(price)
        if factor is None:
            return [worth - paid for worth in task.worth]
        gain = task.market.gain
        return [
            worth - paid - (factor * (gain * weight)) // PER
            for worth, weight in zip(task.worth, task.weights, strict=False)
        ]

    def bound(self, price: NDArray[np.int64], barred: NDArray[np.bool_] | None = None) -> int:
        """The bound under these prices (1/scale points); remembers every best walk.

        `barred[place, household]` forbids a household a place (used while diving).
        """
        market, places = self.task.market, self.task.places
        self.last = None
        self.net = self._net(price)
        self.value = list(self.net)
        for place in range(places - 1, -1, -1):
            value = self.net[place] + self.best[place + 1][self.onward] * (place + 1 < places)
            if barred is not None:
                value = np.where(barred[place][market.household], NEVER, value)
            self.value[place] = value
            if market.size:
                top = np.maximum.reduceat(value, self.starts)
                self.best[place][self.entered] = np.maximum(top, 0)
        rows = self.task.row_prices
        total = int(price[: rows.start].sum())
        total += market.rows.allowance(price[rows], self.task.scale)
        total += int(self.best[0][self.vacant].sum()) if places else 0
        return total + self._rings(*self.charge(price))

    def _rings(self, paid: NDArray[np.int64], factor: NDArray[np.int64] | None) -> int:
        beyond = 0 if self.task.all_rings else self._beyond(paid, factor)
        if not len(self.task.rings):
            return beyond
        fare, cost = np.append(paid, 0), np.zeros(len(self.task.rings), dtype=np.int64)
        for at in self.member:
            cost += fare[at]
        if factor is not None:
            weight = np.array([0, *self.task.weights])[self.members.sum(axis=1)]
            gains = self.task.market.gain[self.task.rings] * weight[:, None]
            shared = (factor[self.task.rings] * gains) // PER
            cost += np.where(self.members, shared, 0).sum(axis=1)
        self.ring_value = self.task.ring_worth - cost
        self.ring_best = np.maximum.reduceat(self.ring_value, self.ring_starts)
        listed = int(np.maximum(self.ring_best, 0).sum())
        return max(beyond, listed if self.task.all_rings else 0)

    def _beyond(self, paid: NDArray[np.int64], factor: NDArray[np.int64] | None) -> int:
        """A bound on all rings together, listed or not: every home's best move that frees one."""
        market = self.task.market
        gains = market.gain * self.task.weights[1]
        shared = 0 if factor is None else (factor * gains) // PER
        worth = gains + market.bonus * self.task.scale - paid - shared
        most = np.where(market.frees < 0, NEVER, worth)
        return int(np.maximum(np.maximum.reduceat(most, self.starts), 0).sum())

    def taken(self) -> NDArray[np.int64]:
        """The arcs on the best walks and rings found last; an arc as often as it is on one."""
        arcs, _, rings = self.walked()
        chosen = self.task.rings[rings]
        return np.concatenate([arcs, chosen[chosen >= 0]])

    def walked(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The best walks and rings found last: arcs, their places (0-based), and rings."""
        if self.last is None:
            self.last = self._walked()
        return self.last

    def _walked(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        arcs, places = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        at = self.vacant[self.best[0][self.vacant] > 0] if self.task.places else self.vacant[:0]
        for place in range(self.task.places):
            if not len(at):
                break
            arc = self._first_best(at, place)
            arcs.append(arc)
            places.append(np.full(len(arc), place))
            at = self.onward[arc]
            at = at[self.best[place + 1][at] > 0] if place + 1 < self.task.places else at[:0]
        return np.concatenate(arcs), np.concatenate(places), self._first_rings()

    def _first_rings(self) -> NDArray[np.int64]:
        """Of each leader the first ring that attains its best value, where that is worth it."""
        if not len(self.task.rings):
            return np.zeros(0, dtype=np.int64)
        best = self.ring_best[self.ring_group]
        hits = np.flatnonzero((self.ring_value == best) & (best > 0))
        first: NDArray[np.int64] = hits[np.diff(self.ring_group[hits], prepend=-1) != 0]
        return first

    def _first_best(self, homes: NDArray[Any], place: int) -> NDArray[np.int64]:
        """Of each home the first arc that attains its best value."""
        low, count = self.segment[homes, 0], np.diff(self.segment[homes], axis=1)[:, 0]
        starts = np.cumsum(count) - count
        arcs = np.repeat(low - starts, count) + np.arange(int(count.sum()))
        value = self.value[place][arcs]
        hits = np.flatnonzero(value == np.repeat(np.maximum.reduceat(value, starts), count))
        owner = np.repeat(np.arange(len(homes)), count)[hits]
        first: NDArray[np.int64] = arcs[hits[np.diff(owner, prepend=-1) != 0]]
        return first

    def slack(self) -> NDArray[np.int64]:
        """Per place and arc, how far the best plan of walks through it stays below the bound.

        For the prices of the last call of `bound`. No plan that uses the arc at that place is worth
        more than the bound less its slack.
        """
        market, places = self.task.market, self.task.places
        slack = np.zeros((places, market.size), dtype=np.int64)
        reach = np.full(market.homes + 1, NEVER, dtype=np.int64)
        reach[self.vacant] = -self.best[0][self.vacant] if places else 0
        for place in range(places):
            slack[place] = -np.maximum(reach[market.home] + self.value[place], NEVER)
            alive = (self.value[place] > NEVER // 2) & (reach[market.home] > NEVER // 2)
            step = np.where(alive, reach[market.home] + self.net[place], NEVER)
            reach = np.full(market.homes + 1, NEVER, dtype=np.int64)
            np.maximum.at(reach, self.onward, step)
            reach[market.homes] = NEVER
        return slack


def good_prices(
    walks: Walks, *, rounds: int, watch: Callable[[int], None] | None = None
) -> tuple[NDArray[np.int64], int]:
    """Prices whose bound is close to the least, and that bound; projected, averaged subgradient.

    `watch` is told the number of every turn, while `walks` still holds its walks.
    """
    task = walks.task
    price = np.zeros(task.prices, dtype=np.int64) if task.firm is None else task.firm
    side = np.ones(len(task.market.rows), dtype=bool)
    side[task.market.rows.pins[0]] = False
    has_price = np.concatenate([np.ones(task.market.households, bool), task.priced, side])
    unit = np.concatenate([np.ones(task.row_prices.start), _row_units(task)])
    best, best_price = walks.bound(price), price
    heading = np.zeros(task.prices, dtype=np.int64)
    reach, stalled, noted = 1.0, 0, best
    for turn in range(rounds):
        bound = walks.bound(price) if turn else best
        if bound < best:
            best, best_price = bound, price
        # A gain below a hundredth of a per cent is no progress: shorten the step.
        stalled = 0 if best < noted - noted // 10_000 else stalled + 1
        noted = best if stalled == 0 else noted
        if stalled >= 10:  # noqa: PLR2004 - ten turns of patience, measured
            reach, stalled, noted = reach * 0.7, 0, best
        surplus = np.where(has_price, _surplus(walks, unit), 0)
        if watch is not None:
            watch(turn)
        heading = surplus if turn == 0 else (7 * heading + 3 * surplus) // 10
        moving = heading[(price > 0) | (heading < 0)]
        length = int(np.dot(moving, moving))
        if length == 0:
            break
        stride = reach * 0.03 * bound * FINE / length
        price = np.maximum(0, price - np.rint(stride * heading / unit).astype(np.int64))
        price = task.held(price)
    return best_price, best


def settled_rings(walks: Walks, price: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same prices, raised until no ring is worth more than its own; the bound does not rise.

    Who leaves the leader's home pays what the best ring of that leader is worth above its prices.
    So the bound does not depend on which home is said to lead a ring.
    """
    walks.bound(price)
    task = walks.task
    if not len(task.rings):
        return price
    last = task.rings[np.arange(len(task.rings)), walks.members.sum(axis=1) - 1]
    raised = np.zeros(task.prices, dtype=np.int64)
    np.maximum.at(raised, task.market.household[last], np.maximum(walks.ring_value, 0))
    return price + raised


def _row_units(task: Task) -> NDArray[np.float64]:
    """How large the coefficients of each side condition are, so that steps suit its price."""
    rows = task.market.rows
    size = np.abs(rows.coefficient).astype(np.float64)
    size = np.where(rows.by_worth[rows.row], size * task.market.gain[rows.arc], size)
    total = np.bincount(rows.row, weights=size, minlength=len(rows))
    mean = total / np.maximum(1, np.bincount(rows.row, minlength=len(rows)))
    people = np.unique(rows.row * task.market.households + task.market.household[rows.arc])
    many = np.bincount(people // max(1, task.market.households), minlength=len(rows))
    return (
        np.maximum(1.0, mean)
        * np.sqrt(np.maximum(1, many))
        * np.where(rows.by_worth, task.scale / PER, 1.0)
    )


def _surplus(walks: Walks, unit: NDArray[np.float64]) -> NDArray[np.int64]:
    """What each household, home and side condition has left, in 1/FINE moves."""
    task = walks.task
    arcs = walks.taken()
    people = np.bincount(task.market.household[arcs], minlength=task.market.households)
    homes = np.bincount(task.market.home[arcs], minlength=task.market.homes)
    rows = task.market.rows
    often = np.bincount(arcs, minlength=task.market.size)[rows.arc]
    worth = np.where(rows.by_worth[rows.row], task.market.gain[rows.arc], 1)
    used = np.bincount(rows.row, weights=often * rows.coefficient * worth, minlength=len(rows))
    size = unit[task.row_prices] / np.where(rows.by_worth, task.scale / PER, 1.0)
    side = np.rint(FINE * (rows.limit - used) / size).astype(np.int64)
    return np.concatenate([FINE - FINE * people, FINE - FINE * homes, side])
