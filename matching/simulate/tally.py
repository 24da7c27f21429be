"""One run, added up: small tables that comparisons put side by side, instead of every month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from matching.simulate.comparison import BY, WHOLE
from matching.simulate.ratios import SHARES

if TYPE_CHECKING:
    from collections.abc import Collection

    from matching.simulate.model import Run

PLACES = ("cause", "home", "neighbourhood")
"""What chains are told apart by."""
KINDS = ("rent", "rooms", "access", "neighbourhood")
"""What homes that came free are told apart by."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run came to over its years, added up; every table has keys and a `value`.

    `horizon` by measure and group: a flow summed, a stock at the end; `fewest` the same with of a
    stock its lowest year; `lowest` of both their lowest year; `yearly` by measure, group and year;
    `ratios` by ratio and year (0: the horizon); `lengths` by by, cause, home,
    neighbourhood and measure; `ends` the same by end; `freed` by what homes are and month;
    `freed_by` by dimension and kind. `steps` as they are.
    """

    horizon: pd.DataFrame
    fewest: pd.DataFrame
    lowest: pd.DataFrame
    yearly: pd.DataFrame
    ratios: pd.DataFrame
    lengths: pd.DataFrame
    ends: pd.DataFrame
    freed: pd.DataFrame
    freed_by: pd.DataFrame
    steps: pd.DataFrame


def tally(run: Run, stocks: Collection[str]) -> Tally:
    """Add up one run; of the measures that are `stocks` the last month of a year counts."""
    yearly = _yearly(run.figures, stocks)
    horizon = _horizon(yearly, stocks)
    chains = _lines(run.chains[run.chains["opened"] >= 0])
    freed = run.freed.assign(value=run.freed["homes"])
    lowest, standing = _lowest(yearly, stocks), list(stocks)
    return Tally(
        horizon=horizon,
        fewest=pd.concat(
            [
                horizon[~horizon["measure"].isin(standing)],
                lowest[lowest["measure"].isin(standing)],
            ],
            ignore_index=True,
        ),
        lowest=lowest,
        yearly=yearly,
        ratios=_ratios(yearly, horizon),
        lengths=_lengths(chains),
        ends=_sum(chains.assign(value=1), ["by", *PLACES, "end"]),
        freed=_sum(freed, [*KINDS, "month"]),
        freed_by=_by_one(freed),
        steps=run.steps,
    )


def year_of(month: pd.Series) -> pd.Series:
    """Give the year of a month, from 1; 0 for what is from before the first month."""
    return month // 12 + 1


def _sum(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return table.groupby(keys, as_index=False)["value"].sum()


def _yearly(figures: pd.DataFrame, stocks: Collection[str]) -> pd.DataFrame:
    """Sum flows over each year; of stocks take what stands at its last month."""
    figures = figures.assign(year=year_of(figures["month"]))
    last = figures["month"] == figures.groupby("year")["month"].transform("max")
    counted = last | ~figures["measure"].isin(list(stocks))
    return _sum(figures[counted], ["measure", "group", "year"])


def _horizon(yearly: pd.DataFrame, stocks: Collection[str]) -> pd.DataFrame:
    """Give by measure and group a flow summed over all years, a stock at the last."""
    last = yearly["year"] == yearly["year"].max()
    return _sum(yearly[last | ~yearly["measure"].isin(list(stocks))], ["measure", "group"])


def _lowest(yearly: pd.DataFrame, stocks: Collection[str]) -> pd.DataFrame:
    """Give by measure and group the lowest year, 0 where one is without it.

    Flows have no year 0.
    """
    cells = yearly.groupby(["measure", "group"])["value"].agg(["min", "size"]).reset_index()
    begins = (yearly["year"] == 0).any() & ~cells["measure"].isin(list(stocks))
    every = cells["size"] == yearly["year"].nunique() - begins
    return cells[["measure", "group"]].assign(value=cells["min"].where(every, 0))


def _ratios(yearly: pd.DataFrame, horizon: pd.DataFrame) -> pd.DataFrame:
    """Give percentages of the whole, per year and over the horizon (year 0)."""
    both = pd.concat([horizon.assign(year=0), yearly[yearly["year"] > 0]])
    wide = both[both["group"] == WHOLE].pivot_table(index="year", columns="measure", values="value")
    told = {
        name: 100 * wide[part] / wide[of].where(wide[of] > 0)
        for name, (part, of) in SHARES.items()
        if {part, of} <= set(wide.columns)
    }
    long = pd.DataFrame(told, index=wide.index).reset_index()
    return long.melt("year", var_name="ratio").dropna()


def _lines(chains: pd.DataFrame) -> pd.DataFrame:
    """Repeat chains for every way of telling them apart (`by`); WHOLE is what is not told."""
    return pd.concat(
        [
            chains.assign(by=by, **{one: WHOLE for one in PLACES if one not in by.split("+")})
            for by in BY
        ],
        ignore_index=True,
    )


def _lengths(chains: pd.DataFrame) -> pd.DataFrame:
    """Give LENGTH_MEASURES: counts of chains, and means over those that ended or stand open."""
    keys = ["by", *PLACES]
    open_ = chains["closed"] < 0
    ended = chains[~open_].groupby(keys)[["moves", "vacancies", "older"]].mean()
    standing = chains[open_].groupby(keys)["moves"].mean().rename("open_moves")
    counts = chains.assign(open=open_, chains=1).groupby(keys)[["chains", "open"]].sum()
    wide = counts.join(ended).join(standing).reset_index()
    return wide.melt(keys, var_name="measure").dropna()


def _by_one(freed: pd.DataFrame) -> pd.DataFrame:
    """Count homes that came free by one thing at a time, and all together (WHOLE)."""
    freed = freed.assign(year=year_of(freed["month"]))
    parts = [
        freed.assign(dimension=one, kind=freed[one].astype("str") if one else WHOLE)
        for one in (WHOLE, *KINDS, "cause", "year")
    ]
    return _sum(pd.concat(parts, ignore_index=True), ["dimension", "kind"])
