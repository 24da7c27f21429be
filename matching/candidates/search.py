"""The search itself: runs of seekers are blocked, judged in stages, scored, and the best kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import FacilityKind, Verdict, VerhuisketenError
from matching.candidates.blocking import Map, in_area
from matching.candidates.demand import (
    OF_DEMAND,
    anchors_of,
    declined_pairs,
    described_households,
    seekers,
)
from matching.candidates.supply import OF_SUPPLY, described_homes, homes, openings
from matching.criteria import (
    ASK,
    NO,
    PREFERENCES,
    RULES,
    YES,
    Pairs,
    Side,
    asks_that_cost,
    figures,
    judge,
    score,
)
from matching.lookup import among, places
from matching.proximity import metres_to_facilities, walks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.criteria.pairs import Mask, Numbers, Positions
    from matching.proximity import Anchors
    from matching.state import State
    from matching.walking import Network

_RUN = 3_000_000
"""Seekers times homes in one run: bounds the memory, decides nothing."""
_FEW = 200
"""With a street network no more seekers than this in one run, for each has several places."""
_WORTH_TAKING_OUT = 0.95
"""Taking refused pairs out costs as much as a few rules: done once fewer than so many are left."""


class UnknownHere(VerhuisketenError):
    """Dit huishouden of deze woning kennen wij niet. Kijk of het kenmerk goed is overgenomen."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who could move where, and what it would be worth.

    `options`: a row per household and dwelling (sorted), with `leaves` (NA for a starter), `gain`
    (int64), `asks`, a column per rule (int8), per preference (int32) and per figure. `openings`:
    the homes that come free. `counts`: pairs judged, refused by rule (the first that did), without
    gain, pruned as more than the policy's options per household. `estimate`: minutes are estimated.
    """

    options: pd.DataFrame
    openings: tuple[str, ...]
    counts: dict[str, int]
    estimate: bool


@dataclass(frozen=True, slots=True)
class Market:
    """The two tables and what was looked up for them, before any pair.

    `own_metres` of the seekers' homes now; `declined` as seeker x homes + home, sorted.
    """

    seekers: pd.DataFrame
    homes: Side
    anchors: Anchors
    own_metres: np.ndarray
    declined: np.ndarray
    on: date

    def run(self, rows: slice, policy: Policy, network: Network | None) -> Pairs:
        """Give a run of seekers with no pair yet."""
        people = Side(self.seekers.iloc[rows], self.own_metres[rows])
        places = np.concatenate([self.homes.places(), people.places("home_")])
        walked = walks(self.anchors.of(rows), places, policy=policy, network=network)
        low, high = np.searchsorted(
            self.declined, np.array([rows.start, rows.stop]) * len(self.homes)
        )
        declined = self.declined[low:high] - rows.start * len(self.homes)
        none = np.empty(0, dtype=np.intp)
        return Pairs(people, self.homes, none, none, self.on, walked, declined)


def candidates(
    state: State,
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
    progress: Callable[[int, int], None] | None = None,
    run: int = _RUN,
) -> Candidates:
    """Say who could move where on this day. The order of rows and the size of a run do not matter.

    `progress` hears seekers done and seekers in all.
    """
    people = seekers(state, rules, policy, on)
    enterable = enterable_of(state, rules, policy, on)
    market = market_of(state, people, enterable, policy, on, network)
    return searched(state, market, rules, policy, network=network, progress=progress, run=run)


def enterable_of(state: State, rules: Rules, policy: Policy, on: date) -> pd.DataFrame:
    """Give the homes that can be entered, with those that seekers would leave; no works on them."""
    asked = ("enterable", rules.hash, policy.hash, on)
    needs = {*OF_DEMAND, *OF_SUPPLY, "complexes"}
    return state.once(asked, lambda: _enterable(state, rules, policy, on), needs=sorted(needs))


def _enterable(state: State, rules: Rules, policy: Policy, on: date) -> pd.DataFrame:
    table = homes(state, policy, on, leaving=seekers(state, rules, policy, on))
    return table[~table["works"]]


def searched(
    state: State,
    market: Market,
    rules: Rules,
    policy: Policy,
    *,
    network: Network | None = None,
    progress: Callable[[int, int], None] | None = None,
    run: int = _RUN,
) -> Candidates:
    """Say who of these seekers could move to which of these homes."""
    many = len(market.seekers)
    where = Map.of(market.homes)
    counts = no_counts()
    step = max(1, min(run // max(len(market.homes), 1), many if network is None else _FEW))
    found = []
    for start in range(0, max(many, 1), step):
        rows = slice(start, min(start + step, many))
        everyone = market.run(rows, policy, network)
        inside = in_area(everyone, where, policy, network=network is not None)
        pairs = allowed(everyone, inside, rules, policy, counts)
        found.append(best_options(pairs, rules, policy, counts))
        if progress is not None:
            progress(rows.stop, many)
    options = pd.concat(found, ignore_index=True)
    free = openings(state, policy, market.on)
    return Candidates(options, tuple(free.index), counts, network is None)


def no_counts() -> dict[str, int]:
    """Give the counts of a search that has not begun."""
    return dict.fromkeys(["judged", *(rule.name for rule in RULES), "no_gain", "pruned"], 0)


def market_of(
    state: State,
    people: pd.DataFrame,
    enterable: pd.DataFrame,
    policy: Policy,
    on: date,
    network: Network | None,
) -> Market:
    """Look up, before any pair, what is asked of these seekers and homes."""
    side = Side(enterable, _metres(state, enterable, "", policy, network))
    return Market(
        seekers=people,
        homes=side,
        anchors=anchors_of(state, people, on),
        own_metres=_metres(state, people, "home_", policy, network),
        declined=declined_pairs(state, people, enterable.index),
        on=on,
    )


def _metres(
    state: State, table: pd.DataFrame, prefix: str, policy: Policy, network: Network | None
) -> Numbers:
    """Measure to the nearest facilities; a complex with a meeting room has that at hand."""
    places = table[[f"{prefix}x", f"{prefix}y"]].to_numpy(dtype=np.int64, na_value=-1)
    metres = metres_to_facilities(state.facilities, places, policy=policy, network=network)
    rooms = state.complexes["meeting_room"].reindex(table[f"{prefix}complex"])
    has_room = rooms.to_numpy(dtype=bool, na_value=False)
    metres[has_room, list(FacilityKind).index(FacilityKind.ONTMOETINGSRUIMTE)] = 0
    return metres


def allowed(
    everyone: Pairs, inside: Mask, rules: Rules, policy: Policy, counts: dict[str, int]
) -> Pairs:
    """Judge in stages: what one rule refuses no later rule sees. Fills `asks`.

    `inside` says which homes (columns) are to be judged for each seeker (rows).
    """
    counts["judged"] += int(inside.sum())
    about_pairs = [rule for rule in RULES if rule.about == "pair"]
    for rule in about_pairs:
        if rule.sorts is not None:
            suits = inside & rule.sorts(everyone, policy).table()
            counts[rule.name] += int(inside.sum() - suits.sum())
            inside = suits
    pairs = everyone.within(inside)
    alive = np.ones(len(pairs), dtype=bool)
    for rule in about_pairs:
        if rule.sorts is not None:
            continue
        column = rule.judge(pairs, rules, policy)
        if rule.costs and Verdict.ASK in rule.sentences and pairs.asks is not None:
            pairs = replace(pairs, asks=pairs.asks + (column == ASK))
        left = alive & (column != NO if policy.propose_asks else column == YES)
        counts[rule.name] += int(alive.sum() - left.sum())
        alive = left
        if alive.sum() < _WORTH_TAKING_OUT * len(alive):
            pairs, alive = pairs.kept(np.flatnonzero(alive)), alive[alive]
    return pairs.kept(np.flatnonzero(alive))


def best_options(
    pairs: Pairs, rules: Rules, policy: Policy, counts: dict[str, int]
) -> pd.DataFrame:
    """Score the pairs and keep the best of each household, as rows of the options."""
    gain = np.zeros(len(pairs), dtype=np.int64)
    for preference in PREFERENCES:
        gain += preference.points(pairs, policy)
    worth = np.flatnonzero(gain > 0)
    best = worth[_best(pairs.kept(worth), gain[worth], most=policy.options_per_household)]
    counts["no_gain"] += len(pairs) - len(worth)
    counts["pruned"] += len(worth) - len(best)
    return rows_of(pairs.kept(best), rules, policy)


def _best(pairs: Pairs, gain: NDArray[np.int64], *, most: int) -> Positions:
    """Give the positions of the `most` best pairs of each household, in their own order.

    Among equals each household has an order of its own (from checksums of the ids): so alike
    households do not all keep the same few of many alike homes. A home that comes or goes changes
    nothing in the order of the others.
    """
    if not len(pairs):
        return np.empty(0, dtype=np.intp)
    people, homes = pairs.seekers.checksums(), pairs.homes.checksums()
    turn = scattered(homes[pairs.home] ^ people[pairs.seeker])
    order = np.argsort(_one_key(pairs.seeker, gain, turn), kind="stable")
    ordered = pairs.seeker[order]
    first = np.searchsorted(ordered, np.arange(len(people)))
    place = np.arange(len(order)) - first[ordered]
    return np.sort(order[place < most])


def _one_key(
    seeker: Positions, gain: NDArray[np.int64], turn: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Put seeker, gain (the most first) and as much of the turn as fits in 64 bits, in that order.

    One key sorts five times as fast as three. Of one seeker pairs come in the order of the homes,
    which decides between equal keys.
    """
    most = int(gain.max())
    high, middle = int(seeker.max()).bit_length(), most.bit_length()
    low = 64 - high - middle
    key = (seeker.astype(np.uint64) << np.uint64(middle)) | (most - gain).astype(np.uint64)
    return (key << np.uint64(low)) | (turn >> np.uint64(64 - low))


