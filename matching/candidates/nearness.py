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
from matching.lookup import among
from matching.proximity import FAR
from matching.walking import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
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
    people = described_households(state, on, these=pd.Index([household], dtype="str"))
    homes = homes_of(state, rules, policy, on)
    home = homes[among(homes.index, {dwelling})]
    if people.empty or home.empty:
        raise UnknownHere
    market = market_of(state, people, home, policy, on, network)
    first = np.zeros(1, dtype=np.intp)
    pairs = market.run(slice(0, 1), policy, network).at(first, first)
    mobility = Mobility(people["mobility"].iloc[0])
    pace = policy.metres_per_minute[mobility]
    metres = (market.own_metres[0], market.homes.metres[0])
    return Nearness(
        ties=_ties(state, household, pairs),
        facilities=_facilities(metres, pairs, pace, policy.rollator_distance, state.facilities),
        mobility=mobility,
        pace=pace,
        estimate=network is None,
        row=rows_of(pairs, rules, policy).to_dict("records")[0],
    )


def _ties(state: State, household: str, pairs: Pairs) -> tuple[TieWalk, ...]:
    """The household's own ties stand among its anchors by id, before those that count back."""
    anchors = pairs.walks.anchors
    pair, anchor = pairs.with_anchors(~anchors.back)
    now, then = pairs.minutes(pair, anchor)
    lives = bool(pairs.has_home[0])
    told = state.ties[(state.ties["household"] == household).to_numpy(dtype=bool)].sort_index()
    walks = [
        TieWalk(
            tie=str(row["tie"]),
            kind=TieKind(row["kind"]),
            weight=int(row["weight"]),
            most=int(row["minutes"]),
            must=bool(row["must"]),
            place=_place(anchors.places[at]) if anchors.known[at] else None,
            walk=Walk(_minutes(now[number]) if lives else None, _minutes(then[number])),
        )
        for number, (at, row) in enumerate(zip(anchor, _rows(told), strict=True))
    ]
    return tuple(sorted(walks, key=lambda one: (-one.weight, one.tie)))


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.reset_index(names="tie").to_dict("records")
    return rows


def _place(place: NDArray[np.int64]) -> tuple[int, int]:
    return int(place[0]), int(place[1])


def _minutes(measured: np.int32) -> int | None:
    return None if measured >= FAR else int(measured)


def _facilities(
    metres: tuple[NDArray[np.int32], NDArray[np.int32]],
    pairs: Pairs,
    pace: int,
    near: int,
    places: pd.DataFrame,
) -> tuple[FacilityWalk, ...]:
    now, then = metres
    home = pairs.homes.places()[0]
    lives = bool(pairs.has_home[0])
    return tuple(
        FacilityWalk(
            kind,
            Walk(_paced(now[at], pace) if lives else None, _paced(then[at], pace)),
            near_now=lives and bool(now[at] <= near),
            near_then=bool(then[at] <= near),
            place=_nearest(places[(places["kind"] == kind).to_numpy(dtype=bool)], home),
        )
        for at, kind in enumerate(FacilityKind)
    )


def _nearest(places: pd.DataFrame, home: NDArray[np.int64]) -> tuple[int, int] | None:
    points = places[["x", "y"]].to_numpy(dtype=np.int64)
    if not len(points) or home[0] < 0:
        return None
    return _place(points[((points - home) ** 2).sum(axis=1).argmin()])


def _paced(metres: np.int32, pace: int) -> int | None:
    return None if metres >= UNREACHED else -(-int(metres) // pace)
