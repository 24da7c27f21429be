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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.optimise.market import Market

NEVER = -(2**58)
FINE = 1024


@dataclass(frozen=True, slots=True)
class Task:
    """A market with its limits: what each move is worth at each place, and every ring.

    `worth[k]` is per arc at place k + 1; `ring_worth` per ring, in 1/`scale` points, rounded up.
    `priced` marks the homes that could be promised twice and so carry a price of their own. Where
    there are too many rings to list (`all_rings` is False) the bound allows every home entered the
    best it could get in a ring, at `pair_weight` a point.
    """

    market: Market
    worth: tuple[NDArray[np.int64], ...]
    rings: NDArray[np.int64]
    ring_worth: NDArray[np.int64]
    priced: NDArray[np.bool_]
    scale: int
    pair_weight: int = 0
    all_rings: bool = True

    @property
    def places(self) -> int:
        """The most moves a chain may have."""
        return len(self.worth)

    @property
    def prices(self) -> int:
        """How many prices there are: one per household, then one per home."""
        return self.market.households + self.market.homes


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
        self.best = np.zeros((task.places + 2, market.homes + 1), dtype=np.int64)
        self.value: list[NDArray[np.int64]] = []
        self.ring_value = np.zeros(len(task.rings), dtype=np.int64)

    def charge(self, price: NDArray[np.int64]) -> NDArray[np.int64]:
        """What each move costs under these prices."""
        market = self.task.market
        paid = price[market.household]
        if self.task.priced.any():
            paid = paid + price[market.households + market.home]
        return paid

    def bound(self, price: NDArray[np.int64], barred: NDArray[np.bool_] | None = None) -> int:
        """The bound under these prices (1/scale points); remembers every best walk.

        `barred[place, household]` forbids a household a place (used while diving).
        """
        paid = self.charge(price)
        market, places = self.task.market, self.task.places
        self.value = [paid] * places
        for place in range(places - 1, -1, -1):
            value = (
                self.task.worth[place]
                - paid
                + self.best[place + 1][self.onward] * (place + 1 < places)
            )
            if barred is not None:
                value = np.where(barred[place][market.household], NEVER, value)
            self.value[place] = value
            if market.size:
                top = np.maximum.reduceat(value, self.starts)
                self.best[place][self.entered] = np.maximum(top, 0)
        total = int(price.sum())
        total += int(self.best[0][self.vacant].sum()) if places else 0
        return total + self._rings(paid)

    def _rings(self, paid: NDArray[np.int64]) -> int:
        beyond = 0 if self.task.all_rings else self._beyond(paid)
        if not len(self.task.rings):
            return beyond
        cost = np.where(self.members, paid[self.task.rings], 0).sum(axis=1)
        self.ring_value = self.task.ring_worth - cost
        listed = np.maximum(np.maximum.reduceat(self.ring_value, self.ring_starts), 0)
        return max(beyond, int(listed.sum()) if self.task.all_rings else 0)

    def _beyond(self, paid: NDArray[np.int64]) -> int:
        """A bound on all rings together, listed or not: every home's best move that frees one."""
        market = self.task.market
        most = np.where(market.frees < 0, NEVER, market.gain * self.task.pair_weight - paid)
        return int(np.maximum(np.maximum.reduceat(most, self.starts), 0).sum())

    def taken(self) -> NDArray[np.int64]:
        """The arcs on the best walks and rings found last; an arc as often as it is on one."""
        arcs = [np.zeros(0, dtype=np.int64)]
        at = self.vacant[self.best[0][self.vacant] > 0] if self.task.places else self.vacant[:0]
        for place in range(self.task.places):
            if not len(at):
                break
            arc = self._first_best(at, place)
            arcs.append(arc)
            at = self.onward[arc]
            at = at[self.best[place + 1][at] > 0] if place + 1 < self.task.places else at[:0]
        if len(self.task.rings):
            best = np.maximum.reduceat(self.ring_value, self.ring_starts)
            counts = np.diff(np.append(self.ring_starts, len(self.ring_value)))
            hits = np.flatnonzero(self.ring_value == np.repeat(best, counts))
            group = np.repeat(np.arange(len(counts)), counts)[hits]
            first = hits[np.unique(group, return_index=True)[1]]
            chosen = self.task.rings[first[best > 0]]
            arcs.append(chosen[chosen >= 0])
        return np.concatenate(arcs)

    def _first_best(self, homes: NDArray[Any], place: int) -> NDArray[np.int64]:
        """Of each home the first arc that attains its best value."""
        low, count = self.segment[homes, 0], np.diff(self.segment[homes], axis=1)[:, 0]
        starts = np.cumsum(count) - count
        arcs = np.repeat(low - starts, count) + np.arange(int(count.sum()))
        value = self.value[place][arcs]
        hits = np.flatnonzero(value == np.repeat(np.maximum.reduceat(value, starts), count))
        owner = np.repeat(np.arange(len(homes)), count)[hits]
        return arcs[hits[np.unique(owner, return_index=True)[1]]]

    def slack(self, price: NDArray[np.int64]) -> NDArray[np.int64]:
        """Per place and arc, how far the best plan of walks through it stays below the bound.

        Call after `bound` with the same prices. No plan that uses the arc at that place is worth
        more than the bound less its slack.
        """
        market, places = self.task.market, self.task.places
        paid = self.charge(price)
        slack = np.zeros((places, market.size), dtype=np.int64)
        reach = np.full(market.homes + 1, NEVER, dtype=np.int64)
        reach[self.vacant] = -self.best[0][self.vacant] if places else 0
        for place in range(places):
            slack[place] = -np.maximum(reach[market.home] + self.value[place], NEVER)
            alive = (self.value[place] > NEVER // 2) & (reach[market.home] > NEVER // 2)
            step = np.where(alive, reach[market.home] + self.task.worth[place] - paid, NEVER)
            reach = np.full(market.homes + 1, NEVER, dtype=np.int64)
            np.maximum.at(reach, self.onward, step)
            reach[market.homes] = NEVER
        return slack


def good_prices(walks: Walks, *, rounds: int) -> tuple[NDArray[np.int64], int]:
    """Prices whose bound is close to the least, and that bound; projected, averaged subgradient."""
    task = walks.task
    price = np.zeros(task.prices, dtype=np.int64)
    has_price = np.concatenate([np.ones(task.market.households, bool), task.priced])
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
        surplus = np.where(has_price, FINE - FINE * _uses(walks), 0)
        heading = surplus if turn == 0 else (7 * heading + 3 * surplus) // 10
        moving = heading[(price > 0) | (heading < 0)]
        length = int(np.dot(moving, moving))
        if length == 0:
            break
        stride = reach * 0.03 * bound * FINE / length
        price = np.maximum(0, price - np.rint(stride * heading).astype(np.int64))
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


def _uses(walks: Walks) -> NDArray[np.int64]:
    task = walks.task
    arcs = walks.taken()
    people = np.bincount(task.market.household[arcs], minlength=task.market.households)
    homes = np.bincount(task.market.home[arcs], minlength=task.market.homes)
    return np.concatenate([people, np.where(task.priced, homes, 1)])
