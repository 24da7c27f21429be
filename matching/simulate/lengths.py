"""How long chains are, how they end, and which homes come free in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.simulate.comparison import (
    BY,
    ENDS,
    FREED,
    FREED_BY,
    FREED_YEARLY,
    LENGTHS,
    OTHER,
    SMALL,
)
from matching.simulate.few import BEGUN, CELL, CHAIN, EVERY, group_of, parts
from matching.simulate.interval import means
from matching.simulate.ledger import OF_PEOPLE, End
from matching.simulate.small import hidden, lines_of
from matching.simulate.tally import KINDS, PLACES, year_of
from matching.simulate.told import OF, marked, shown

if TYPE_CHECKING:
    from matching.simulate.few import Few
    from matching.simulate.told import Told

TENTHS = 1_000
"""Tenths of a percent in the whole."""


def _counts(told: Told) -> pd.DataFrame:
    table = told.table("lengths")
    counted = table[table["measure"].isin(["chains", "open"])]
    return means(counted, [*CHAIN, "measure"], told.runs, of_absent=0.0)


def lengths(told: Told, few: Few) -> pd.DataFrame:
    """Give the table LENGTHS: of a replication without such chains there is no mean."""
    table = told.table("lengths")
    of_chains = table[~table["measure"].isin(["chains", "open"])]
    per_chain = means(of_chains, [*CHAIN, "measure"], told.runs, of_absent=np.nan)
    every = pd.concat([_counts(told), per_chain], ignore_index=True)
    return _sorted(shown(every, _small(every, few), told), told)[list(LENGTHS)]


def _small(table: pd.DataFrame, few: Few) -> pd.Series:
    """Say of rows about a kind of chain whether too few people began those."""
    cells = table[OF].assign(measure=BEGUN, group=group_of(table), year=EVERY)
    return marked(cells, few.horizon[[*CELL, "small"]])


def ends(told: Told, few: Few) -> pd.DataFrame:
    """Give the table ENDS: shares in whole tenths of a percent that add up to exactly 100 %."""
    counted = told.table("ends").groupby([*OF, *CHAIN, "end"], as_index=False)["value"].sum()
    number = [
        len(told.runs.done[key])
        for key in zip(counted["scenario"], counted["acceptance"], strict=True)
    ]
    counted = counted.assign(chains=counted["value"] / number, gone=_small(counted, few))
    counted["end"] = counted["end"].mask(_few_ended(counted), OTHER)
    table = counted[~counted["gone"]].groupby([*OF, *CHAIN, "end"], as_index=False).sum()
    shares = tenths(table["value"], table.groupby([*OF, *CHAIN]).ngroup())
    return _sorted(table.assign(tenths=shares), told)[list(ENDS)]


def _few_ended(counted: pd.DataFrame) -> pd.Series:
    """Say which ends are not told apart: of too few people, and whatever would tell those.

    How many chains stand open is told beside it (LENGTH_MEASURES), so that hides nothing.
    """
    closed = counted[counted["end"] != End.OPEN]
    cells = closed.assign(group=group_of(closed))[[*OF, "group", "end", "chains", "gone"]]
    small = cells["gone"] | ((cells["chains"] < SMALL) & cells["end"].isin(OF_PEOPLE))
    whole = cells.assign(line=cells["group"])
    told = parts(cells)
    told = told.assign(line=told["end"] + " " + told["by"] + " " + told["also"] + " " + told["of"])
    keys = [*OF, "group", "end", "line"]
    total = told.assign(group=told["of"]).drop_duplicates(keys)
    members = pd.concat([one[keys] for one in (whole, told, total)])
    hide = hidden(cells["chains"], small, lines_of(cells, members, OF))
    return hide.reindex(counted.index, fill_value=False)


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


def freed_by(told: Told, few: Few) -> pd.DataFrame:
    """Give the table FREED_BY: only why homes came free can be too few people to show."""
    table = told.means("freed_by", ["dimension", "kind"])
    group = table["dimension"] + ":" + table["kind"]
    cells = table[OF].assign(measure="freed", group=group, year=EVERY)
    return shown(table, marked(cells, few.horizon[[*CELL, "small"]]), told)[list(FREED_BY)]


def _sorted(table: pd.DataFrame, told: Told) -> pd.DataFrame:
    place = {key: number for number, key in enumerate(told.runs.done)}
    of = [place[key] for key in zip(table["scenario"], table["acceptance"], strict=True)]
    way = table["by"].map(BY.index)
    order = table.assign(of=of, way=way).sort_values(
        ["of", "way", *PLACES, "end" if "end" in table else "measure"]
    )
    return table.loc[order.index].reset_index(drop=True)
