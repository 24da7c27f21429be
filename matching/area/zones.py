"""Where a new woonzorgzone would reach most people who need care: places among existing homes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.places import SQUARE
from matching.area.columns import spots
from matching.area.reach import metres_each
from matching.area.small import SMALL, Count, told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.area.inside import Inside
    from matching.walking import Network

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

BEST = 3


@dataclass(frozen=True, slots=True)
class Zone:
    """A possible middle of a woonzorgzone: the middle of a square of 100 m with homes of ours.

    `reached`: households that need care within rollator distance of it; `gained`: of those, who
    are in no zone now nor in one of the places before this one.
    """

    place: tuple[int, int]
    reached: Count
    gained: Count


def best_zones(
    wide: Inside, mine: Mask, covered: Mask, *, policy: Policy, network: Network | None
) -> tuple[Zone, ...]:
    """Give the places in an area that together reach most people who need care, best first.

    `wide` are the homes of the area and those within rollator distance of it; `mine` says which of
    those homes are the area's own, `covered` which are in a zone already. One place after another
    is taken that gains most; one that gains fewer than ten is not told. Of equal ones that which
    reaches most, then the most western, then the most southern.
    """
    place = spots(wide.homes)
    squares = np.unique(place[mine & (place[:, 0] >= 0)] // SQUARE, axis=0) * SQUARE + SQUARE // 2
    needing = np.flatnonzero(wide.people.care & (place[wide.living.home, 0] >= 0))
    where = wide.living.home[needing]
    if not len(squares) or not len(needing):
        return ()
    metres = metres_each(squares, place[where], policy=policy, network=network)
    reach = metres <= policy.rollator_distance
    return _greedy(squares, reach, left=~covered[where])


def _greedy(squares: Codes, reach: Mask, *, left: Mask) -> tuple[Zone, ...]:
    """Take the square that gains most of who is `left`, one after another."""
    zones: list[Zone] = []
    everybody = reach.sum(axis=1)
    for _ in range(BEST):
        gained = (reach & left).sum(axis=1)
        at = int(np.lexsort((squares[:, 1], squares[:, 0], -everybody, -gained))[0])
        if gained[at] < SMALL:
            break
        place = (int(squares[at, 0]), int(squares[at, 1]))
        zones.append(Zone(place, told(int(everybody[at])), told(int(gained[at]))))
        left = left & ~reach[at]
    return tuple(zones)
