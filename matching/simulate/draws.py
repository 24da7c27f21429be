"""Chance without dice: what happens to whom is a function of a seed, a replication and a name.

Two scenarios with the same seed meet the same fate as long as their worlds are the same (common
random numbers), so that a difference between them comes from the change and not from chance.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Chances = NDArray[np.float64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53


def keys(names: Iterable[str]) -> Keys:
    """Give every name a number of 64 bits, the same in every process."""
    which, different = pd.factorize(np.asarray(pd.Index(names), dtype=object))
    found: Keys = pd.util.hash_array(different, categorize=False)[which]
    return found


def mixed(numbers: Keys) -> Keys:
    """Mix the bits of numbers well (splitmix64)."""
    with np.errstate(over="ignore"):
        z = numbers + _STEP
        z = (z ^ (z >> np.uint64(30))) * _FIRST
        z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of one replication."""

    seed: int
    replication: int

    def numbers(
        self, what: str, names: Keys, *, month: int = -1, other: Keys | None = None
    ) -> Keys:
        """Draw a number of 64 bits for each name (with another, for a pair)."""
        salt = np.array([self.seed, self.replication, zlib.crc32(what.encode()), month + 1])
        told = np.zeros(1, dtype=np.uint64)
        for one in salt.astype(np.uint64):
            told = mixed(told ^ one)
        drawn = mixed(names ^ told)
        return drawn if other is None else mixed(drawn ^ other)

    def chances(
        self, what: str, names: Keys, *, month: int = -1, other: Keys | None = None
    ) -> Chances:
        """Draw a number from 0 up to 1 for each name, to hold against a chance."""
        drawn = self.numbers(what, names, month=month, other=other) >> np.uint64(11)
        found: Chances = drawn.astype(np.float64) * _TO_UNIT
        return found

    def chance(self, what: str, name: str, *, month: int = -1) -> float:
        """Draw one number from 0 up to 1."""
        return float(self.chances(what, keys([name]), month=month)[0])

    def how_many(self, what: str, expected: float, *, month: int) -> int:
        """Draw a whole number that is `expected` on average and never more than one off."""
        return int(expected + self.chance(what, "", month=month))
