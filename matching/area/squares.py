"""Squares of 100 m with homes: what a map may show of an area, and of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.places import SQUARE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Spots = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Square:
    """A square of 100 m with homes: its middle (RD metres), how many, and how many have it near.

    Of an area: all that one needs daily, at rollator distance (`area.reach.DAILY`). Of a shock:
    another facility of the kind that closes.
    """

    place: tuple[int, int]
    homes: int
    near: int


def squares(place: Spots, near: Mask) -> tuple[Square, ...]:
    """Count homes per square, from west to east; homes of which nobody knows where have none."""
    known = place[:, 0] >= 0
    side, at = np.unique(place[known] // SQUARE, axis=0, return_inverse=True)
    homes = np.bincount(at, minlength=len(side)).tolist()
    near_ = np.bincount(at[near[known]], minlength=len(side)).tolist()
    middles = (side * SQUARE + SQUARE // 2).tolist()
    each = zip(middles, homes, near_, strict=True)
    return tuple(Square((x, y), many, some) for (x, y), many, some in each)
