"""How far one household walks to each of its people and places, now and in another home.

The same walks the preferences are summed from, one by one: for whoever must explain the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_contracts.words import FacilityKind, Mobility, TieKind
from matching.candidates.demand import described_households
from matching.candidates.search import UnknownHere, homes_of, market_of, rows_of
from matching.lookup import among, places
from matching.proximity import FAR
from matching.walking import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.candidates.search import Market
    from matching.criteria import Pairs
    from matching.state import State
    from matching.walking import Network


@dataclass(frozen=True, slots=True)
class Walk:
    """Minutes on foot to one person or place, now and in the other home; None: farther than known.

    `now` is None too for who comes from nowhere we know.
    """

    now: int | None
    then: int | None


@dataclass(frozen=True, slots=True)
class TieWalk:
    """The walk to one tie: what it is, how much it weighs, how near it should be (minutes).

    `place` in RD metres, coarse; None when nobody knows where it is.
    """

    tie: str
    kind: TieKind
    weight: int
    most: int
    must: bool
    place: tuple[int, int] | None
    walk: Walk


@dataclass(frozen=True, slots=True)
class FacilityWalk:
    """The walk to the nearest facility of a kind, and whether it is at rollator distance.

    `place` is that of the one nearest to the other home as the crow flies, in RD metres.
    """

    kind: FacilityKind
    walk: Walk
    near_now: bool
    near_then: bool
    place: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Nearness:
    """All walks of one household, at its own pace (metres a minute); `estimate`: no streets.

    `row` is the pair as `one_pair` judges and scores it, by column.
    """

    ties: tuple[TieWalk, ...]
    facilities: tuple[FacilityWalk, ...]
    mobility: Mobility
    pace: int
    estimate: bool
    row: Mapping[str, Any]


def nearness(
    state: State,
    household: str,
    dwelling: str,
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
) -> Nearness:
    """Measure every walk of a household, from where it lives and from a home. Raises UnknownHere.

    Ties come heaviest first, then by id.
    """
    found = nearnesses(state, [(household, dwelling)], rules, policy, on, network=network)
    if not found:
        raise UnknownHere
    return found[household, dwelling]


def nearnesses(
    state: State,
    asked: Iterable[tuple[str, str]],
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
) -> dict[tuple[str, str], Nearness]:
    """Measure the walks of many pairs of household and dwelling, as `nearness` does of one.

    For hardly more than one alone: what it costs is looking everything up. Of whom or what is not
    known there is none. With a network hand over no more than a few hundred at a time.
    """
    named = pd.DataFrame(list(asked), columns=["household", "dwelling"], dtype="str")
    people = described_households(state, on, these=pd.Index(named["household"]))
    homes = homes_of(state, rules, policy, on)
    homes = homes[among(homes.index, named["dwelling"])]
    seeker, home = places(people.index, named["household"]), places(homes.index, named["dwelling"])
    known = (seeker >= 0) & (home >= 0)
    market = market_of(state, people, homes, policy, on, network)
    pairs = market.run(slice(0, len(people)), policy, network).at(seeker[known], home[known])
    ties = _ties(state, pairs)
    places_of = _places_of(state.facilities)
    walkers = [Mobility(one) for one in people["mobility"].iloc[pairs.seeker]]
    rows = rows_of(pairs, rules, policy).to_dict("records")
    return {
        (row["household"], row["dwelling"]): Nearness(
            ties=ties[at],
            facilities=_facilities(market, pairs, at, policy, places_of),
            mobility=walkers[at],
            pace=policy.metres_per_minute[walkers[at]],
            estimate=network is None,
            row=row,
        )
        for at, row in enumerate(rows)
    }


def _ties(state: State, pairs: Pairs) -> list[tuple[TieWalk, ...]]:
    """Of every pair the household's own ties, which stand among its anchors by id.

    After them come those that count back.
    """
    anchors = pairs.walks.anchors
    pair, anchor = pairs.with_anchors(~anchors.back)
    now, then = pairs.minutes_now()[anchor], pairs.minutes_then(pair, anchor)
    lives = pairs.has_home
    own = state.ties[among(state.ties["household"], pairs.seekers.frame.index)].sort_index()
    told: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(own):
        told.setdefault(row["household"], []).append(row)
    names = pairs.seekers.frame.index
    turn = np.arange(len(pair)) - np.searchsorted(pair, pair)  # which of its household's ties
    walks: list[list[TieWalk]] = [[] for _ in range(len(pairs))]
    for number, (of, at) in enumerate(zip(pair.tolist(), anchor.tolist(), strict=True)):
        row = told[names[pairs.seeker[of]]][turn[number]]
        walks[of].append(
            TieWalk(
                tie=str(row["tie"]),
                kind=TieKind(row["kind"]),
                weight=int(row["weight"]),
                most=int(row["minutes"]),
                must=bool(row["must"]),
                place=_place(anchors.places[at]) if anchors.known[at] else None,
                walk=Walk(_minutes(now[number]) if lives[of] else None, _minutes(then[number])),
            )
        )
    return [tuple(sorted(some, key=lambda one: (-one.weight, one.tie))) for some in walks]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.reset_index(names="tie").to_dict("records")
    return rows


def _place(place: NDArray[np.int64]) -> tuple[int, int]:
    return int(place[0]), int(place[1])


def _minutes(measured: np.int32) -> int | None:
    return None if measured >= FAR else int(measured)


def _facilities(
    market: Market, pairs: Pairs, pair: int, policy: Policy, places: list[NDArray[np.int64]]
) -> tuple[FacilityWalk, ...]:
    seeker, where = pairs.seeker[pair], pairs.home[pair]
    now, then = market.own_metres[seeker], market.homes.metres[where]
    home = pairs.homes.places()[where]
    lives = bool(pairs.has_home[pair])
    pace = policy.metres_per_minute[Mobility(market.seekers["mobility"].iloc[seeker])]
    near = policy.rollator_distance
    return tuple(
        FacilityWalk(
            kind,
            Walk(_paced(now[at], pace) if lives else None, _paced(then[at], pace)),
            near_now=lives and bool(now[at] <= near),
            near_then=bool(then[at] <= near),
            place=_nearest(places[at], home),
        )
        for at, kind in enumerate(FacilityKind)
    )


def _places_of(facilities: pd.DataFrame) -> list[NDArray[np.int64]]:
    """Where the facilities of each kind are, in RD metres."""
    kinds = [(facilities["kind"] == kind).to_numpy(dtype=bool) for kind in FacilityKind]
    return [facilities.loc[mask, ["x", "y"]].to_numpy(dtype=np.int64) for mask in kinds]


def _nearest(points: NDArray[np.int64], home: NDArray[np.int64]) -> tuple[int, int] | None:
    if not len(points) or home[0] < 0:
        return None
    return _place(points[((points - home) ** 2).sum(axis=1).argmin()])


def _paced(metres: np.int32, pace: int) -> int | None:
    return None if metres >= UNREACHED else -(-int(metres) // pace)
