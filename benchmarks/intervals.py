"""How sure a mean is: the bootstrap, with its draws fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

RESAMPLES = 10_000
ENDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the ends between which 95 % of the means of resamples lie."""

    mean: float
    low: float
    high: float


def bootstrap(values: Sequence[float], *, seed: int = 1) -> Interval:
    """Draw the values again with replacement, many times (percentile bootstrap, Efron 1979)."""
    known = np.asarray(values, dtype=float)
    draw = np.random.default_rng(seed)
    means = known[draw.integers(0, len(known), (RESAMPLES, len(known)))].mean(axis=1)
    low, high = np.percentile(means, ENDS)
    return Interval(float(known.mean()), float(low), float(high))


def more(ours: int, theirs: int) -> float:
    """Say how many per cent more ours is; not a number where theirs is nothing."""
    return 100 * (ours - theirs) / theirs if theirs else float("nan")
