"""What many runs say: means, intervals, pairs, years, and percentages of a norm."""

import math

import numpy as np
import pandas as pd
import pytest

from matching.simulate import comparison as shapes
from matching.simulate.interval import interval
from matching.simulate.summary import NoRuns
from tests.counts import count
from tests.simulated import (
    a_run,
    compared,
    drawn,
    figures,
    normed,
    row,
    something_of_everything,
    steps,
)

TABLES = {
    "totals": shapes.TOTALS,
    "yearly": shapes.YEARLY,
    "ratios": shapes.RATIOS,
    "lengths": shapes.LENGTHS,
    "ends": shapes.ENDS,
    "freed": shapes.FREED,
    "freed_yearly": shapes.FREED_YEARLY,
    "freed_by": shapes.FREED_BY,
    "distance": shapes.DISTANCE,
}


def moves(*values, scenario="niets-doen", group=""):
    return [
        a_run(scenario, number, figures=figures((0, "moves", group, value)))
        for number, value in enumerate(values)
    ]


@pytest.fixture(scope="module")
def whole():
    return something_of_everything()


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_the_columns_it_promises(whole, name):
    table = getattr(whole, name)

    assert {column: str(kind) for column, kind in table.dtypes.items()} == TABLES[name]
    assert not table.duplicated([c for c in table if c not in shapes.MEAN]).any()


def test_a_mean_is_over_replications_with_students_interval():
    told = row(compared(*moves(90, 100, 110)).totals, measure="moves")

    assert told["mean"] == 100
    # t(0.975, 2 degrees of freedom) = 4.302653 times 10 / sqrt(3)
    assert told["low"] == pytest.approx(100 - 24.8414, abs=1e-3)
    assert told["high"] == pytest.approx(100 + 24.8414, abs=1e-3)
    assert told["replications"] == 3


def test_one_replication_has_no_interval():
    told = row(compared(*moves(90)).totals, measure="moves")

    assert (told["mean"], told["replications"]) == (90, 1)
    assert math.isnan(told["low"])
    assert math.isnan(told["high"])


def test_differences_are_taken_pair_by_pair():
    told = compared(*moves(50, 150, 250), *moves(61, 160, 262, scenario="bouwen"))

    more = row(told.totals, scenario="bouwen", measure="moves")
    assert more["difference"] == 11
    # Pairs differ by 11, 10 and 12: far sharper than the two means are.
    assert more["difference_high"] - more["difference_low"] < 5.0
    assert more["high"] - more["low"] > 400
    assert more["pairs"] == 3


def test_a_replication_without_its_pair_does_not_count_in_a_difference():
    told = compared(*moves(50, 60), *moves(60, 70, 900, scenario="bouwen"))

    more = row(told.totals, scenario="bouwen", measure="moves")
    assert (more["difference"], more["pairs"], more["replications"]) == (10, 2, 3)


def test_doing_nothing_does_not_differ_from_itself():
    told = row(compared(*moves(50, 60)).totals, measure="moves")

    assert math.isnan(told["difference"])
    assert told["pairs"] == 0


def test_flows_are_summed_and_of_stocks_the_last_month_of_a_year_counts():
    months = [
        (month, name, "", month + 20) for month in range(24) for name in ("freed", "open_homes")
    ]
    told = compared(a_run(figures=figures(*months)))

    assert row(told.yearly, measure="freed", year=1)["mean"] == sum(range(20, 32))
    assert row(told.totals, measure="freed")["mean"] == sum(range(20, 44))
    assert row(told.yearly, measure="open_homes", year=1)["mean"] == 31
    assert row(told.totals, measure="open_homes")["mean"] == 43
    assert told.years == 2


def test_steps_of_a_quarter_have_a_year_end_too():
    months = [(month, "open_homes", "", month) for month in range(0, 24, 3)]
    told = compared(a_run(figures=figures(*months)))

    assert row(told.yearly, measure="open_homes", year=1)["mean"] == 9
    assert row(told.totals, measure="open_homes")["mean"] == 21


def test_what_a_replication_does_not_name_is_nothing_there():
    told = compared(
        a_run(replication=0, figures=figures((0, "freed", "home:a", 8))),
        a_run(replication=1, figures=figures((0, "freed", "home:b", 4))),
    )

    assert row(told.totals, measure="freed", group="home:a")["mean"] == 4
    assert row(told.totals, measure="freed", group="home:b")["mean"] == 2


def test_percentages_are_taken_per_replication_and_are_missing_where_nothing_was_let():
    told = normed({"": (200, 150)}, {"": (0, 0)})

    share = row(told.ratios, ratio="passend", year=0)
    assert (share["mean"], share["replications"]) == (75, 1)


def test_a_norm_is_judged_by_the_calendar_year():
    told = normed({"": (300, 225), "year:2029": (100, 50), "year:2030": (200, 175)})

    assert told.ratios.set_index("year")["mean"].to_dict() == {0: 75, 2029: 50, 2030: 87.5}
    assert set(told.yearly["group"]) == {""}


def test_an_interval_of_a_percentage_is_none_of_less_than_nothing_or_more_than_all():
    share = row(normed({"": (100, 90)}, {"": (100, 60)}).ratios, year=0)

    assert (share["mean"], share["low"], share["high"]) == (75, 0, 100)


def test_the_order_in_which_runs_come_does_not_matter():
    runs = [drawn(name, n, more=n) for name in ("niets-doen", "bouwen") for n in range(3)]
    ahead, back = compared(*runs), compared(*reversed(runs))

    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(ahead, name), getattr(back, name))


def test_the_same_replication_a_second_time_is_the_same():
    once, twice = compared(*moves(90, 100)), compared(*moves(90, 100), *moves(90))

    pd.testing.assert_frame_equal(once.totals, twice.totals)


def test_another_acceptance_comes_back_in_the_totals_only(whole):
    assert set(whole.totals["acceptance"]) == {40, 60}
    assert set(whole.yearly["acceptance"]) == {40}
    assert set(whole.lengths["acceptance"]) == {40}
    sweep = whole.totals[
        (whole.totals["acceptance"] == 60) & (whole.totals["scenario"] == "bouwen")
    ]
    assert sweep["difference"].notna().any()


def test_without_a_single_run_there_is_nothing_to_compare():
    with pytest.raises(NoRuns):
        compared(*moves(10), acceptance=50)


def test_the_distance_from_the_best_is_told_over_months_with_something_to_plan():
    told = compared(
        a_run(steps=steps((0, 2, 5, 90, 100, 95), (1, 2, 5, 50, 50, -1), (2, 0, 0, 0, 0, -1)))
    ).distance.iloc[0]

    assert (told["months"], told["mean_gap"], told["worst_gap"]) == (2, 5, 10)
    assert (told["sampled"], told["worst_from_exact"]) == (1, pytest.approx(100 * 5 / 95))


# The interval itself


def test_the_interval_covers_the_truth_as_often_as_it_says():
    draws = count(ci=2_000, soak=200_000)
    dice = np.random.default_rng(6)
    for replications in (3, 20):
        _, low, high, _ = interval(dice.normal(7.0, 3.0, (draws, replications)))

        assert 0.93 <= ((low <= 7.0) & (high >= 7.0)).mean() <= 0.97
