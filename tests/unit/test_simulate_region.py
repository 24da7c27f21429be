"""Doing nothing, and building, in a generated region: within the bands that are known.

Figures and sources: `domain.md` §3.1 and §3.2. They are of the whole country, the region is small:
the bands are theirs with the chance of so few homes.
"""

from functools import cache

import numpy as np
import pytest
from scipy.special import stdtrit

from benchmarks.regions import ON, state_of
from matching.simulate.interval import INSIDE
from matching.simulate.ledger import Cause, End
from matching.simulate.model import World
from tests.builders import a_policy, the_rules
from tests.counts import count
from tests.simulated_worlds import a_scenario, chains_of, family_homes, new_homes, rolled

HOMES = 250
STEP = count(ci=3, soak=1, of="maanden per stap in de regio")
RUNS = count(ci=6, soak=20, of="herhalingen van bouwen in de regio")
BEGINS = f"{ON:%Y-%m}"
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


def every_month(measure):
    figures = ten_years().figures
    return figures.loc[(figures["measure"] == measure) & (figures["group"] == ""), "value"]


def test_as_many_homes_come_free_as_in_the_country():
    """Mutatiegraad: 5.5 (Eigen Haard) to 7 % (CBS, an upper bound), and the chance of 250 homes."""
    chains = ten_years().chains
    again = chains[(chains["opened"] >= 12) & (chains["cause"] != Cause.BUILT)]["vacancies"]
    share = again.sum() / 9 / HOMES
    chance = 3 * np.sqrt((again**2).sum()) / 9 / HOMES  # chains come by themselves, like a Poisson
    assert 0.055 - chance < share < 0.07 + chance
    assert chance < 0.04


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

    Nothing is tuned to what is asked: half of those who take a home that the list does not fill are
    starters, which CBS counted of another cohort. Nobody comes from outside, for CBS counts the
    whole country.
    """
    scenario = a_scenario(
        years=3,
        demography={"portal": {"starters": 0.5, "outside": 0.0}},
        changes=[family_homes(12, month=BEGINS), new_homes(12, month=BEGINS, rooms=3, area=75)],
    )
    chains = chains_of((rolled(region(), scenario, run, 40) for run in range(RUNS)), Cause.BUILT)
    new = chains[chains["opened"] == 0]
    assert len(new) == 24 * RUNS
    return (new.groupby("run")["vacancies"].mean() - 1).to_numpy()


def test_what_cbs_counted_of_new_homes_lies_in_the_band_of_the_calibrated_region():
    """In the 95 % band of one replication, and not far from the middle of so wide a band."""
    freed = built()
    band = stdtrit(RUNS - 1, INSIDE) * freed.std(ddof=1) * np.sqrt(1 + 1 / RUNS)
    assert abs(freed.mean() - OF_CBS) < band
    assert abs(freed.mean() - OF_CBS) < 0.5
