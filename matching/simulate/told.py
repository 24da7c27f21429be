"""The runs of a comparison, added up: which there are, and their tables under one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from matching.simulate.comparison import MEAN
from matching.simulate.interval import Runs, means
from matching.simulate.small import suppress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matching.simulate.tally import Tally

    Key = tuple[str, int, int]

OF = ["scenario", "acceptance"]


@dataclass(frozen=True, slots=True)
class Told:
    """Tallies by scenario, acceptance and replication, in that order, the baseline first."""

    tallies: Mapping[Key, Tally]
    runs: Runs

    @classmethod
    def of(cls, tallies: Mapping[Key, Tally], baseline: str) -> Told:
        """Put tallies in order, whatever order they came in."""
        keys = sorted(tallies, key=lambda key: (key[0] != baseline, key))
        done: dict[tuple[str, int], list[int]] = {}
        for scenario, acceptance, replication in keys:
            done.setdefault((scenario, acceptance), []).append(replication)
        return cls({key: tallies[key] for key in keys}, Runs(baseline, done))

    def at(self, acceptance: int) -> Told:
        """Give only the runs with one acceptance."""
        some = {key: one for key, one in self.tallies.items() if key[1] == acceptance}
        return Told.of(some, self.runs.baseline)

    def table(self, name: str) -> pd.DataFrame:
        """Put one table of all tallies under one another, with whose it is."""
        parts = [
            getattr(one, name).assign(scenario=scenario, acceptance=acceptance, replication=i)
            for (scenario, acceptance, i), one in self.tallies.items()
        ]
        return pd.concat(parts, ignore_index=True)

    def means(self, name: str, keys: Sequence[str], *, of_absent: float = 0.0) -> pd.DataFrame:
        """Give means with intervals and differences of one table, by its keys."""
        return means(self.table(name), keys, self.runs, of_absent=of_absent)


def of_baseline(cells: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Give what is said of the cells of the baseline, for every scenario's cells to go beside."""
    return cells[cells["scenario"] == baseline].drop(columns="scenario")


def marked(table: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """Say of every row of a table whether its cell is small, by the keys both have."""
    keys = [name for name in cells.columns if name != "small"]
    return table.merge(cells, on=keys, how="left")["small"].eq(True).set_axis(table.index)


def keyed(table: pd.DataFrame, small: pd.Series) -> pd.DataFrame:
    """Give what the rows of a table with the columns of MEAN are of, with whether each is small."""
    return table[[name for name in table if name not in MEAN]].assign(small=small)


def shown(table: pd.DataFrame, small: pd.Series, told: Told) -> pd.DataFrame:
    """Take away what is small, and the differences from a baseline that is."""
    without = marked(table, of_baseline(keyed(table, small), told.runs.baseline))
    return suppress(table, small, without)
