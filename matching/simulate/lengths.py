"""How long chains are, how they end, and which homes come free in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.simulate.comparison import BY, ENDS, FREED, FREED_BY, FREED_YEARLY, LENGTHS, WHOLE
from matching.simulate.interval import means
from matching.simulate.small import hidden, suppress
from matching.simulate.tally import KINDS, PLACES, year_of
from matching.simulate.told import OF, marked, of_baseline

if TYPE_CHECKING:
    from matching.simulate.told import Told

CELL = ["by", *PLACES]
TENTHS = 1_000
"""Tenths of a percent in the whole."""


def small_chains(told: Told) -> pd.DataFrame:
    """Say per scenario, acceptance and kind of chain whether there were too few (`small`).

    What a chain began with can be a death or a move to care. A kind that is told apart by two
    things is also not shown where one of the two alone is not, or the sum would tell.
    """
    told_of = _counts(told)
    cells = told_of.loc[told_of["measure"] == "chains", [*OF, *CELL, "mean"]].reset_index(drop=True)
    cells["small"] = False
    for things in range(3):
        here = cells[cells["by"].map(_things) == things]
        parents = [_parent(here, one) for one in PLACES]
        gone = [marked(parent, cells[[*OF, *CELL, "small"]]) for parent in parents]
        people = here["mean"].mask(np.logical_or.reduce(gone), 0.0)
        cells.loc[here.index, "small"] = hidden(people, [_line(here, one) for one in parents])
    return cells.drop(columns="mean")


def _counts(told: Told) -> pd.DataFrame:
    table = told.table("lengths")
    counted = table[table["measure"].isin(["chains", "open"])]
    return means(counted, [*CELL, "measure"], told.runs, of_absent=0.0)


def _things(by: str) -> int:
    return len(by.split("+")) if by else 0


def _parent(cells: pd.DataFrame, left_out: str) -> pd.DataFrame:
    """Give the kind each cell is a part of when one thing is not told; itself where it was not."""
    name = {by: "+".join(one for one in by.split("+") if one != left_out) for by in BY}
    told: dict[str, object] = {"by": cells["by"].map(name), left_out: WHOLE}
    return cells[[*OF, *CELL]].assign(**told)


def _line(cells: pd.DataFrame, parents: pd.DataFrame) -> pd.Series:
    """Number the parents: cells with one number add up to one total; missing where it has none."""
    return parents.groupby([*OF, *CELL]).ngroup().where(parents["by"] != cells["by"])


def lengths(told: Told, small: pd.DataFrame) -> pd.DataFrame:
    """Give the table LENGTHS: of a replication without such chains there is no mean."""
    table = told.table("lengths")
    of_chains = table[~table["measure"].isin(["chains", "open"])]
    per_chain = means(of_chains, [*CELL, "measure"], told.runs, of_absent=np.nan)
    every = pd.concat([_counts(told), per_chain], ignore_index=True)
    without = marked(every, of_baseline(small, told.runs.baseline))
    shown = suppress(every, marked(every, small), without)
    return _sorted(shown, told)[list(LENGTHS)]


def ends(told: Told, small: pd.DataFrame) -> pd.DataFrame:
    """Give the table ENDS: shares in whole tenths of a percent that add up to exactly 100 %."""
    counted = told.table("ends").groupby([*OF, *CELL, "end"], as_index=False)["value"].sum()
    table = counted[~marked(counted, small)].reset_index(drop=True)
    number = [
        len(told.runs.done[key]) for key in zip(table["scenario"], table["acceptance"], strict=True)
    ]
    shares = tenths(table["value"], table.groupby([*OF, *CELL]).ngroup())
    return _sorted(table.assign(chains=table["value"] / number, tenths=shares), told)[list(ENDS)]


def tenths(counts: pd.Series, of: pd.Series) -> pd.Series:
    """Give counts as tenths of a percent of their whole (`of`), that add up to exactly 1,000.

    The largest remainders are rounded up; of equal ones the first.
    """
    whole = counts.groupby(of).transform("sum")
    down, rest = counts * TENTHS // whole, counts * TENTHS % whole
    short = TENTHS - down.groupby(of).transform("sum")
    rank = rest.sort_values(ascending=False, kind="stable").groupby(of).cumcount()
    return (down + (rank.reindex(counts.index) < short)).astype("int64")


def freed(told: Told) -> pd.DataFrame:
    """Give the table FREED: homes, so nothing in it is suppressed."""
    return told.means("freed", [*KINDS, "month"])[list(FREED)]


def freed_yearly(told: Told) -> pd.DataFrame:
    """Give the table FREED_YEARLY: of each replication first its year, then the mean of those."""
    table = told.table("freed")
    keys = [*KINDS, "year"]
    years = table.assign(year=year_of(table["month"])).groupby([*OF, "replication", *keys])
    counted = years["value"].sum().reset_index()
    return means(counted, keys, told.runs, of_absent=0.0)[list(FREED_YEARLY)]


def freed_by(told: Told) -> pd.DataFrame:
    """Give the table FREED_BY: only why homes came free can be too few people to show."""
    table = told.means("freed_by", ["dimension", "kind"])
    causes = table[table["dimension"] == "cause"]
    number = causes.groupby(OF).ngroup()
    small = causes[[*OF, "dimension", "kind"]].assign(small=hidden(causes["mean"], [number]))
    without = marked(table, of_baseline(small, told.runs.baseline))
    return suppress(table, marked(table, small), without)[list(FREED_BY)]


def _sorted(table: pd.DataFrame, told: Told) -> pd.DataFrame:
    place = {key: number for number, key in enumerate(told.runs.done)}
    of = [place[key] for key in zip(table["scenario"], table["acceptance"], strict=True)]
    way = table["by"].map(BY.index)
    order = table.assign(of=of, way=way).sort_values(
        ["of", "way", *PLACES, "end" if "end" in table else "measure"]
    )
    return table.loc[order.index].reset_index(drop=True)
