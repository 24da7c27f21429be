"""Block by area before judging: which homes lie where a household seeks. No all-pairs table.

Homes lie in a grid of squares; a disc around a home or tie looks only at the squares it touches.
A wish that names areas looks only at the homes in them. What has to be near is looked at near it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.criteria.rules import LEVELS, areas, asked_areas
from matching.proximity import MOBILITIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.criteria import Pairs, Side
    from matching.criteria.pairs import Mask, Positions

_SQUARE = 250


def ranges(begin: Positions, end: Positions) -> tuple[Positions, Positions]:
    """Write out ranges of positions: for each position, which range it is of, and itself."""
    length = np.maximum(end - begin, 0)
    which = np.repeat(np.arange(len(begin)), length)
    ahead = np.arange(len(which)) - np.repeat(np.cumsum(length) - length, length)
    return which, begin[which] + ahead


@dataclass(frozen=True, slots=True)
class Grid:
    """Homes by square of the map: `order` sorts them, `squares` are the sorted square numbers."""

    places: NDArray[np.int64]
    order: Positions
    squares: NDArray[np.int64]
    corner: NDArray[np.int64]
    width: int
    rows: int

    @classmethod
    def of(cls, places: NDArray[np.int64]) -> Grid:
        """Lay a grid over places in RD metres."""
        corner = places.min(axis=0) if len(places) else np.zeros(2, dtype=np.int64)
        square = (places - corner) // _SQUARE
        width, rows = (int(n) + 1 for n in square.max(axis=0, initial=0))
        number = square[:, 1] * width + square[:, 0]
        order = np.argsort(number, kind="stable")
        return cls(places, order, number[order], corner, width, rows)

    def within(
        self, centres: NDArray[np.int64], metres: NDArray[np.int64]
    ) -> tuple[Positions, Positions]:
        """Give every pair of a centre and a home within its metres: two position arrays."""
        centre, begin, end = self._squares_touched(centres, metres)
        which, at = ranges(begin, end)
        who, home = centre[which], self.order[at]
        apart_x, apart_y = (self.places[home, axis] - centres[who, axis] for axis in (0, 1))
        near = apart_x * apart_x + apart_y * apart_y <= (metres * metres)[who]
        return who[near], home[near]

    def _squares_touched(
        self, centres: NDArray[np.int64], metres: NDArray[np.int64]
    ) -> tuple[Positions, Positions, Positions]:
        """Give the centre, and the range of homes, for each row of squares a disc touches."""
        low = (centres - metres[:, None] - self.corner) // _SQUARE
        high = (centres + metres[:, None] - self.corner) // _SQUARE
        bottom, top = np.maximum(low[:, 1], 0), np.minimum(high[:, 1], self.rows - 1)
        centre, row = ranges(bottom, top + 1)
        left = row * self.width + np.clip(low[centre, 0], 0, self.width)
        right = row * self.width + np.clip(high[centre, 0], -1, self.width - 1)
        begin = np.searchsorted(self.squares, left, side="left")
        return centre, begin, np.searchsorted(self.squares, right, side="right")


@dataclass(frozen=True, slots=True)
class Map:
    """Where the homes are: in the grid, and by area (`first` and `homes` as ranges per area)."""

    grid: Grid
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
        return cls(Grid.of(homes.places()), first, home[order])


def in_area(everyone: Pairs, where: Map, policy: Policy, *, network: bool) -> Pairs:
    """Give the pairs of seekers with the homes in the area they seek: all of these, few others.

    Exactly the pairs that the rules `wens_gebied` and `zoekgebied` allow; and no pair that
    `moet_band` allows is missed. The caller hands over a run of seekers at a time, such that
    seekers times homes fits in memory as bits.
    """
    seekers, homes = len(everyone.seekers), len(everyone.homes)
    inside = np.zeros((seekers, homes), dtype=bool)
    named = _by_name(everyone, where, inside)
    placed = _by_disc(everyone, where, policy, inside, named=named)
    inside[~named & ~placed] = True
    _near_musts(everyone, where, policy, inside, network=network)
    pair = np.flatnonzero(inside)
    return everyone.at(pair // max(homes, 1), pair % max(homes, 1))


def _by_name(everyone: Pairs, where: Map, inside: Mask) -> Mask:
    seeker, area = np.nonzero(asked_areas(everyone)[:, :-1])
    which, at = ranges(where.first[area], where.first[area + 1])
    inside[seeker[which], where.homes[at]] = True
    named: Mask = (everyone.seekers.frame["areas"].fillna("") != "").to_numpy(dtype=bool)
    return named


def _by_disc(everyone: Pairs, where: Map, policy: Policy, inside: Mask, *, named: Mask) -> Mask:
    anchors = everyone.walks.anchors
    owner = np.repeat(np.arange(len(named)), np.diff(anchors.first))
    own = everyone.seekers.places("home_")
    lives = np.flatnonzero((own[:, 0] >= 0) & ~named)
    tied = np.flatnonzero(anchors.known & ~anchors.back & ~named[owner])
    seeker = np.concatenate([lives, owner[tied]])
    centres = np.concatenate([own[lives], anchors.places[tied]])
    who, home = where.grid.within(centres, np.full(len(centres), policy.search_radius))
    inside[seeker[who], home] = True
    placed = np.zeros(len(named), dtype=bool)
    placed[seeker] = True
    return placed


def _near_musts(
    everyone: Pairs, where: Map, policy: Policy, inside: Mask, *, network: bool
) -> None:
    """Keep only homes within the crow's reach of the nearest-reaching tie that must be near."""
    anchors = everyone.walks.anchors
    must = np.flatnonzero(anchors.must & anchors.known)
    owner = np.repeat(np.arange(len(inside)), np.diff(anchors.first))[must]
    pace = np.array([policy.metres_per_minute[m] for m in MOBILITIES])
    reach = anchors.minutes[must] * pace[anchors.mobility[must]]
    reach = reach if network else reach * 100 // policy.detour_percent + 1
    order = np.lexsort((reach, owner))
    seeker, first = np.unique(owner[order], return_index=True)
    tightest = order[first]
    who, home = where.grid.within(anchors.places[must[tightest]], reach[tightest])
    near = np.zeros((len(seeker), inside.shape[1]), dtype=bool)
    near[who, home] = True
    inside[seeker] &= near
