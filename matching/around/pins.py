"""A move that must be in the plan: what that costs at least, and a way by which it can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matching.around.again import Touched
from matching.around.neighbourhood import UNREACHED, slack_of
from matching.chains import unlink
from matching.conditions import ImpossibleConditions
from matching.optimise.prices import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from matching.around.standing import Standing
    from matching.conditions import Pair
    from matching.model import Chain


def move_at(standing: Standing, pair: Pair) -> int:
    """The number of a move in the market. Raises ImpossibleConditions when it cannot be."""
    who = standing.people.get_indexer([pair[0]])[0]
    where = standing.homes.get_indexer([pair[1]])[0]
    market = standing.market
    hits = np.flatnonzero((market.household == who) & (market.home == where))
    if who < 0 or where < 0 or not len(hits):
        raise ImpossibleConditions
    return int(hits[np.argmax(market.gain[hits])])


def charged(standing: Standing, pins: Iterable[Pair]) -> Standing:
    """The prices with what each pinned move costs as the price of pinning it: a closer bound.

    Who is pinned, and the home, also pay more than any other move of theirs could be worth, and
    get that back for the pinned move: so the prices themselves say that its rivals cannot be. Of
    what is in the plan already the prices need to say no more.
    """
    price, rows = standing.price.copy(), standing.market.rows.names
    made = moves_in(standing.chains)
    first, most = standing.walks.task.row_prices.start, _beyond(standing)
    for household, dwelling in dict.fromkeys(pins):
        arc = move_at(standing, (household, dwelling))
        missed = 0
        if (household, dwelling) not in made:
            missed = int(slack_of(replace(standing, price=price))[arc])
        if missed > UNREACHED:
            raise ImpossibleConditions
        price[standing.market.household[arc]] += most
        price[standing.market.households + standing.market.home[arc]] += most
        price[first + rows.index(f"pin|{household}|{dwelling}")] += 2 * most + max(0, missed)
    return standing.under(price)


def _beyond(standing: Standing) -> int:
    """More than any chain or ring is worth (1/scale)."""
    facts, scale = standing.facts, standing.walks.task.scale
    best = 1 + int(facts.options["gain"].max()) + facts.conditions.change_cost
    return best * scale * max(facts.limits.longest_chain, facts.limits.longest_ring, 2)


def moves_in(chains: Iterable[Chain]) -> frozenset[Pair]:
    """Every household of these chains with the home it enters."""
    return frozenset((move.household, move.to) for move in unlink(chains))


def repriced(standing: Standing, price: NDArray[np.int64]) -> Standing:
    """The same under other prices, if these prove more."""
    other = standing.under(price)
    return other if other.proven < standing.proven else standing


def ways_to(standing: Standing, pins: Iterable[Pair]) -> Touched:
    """Who and what is on the cheapest way from a vacancy (or round a ring) to each pinned move."""
    made = moves_in(standing.chains)
    asked = [move_at(standing, pair) for pair in dict.fromkeys(pins) if pair not in made]
    moves = [arc for asks in asked for arc in _way(standing, asks)]
    market = standing.market
    people = standing.people[market.household[moves]] if moves else []
    homes = standing.homes[market.home[moves]] if moves else []
    return Touched(frozenset(people), frozenset(homes))


def _way(standing: Standing, arc: int) -> Iterator[int]:
    """The moves before it, last first; those of the ring where that is cheaper."""
    walks = standing.walks
    walks.bound(standing.price)
    slack = walks.slack() if walks.task.places else np.zeros((0, standing.market.size), np.int64)
    places = slack[:, arc]
    chained = int(places.min(initial=-NEVER))
    ring, missed = _ring_through(standing, arc)
    if missed < chained:
        yield from ring
        return
    for place in range(int(np.argmin(places)) if len(places) else 0, -1, -1):
        yield arc
        before = np.flatnonzero(standing.market.frees == standing.market.home[arc])
        if place and len(before):
            arc = int(before[np.argmin(slack[place - 1][before])])


def _ring_through(standing: Standing, arc: int) -> tuple[list[int], int]:
    """The best ring with a move, and how far it stays below what is best there."""
    rings = standing.walks.task.rings
    hits = np.flatnonzero((rings == arc).any(axis=1))
    if not len(hits):
        return [], -NEVER
    best = int(hits[np.argmax(standing.walks.ring_value[hits])])
    members = rings[best]
    missed = int(slack_of(standing)[arc]) if standing.walks.task.places else 0
    return [int(a) for a in members if a >= 0], min(missed, -int(standing.walks.ring_value[best]))
