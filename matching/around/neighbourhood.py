"""How far from a change the rest of the market is, in points: what is far cannot matter.

A move that must give up many points to be in any good plan (its slack under the prices) is a long
step; chains, whoever is in them and what they leave, are close together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from matching.chains import unlink
from matching.optimise.prices import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matching.around.standing import Standing

UNREACHED = -NEVER // 2
"""Slack from here on means that a move cannot be in any chain or ring."""
HOP = 1
"""What every step adds, in points, so that of what is equally cheap the nearer comes first."""
LONG = 40
"""How far apart, in points, those are that only a side condition connects."""


@dataclass(frozen=True, slots=True)
class Members:
    """Of every move of the plan, by number: its chain, household, home entered, and home left.

    -1: nobody's home, or one that is an opening in its own right.
    """

    chain: NDArray[np.int64]
    person: NDArray[np.int64]
    home: NDArray[np.int64]
    left: NDArray[np.int64]


def members_of(standing: Standing) -> Members:
    """Number the moves of the plan."""
    moves, homes = unlink(standing.chains), standing.homes
    lengths = [len(chain.moves) for chain in standing.chains]
    left = homes.get_indexer([move.leaves for move in moves])
    opening = np.append(standing.market.opening, False)
    return Members(
        np.repeat(np.arange(len(lengths)), lengths),
        standing.people.get_indexer([move.household for move in moves]).astype(np.int64),
        homes.get_indexer([move.to for move in moves]).astype(np.int64),
        np.where(opening[left], -1, left).astype(np.int64),
    )


@dataclass(frozen=True, slots=True)
class Distances:
    """How far each move is from the change (infinite: it cannot matter), and each chain.

    `everything`: all that hangs together was measured, however long the steps.
    """

    moves: NDArray[np.float64]
    chains: NDArray[np.float64]
    members: Members
    everything: bool


def slack_of(standing: Standing) -> NDArray[np.int64]:
    """Of each move, how far any plan with it stays below the bound (1/scale); huge if it cannot be.

    Under the standing prices, at the best place in a chain or in the best ring.
    """
    walks, market = standing.walks, standing.market
    walks.bound(standing.price)
    slack = np.full(market.size, -NEVER, dtype=np.int64)
    if walks.task.places and market.size:
        slack = walks.slack().min(axis=0)
    if len(walks.task.rings):
        best = np.maximum(np.maximum.reduceat(walks.ring_value, walks.ring_starts), 0)
        counts = np.diff(np.append(walks.ring_starts, len(walks.ring_value)))
        missed = np.repeat(best, counts) - walks.ring_value
        which, position = np.nonzero(walks.members)
        np.minimum.at(slack, walks.task.rings[which, position], missed[which])
    return slack


def distances(
    standing: Standing,
    slack: NDArray[np.int64],
    *,
    households: Iterable[str],
    homes: Iterable[str],
    within: int | None,
) -> Distances:
    """How far moves and chains are from these households and homes.

    Steps are moves whose slack is at most `within` points (None: any move that can be).
    """
    market, scale = standing.market, standing.walks.task.scale
    members = members_of(standing)
    nodes = _Nodes(standing, members)
    most = UNREACHED if within is None else within * scale
    near = np.flatnonzero(slack <= most)
    points = HOP + slack[near] / scale
    person, home = nodes.person(market.household[near]), market.home[near]
    edges = [
        (person, home, points),
        nodes.left(standing, near),
        nodes.chained(),
        nodes.coupled(standing, near, every=within is None),
    ]
    one, other, length = (np.concatenate(column) for column in zip(*edges, strict=True))
    graph = csr_array((length, (one, other)), shape=(nodes.size, nodes.size))
    away = np.full(nodes.size, np.inf)
    begin = nodes.of(standing, households, homes)
    if len(begin):
        away = dijkstra(graph, directed=False, indices=begin, min_only=True)
    moves, chains = _settled(standing, nodes, away, near)
    return Distances(moves, chains, members, within is None)


def _settled(
    standing: Standing, nodes: _Nodes, away: NDArray[np.float64], near: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Whoever is in a chain is as far as the chain; a move as far as the farthest it involves."""
    market = standing.market
    chains = away[nodes.first_chain :][: len(standing.chains)]
    away[nodes.inside] = chains[nodes.chain]
    home = np.append(away[: market.homes], 0.0)
    moves = np.full(market.size, np.inf)
    moves[near] = np.maximum(
        away[nodes.person(market.household[near])],
        np.maximum(home[market.home[near]], home[market.onward[near]]),
    )
    return moves, chains


class _Nodes:
    """Homes, then households, then chains, then side conditions, by number."""

    def __init__(self, standing: Standing, members: Members) -> None:
        market = standing.market
        self.homes = market.homes
        self.first_chain = market.homes + market.households
        self.first_row = self.first_chain + len(standing.chains)
        self.size = self.first_row + len(market.rows)
        shut = members.left >= 0
        inside = np.concatenate([self.person(members.person), members.home, members.left[shut]])
        which = np.concatenate([members.chain, members.chain, members.chain[shut]])
        self.inside, self.chain = _once(inside, which, self.size)

    def person(self, household: NDArray[np.int64]) -> NDArray[np.int64]:
        return household + self.homes

    def of(
        self, standing: Standing, households: Iterable[str], homes: Iterable[str]
    ) -> NDArray[np.int64]:
        """The nodes with these names, as far as they are in the market."""
        who = standing.people.get_indexer(sorted(households))
        where = standing.homes.get_indexer(sorted(homes))
        return np.unique(np.concatenate([where[where >= 0], self.person(who[who >= 0])]))

    def chained(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Every chain beside all who and what is in it."""
        length = np.full(len(self.inside), HOP / 2)
        return self.inside, self.first_chain + self.chain, length

    def left(
        self, standing: Standing, near: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Every household beside the home it leaves."""
        market = standing.market
        goes_on = near[market.frees[near] >= 0]
        person, home = _once(
            self.person(market.household[goes_on]), market.frees[goes_on], self.size
        )
        return person, home, np.full(len(person), HOP)

    def coupled(
        self, standing: Standing, near: NDArray[np.int64], *, every: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Whoever a side condition binds, where it binds (has a price) or where all must count."""
        market, rows = standing.market, standing.market.rows
        if not len(rows):
            return (*_once(near[:0], near[:0], self.size), np.zeros(0))
        binds = (standing.price[standing.walks.task.row_prices] > 0) | every
        counts = binds[rows.row] & np.isin(rows.arc, near)
        person, row = _once(
            self.person(market.household[rows.arc[counts]]), rows.row[counts], self.size
        )
        return person, self.first_row + row, np.full(len(person), float(LONG))


def _once(
    one: NDArray[np.int64], other: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """These pairs of numbers, each once."""
    both = np.unique(one * size + other)
    return both // size, both % size
