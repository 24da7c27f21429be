"""Means over replications with their 95 % intervals, and differences paired by replication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from matching.simulate.comparison import MEAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INSIDE = 0.975
"""The part of Student's t below the upper end of a two-sided 95 % interval."""


def interval(values: Floats) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Give of each row the mean, the low and high end of its interval, and over how many that is.

    `values` has a row per cell and a column per replication; what is missing (NaN) does not count.
    With fewer than two there is no interval, with none no mean. Source: Student's t for the mean of
    independent draws with an unknown spread.
    """
    seen = ~np.isnan(values)
    n = seen.sum(axis=1)
    mean = np.where(seen, values, 0.0).sum(axis=1) / np.where(n, n, np.nan)
    away = np.where(seen, values - mean[:, None], 0.0)
    spread = np.sqrt((away**2).sum(axis=1) / np.where(n > 1, n - 1, np.nan))
    half = stdtrit(np.where(n > 1, n - 1, np.nan), INSIDE) * spread / np.sqrt(np.where(n, n, 1))
    return mean, mean - half, mean + half, n


@dataclass(frozen=True, slots=True)
class Runs:
    """Which replications there are of each scenario and acceptance, in order.

    `done` has the baseline first, then the scenarios in the order they came in.
    """

    baseline: str
    done: dict[tuple[str, int], list[int]]


def means(told: pd.DataFrame, keys: Sequence[str], runs: Runs, *, of_absent: float) -> pd.DataFrame:
    """Give per scenario, acceptance and cell of `keys` the columns of MEAN, nothing suppressed yet.

    `told` has `scenario`, `acceptance`, `replication`, the keys and `value`. A cell that a
    replication does not name is worth `of_absent` there: 0 of a count, NaN of a mean of nothing.
    """
    levels = {level: _Cells.of(told, keys, level) for _, level in sorted(runs.done)}
    parts = []
    for (scenario, level), done in runs.done.items():
        cells = levels[level]
        ours = cells.table(scenario, done, of_absent)
        theirs = cells.table(runs.baseline, runs.done.get((runs.baseline, level), []), of_absent)
        columns = _columns(ours, ours.iloc[:, :0] if scenario == runs.baseline else ours - theirs)
        parts.append(cells.names.assign(scenario=scenario, acceptance=level, **columns))
    return pd.concat(parts, ignore_index=True)[["scenario", "acceptance", *keys, *MEAN]]


@dataclass(frozen=True, slots=True)
class _Cells:
    """What was told at one acceptance level, and the cells it speaks of."""

    told: pd.DataFrame
    names: pd.DataFrame

    @classmethod
    def of(cls, told: pd.DataFrame, keys: Sequence[str], level: int) -> _Cells:
        told = told[told["acceptance"] == level]
        names = told[list(keys)].drop_duplicates().sort_values(list(keys), ignore_index=True)
        return cls(told.assign(cell=told.groupby(list(keys)).ngroup()), names)

    def table(self, scenario: str, done: Sequence[int], of_absent: float) -> pd.DataFrame:
        """Give a row per cell and a column per replication."""
        told = self.told[self.told["scenario"] == scenario]
        values = np.full((len(self.names), len(done)), of_absent, dtype="float64")
        at = np.searchsorted(np.asarray(done, dtype="int64"), told["replication"].to_numpy())
        values[told["cell"].to_numpy(), at] = told["value"].to_numpy()
        return pd.DataFrame(values, columns=list(done))


def _columns(ours: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, object]:
    """Give the columns of MEAN; a replication that only one of the two has is missing in pairs."""
    mean, low, high, n = interval(ours.to_numpy())
    difference, below, above, paired = interval(pairs.to_numpy())
    columns = (mean, low, high, difference, below, above, n, paired, False)
    return dict(zip(MEAN, columns, strict=True))
