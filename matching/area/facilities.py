"""Facilities in and around an area: for which of its homes they lie at rollator distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.area.columns import spots
from matching.area.reach import FACILITIES, metres_each

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.words import FacilityKind
    from matching.walking import Network

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FacilityNear:
    """One facility: where it is (RD metres), and for how many homes it lies at rollator distance.

    `only`: of those, how many have no other of its kind at that distance.
    """

    facility: str
    kind: FacilityKind
    place: tuple[int, int]
    homes: int
    only: int


@dataclass(frozen=True, slots=True)
class KindNear:
    """One kind of facility: for how many homes of the area there is one at rollator distance."""

    kind: FacilityKind
    homes: int
    percent: int


def around(facilities: pd.DataFrame, homes: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Keep the facilities that may lie at rollator distance of any of these homes.

    By the box around the homes, twice the distance wider: streets may be said to be shorter than
    they are, so a walk may be shorter than the crow flies.
    """
    place = spots(homes)
    place = place[place[:, 0] >= 0]
    if not len(place) or facilities.empty:
        return facilities.iloc[:0]
    margin, at = 2 * policy.rollator_distance, spots(facilities)
    inside = ((at >= place.min(axis=0) - margin) & (at <= place.max(axis=0) + margin)).all(axis=1)
    return facilities[inside]


def per_facility(
    facilities: pd.DataFrame, homes: pd.DataFrame, *, policy: Policy, network: Network | None
) -> tuple[FacilityNear, ...]:
    """Say of each facility around for which homes it lies near; only those near to any, by id."""
    some = around(facilities, homes, policy).sort_index()
    place, kinds = spots(some), some["kind"].to_numpy(dtype=object)
    metres = metres_each(place, spots(homes), policy=policy, network=network)
    served = metres <= policy.rollator_distance
    told = []
    for kind in FACILITIES:
        mine = np.flatnonzero((kinds == kind) & served.any(axis=1))
        single = served[mine].sum(axis=0) == 1
        for at in mine.tolist():
            x, y = place[at].tolist()
            many, only = int(served[at].sum()), int((served[at] & single).sum())
            told.append(FacilityNear(str(some.index[at]), kind, (x, y), many, only))
    return tuple(told)


def per_kind(reached: Mask) -> tuple[KindNear, ...]:
    """Say of each kind for how many homes it lies near; `reached` as `area.reach.near` gives it."""
    homes = len(reached)
    return tuple(
        KindNear(kind, int(near.sum()), _percent(int(near.sum()), homes))
        for kind, near in zip(FACILITIES, reached.T, strict=True)
    )


def _percent(part: int, whole: int) -> int:
    """The percentage, rounded half up; of nothing it is 0."""
    return (200 * part + whole) // (2 * whole) if whole else 0
