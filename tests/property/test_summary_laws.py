"""What many runs say, beside the slow and obvious way to work it out: row by row."""

from collections import defaultdict
from statistics import mean, stdev

import numpy as np
import pytest
from scipy.stats import t as student

from matching.simulate.summary import compare
from tests.counts import count
from tests.simulated import MEASURES, a_run, chains, drawn, figures

WORLDS = count(ci=3, soak=400, of="vergelijkingen naast brute kracht")


def slow_interval(values):
    """Mean, low and high of some numbers; None where there is none."""
    if not values:
        return None, None, None
    if len(values) < 2:
        return mean(values), None, None
    half = student.ppf(0.975, len(values) - 1) * stdev(values) / len(values) ** 0.5
    return mean(values), mean(values) - half, mean(values) + half


def same(row, prefix, expected):
    names = ("mean", "low", "high") if prefix == "" else ("", "_low", "_high")
    told = [row[f"{prefix}{name}"] for name in names]
    for one, other in zip(told, expected, strict=True):
        assert np.isnan(one) if other is None else one == pytest.approx(other, abs=1e-9)


def per_run(runs, value_of):
    """{cell: {(scenario, replication): value}}, absent cells 0 in every run."""
    told = defaultdict(dict)
    for run in runs:
        for cell, value in value_of(run).items():
            told[cell][run.scenario, run.asked.replication] = value
    keys = [(run.scenario, run.asked.replication) for run in runs]
    return {cell: {key: found.get(key, 0) for key in keys} for cell, found in told.items()}


def check(table, told, keys):
    """Every row of a table is what the slow way says of its cell, unless it is suppressed."""
    nothing = dict.fromkeys(next(iter(told.values())), 0)
    for _, row in table.iterrows():
        values = told.get(tuple(row[key] for key in keys), nothing)
        ours = {n: v for (name, n), v in values.items() if name == row["scenario"]}
        theirs = {n: v for (name, n), v in values.items() if name == "niets-doen"}
        if row["suppressed"]:
            continue
        same(row, "", slow_interval(list(ours.values())))
        pairs = (
            []
            if row["scenario"] == "niets-doen"
            else [ours[n] - theirs[n] for n in ours if n in theirs]
        )
        if not np.isnan(row["difference"]) or not pairs:
            same(row, "difference", slow_interval(pairs))


def some_runs(seed):
    dice = np.random.default_rng(seed)
    return [
        drawn(name, int(number), months=int(months), more=more)
        for months in [dice.integers(1, 26)]
        for name, more in (("niets-doen", 0), ("bouwen", 3))
        for number in dice.permutation(6)[: dice.integers(1, 4)]
    ]


def yearly_of(run):
    """Sum flows per year; of stocks the last month of each year."""
    told = defaultdict(int)
    last = {}
    for month, name, group, value in run.figures.itertuples(index=False):
        year = month // 12 + 1
        if MEASURES[name].kind == "flow":
            told[name, group, year] += value
        elif month >= last.get((name, group, year), -1):
            last[name, group, year] = month
            told[name, group, year] = value
    return told


def horizon_of(run):
    told = defaultdict(int)
    yearly = yearly_of(run)
    final = max(year for *_, year in yearly)
    for (name, group, year), value in yearly.items():
        if MEASURES[name].kind == "flow" or year == final:
            told[name, group] += value
    return told


@pytest.mark.parametrize("seed", range(WORLDS))
def test_figures_are_what_adding_up_by_hand_gives(seed):
    runs = some_runs(seed)
    told = compare(runs, acceptance=40, measures=MEASURES)

    check(told.totals, per_run(runs, horizon_of), ["measure", "group"])
    check(told.yearly, per_run(runs, yearly_of), ["measure", "group", "year"])


def lengths_of(run, by, measure):
    parts = by.split("+") if by else []
    of = defaultdict(list)
    for one in run.chains[run.chains["opened"] >= 0].to_dict("records"):
        cell = tuple(one[p] if p in parts else "" for p in ("cause", "home", "neighbourhood"))
        if (one["closed"] < 0) == (measure == "open_moves"):
            of[cell].append(one["moves" if measure == "open_moves" else measure])
    return {cell: mean(values) for cell, values in of.items()}


@pytest.mark.parametrize("seed", range(WORLDS))
def test_lengths_of_chains_are_what_going_through_them_by_hand_gives(seed):
    runs = some_runs(seed)
    table = compare(runs, acceptance=40, measures=MEASURES).lengths
    table = table[~table["measure"].isin(["chains", "open"]) & ~table["suppressed"]]

    for _, row in table.iterrows():
        cell = (row["cause"], row["home"], row["neighbourhood"])
        found = [
            lengths_of(run, row["by"], row["measure"]).get(cell)
            for run in runs
            if run.scenario == row["scenario"]
        ]
        same(row, "", slow_interval([one for one in found if one is not None]))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_shares_of_ends_are_within_a_tenth_of_what_they_are(seed):
    runs = some_runs(seed)
    table = compare(runs, acceptance=40, measures=MEASURES).ends
    keys = ["scenario", "by", "cause", "home", "neighbourhood"]
    whole = table.groupby(keys)["chains"].transform("sum")

    assert ((table["tenths"] - 1_000 * table["chains"] / whole).abs() < 1).all()
    assert (table.groupby(keys)["tenths"].sum() == 1_000).all()


@pytest.mark.parametrize("seed", range(WORLDS))
def test_another_run_with_more_of_everything_lowers_no_mean(seed):
    runs = some_runs(seed)
    before = compare(runs, acceptance=40, measures=MEASURES).totals
    rows = [(0, row["measure"], row["group"], 10**6) for _, row in before.iterrows()]
    last = max(run.figures["month"].max() for run in runs)
    more = a_run(
        "niets-doen",
        99,
        figures=figures(*rows, *((last, *one[1:]) for one in rows)),
        chains=chains(),
    )
    after = compare([*runs, more], acceptance=40, measures=MEASURES).totals

    keys = ["scenario", "measure", "group"]
    both = before.merge(after, on=keys, suffixes=("", "_after"))
    both = both[(both["scenario"] == "niets-doen") & both["mean"].notna()]
    both = both[both["mean_after"].notna()]
    assert (both["mean_after"] > both["mean"]).all()
