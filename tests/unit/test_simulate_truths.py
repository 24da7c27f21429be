"""Worlds whose truth is known beforehand: Markov's chains, and what CBS counted."""

from functools import cache

import numpy as np
import pytest

from matching.simulate.interval import interval
from matching.simulate.ledger import Cause, End
from tests.counts import count
from tests.simulated_worlds import (
    HALF_STARTERS,
    a_list,
    a_scenario,
    a_stock,
    by_lot,
    chains_of,
    expected_links,
    family_homes,
    new_homes,
    quiet,
    some_runs,
    standard_error,
)

CBS_NEW, CBS_FIRST, CBS_SECOND = 50_000, 56_000, 33_000
"""New homes lived in, 2021, and the homes freed by the first and second links. Source: CBS
4-7-2023, through blikopnieuws.nl/economie/299069 (`domain.md` §3.1)."""
SCALE = 40
"""The world of CBS is so many times smaller here."""
LEAVES = {
    "EIN": {"EIN": 0.25, "POW": 0.4, "GAL": 0.1},
    "POW": {"EIN": 0.05, "POW": 0.3, "GAL": 0.2},
    "GAL": {"EIN": 0.02, "POW": 0.08, "GAL": 0.1},
    "MAI": {"MAI": 0.7},
    "TWE": {"VRI": CBS_FIRST / CBS_NEW},
    "VRI": {"VRI": CBS_SECOND / CBS_FIRST},
}
"""Of a household that enters a kind, how many homes of each kind it leaves on average.

Three kinds that lead to one another, one that leads to itself, and new homes as CBS counted them
(a couple that moves in together frees two) with the homes freed after them.
"""
STOCK = {"EIN": 1_200, "POW": 1_200, "GAL": 1_200, "MAI": 1_200, "VRI": 2_600}
BUILT = 300
CLASSES = {
    "EIN": "eengezins groot",
    "POW": "appartement zonder lift, beneden",
    "GAL": "appartement met lift",
    "MAI": "appartement zonder lift, boven",
    "TWE": "eengezins klein",
}
NEW = [
    family_homes(BUILT),
    new_homes(BUILT, kind="POW", rooms=3, lift=False),
    new_homes(BUILT),
    new_homes(BUILT, kind="MAI", lift=False, floor=2),
    family_homes(CBS_NEW // SCALE, kind="TWE", rooms=3),
]
PORTAL = {"after_months": 0, "starters": 0.3, "outside": 0.2, "leaves": LEAVES}
LIST = {"starters_a_year": 200, "tenants_a_year": 200, "leave_list_a_year": 0.0}


@cache
def let_by_the_portal():
    """The chains of new homes, many of each kind at once; in two years they are over."""
    scenario = a_scenario(years=2, seed=6, demography=quiet(PORTAL), changes=NEW)
    number = count(ci=1, soak=20, of="herhalingen van de ketens van Markov")
    return chains_of(some_runs(a_stock(**STOCK), scenario, number), Cause.BUILT)


def assert_within_three_errors(values, truth, *, sharp):
    """`sharp`: how large a part of the truth the standard error may be, or it says little."""
    error = standard_error(values)
    assert abs(np.mean(values) - truth) < 3 * error, (np.mean(values), truth, error)
    assert error < sharp * truth


def test_the_expected_links_are_the_rows_of_the_fundamental_matrix():
    assert expected_links({"GAL": {"GAL": 0.5}}) == {"GAL": 2}
    found = expected_links({"A": {"B": 1.0}, "B": {"B": 0.5}})
    assert found == pytest.approx({"A": 3, "B": 2})


def test_with_half_of_the_entrants_starters_a_chain_has_two_links_on_average():
    scenario = a_scenario(years=1, demography=quiet(HALF_STARTERS), changes=[new_homes(400)])
    number = count(ci=1, soak=20, of="herhalingen met de helft starters")
    chains = chains_of(some_runs(a_stock(GAL=900), scenario, number), Cause.BUILT)
    assert len(chains) == 400 * number
    assert (chains["end"] == End.STARTER).mean() > 0.99  # a very long one may still be open
    assert_within_three_errors(chains["vacancies"], 2.0, sharp=0.05)


@pytest.mark.parametrize("kind", ["EIN", "POW", "GAL", "MAI"])
def test_given_shares_give_the_lengths_of_the_absorbing_chain(kind):
    chains = let_by_the_portal()
    lengths = chains.loc[chains["home"] == CLASSES[kind], "vacancies"]
    assert_within_three_errors(lengths, expected_links(LEAVES)[kind], sharp=0.05)


def test_who_frees_nothing_is_a_starter_or_from_outside_in_the_ratio_of_the_shares():
    chains = let_by_the_portal()
    over = chains["end"].isin([End.STARTER, End.OUTSIDE])
    assert over.mean() > 0.999
    assert_within_three_errors((chains["end"] == End.OUTSIDE).astype(float), 0.4, sharp=0.05)


def test_fed_with_the_first_steps_of_cbs_as_many_homes_come_free_as_cbs_counted():
    """Uncensored, after 50,000 new homes: 130,000 to 140,000 that were freed."""
    expected = CBS_NEW * (expected_links(LEAVES)["TWE"] - 1)
    assert 130_000 < expected < 140_000
    chains = let_by_the_portal()
    freed = chains.loc[chains["home"] == CLASSES["TWE"], "vacancies"] - 1
    assert 130_000 < freed.mean() * CBS_NEW < 140_000
    assert_within_three_errors(freed * CBS_NEW, expected, sharp=0.03)


def experiments(kind):
    """Chains of one kind, told apart as experiments (the first axis) of ten times five chains."""
    chains = let_by_the_portal()
    lengths = chains.loc[chains["home"] == CLASSES[kind], "vacancies"].to_numpy(dtype=float)
    return lengths[: len(lengths) // 50 * 50].reshape(-1, 10, 5).mean(axis=2)


def test_the_interval_of_what_the_engine_rolled_covers_the_truth_in_95_of_100_experiments():
    """93 to 97 of 100, and three standard errors for so few (in CI 49, in soak 980)."""
    covered = []
    for kind, truth in expected_links(LEAVES).items():
        if kind in CLASSES:
            _, low, high, _ = interval(experiments(kind))
            covered.extend((low <= truth) & (truth <= high))
    assert len(covered) >= 49
    chance = 3 * np.sqrt(0.95 * 0.05 / len(covered))
    assert 0.93 - chance < np.mean(covered) < 0.97 + chance


@cache
def let_by_lot():
    scenario = a_scenario(
        years=1,
        options_per_household=100,
        demography=quiet(HALF_STARTERS | {"after_months": 60}, arrivals=LIST),
        changes=[by_lot(), new_homes(40, rooms=3, kind="POW")],
    )
    number = count(ci=2, soak=60, of="herhalingen van de loting")
    return chains_of(some_runs(a_list(starters=50, tenants=50), scenario, number), Cause.BUILT)


def test_allocation_by_lot_to_a_list_half_of_starters_gives_two_links_on_average():
    """Through real candidates: every home suits everybody, and the list does not run dry."""
    chains = let_by_lot()
    assert (chains["end"] == End.STARTER).mean() > 0.97  # a long one may still be open
    assert_within_three_errors(chains["vacancies"], 2.0, sharp=0.1)
