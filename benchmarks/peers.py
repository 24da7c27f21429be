"""What simple rules make of a kidney pool, and what no plan can exceed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.certificate import rings_of

if TYPE_CHECKING:
    from benchmarks.kidney import Pool


def greedy(pool: Pool, longest_chain: int, longest_ring: int) -> int:
    """Rings by their points, the best first; then from every altruist the best next patient."""
    rings, _ = rings_of(pool.giver, pool.taker, pool.taker, longest=longest_ring)
    worth = np.where(rings >= 0, pool.points[rings], 0).sum(axis=1)
    free, total = np.ones(pool.pairs, dtype=bool), 0
    for ring in np.argsort(-worth, kind="stable"):
        members = pool.taker[rings[ring][rings[ring] >= 0]]
        if free[members].all():
            free[members] = False
            total += int(worth[ring])
    return total + _chains(pool, free, longest_chain, -pool.points)


def in_order_of_arrival(pool: Pool, longest_chain: int) -> int:
    """Every altruist in turn gives to who has waited longest and fits, who passes it on; no rings.

    What registration order does with vacancies: the lowest number is first in line.
    """
    return _chains(pool, np.ones(pool.pairs, dtype=bool), longest_chain, pool.taker)


def _chains(pool: Pool, free: Any, longest: int, rank: Any) -> int:  # noqa: ANN401 - arrays
    """The points of chains that go on with the free patient of lowest rank."""
    total = 0
    for altruist in range(pool.pairs, pool.pairs + pool.altruists):
        at = altruist
        for _ in range(longest):
            onward = np.flatnonzero((pool.giver == at) & free[pool.taker])
            if not len(onward):
                break
            arc = onward[np.argmin(rank[onward])]
            total += int(pool.points[arc])
            at = int(pool.taker[arc])
            free[at] = False
    return total


def uncapped(pool: Pool) -> int:
    """The most that chains and rings of any length could come to: a min-cost flow, the limit."""
    nodes = pool.pairs + pool.altruists
    giver, taker, points = pool.giver, pool.taker, pool.points
    own, altruists = np.arange(nodes), np.arange(pool.pairs, nodes)
    # Every donor goes to one patient: someone else's, the own one (neither takes part), or, at the
    # end of a chain, to an altruist's empty place.
    ends = (np.repeat(np.arange(pool.pairs), pool.altruists), np.tile(altruists, pool.pairs))
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([giver, own, ends[0]]),
        nodes + np.concatenate([taker, own, ends[1]]),
        np.ones(len(giver) + nodes + len(ends[0]), dtype=np.int64),
        np.concatenate([-points, np.zeros(nodes + len(ends[0]), dtype=np.int64)]),
    )
    flow.set_nodes_supplies(np.arange(2 * nodes), np.repeat([1, -1], nodes))
    if flow.solve() != flow.OPTIMAL:
        raise SystemExit(f"{pool.name}: de stroom vond geen optimum.")
    return -int(flow.optimal_cost())
