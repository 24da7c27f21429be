"""What many runs say: means with intervals, beside doing nothing, and never of a few people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.words import VerhuisketenError
from matching.simulate.catalogue import MEASURES
from matching.simulate.comparison import BASELINE, DISTANCE, Comparison
from matching.simulate.few import Few
from matching.simulate.figures import ratios, totals, yearly
from matching.simulate.lengths import ends, freed, freed_by, freed_yearly, lengths
from matching.simulate.tally import tally
from matching.simulate.told import OF, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matching.simulate.catalogue import Measure
    from matching.simulate.model import Run
    from matching.simulate.tally import Tally

__all__ = ["Comparison", "NoRuns", "compare"]


class NoRuns(VerhuisketenError):
    """Er is nog geen enkele doorrekening klaar, dus valt er niets te vergelijken."""


def compare(
    runs: Iterable[Run],
    *,
    baseline: str = BASELINE,
    acceptance: int,
    measures: Mapping[str, Measure] = MEASURES,
) -> Comparison:
    """Put the runs of scenarios beside each other and beside doing nothing.

    Replication i of every scenario had the same chances, so differences are taken pair by pair.
    Runs with another acceptance (percent) than the one asked for come back in `totals` and
    `distance` only. Runs may come in any order, one at a time: each is added up and let go. The
    same replication a second time is the same. Raises NoRuns.
    """
    every = Told.of(_tallies(runs, measures), baseline)
    here = every.at(acceptance)
    if not here.tallies:
        raise NoRuns
    few = Few.of(every, measures)
    return Comparison(
        baseline=baseline,
        acceptance=acceptance,
        years=max(int(one.yearly["year"].max()) for one in here.tallies.values()),
        scenarios=tuple(dict.fromkeys(scenario for scenario, _ in here.runs.done)),
        runs=_runs(every),
        totals=totals(every, few),
        yearly=yearly(here, few),
        ratios=ratios(here, few),
        lengths=lengths(here, few),
        ends=ends(here, few),
        freed=freed(here),
        freed_yearly=freed_yearly(here),
        freed_by=freed_by(here, few),
        distance=distance(every),
    )


def _tallies(
    runs: Iterable[Run], measures: Mapping[str, Measure]
) -> dict[tuple[str, int, int], Tally]:
    stocks = frozenset(name for name, one in measures.items() if one.kind == "stock")
    told: dict[tuple[str, int, int], Tally] = {}
    for run in runs:
        key = (run.scenario, run.asked.acceptance, run.asked.replication)
        if key not in told:
            told[key] = tally(run, stocks)
    return told


def _runs(told: Told) -> pd.DataFrame:
    rows = [(*key, len(done)) for key, done in told.runs.done.items()]
    return pd.DataFrame(rows, columns=[*OF, "replications"])


def distance(told: Told) -> pd.DataFrame:
    """Give the table DISTANCE; months in which nothing could be planned do not count."""
    steps = told.table("steps")
    steps = steps[steps["bound"] > 0]
    gap = 100 * (steps["bound"] - steps["value"]) / steps["bound"]
    asked = steps["exact"] > 0
    behind = (100 * (steps["exact"] - steps["value"]) / steps["exact"]).where(asked)
    by = steps.assign(gap=gap, asked=asked, behind=behind).groupby(OF, sort=False)
    return by.agg(
        months=("gap", "size"),
        mean_gap=("gap", "mean"),
        worst_gap=("gap", "max"),
        sampled=("asked", "sum"),
        mean_from_exact=("behind", "mean"),
        worst_from_exact=("behind", "max"),
    ).reset_index()[list(DISTANCE)]
