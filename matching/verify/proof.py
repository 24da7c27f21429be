"""The bound proved again from the integer multipliers in the plan: no solver, no floats.

A multiplier is a price on a household (it moves once) or a home (it receives once). With any
prices of zero or more, no plan is worth more than all prices together, plus for every opening the
best chain from it after paying the prices on its way, plus for every home that leads a ring (the
one of its homes that the options name first) the best such ring after paying. Such a chain may pass
a household twice, which only makes the bound more careful. Side conditions have prices too: what
those come to for every move, and in the bound, is in `matching.verify.toll`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.conditions import NONE
from matching.verify.toll import PER, TOO_MUCH, toll_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from matching.conditions import Conditions
    from matching.model import Certificate
    from matching.verify.toll import Toll

CERTAIN = 100
"""Percent: every proposal is accepted."""
AT_ONCE = 2_000_000
"""So many unfinished rings are looked at together, to bound the memory."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long chains and rings may be, and the chance in percent that a move goes through."""

    longest_chain: int
    longest_ring: int
    acceptance_percent: int


@dataclass(frozen=True, slots=True)
class Arcs:
    """Possible moves as numbers: home entered, home freed (`homes` for none), gain, price.

    `share`: millionths of its worth that a move counts more (`Toll`).
    """

    entered: NDArray[np.int64]
    freed: NDArray[np.int64]
    gain: NDArray[np.int64]
    price: NDArray[np.int64]
    share: NDArray[np.int64]
    opening: NDArray[np.bool_]

    def part(self, kept: NDArray[Any]) -> Arcs:
        """Some of the moves, same numbers."""
        return replace(
            self,
            entered=self.entered[kept],
            freed=self.freed[kept],
            gain=self.gain[kept],
            price=self.price[kept],
            share=self.share[kept],
        )


def reproved_bound(
    options: pd.DataFrame,
    openings: Collection[str],
    certificate: Certificate,
    terms: Terms,
    *,
    conditions: Conditions = NONE,
) -> int | None:
    """Give the bound that the multipliers prove, in whole points; None when they prove nothing.

    `options` needs household, dwelling, leaves, gain and what the conditions read. Multipliers
    below zero, a name that occurs twice, a name of no condition, numbers too large for 64 bits and
    a scale below one prove nothing.
    """
    priced = (certificate.households, certificate.dwellings, certificate.conditions)
    if certificate.scale < 1 or not all(_usable(prices) for prices in priced):
        return None
    households, dwellings, rows = (dict(prices) for prices in priced)
    toll = toll_of(options, conditions, rows, scale=certificate.scale)
    if toll is None or _too_large(options, toll, (households, dwellings), certificate, terms):
        return None
    arcs = _arcs(options, openings, households, dwellings, toll)
    scaled = sum(households.values()) + sum(dwellings.values()) + toll.total
    scaled += _chains_worth(arcs, certificate.scale, terms)
    scaled += _rings_worth(arcs, certificate.scale, terms)
    return _in_points(scaled, certificate.scale, whole=terms.acceptance_percent == CERTAIN)


def _usable(prices: tuple[tuple[str, int], ...]) -> bool:
    return len(dict(prices)) == len(prices) and all(price >= 0 for _, price in prices)


def _in_points(scaled: int, scale: int, *, whole: bool) -> int:
    """A bound in whole points: down where every value is whole, else rounded as values are."""
    bound = Fraction(scaled, scale)
    return math.floor(bound) if whole else round(bound)


def _too_large(
    options: pd.DataFrame,
    toll: Toll,
    prices: Collection[dict[str, int]],
    certificate: Certificate,
    terms: Terms,
) -> bool:
    """Whether a sum along a chain could leave 64 bits, and then look small."""
    if int(toll.share.max(initial=0)) * PER >= TOO_MUCH:
        return True
    worth = int(options["gain"].max()) * certificate.scale if len(options) else 0
    worth += worth * int(toll.share.max(initial=0)) // PER
    paid = int(np.abs(toll.price).max(initial=0))
    paid += sum(max(each.values(), default=0) for each in prices)
    return (worth + paid) * (terms.longest_chain + terms.longest_ring + 1) >= TOO_MUCH


def _arcs(
    options: pd.DataFrame,
    openings: Collection[str],
    households: dict[str, int],
    dwellings: dict[str, int],
    toll: Toll,
) -> Arcs:
    moves = (options["dwelling"] != options["leaves"]).fillna(value=True).to_numpy(dtype=bool)
    moves = moves & ~toll.barred
    real = options[moves]
    named = pd.concat([real["dwelling"], real["leaves"]], ignore_index=True).astype(object)
    codes, homes = pd.factorize(named)
    entered, freed = np.split(codes.astype(np.int64), 2)
    return Arcs(
        entered,
        np.where(freed < 0, len(homes), freed),
        real["gain"].to_numpy(dtype=np.int64),
        _prices(real["household"], households)
        + _prices(real["dwelling"], dwellings)
        + toll.price[moves],
        toll.share[moves],
        np.append(pd.Index(homes).isin(list(openings)), [False]),
    )