def scattered(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter numbers so that near ones land far apart (the finaliser of MurmurHash3)."""
    mixed = (numbers ^ (numbers >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return mixed ^ (mixed >> np.uint64(33))


def rows_of(pairs: Pairs, rules: Rules, policy: Policy) -> pd.DataFrame:
    """Write pairs out as rows of the options: ids, gain, asks, verdicts, points, figures."""
    judged = judge(pairs, rules, policy)
    scored = score(replace(pairs, asks=asks_that_cost(judged)), policy)
    ids = {
        "household": pairs.seekers.frame.index.take(pairs.seeker),
        "dwelling": pairs.homes.frame.index.take(pairs.home),
        "leaves": pairs.seekers.frame["leaves"].take(pairs.seeker).array,
        "gain": scored.sum(axis=1).astype(np.int64).to_numpy(),
        "asks": (judged == ASK).sum(axis=1).astype(np.int64).to_numpy(),
    }
    return pd.concat([pd.DataFrame(ids), judged, scored, figures(pairs, rules, policy)], axis=1)


def one_pair(
    state: State,
    household: str,
    dwelling: str,
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
) -> pd.DataFrame:
    """Judge and score one household and one home: a table of one row, columns as in the options.

    Whatever the verdicts: also for a home that is not free or somebody who does not seek. Raises
    UnknownHere.
    """
    return these_pairs(state, [(household, dwelling)], rules, policy, on, network=network)


def these_pairs(
    state: State,
    pairs: Sequence[tuple[str, str]],
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
) -> pd.DataFrame:
    """Judge and score these pairs of household and dwelling, a row each, as `one_pair` does."""
    named = pd.DataFrame(pairs, columns=["household", "dwelling"], dtype="str")
    people = described_households(state, on, these=pd.Index(named["household"]))
    everywhere = homes_of(state, rules, policy, on)
    asked = everywhere[among(everywhere.index, named["dwelling"])]
    seeker = places(people.index, named["household"])
    home = places(asked.index, named["dwelling"])
    if (seeker < 0).any() or (home < 0).any():
        raise UnknownHere
    market = market_of(state, people, asked, policy, on, network)
    run = market.run(slice(0, len(people)), policy, network)
    return rows_of(run.at(seeker, home), rules, policy)


def homes_of(state: State, rules: Rules, policy: Policy, on: date) -> pd.DataFrame:
    """Give every home with what the criteria ask of it, whether it can be entered or not."""
    asked = ("homes", rules.hash, policy.hash, on)
    needs = sorted({*OF_DEMAND, *OF_SUPPLY, "complexes"})
    people = seekers(state, rules, policy, on)
    return state.once(
        asked, lambda: described_homes(state, policy, on, leaving=people), needs=needs
    )
