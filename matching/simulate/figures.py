"""Figures over the horizon and per year, with small cells of people taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.simulate.comparison import RATIOS, SMALL, TOTALS, WHOLE, YEARLY
from matching.simulate.few import CELL, EVERY, rest
from matching.simulate.ratios import CALENDAR, SHARES
from matching.simulate.small import DIFFERENCES, NUMBERS
from matching.simulate.told import OF, keyed, marked, of_baseline, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from matching.simulate.few import Few
    from matching.simulate.told import Told

WHOLE_PERCENTS = 100
"""Of so many a whole percent is a household or more. Of fewer it would tell the very number."""


def totals(told: Told, few: Few) -> pd.DataFrame:
    """Give the table TOTALS."""
    small = few.horizon[[*OF, "measure", "group", "small"]]
    table = told.means("horizon", ["measure", "group"])
    return shown(table, marked(table, small), told)[list(TOTALS)]


def yearly(told: Told, few: Few) -> pd.DataFrame:
    """Give the table YEARLY."""
    table = told.means("yearly", ["measure", "group", "year"])
    small = few.yearly[[*CELL, "small"]]
    every = marked(table, small) | marked(table.assign(year=EVERY), small)
    return shown(table, every, told)[list(YEARLY)]


def ratios(told: Told, few: Few) -> pd.DataFrame:
    """Give the table RATIOS; where nothing was let there is no percentage.

    Beside a count that is shown, a percentage tells another one. So where too few are let a home
    outside a norm, it is in whole percents, by which the norm can still be read; and it is not told
    where that would hide nothing, or where the counts are too small or hidden for another reason.
    """
    table = told.means("ratios", ["ratio", "year"], of_absent=np.nan)
    ends = ["low", "high"]
    table[ends] = table[ends].clip(0, 100)
    part, of, others = (
        _cells(table, few, {name: which(*both) for name, both in SHARES.items()})
        for which in (lambda part, _: part, lambda _, of: of, rest)
    )
    rounds = others["small"] & (of["mean"] >= WHOLE_PERCENTS)
    small = (part["mean"] < SMALL) | (of["mean"] < SMALL)
    small |= (part["small"] | of["small"]) & ~rounds
    beside = marked(table, of_baseline(keyed(table, rounds), told.runs.baseline))
    for names, where in ((NUMBERS, rounds), (DIFFERENCES, beside)):
        table[names] = table[names].mask(where, table[names].round())
    return shown(table, small, told)[list(RATIOS)]


def _cells(table: pd.DataFrame, few: Few, measure: Mapping[str, str]) -> pd.DataFrame:
    """Find how many are in one count behind each percentage, and whether that is not shown."""
    group = (CALENDAR + table["year"].astype("str")).where(table["year"] > 0, WHOLE)
    keys = table[OF].assign(measure=table["ratio"].map(measure), group=group, year=EVERY)
    found = keys.merge(few.horizon, on=CELL, how="left").set_index(table.index)
    return found.assign(mean=found["mean"].fillna(0.0), small=found["small"].eq(True))