def _prices(names: pd.Series, prices: dict[str, int]) -> NDArray[np.int64]:
    codes, known = pd.factorize(names)
    of_each = np.array([prices.get(str(name), 0) for name in known], dtype=np.int64)
    each: NDArray[np.int64] = of_each[codes]
    return each


def _weights(arcs: Arcs, scale: int, percent: int, place: int) -> NDArray[np.int64]:
    """The scaled gain at a place in a chain, after prices; all is rounded up, never down."""
    point = -(-scale * percent**place // 100**place)
    worth = arcs.gain * point
    # In two parts, so that the product of two large numbers never stands there.
    shared = worth // PER * arcs.share - (-(worth % PER) * arcs.share // PER)
    weights: NDArray[np.int64] = worth + shared - arcs.price
    return weights


def _chains_worth(arcs: Arcs, scale: int, terms: Terms) -> int:
    """For every opening the best chain after prices, found from the last place to the first."""
    onward = np.where(arcs.opening[arcs.freed], len(arcs.opening) - 1, arcs.freed)
    worth = np.zeros(len(arcs.opening), dtype=np.int64)
    for place in range(terms.longest_chain, 0, -1):
        through = _weights(arcs, scale, terms.acceptance_percent, place) + worth[onward]
        worth = np.zeros(len(arcs.opening), dtype=np.int64)
        np.maximum.at(worth, arcs.entered, through)
    return sum(worth[arcs.opening].tolist())  # of Python, so that no sum is too large


def _rings_worth(arcs: Arcs, scale: int, terms: Terms) -> int:
    """For every home the best ring it leads, above its prices, summed."""
    ringed = _in_rings(arcs)
    best = np.zeros(len(arcs.opening), dtype=np.int64)
    for length in range(2, terms.longest_ring + 1):
        weight = _weights(ringed, scale, terms.acceptance_percent, length)
        for leads, worth in _dear_rings(ringed, weight, length):
            np.maximum.at(best, leads, worth)
    return sum(best.tolist())


def _in_rings(arcs: Arcs) -> Arcs:
    """Only moves into homes that others free, out of homes that others enter, never a vacancy.

    Nothing else can be in a ring: who enters a vacancy begins a chain.
    """
    last = len(arcs.opening) - 1
    kept = arcs.part((arcs.freed < last) & ~arcs.opening[arcs.entered])
    while True:
        both = np.isin(kept.entered, kept.freed) & np.isin(kept.freed, kept.entered)
        if both.all():
            return kept
        kept = kept.part(both)


def _dear_rings(
    arcs: Arcs, weight: NDArray[np.int64], length: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Give the rings of this length worth more than their prices: who leads, how much more.

    Every ring with a sum above zero can be walked from some move so that every partial sum is
    above zero too (the cycle lemma); so a walk that falls to zero need not go on.
    """
    order = np.lexsort((arcs.freed, arcs.entered))
    arcs, weight = arcs.part(order), weight[order]
    for start in _batches(np.flatnonzero(weight > 0)):
        for rings in _walked(start[:, None], arcs, weight, length):
            yield arcs.entered[rings].min(axis=1), weight[rings].sum(axis=1)


def _walked(
    walk: NDArray[np.int64], arcs: Arcs, weight: NDArray[np.int64], length: int
) -> Iterator[NDArray[np.int64]]:
    """Lengthen walks (rows of moves, each into what the one before frees) until they close."""
    if walk.shape[1] == length - 1:
        yield _closed(walk, arcs, weight)
        return
    first = np.searchsorted(arcs.entered, arcs.freed[walk[:, -1]], "left")
    last = np.searchsorted(arcs.entered, arcs.freed[walk[:, -1]], "right")
    for some in _batches(np.arange(len(walk)), last - first):
        count = (last - first)[some]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        longer = np.column_stack(
            [np.repeat(walk[some], count, axis=0), np.repeat(first[some], count) + within]
        )
        apart = (arcs.freed[longer[:, -1], None] != arcs.entered[longer]).all(axis=1)
        yield from _walked(longer[apart & (weight[longer].sum(axis=1) > 0)], arcs, weight, length)


def _closed(walk: NDArray[np.int64], arcs: Arcs, weight: NDArray[np.int64]) -> NDArray[np.int64]:
    """Close walks with every move into what is freed last that frees what is entered first."""
    homes = np.int64(len(arcs.opening))
    pair = arcs.entered * homes + arcs.freed
    wanted = arcs.freed[walk[:, -1]] * homes + arcs.entered[walk[:, 0]]
    first, last = np.searchsorted(pair, wanted, "left"), np.searchsorted(pair, wanted, "right")
    count = last - first
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    rings = np.column_stack([np.repeat(walk, count, axis=0), np.repeat(first, count) + within])
    dear: NDArray[np.int64] = rings[weight[rings].sum(axis=1) > 0]
    return dear


def _batches(
    rows: NDArray[np.int64], sizes: NDArray[np.int64] | None = None
) -> Iterator[NDArray[np.int64]]:
    """Cut rows into batches that together lengthen to at most about AT_ONCE."""
    counted = np.cumsum(np.ones(len(rows), dtype=np.int64) if sizes is None else sizes)
    cuts = np.flatnonzero(np.diff(counted // AT_ONCE)) + 1
    yield from np.split(rows, cuts)
