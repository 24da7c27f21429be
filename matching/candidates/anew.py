"""Candidates once more after something changed: only who and what it touches is searched again.

Touched is whoever, and whatever home, the tables before and after describe otherwise; of the rest
every option stays as it was. The answer is that of a whole search (a law in the tests).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.candidates.blocking import Map, in_area, ranges
from matching.candidates.demand import declined_pairs, seekers
from matching.candidates.search import (
    Candidates,
    Market,
    allowed,
    best_options,
    enterable_of,
    market_of,
    no_counts,
    searched,
)
from matching.candidates.supply import openings
from matching.criteria import Side
from matching.lookup import among

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.criteria.pairs import Mask, Positions
    from matching.proximity import Anchors
    from matching.state import State
    from matching.walking import Network

MOST = 4_000_000
"""Pairs of a household and a changed home that are looked at one by one; beyond, search anew."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search, with the tables it rested on, so that the next may begin where it ended.

    `again`: the households of whom options were searched this time; None: everybody's.
    """

    market: Market
    found: Candidates
    again: frozenset[str] | None = None


def search(
    state: State, rules: Rules, policy: Policy, on: date, *, network: Network | None = None
) -> Search:
    """Search for everybody, and keep what it rested on."""
    market = _market(state, rules, policy, on, network)
    return Search(market, searched(state, market, rules, policy, network=network))


def search_again(
    before: Search, state: State, rules: Rules, policy: Policy, *, network: Network | None = None
) -> Search:
    """Search again on the same day, rules, policy and streets, after facts changed the State."""
    old, on = before.market, before.market.on
    market = _market(state, rules, policy, on, network)
    changed = changed_homes(old, market)
    arriving = market.homes.frame.index.intersection(changed)
    if len(market.seekers) * len(arriving) > MOST:
        return Search(market, searched(state, market, rules, policy, network=network))
    options = before.found.options
    again = changed_seekers(old, market)
    again |= set(options.loc[among(options["dwelling"], changed), "household"])
    again |= _suited(state, market, arriving, rules, policy, network)
    again |= set(old.seekers.index.difference(market.seekers.index))
    part = some_seekers(market, np.flatnonzero(among(market.seekers.index, again)))
    fresh = searched(state, part, rules, policy, network=network).options
    both = pd.concat([options[~among(options["household"], again)], fresh], ignore_index=True)
    both = both.sort_values(["household", "dwelling"], kind="stable").reset_index(drop=True)
    free = tuple(openings(state, policy, on).index)
    return Search(market, replace(before.found, options=both, openings=free), frozenset(again))


def _market(
    state: State, rules: Rules, policy: Policy, on: date, network: Network | None
) -> Market:
    people = seekers(state, rules, policy, on)
    enterable = enterable_of(state, rules, policy, on)
    return market_of(state, people, enterable, policy, on, network)


def _suited(
    state: State,
    market: Market,
    arriving: pd.Index,
    rules: Rules,
    policy: Policy,
    network: Network | None,
) -> set[str]:
    """Whoever may go to a home that is new or other than it was, and would gain by it."""
    if not len(arriving):
        return set()
    at = market.homes.frame.index.get_indexer(arriving)
    few = replace(
        market,
        homes=Side(market.homes.frame.iloc[at], market.homes.metres[at]),
        declined=declined_pairs(state, market.seekers, arriving),
    )
    everyone = few.run(slice(0, len(few.seekers)), policy, network)
    inside = in_area(everyone, Map.of(few.homes), policy, network=network is not None)
    counts = no_counts()
    pairs = allowed(everyone, inside, rules, policy, counts)
    rows = best_options(pairs, rules, policy, counts)
    return set(rows["household"])


def some_seekers(market: Market, which: Positions) -> Market:
    """The market of some of its seekers, by position."""
    anchors = market.anchors
    _, rows = ranges(anchors.first[which], anchors.first[which + 1])
    counts = np.diff(anchors.first)[which]
    number = np.full(len(market.seekers), -1, dtype=np.int64)
    number[which] = np.arange(len(which))
    many = max(len(market.homes), 1)
    who = number[market.declined // many]
    return replace(
        market,
        seekers=market.seekers.iloc[which],
        own_metres=market.own_metres[which],
        anchors=replace(
            anchors,
            **{name: getattr(anchors, name)[rows] for name in _OF_ANCHORS},
            first=np.concatenate([[0], np.cumsum(counts)]).astype(anchors.first.dtype),
        ),
        declined=(who * many + market.declined % many)[who >= 0],
    )


_OF_ANCHORS = ("places", "mobility", "weight", "minutes", "must", "back")


def changed_seekers(old: Market, new: Market) -> set[str]:
    """Name the seekers of whom something is told otherwise, or who did not seek before."""
    before, after, names = _both(old.seekers.index, new.seekers.index)
    other = differs(old.seekers.iloc[before], new.seekers.iloc[after])
    other |= (old.own_metres[before] != new.own_metres[after]).any(axis=1)
    other |= _other_anchors(old.anchors, new.anchors, before, after)
    declined = _declined(old) ^ _declined(new)
    fresh = new.seekers.index.difference(old.seekers.index)
    return {*names[other], *fresh, *(household for household, _ in declined)}


def changed_homes(old: Market, new: Market) -> set[str]:
    """Name the homes of which something is told otherwise, that came, or that went."""
    was, now = old.homes.frame, new.homes.frame
    before, after, names = _both(was.index, now.index)
    other = differs(was.iloc[before], now.iloc[after])
    other |= (old.homes.metres[before] != new.homes.metres[after]).any(axis=1)
    return {*names[other], *was.index.symmetric_difference(now.index)}


def _both(old: pd.Index, new: pd.Index) -> tuple[Positions, Positions, pd.Index]:
    """The positions of what is in both, and its names."""
    at = old.get_indexer(new)
    after = np.flatnonzero(at >= 0)
    return at[after], after, new[after]


def differs(old: pd.DataFrame, new: pd.DataFrame) -> Mask:
    """Which rows of two tables, alike in columns and order, differ in any cell."""
    other = np.zeros(len(old), dtype=bool)
    for name in old.columns:
        was, now = old[name].array, new[name].array
        missing = np.asarray(pd.isna(was)), np.asarray(pd.isna(now))
        same = pd.array(was == now, dtype="boolean").to_numpy(dtype=bool, na_value=False)
        other |= ~np.where(missing[0] | missing[1], missing[0] & missing[1], same)
    return other


def _other_anchors(old: Anchors, new: Anchors, before: Positions, after: Positions) -> Mask:
    """Which seekers have other people and places that matter."""
    counts = np.diff(old.first)[before], np.diff(new.first)[after]
    other: NDArray[np.bool_] = counts[0] != counts[1]
    alike = np.flatnonzero(~other)
    who, was = ranges(old.first[before[alike]], old.first[before[alike] + 1])
    _, now = ranges(new.first[after[alike]], new.first[after[alike] + 1])
    apart = np.zeros(len(was), dtype=bool)
    for name in _OF_ANCHORS:
        unlike = getattr(old, name)[was] != getattr(new, name)[now]
        apart |= unlike.any(axis=1) if unlike.ndim > 1 else unlike
    other[alike[who[apart]]] = True
    return other


def _declined(market: Market) -> set[tuple[str, str]]:
    many = max(len(market.homes), 1)
    people = market.seekers.index[market.declined // many]
    return set(zip(people, market.homes.frame.index[market.declined % many], strict=True))
