"""How near a home is to the people and places that matter: whole minutes at one's own pace.

Over a street network when there is one; else as the crow flies times the detour of the policy,
and then it is called an estimate. Minutes are rounded up: 20 minutes and a metre is 21.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from data_contracts.words import FacilityKind, Mobility
from matching.walking import UNREACHED, metres_between, metres_to_nearest

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.walking import Network

FAR = np.int32(10_000)
"""Minutes that stand for: too far to walk."""
MOBILITIES = tuple(Mobility)
_AT_ONCE = 200
"""So many walks are measured together, to bound the table."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Places that matter, a row each, sorted by the seeker they belong to.

    `places` in RD metres (rows of x, y; -1 when nobody knows where), `mobility` as a position in
    MOBILITIES (of whom walks), `minutes` the most, `back` for somebody else's tie to this seeker:
    one who may be left behind. `first` has one entry more than there are seekers: the anchors of
    seeker i are first[i] to first[i + 1].
    """

    places: NDArray[np.int64]
    mobility: NDArray[np.intp]
    weight: NDArray[np.int32]
    minutes: NDArray[np.int32]
    must: NDArray[np.bool_]
    back: NDArray[np.bool_]
    first: NDArray[np.intp]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether it is known where the place is."""
        known: NDArray[np.bool_] = self.places[:, 0] >= 0
        return known

    @property
    def seeker(self) -> NDArray[np.intp]:
        """Whose anchor each of them is, as a position."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    def of(self, seekers: slice) -> Anchors:
        """Keep the anchors of a run of seekers, numbered anew from zero."""
        low, high = self.first[seekers.start], self.first[seekers.stop]
        return Anchors(
            places=self.places[low:high],
            mobility=self.mobility[low:high],
            weight=self.weight[low:high],
            minutes=self.minutes[low:high],
            must=self.must[low:high],
            back=self.back[low:high],
            first=self.first[seekers.start : seekers.stop + 1] - low,
        )


@dataclass(frozen=True, slots=True)
class Walks:
    """Minutes between anchors and homes: looked up in `table` (a network), else estimated.

    `homes` are places of homes; the last rows are the homes the seekers live in now.
    """

    anchors: Anchors
    homes: np.ndarray
    pace: np.ndarray
    detour_percent: int
    table: np.ndarray | None = None

    @property
    def estimate(self) -> bool:
        """Whether these are minutes as the crow flies times a detour."""
        return self.table is None

    def minutes(self, anchor: NDArray[np.intp], home: NDArray[np.intp]) -> NDArray[np.int32]:
        """Give the minutes for each pair of an anchor and a home (positions): int32, or FAR."""
        if self.table is None:
            here, there = _axes(self.anchors.places, np.inf), _axes(self.homes, -np.inf)
            x, y = (a.take(anchor) - b.take(home) for a, b in zip(here, there, strict=True))
            metres = _crow_flies(x, y, self.detour_percent)
        else:
            metres = self.table[anchor, home].astype(np.float64)
            metres[(self.homes[:, 0] < 0).take(home)] = UNREACHED
        metres[metres >= UNREACHED] = np.inf
        metres /= self.pace[self.anchors.mobility].take(anchor)
        # Ratios of whole numbers this small are exact enough as float64 to be rounded up.
        minutes: NDArray[np.int32] = np.minimum(np.ceil(metres), FAR).astype(np.int32)
        return minutes


def crow_flies(one: np.ndarray, other: np.ndarray, *, detour_percent: int) -> np.ndarray:
    """Give the metres between places two by two, times the detour, rounded up: int64."""
    x, y = (one - other).astype(np.float64).T
    return _crow_flies(x, y, detour_percent).astype(np.int64)


def _crow_flies(x: np.ndarray, y: np.ndarray, detour_percent: int) -> np.ndarray:
    # The detour goes under the root, so that a whole distance stays whole; squares of what fits
    # in the country are exact as float64.
    metres: np.ndarray = np.ceil(np.sqrt((x * x + y * y) * detour_percent**2) / 100)
    return metres


def _axes(places: np.ndarray, nowhere: float) -> list[np.ndarray]:
    """Give the x and the y of places; what nobody knows lies infinitely far."""
    unknown = places[:, 0] < 0
    return [np.where(unknown, nowhere, axis) for axis in places.T]


def walks(
    anchors: Anchors,
    homes: np.ndarray,
    *,
    policy: Policy,
    network: Network | None = None,
) -> Walks:
    """Prepare the minutes between these anchors and homes (places in RD metres).

    With a network this searches outward from every anchor, no farther than the policy's farthest
    walk or the anchor's own most minutes; hand over a few hundred anchors at a time.
    """
    pace = np.array([policy.metres_per_minute[m] for m in MOBILITIES], dtype=np.int64)
    table = None
    if network is not None:
        table = _over(network, anchors, homes, pace=pace, farthest=policy.farthest_walk)
    return Walks(anchors, homes, pace, policy.detour_percent, table)


def _over(
    network: Network, anchors: Anchors, homes: np.ndarray, *, pace: np.ndarray, farthest: int
) -> np.ndarray:
    table = np.full((len(anchors.places), len(homes)), UNREACHED, dtype=np.int32)
    bound = np.where(anchors.must, np.maximum(anchors.minutes, farthest), farthest)
    for number, mobility in enumerate(MOBILITIES):
        mine = np.flatnonzero((anchors.mobility == number) & anchors.known)
        if len(mine):
            limit = int(bound[mine].max() * pace[number])
            table[mine] = metres_between(
                network, anchors.places[mine], homes=homes, limit=limit, mobility=mobility
            )
    return table


def walked_minutes(
    walks: pd.DataFrame, *, policy: Policy, network: Network
) -> dict[tuple[str, str], int]:
    """Measure walks over the streets: by (tie, dwelling) the minutes, or FAR.

    `walks` as `matching.verify.walks_to_judge` makes them: tie, dwelling, minutes, mobility, and x,
    y, home_x, home_y in RD metres.
    """
    minutes: dict[tuple[str, str], int] = {}
    for start in range(0, len(walks), _AT_ONCE):
        some = walks.iloc[start : start + _AT_ONCE]
        for mobility in MOBILITIES:
            theirs = some[(some["mobility"] == mobility).to_numpy(dtype=bool)]
            if len(theirs):
                minutes |= _measured(theirs, policy, network, mobility)
    return minutes


def _measured(
    walks: pd.DataFrame, policy: Policy, network: Network, mobility: Mobility
) -> dict[tuple[str, str], int]:
    pace = policy.metres_per_minute[mobility]
    table = metres_between(
        network,
        walks[["x", "y"]].to_numpy(dtype=np.int64),
        homes=walks[["home_x", "home_y"]].to_numpy(dtype=np.int64),
        limit=int(walks["minutes"].max()) * pace,
        mobility=mobility,
    )
    metres = np.diagonal(table).astype(np.int64)
    minutes = np.where(metres >= UNREACHED, FAR, -(-metres // pace))
    keys = zip(walks["tie"], walks["dwelling"], strict=True)
    return dict(zip(keys, minutes.tolist(), strict=True))


def metres_to_facilities(
    facilities: pd.DataFrame,
    homes: np.ndarray,
    *,
    policy: Policy,
    network: Network | None = None,
) -> np.ndarray:
    """Give the metres from each home to the nearest facility of each kind: int32, homes by kinds.

    Over a network as somebody with a rollator walks; UNREACHED when there is none or it is far.
    """
    out = np.full((len(homes), len(FacilityKind)), UNREACHED, dtype=np.int32)
    somewhere = np.flatnonzero(homes[:, 0] >= 0) if len(homes) else np.empty(0, dtype=np.int64)
    kinds = facilities["kind"].to_numpy(dtype=object)
    everywhere = facilities[["x", "y"]].to_numpy(dtype=np.int64)
    for number, kind in enumerate(FacilityKind):
        places = everywhere[kinds == kind.value]
        if len(places) and len(somewhere):
            out[somewhere, number] = _nearest(places, homes[somewhere], policy, network)
    return out


def _nearest(
    places: np.ndarray, homes: np.ndarray, policy: Policy, network: Network | None
) -> np.ndarray:
    if network is None:
        _, which = cKDTree(places).query(homes)
        return crow_flies(places[which], homes, detour_percent=policy.detour_percent)
    return metres_to_nearest(
        network,
        places,
        homes=homes,
        limit=2 * policy.rollator_distance,
        mobility=Mobility.ROLLATOR,
    )
