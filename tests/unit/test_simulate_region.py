"""Doing nothing, and building, in a generated region: within the bands that are known.

Figures and sources: `domain.md` §3.1 and §3.2. They are of the whole country, the region is small:
the bands are theirs with the chance of so few homes.
"""

from functools import cache

import numpy as np
import pytest

from benchmarks.regions import ON, state_of
from matching.simulate.ledger import Cause, End
from matching.simulate.model import World
from tests.builders import a_policy, the_rules
from tests.counts import count
from tests.simulated_worlds import a_scenario, chains_of, family_homes, rolled

HOMES = 250
STEP = count(ci=3, soak=1, of="maanden per stap in de regio")
RUNS = count(ci=4, soak=20, of="herhalingen van bouwen in de regio")
ENOUGH = {4: 3.18, 20: 2.09}
"""Student t, two-sided 95 %."""
OF_CBS = 2.24
"""Homes freed after a new one, cohort 2019, followed for three years. Source: CBS 31-10-2024,
through blikopnieuws.nl/nieuws/304103."""


@cache
def region():
    return World(state_of(dwellings=HOMES, seed=1), the_rules(), a_policy(), ON)


@cache
def ten_years():
    scenario = a_scenario("niets-doen", years=10, step_months=STEP)
    return rolled(region(), scenario, 0, 40)


def yearly(measure):
    """What a measure was every year (summed), from the second on: the first clears what waits."""
    figures = ten_years().figures
    of = figures[(figures["measure"] == measure) & (figures["group"] == "")]
    return of.groupby(of["month"] // 12)["value"].sum().iloc[1:]


def every_month(measure):
    figures = ten_years().figures
    return figures.loc[(figures["measure"] == measure) & (figures["group"] == ""), "value"]


def test_as_many_homes_come_free_as_in_the_country():
    """Mutatiegraad 5.5 (Eigen Haard) to 7 % (CBS, an upper bound), in a region of 250 homes."""
    built = ten_years().freed
    again = built[(built["cause"] != Cause.BUILT) & (built["month"] >= 12)]
    share = again["homes"].sum() / 9 / HOMES
    assert 0.045 < share < 0.085


def test_a_list_of_seekers_neither_explodes_nor_dries_up():
    seekers = every_month("seekers")
    assert seekers.iloc[-1] < 1.5 * seekers.iloc[0]
    assert seekers.min() > 0.5 * seekers.iloc[0]


def test_homes_do_not_stay_empty():
    assert every_month("open_homes").iloc[12 // STEP :].mean() < 0.03 * HOMES


def test_chains_are_some_homes_long_and_end_with_a_starter_more_often_than_not():
    chains = ten_years().chains
    assert 1.5 < chains["vacancies"].mean() < 3.5
    ends = chains["end"].value_counts(normalize=True)
    assert ends.sum() == pytest.approx(1)
    assert ends[End.STARTER] > 0.5


@cache
def built():
    """How many homes came free after every new one in three years, per replication.

    Calibrated on the first steps of CBS: who takes a new home by the portal frees 1.12 homes, and
    who takes another 0.59 (56,000 / 50,000 and 33,000 / 56,000, CBS 4-7-2023).
    """
    kinds = sorted(set(region().state.dwellings["kind"]))
    leaves = {kind: {"TUS": 0.3, "POF": 0.29} for kind in kinds}
    leaves["VRI"] = {"TUS": 0.57, "POF": 0.55}
    scenario = a_scenario(
        years=3,
        step_months=STEP,
        demography={"portal": {"starters": 0.5, "outside": 0.0, "leaves": leaves}},
        changes=[family_homes(24, kind="VRI", month="2026-12")],
    )
    chains = chains_of((rolled(region(), scenario, run, 40) for run in range(RUNS)), Cause.BUILT)
    new = chains[chains["home"] == "eengezins groot"]
    return (new.groupby("run")["vacancies"].mean() - 1).to_numpy()


def test_what_cbs_counted_of_new_homes_lies_in_the_band_of_a_region_calibrated_on_it():
    freed = built()
    band = ENOUGH[len(freed)] * freed.std(ddof=1) * np.sqrt(1 + 1 / len(freed))
    assert abs(freed.mean() - OF_CBS) < band
    assert abs(freed.mean() - OF_CBS) < 0.75
