"""Small hand-made runs of a simulation: what a test of many runs needs, without any engine."""

from functools import cache

import numpy as np
import pandas as pd

from matching.simulate.catalogue import Measure
from matching.simulate.model import CHAINS, FIGURES, FREED, STEPS, Asked, Run
from matching.simulate.summary import compare


def measure(name, *, kind="flow", people=False, overlapping=()):
    """What the catalogue would say of a measure."""
    return Measure(name, name, "stuks", kind, None, (), people, "", overlapping)


MEASURES = {
    one.name: one
    for one in (
        measure("moves", people=True),
        measure("freed"),
        measure("older_unsuitable", kind="stock", people=True),
        measure("facilities_missing", people=True, overlapping=("facility",)),
        measure("open_homes", kind="stock"),
        measure("passend_let", people=True),
        measure("passend_met", people=True),
    )
}


def table(rows, columns):
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def figures(*rows):
    """Rows of (month, measure, group, value)."""
    return table(rows, FIGURES)


def chains(*rows):
    """Rows of (cause, home, neighbourhood, opened, vacancies, moves, end, closed)."""
    told = [
        (number, cause, home, place, opened, vacancies, moves, 0, end, closed)
        for number, (cause, home, place, opened, vacancies, moves, end, closed) in enumerate(rows)
    ]
    return table(told, CHAINS)


def freed(*rows):
    """Rows of (month, rent, rooms, access, neighbourhood, cause, homes)."""
    return table(rows, FREED)


def steps(*rows):
    """Rows of (month, openings, options, value, bound, exact)."""
    return table(rows, STEPS)


def a_run(scenario="niets-doen", replication=0, *, acceptance=40, **tables):
    """One run with the tables that are named; the others are empty, but for one month."""
    return Run(
        scenario,
        Asked(replication, acceptance),
        tables.get("figures", figures((0, "freed", "", 0))),
        tables.get("chains", chains()),
        tables.get("freed", freed()),
        tables.get("steps", steps()),
    )


def drawn(scenario, replication, *, acceptance=40, months=24, more=0.0):
    """A run with something of everything, by lot: the same every time."""
    dice = np.random.default_rng([replication, acceptance])
    rows = [
        (month, name, group, int(dice.poisson(mean + more)))
        for month in range(months)
        for name in MEASURES
        for group, mean in (("", 40), ("home:a", 25), ("home:b", 14), ("home:c", 0.05))
    ]
    number = 80
    begun = table(
        {
            "chain": range(number),
            "cause": dice.choice(["overlijden", "zorg", "nieuwbouw"], number, p=[0.5, 0.45, 0.05]),
            "home": dice.choice(["ruim", "klein"], number),
            "neighbourhood": dice.choice(["noord", "zuid", "west"], number, p=[0.6, 0.35, 0.05]),
            "opened": dice.integers(-1, months, number),
            "vacancies": dice.integers(1, 6, number),
            "moves": dice.integers(1, 6, number),
            "older": dice.integers(0, 2, number),
            "end": dice.choice(["starter", "verkoop", "nog open"], number),
            "closed": months - 1,
        },
        CHAINS,
    )
    begun.loc[begun["end"] == "nog open", "closed"] = -1
    homes = freed(
        *(
            (int(month), rent, int(rooms), "NUL", "noord", "zorg", 1)
            for month, rent, rooms in zip(
                dice.integers(0, months, 40),
                dice.choice(["goedkoop", "duur"], 40),
                dice.integers(2, 5, 40),
                strict=True,
            )
        )
    )
    planned = steps(*((month, 3, 9, 90, 100, 95 if month % 6 == 0 else -1) for month in range(24)))
    return a_run(
        scenario,
        replication,
        acceptance=acceptance,
        figures=figures(*rows),
        chains=begun,
        freed=homes,
        steps=planned,
    )


def compared(*runs, acceptance=40):
    """What some runs say together, by the measures of the tests."""
    return compare(runs, acceptance=acceptance, measures=MEASURES)


def row(table, **named):
    """The one row with these values."""
    for name, value in named.items():
        table = table[table[name] == value]
    assert len(table) == 1, table
    return table.iloc[0]


@cache
def something_of_everything():
    """What runs of three scenarios by two chances of a yes say: four of each."""
    return compared(
        *(
            drawn(name, number, acceptance=level, more=more)
            for name, more in (("niets-doen", 0), ("bouwen", 2), ("anders", 0))
            for level in (40, 60)
            for number in range(4)
        )
    )


def shown(told):
    return {one["group"]: one["mean"] for _, one in told.totals.iterrows() if not one["suppressed"]}


def normed(*runs):
    """Runs of (let, met) by group; a group is WHOLE or a calendar year."""
    return compared(
        *(
            a_run(
                replication=number,
                figures=figures(
                    *(
                        (0, measure, group, value)
                        for group, both in run.items()
                        for measure, value in zip(("passend_let", "passend_met"), both, strict=True)
                    )
                ),
            )
            for number, run in enumerate(runs)
        )
    )
