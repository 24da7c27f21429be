"""Block by area before judging: which homes lie where a household seeks.

Around its home and ties, or in the areas its wish names; what has to be near is looked at near it.
What remains are bits of a run of seekers by all homes, never an all-pairs table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.criteria.rules import LEVELS, areas, asked_areas
from matching.proximity import MOBILITIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.criteria import Pairs, Side
    from matching.criteria.pairs import Mask, Positions

_AT_ONCE = 65_536
"""Distances that are taken at once: what they need stays in the processor's cache."""


def ranges(begin: Positions, end: Positions) -> tuple[Positions, Positions]:
    """Write out ranges of positions: for each position, which range it is of, and itself."""
    length = np.maximum(end - begin, 0)
    which = np.repeat(np.arange(len(begin)), length)
    ahead = np.arange(len(which)) - np.repeat(np.cumsum(length) - length, length)
    return which, begin[which] + ahead


def near(
    centres: NDArray[np.int64], metres: NDArray[np.int64], places: NDArray[np.int64]
) -> Iterator[tuple[slice, Mask]]:
    """Say which places lie within its metres of each centre: runs of centres, and their rows.

    Every distance is taken, so few at a time that they stay in the processor's cache: looking up
    first which places could be near costs more than that (measured on 10,000 dwellings).
    Squares of whole metres are exact as float64.
    """
    here, there = centres.astype(np.float64), places.astype(np.float64).T.copy()
    most = np.square(metres.astype(np.float64))[:, None]
    step = max(1, _AT_ONCE // max(len(places), 1))
    for start in range(0, len(centres), step):
        rows = slice(start, start + step)
        apart = np.square(there[0] - here[rows, :1])
        apart += np.square(there[1] - here[rows, 1:])
        yield rows, apart <= most[rows]


@dataclass(frozen=True, slots=True)
class Map:
    """Where the homes are: their places, and by area (`first` and `homes` as ranges per area)."""

    places: NDArray[np.int64]
    first: Positions
    homes: Positions

    @classmethod
    def of(cls, homes: Side) -> Map:
        """Put the homes on the map."""
        names = areas(homes)
        area = np.concatenate([homes.codes(level, names) for level in LEVELS])
        home = np.tile(np.arange(len(homes)), len(LEVELS))
        order = np.lexsort((home, area))
        first = np.searchsorted(area[order], np.arange(len(names) + 1))
        return cls(homes.places(), first, home[order])


def in_area(everyone: Pairs, where: Map, policy: Policy, *, network: bool) -> Mask:
    """Say which homes (columns) lie in the area each seeker (rows) seeks, and few others.

    Exactly the pairs that the rules `wens_gebied` and `zoekgebied` allow; and no pair that
    `moet_band` allows is missed. The caller hands over a run of seekers at a time, such that
    seekers times homes fits in memory as bits.
    """
    inside = np.zeros((len(everyone.seekers), len(everyone.homes)), dtype=bool)
    named = _by_name(everyone, where, inside)
    placed = _by_disc(everyone, where, policy, inside, named=named)
    inside[~named & ~placed] = True
    _near_musts(everyone, where, policy, inside, network=network)
    return inside


def _by_name(everyone: Pairs, where: Map, inside: Mask) -> Mask:
    seeker, area = np.nonzero(asked_areas(everyone)[:, :-1])
    which, at = ranges(where.first[area], where.first[area + 1])
    inside[seeker[which], where.homes[at]] = True
    named: Mask = (everyone.seekers.frame["areas"].fillna("") != "").to_numpy(dtype=bool)
    return named


def _by_disc(everyone: Pairs, where: Map, policy: Policy, inside: Mask, *, named: Mask) -> Mask:
    anchors = everyone.walks.anchors
    owner = anchors.seeker
    own = everyone.seekers.places("home_")
    lives = np.flatnonzero((own[:, 0] >= 0) & ~named)
    tied = np.flatnonzero(anchors.known & ~anchors.back & ~named[owner])
    seeker = np.concatenate([lives, owner[tied]])
    centres = np.concatenate([own[lives], anchors.places[tied]])
    radius = np.full(len(centres), policy.search_radius)
    turn = np.argsort(seeker, kind="stable")
    for rows, reached in near(centres[turn], radius, where.places):
        some, first = np.unique(seeker[turn[rows]], return_index=True)
        inside[some] |= np.logical_or.reduceat(reached, first, axis=0)
    placed = np.zeros(len(named), dtype=bool)
    placed[seeker] = True
    return placed


def _near_musts(
    everyone: Pairs, where: Map, policy: Policy, inside: Mask, *, network: bool
) -> None:
    """Keep only homes within the crow's reach of the nearest-reaching tie that must be near."""
    anchors = everyone.walks.anchors
    must = np.flatnonzero(anchors.must & anchors.known)
    owner = anchors.seeker[must]
    pace = np.array([policy.metres_per_minute[m] for m in MOBILITIES])
    reach = anchors.minutes[must] * pace[anchors.mobility[must]]
    reach = reach if network else reach * 100 // policy.detour_percent + 1
    order = np.lexsort((reach, owner))
    seeker, first = np.unique(owner[order], return_index=True)
    tightest = order[first]
    for rows, reached in near(anchors.places[must[tightest]], reach[tightest], where.places):
        inside[seeker[rows]] &= reached
