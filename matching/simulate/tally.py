"""One run, added up: small tables that comparisons put side by side, instead of every month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from matching.simulate.comparison import BY, WHOLE
from matching.simulate.ledger import OF_HOMES
from matching.simulate.ratios import CALENDAR, SHARES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from matching.simulate.model import Run

PLACES = ("cause", "home", "neighbourhood")
"""What chains are told apart by."""
KINDS = ("rent", "rooms", "access", "neighbourhood")
"""What homes that came free are told apart by."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run came to over its years, added up; every table has keys and a `value`.

    `horizon` by measure and group: a flow summed, a stock at the end; `yearly` by measure, group
    and year, 0 where nothing was counted; `ratios` by ratio and calendar year (0: the horizon);
    `begun` by by, cause, home, neighbourhood and year: chains that began because of people;
    `lengths` by the same and measure; `ends` the same by end; `freed` by what homes are and month;
    `freed_by` by dimension and kind. `steps` as they are.
    """

    horizon: pd.DataFrame
    yearly: pd.DataFrame
    ratios: pd.DataFrame
    begun: pd.DataFrame
    lengths: pd.DataFrame
    ends: pd.DataFrame
    freed: pd.DataFrame
    freed_by: pd.DataFrame
    steps: pd.DataFrame


def tally(run: Run, stocks: Collection[str]) -> Tally:
    """Add up one run; of the measures that are `stocks` the last month of a year counts."""
    yearly = _yearly(run.figures, stocks)
    horizon = _horizon(yearly, stocks)
    begun = run.chains[run.chains["opened"] >= 0]
    chains = _lines(begun)
    freed = run.freed.assign(value=run.freed["homes"])
    return Tally(
        horizon=horizon,
        # A calendar year lies across two years of a simulation: only over the horizon is it whole.
        yearly=yearly[~yearly["group"].str.startswith(CALENDAR)],
        ratios=_ratios(horizon),
        begun=_begun(_lines(begun[~begun["cause"].isin(OF_HOMES)]), int(yearly["year"].max())),
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


def _by_year(table: pd.DataFrame, keys: list[str], years: Iterable[int]) -> pd.DataFrame:
    """Sum by keys and year; a year in which a cell is not named it is 0."""
    summed = table.pivot_table("value", keys, "year", aggfunc="sum", fill_value=0)
    wide = summed.reindex(columns=list(years), fill_value=0).reset_index()
    return wide.melt(keys, var_name="year").astype({"year": "int64", "value": "int64"})


def _yearly(figures: pd.DataFrame, stocks: Collection[str]) -> pd.DataFrame:
    """Sum flows over each year; of stocks take what stands at its last month.

    Flows have no year 0.
    """
    figures = figures.assign(year=year_of(figures["month"]))
    last = figures["month"] == figures.groupby("year")["month"].transform("max")
    stands = figures["measure"].isin(list(stocks))
    years = sorted(figures["year"].unique())
    cell = ["measure", "group"]
    return pd.concat(
        [
            _by_year(figures[~stands], cell, [year for year in years if year > 0]),
            _by_year(figures[stands & last], cell, years),
        ],
        ignore_index=True,
    )


def _horizon(yearly: pd.DataFrame, stocks: Collection[str]) -> pd.DataFrame:
    """Give by measure and group a flow summed over all years, a stock at the last."""
    last = yearly["year"] == yearly["year"].max()
    return _sum(yearly[last | ~yearly["measure"].isin(list(stocks))], ["measure", "group"])


def _ratios(horizon: pd.DataFrame) -> pd.DataFrame:
    """Give percentages per calendar year, by which norms are judged, and over the horizon (0)."""
    groups = horizon["group"].where(horizon["group"] != WHOLE, f"{CALENDAR}0")
    counted = horizon.assign(year=groups)[groups.str.startswith(CALENDAR)]
    wide = counted.pivot_table("value", "year", "measure", aggfunc="sum")
    wide.index = wide.index.str.removeprefix(CALENDAR).astype("int64")
    every = wide.reindex(columns=sorted({one for both in SHARES.values() for one in both}))
    every = every.fillna(0)
    told = {
        name: 100 * every[part] / every[of].where(every[of] > 0)
        for name, (part, of) in SHARES.items()
    }
    long = pd.DataFrame(told, index=wide.index).reset_index()
    return long.melt("year", var_name="ratio").dropna()


def _begun(chains: pd.DataFrame, years: int) -> pd.DataFrame:
    """Count chains per year in which they began."""
    counted = chains.assign(year=year_of(chains["opened"]), value=1)
    return _by_year(counted, ["by", *PLACES], range(1, years + 1))


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
