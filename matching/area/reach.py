"""What lies at rollator distance of which home, and which homes lie in a woonzorgzone.

There is no national definition of rollatorafstand: the distance is the policy's, walked over the
streets as somebody with a rollator can, or as the crow flies times the policy's detour.

A woonzorgzone is here: the homes at rollator distance of a GP or a meeting room, and those in a
complex that has a meeting room itself. There is no national definition of that either (a
woonservicezone in Alphen a/d Rijn had a radius of 800 m): it is ours, and the pages say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data_contracts.words import FacilityKind, Mobility
from matching.area.columns import flags
from matching.lookup import places
from matching.proximity import crow_flies, metres_to_facilities
from matching.walking import UNREACHED, metres_to_nearest

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.walking import Network

    Mask = NDArray[np.bool_]
    Spots = NDArray[np.int64]

FACILITIES = tuple(FacilityKind)
DAILY = (
    FacilityKind.SUPERMARKT,
    FacilityKind.HUISARTS,
    FacilityKind.APOTHEEK,
    FacilityKind.HALTE,
)
"""What an older household needs nearby to manage by itself."""
_ZONE = [FACILITIES.index(kind) for kind in (FacilityKind.HUISARTS, FacilityKind.ONTMOETINGSRUIMTE)]
_DAILY = [FACILITIES.index(kind) for kind in DAILY]


def near(
    facilities: pd.DataFrame,
    homes: Spots,
    *,
    policy: Policy,
    network: Network | None = None,
) -> Mask:
    """Say which kinds of facility lie at rollator distance of each home: homes by FACILITIES.

    `homes` are places in RD metres, rows of x and y; -1 where there is none.
    """
    metres = metres_to_facilities(facilities, homes, policy=policy, network=network)
    found: Mask = metres <= policy.rollator_distance
    return found


def metres_each(
    from_: Spots, homes: Spots, *, policy: Policy, network: Network | None
) -> NDArray[np.int64]:
    """Give the metres with a rollator from each place to each home: a row per place.

    As `near` measures: over the streets from door to door, or as the crow flies times the detour.
    What is farther than `near` looks is UNREACHED.
    """
    out = np.full((len(from_), len(homes)), UNREACHED, dtype=np.int64)
    known = np.flatnonzero(homes[:, 0] >= 0)
    there = homes[known]
    for at in range(len(from_)):
        place = from_[at : at + 1]
        out[at, known] = (
            crow_flies(place, there, detour_percent=policy.detour_percent)
            if network is None
            else metres_to_nearest(
                network,
                place,
                homes=there,
                limit=2 * policy.rollator_distance,
                mobility=Mobility.ROLLATOR,
            )
        )
    return out


def everything_near(reached: Mask) -> Mask:
    """Say of which homes all of DAILY lie at rollator distance."""
    found: Mask = np.logical_and.reduce(reached[:, _DAILY], axis=1)
    return found


def in_zone(complexes: pd.DataFrame, homes: pd.DataFrame, reached: Mask) -> Mask:
    """Say which of these homes lie in a woonzorgzone; `reached` as `near` gives it."""
    rooms = flags(complexes["meeting_room"])
    own = np.append(rooms, False)[places(complexes.index, homes["complex"])]
    found: Mask = np.logical_or.reduce(reached[:, _ZONE], axis=1) | own
    return found
