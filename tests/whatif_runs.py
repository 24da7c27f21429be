"""Hand-made runs of a what-if: whole tables of a region that never was, quick and always the same.

`a_comparison()` puts them beside each other by the real summary. In one neighbourhood live too few
people to show; their figures are `FEW`, so that a test can look for them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from data_contracts import policy as policies
from data_contracts.scenario import Scenario, unset
from matching.simulate.catalogue import MEASURES
from matching.simulate.model import CHAINS, FIGURES, FREED, STEPS, Asked, Run
from matching.simulate.summary import compare

BUILD, LOT, LONGEST = "veertig-woningen", "loting", "langst-ingeschreven"
YEARS = 3
FEW_PLACE = "BU99990109"
FEW = 3
"""People a year in FEW_PLACE, in no other figure."""
HOMES = ("appartement met lift", "eengezins groot", "eengezins klein")
CAUSES = ("nieuwbouw", "overlijden", "vertrek")
ENDS = ("starter", "van buiten", "achterblijver", "nog open")
HELPS = {"moves": 6, "older_to_suitable": 2, "older_unsuitable": -30, "family_homes_freed": 2}
"""What building adds each month (a flow), or to what stands (a stock)."""
LEVELS = {"rent_sum": 90_000_000, "dwellings": 900, "older_unsuitable_low": 190}
LEVELS |= {"older_unsuitable": 300, "older_unsuitable_high": 480, "vacancy_days": 900}
LEVELS |= {"passend_met": 30, "daeb_met": 30, "local_let": 20}


def a_scenario(name: str = BUILD, **differs) -> Scenario:
    """The default, with another name and whatever differs."""
    path = Path(policies.DEFAULT).with_name("default_scenario.yaml")
    read = yaml.safe_load(path.read_text("utf-8"))
    told = {"name": name, "title": name.replace("-", " ").capitalize(), "years": YEARS}
    return Scenario.model_validate(read | told | {"question": "Wat gebeurt er?"} | differs)


def some_scenarios(*names: str) -> tuple[Scenario, ...]:
    """Doing nothing, and these."""
    first = a_scenario(names[0] if names else BUILD)
    return (unset(first), *(a_scenario(name) for name in names))


def a_run(scenario: str, replication: int, acceptance: int = 40) -> Run:
    """One replication: what chance does is the same for every scenario, as in the real ones."""
    dice = np.random.default_rng(1_000 * replication + acceptance)
    own = np.random.default_rng([replication, acceptance, *scenario.encode()])
    months = np.arange(12 * YEARS)
    rows = []
    for measure in MEASURES:
        noise = dice.integers(-3, 4, len(months))
        level = LEVELS.get(measure, 40) * (acceptance if measure == "moves" else 40) // 40
        added = HELPS.get(measure, 0) if scenario == BUILD else 0
        noise += 0 if scenario == "niets-doen" else own.integers(-1, 2, len(months))
        values = np.maximum(0, level + noise + added * (acceptance > 20))
        if measure == "moves_urgent":
            values = values * 0
        rows += [(m, measure, "", v) for m, v in zip(months, values, strict=True)]
        if "year" in MEASURES[measure].groups:
            rows += [
                (m, measure, f"year:{2027 + m // 12}", v)
                for m, v in zip(months, values, strict=True)
            ]
    for measure in ("moves", "older_unsuitable"):
        rows += [(m, measure, "neighbourhood:BU99990101", 30) for m in months]
        rows += [(m, measure, "neighbourhood:BU99990102", 20) for m in months]
        rows += [(m, measure, f"neighbourhood:{FEW_PLACE}", FEW) for m in months[11::12]]
    return Run(
        scenario=scenario,
        asked=Asked(replication, acceptance),
        figures=pd.DataFrame(rows, columns=list(FIGURES)).astype(FIGURES),
        chains=_chains(scenario, dice),
        freed=_freed(dice),
        steps=_steps(),
    )


def _chains(scenario: str, dice: np.random.Generator) -> pd.DataFrame:
    number = 240
    length = dice.integers(1, 4, number) + (scenario == BUILD)
    at = np.arange(number)
    table = pd.DataFrame(
        {
            "chain": at,
            "cause": np.array(CAUSES, dtype=object)[at % 3],
            "home": np.array(HOMES, dtype=object)[at // 3 % 3],
            "neighbourhood": np.array(["BU99990101", "BU99990102"], dtype=object)[at % 2],
            "opened": at % (12 * YEARS),
            "vacancies": length,
            "moves": length,
            "older": (at % 2).astype(int),
            "end": np.array(ENDS, dtype=object)[dice.integers(0, 4, number)],
        }
    )
    open_ = table["end"] == "nog open"
    return table.assign(closed=(table["opened"] + 1).mask(open_, -1)).astype(CHAINS)


def _freed(dice: np.random.Generator) -> pd.DataFrame:
    months = np.arange(12 * YEARS)
    table = pd.DataFrame(
        {
            "month": months,
            "rent": np.array(["goedkoop", "betaalbaar", "duur"], dtype=object)[months % 3],
            "rooms": months % 4 + 1,
            "access": np.array(["ZON", "NUL", "ROA"], dtype=object)[months % 3],
            "neighbourhood": "BU99990101",
            "cause": np.array(CAUSES, dtype=object)[months % 3],
            "homes": dice.integers(10, 20, len(months)),
        }
    )
    return table.astype(FREED)


def _steps() -> pd.DataFrame:
    months = np.arange(12 * YEARS)
    table = pd.DataFrame(
        {
            "month": months,
            "openings": 20,
            "options": 300,
            "value": 9_900,
            "bound": 10_000,
            "exact": np.where(months % 12 == 0, 9_950, -1),
        }
    )
    return table.astype(STEPS)


@cache
def a_comparison(*names: str, replications: int = 4, acceptances: tuple[int, ...] = (40, 20)):
    """Put runs of doing nothing and these scenarios beside each other."""
    return compare(
        (
            a_run(name, replication, acceptance)
            for name in ("niets-doen", *names)
            for replication in range(replications)
            for acceptance in acceptances
        ),
        acceptance=40,
    )
