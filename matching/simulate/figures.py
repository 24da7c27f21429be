"""Figures over the horizon and per year, with small cells of people taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.simulate.comparison import RATIOS, TOTALS, WHOLE, YEARLY
from matching.simulate.small import hidden, suppress
from matching.simulate.told import OF, marked, of_baseline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matching.simulate.catalogue import Measure
    from matching.simulate.told import Told

CELL = ["measure", "group"]


def small_figures(told: Told, measures: Mapping[str, Measure], size: str) -> pd.DataFrame:
    """Say per scenario, acceptance, measure and group whether too few people are in it (`small`).

    `size` is a table of the tallies: `fewest` for what is told of the horizon, `lowest` for what is
    told year by year. Why something happened (`cause:`) is always about people: somebody died, or
    went to care.
    """
    cells = told.means(size, CELL)
    dimension = cells["group"].str.partition(":")[0]
    people = cells["measure"].isin([name for name, one in measures.items() if one.people])
    counted = people | (dimension == "cause")
    cells, dimension = cells[counted].reset_index(drop=True), dimension[counted].to_numpy()
    apart = [(name, one) for name, told_of in measures.items() for one in told_of.overlapping]
    adds_up = ~pd.MultiIndex.from_arrays([cells["measure"], dimension]).isin(apart)
    of_total = cells.assign(dimension=dimension).groupby([*OF, "measure", "dimension"]).ngroup()
    total = of_total.where(adds_up & (cells["group"] != WHOLE))
    return cells[[*OF, *CELL]].assign(small=hidden(cells["mean"], [total]))


def totals(told: Told, small: pd.DataFrame) -> pd.DataFrame:
    """Give the table TOTALS."""
    return _shown(told.means("horizon", CELL), small, told)[list(TOTALS)]


def yearly(told: Told, small: pd.DataFrame) -> pd.DataFrame:
    """Give the table YEARLY."""
    return _shown(told.means("yearly", [*CELL, "year"]), small, told)[list(YEARLY)]


def ratios(told: Told) -> pd.DataFrame:
    """Give the table RATIOS; where nothing was let there is no percentage."""
    return told.means("ratios", ["ratio", "year"], of_absent=np.nan)[list(RATIOS)]


def _shown(table: pd.DataFrame, small: pd.DataFrame, told: Told) -> pd.DataFrame:
    without = marked(table, of_baseline(small, told.runs.baseline))
    return suppress(table, marked(table, small), without)
