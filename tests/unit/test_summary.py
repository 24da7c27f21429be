"""What many runs say: means, intervals, pairs, chains, and what too few people may not show."""

import math

import numpy as np
import pandas as pd
import pytest

from matching.simulate import comparison as shapes
from matching.simulate.comparison import SMALL
from matching.simulate.interval import interval
from matching.simulate.lengths import tenths
from matching.simulate.small import hidden
from matching.simulate.summary import NoRuns, compare
from tests.counts import count
from tests.simulated import MEASURES, a_run, chains, drawn, figures, freed, steps

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


def compared(*runs, acceptance=40):
    return compare(runs, acceptance=acceptance, measures=MEASURES)


def row(table, **named):
    """The one row with these values."""
    for name, value in named.items():
        table = table[table[name] == value]
    assert len(table) == 1, table
    return table.iloc[0]


def moves(*values, scenario="niets-doen", group=""):
    return [
        a_run(scenario, number, figures=figures((0, "moves", group, value)))
        for number, value in enumerate(values)
    ]


@pytest.fixture(scope="module")
def whole():
    return compared(
        *(
            drawn(name, number, acceptance=level, more=more)
            for name, more in (("niets-doen", 0), ("bouwen", 2), ("anders", 0))
            for level in (40, 60)
            for number in range(4)
        )
    )


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


# Small cells


def grouped(*, kind="moves", **groups):
    rows = [(0, kind, name.replace("_", ":"), value) for name, value in groups.items()]
    return compared(a_run(figures=figures(*rows, (0, kind, "", sum(groups.values())))))


def shown(told):
    return {one["group"]: one["mean"] for _, one in told.totals.iterrows() if not one["suppressed"]}


def test_fewer_than_ten_people_are_not_shown_and_a_second_cell_neither():
    told = grouped(home_a=SMALL - 1, home_b=40, home_c=30, home_d=50)

    assert shown(told) == {"": 129, "home:b": 40, "home:d": 50}
    gone = row(told.totals, group="home:c")
    assert math.isnan(gone["mean"])


def test_ten_people_may_be_shown():
    assert shown(grouped(home_a=SMALL, home_b=40))["home:a"] == SMALL


def test_two_small_cells_that_together_are_still_few_hide_a_third():
    told = grouped(home_a=2, home_b=3, home_c=30, home_d=50)

    assert set(shown(told)) == {"", "home:d"}


def test_homes_may_be_few():
    assert shown(grouped(kind="freed", home_a=1, home_b=2)) == {"": 3, "home:a": 1, "home:b": 2}


def test_why_homes_came_free_is_about_people():
    told = grouped(kind="freed", cause_overlijden=3, cause_vertrek=60, cause_zorg=20)

    assert shown(told) == {"": 83, "cause:vertrek": 60}


def test_groups_that_overlap_hide_no_second_one():
    told = grouped(kind="facilities_missing", facility_arts=4, facility_winkel=30)

    assert shown(told) == {"": 34, "facility:winkel": 30}


def test_a_stock_is_hidden_in_the_years_in_which_it_is_small():
    rows = [(11, "older_unsuitable", "", 9), (23, "older_unsuitable", "", 60)]
    told = compared(a_run(figures=figures(*rows)))

    assert shown(told) == {"": 60}
    assert told.yearly.set_index("year")["suppressed"].to_dict() == {1: True, 2: False}


def test_of_a_stock_another_group_is_hidden_in_that_year_only():
    rows = [
        (month, "older_unsuitable", group, value)
        for group, values in {"": (59, 60), "home:a": (9, 20), "home:b": (50, 40)}.items()
        for month, value in zip((11, 23), values, strict=True)
    ]
    told = compared(a_run(figures=figures(*rows)))

    gone = told.yearly[told.yearly["suppressed"]]
    assert set(zip(gone["group"], gone["year"], strict=True)) == {("home:a", 1), ("home:b", 1)}
    assert shown(told) == {"": 60, "home:a": 20, "home:b": 40}


def test_a_year_is_small_by_the_mean_of_its_replications_not_by_its_lowest():
    years = ((5, 25), (25, 5))
    told = compared(
        *(
            a_run(replication=at, figures=figures((0, "moves", "", one), (12, "moves", "", two)))
            for at, (one, two) in enumerate(years)
        )
    )

    assert told.yearly["mean"].tolist() == [15, 15]


def test_a_flow_that_is_small_in_any_year_is_told_over_all_years_only():
    rows = [
        (month, "moves", group, value)
        for group, values in {"": (75, 72), "home:a": (30, 9), "home:b": (45, 63)}.items()
        for month, value in zip((5, 17), values, strict=True)
    ]
    told = compared(a_run(figures=figures(*rows)))

    assert shown(told) == {"": 147, "home:a": 39, "home:b": 108}
    seen = told.yearly[~told.yearly["suppressed"]]
    assert seen["group"].unique().tolist() == [""]


def test_a_flow_that_is_absent_in_a_year_is_small_there():
    rows = [(5, "moves", "", 40), (5, "freed", "", 40), (17, "freed", "", 40)]
    told = compared(a_run(figures=figures(*rows)))

    hidden_of = told.yearly.set_index(["measure", "year"])["suppressed"]
    assert hidden_of["moves"].all()
    assert not hidden_of["freed"].any()


def test_a_difference_from_a_hidden_cell_is_hidden_too():
    told = compared(*moves(5), *moves(60, scenario="bouwen"))

    more = row(told.totals, scenario="bouwen", measure="moves")
    assert more["mean"] == 60
    assert math.isnan(more["difference"])


def test_what_everybody_knows_is_shown_however_few_and_hides_nobody():
    told = grouped(
        kind="freed", cause_nieuwbouw=4, cause_overlijden=3, cause_vertrek=60, cause_zorg=20
    )

    assert shown(told) == {"": 87, "cause:nieuwbouw": 4, "cause:vertrek": 60}


def test_one_number_under_two_names_is_hidden_under_both():
    rows = {
        ("moves", ""): 90,
        ("moves", "kind:starter"): 40,
        ("moves", "kind:outside"): 8,
        ("moves", "kind:tenant"): 42,
        ("moves_starters", ""): 40,
        ("moves_outside", ""): 8,
    }
    told = compare(
        [a_run(figures=figures(*((0, *cell, value) for cell, value in rows.items())))],
        acceptance=40,
    ).totals

    gone = told[told["suppressed"]]
    assert set(zip(gone["measure"], gone["group"], strict=True)) == {
        ("moves", "kind:outside"),
        ("moves", "kind:starter"),
        ("moves_outside", ""),
        ("moves_starters", ""),
    }


def test_where_few_are_let_a_home_outside_a_norm_it_is_told_in_whole_percents():
    told = normed({"": (144, 139)})

    assert row(told.ratios, year=0)["mean"] == 97  # 96.5 would tell that it was 139
    assert told.totals.set_index("measure")["suppressed"].to_dict() == {
        "passend_let": False,
        "passend_met": True,
    }


@pytest.mark.parametrize("met", [0, 9, 95, 99])
def test_a_percentage_that_would_tell_of_few_people_is_not_told(met):
    share = row(normed({"": (99, met)}).ratios, year=0)

    assert share["suppressed"]
    assert math.isnan(share["mean"])


@pytest.mark.parametrize("seed", range(count(ci=60, soak=5_000, of="kleine cellen")))
def test_no_hidden_cell_can_be_told_from_a_total(seed):
    dice = np.random.default_rng(seed)
    size = pd.Series(dice.integers(0, 40, dice.integers(1, 12)).astype(float))
    lines = [
        np.flatnonzero(dice.integers(0, 3, len(size)) == one) for one in range(3) for _ in range(2)
    ]
    hide = hidden(size, size < SMALL, lines)

    assert hide[size < SMALL].all()
    for cells in lines:
        gone = hide[cells]
        enough = gone.sum() > 1 and size[cells][gone].sum() >= SMALL
        assert not gone.any() or gone.all() or enough


# Chains


def begun(*rows):
    return compared(a_run(chains=chains(*rows)))


A_CHAIN = ("zorg", "ruim", "noord", 3, 2, 2, "starter", 5)


def test_the_length_of_chains_is_over_those_that_began_and_ended_here():
    before = ("leeg", "ruim", "noord", -1, 9, 9, "starter", 5)
    still = ("zorg", "ruim", "noord", 3, 7, 6, "nog open", -1)
    longer = ("zorg", "ruim", "noord", 3, 4, 4, "starter", 5)
    told = begun(before, still, longer, *[A_CHAIN] * 11).lengths

    of_all = told[told["by"] == ""].set_index("measure")["mean"]
    assert of_all["moves"] == pytest.approx((11 * 2 + 4) / 12)
    assert of_all["vacancies"] == pytest.approx((11 * 2 + 4) / 12)
    assert (of_all["chains"], of_all["open"], of_all["open_moves"]) == (13, 1, 6)


def test_too_few_chains_are_not_told_apart():
    other = ("overlijden", "klein", "zuid", 3, 2, 2, "starter", 5)
    told = begun(*[A_CHAIN] * 20, *[other] * 2)

    assert told.lengths[told.lengths["by"] != ""]["suppressed"].all()
    assert not told.lengths[told.lengths["by"] == ""]["suppressed"].any()
    assert set(told.ends["by"]) == {""}


def test_chains_that_nobody_began_are_counted_for_all_to_see():
    built = ("nieuwbouw", "ruim", "noord", 3, 2, 2, "starter", 5)
    told = begun(*[A_CHAIN] * 20, *[built] * 2).lengths

    assert not told["suppressed"].any()
    assert row(told, by="cause+home", cause="nieuwbouw", measure="chains")["mean"] == 2


def test_how_many_chains_begin_is_hidden_wherever_it_is_told():
    other = ("overlijden", "klein", "zuid", 3, 2, 2, "starter", 5)
    told = compare(
        [
            a_run(
                chains=chains(*[A_CHAIN] * 20, *[other] * 2),
                figures=figures(
                    *((3, "chains_begun", group, 20) for group in ("home:ruim", "cause:zorg")),
                    *(
                        (3, "chains_begun", group, 2)
                        for group in ("home:klein", "cause:overlijden")
                    ),
                    (3, "chains_begun", "", 22),
                ),
            )
        ],
        acceptance=40,
    )

    assert shown(told) == {"": 22}


def ended(*rows):
    """The ends of chains by what they began with: rows of (end, how many)."""
    built = [
        ("nieuwbouw", "ruim", "noord", 3, 2, 2, end, -1 if end == "nog open" else 5)
        for end, number in rows
        for _ in range(number)
    ]
    told = begun(*built).ends
    return told[told["by"] == ""].set_index("end")["chains"].to_dict()


def test_ends_of_few_people_are_told_together():
    told = ended(("starter", 40), ("achterblijver", 6), ("van buiten", 5), ("sloop", 2))

    assert told == {"starter": 40, "overig": 11, "sloop": 2}


def test_too_few_together_take_the_smallest_other_end_with_them():
    told = ended(("starter", 40), ("van buiten", 5), ("verkoop", 8), ("nog open", 3))

    assert told == {"starter": 40, "overig": 13, "nog open": 3}


def test_a_kind_that_is_hidden_alone_is_hidden_in_every_crossing(whole):
    table = whole.lengths[whole.lengths["cause"] != "nieuwbouw"]
    for by, parent in (("cause+home", "cause"), ("home+neighbourhood", "neighbourhood")):
        alone = table[(table["by"] == parent) & table["suppressed"]]
        crossed = table[(table["by"] == by) & table[parent].isin(alone[parent])]
        for _, one in crossed.iterrows():
            same = alone[(alone["scenario"] == one["scenario"]) & (alone[parent] == one[parent])]
            assert one["suppressed"] or same.empty
    assert table["suppressed"].any()


def test_shares_of_ends_sum_to_a_hundred_percent_exactly(whole):
    keys = ["scenario", "by", "cause", "home", "neighbourhood"]
    assert set(whole.ends.groupby(keys)["tenths"].sum()) == {1_000}


def test_the_largest_remainder_is_rounded_up():
    counts = pd.Series([1, 1, 1, 5, 2])
    told = tenths(counts, pd.Series([0, 0, 0, 1, 1]))

    assert told.tolist() == [334, 333, 333, 714, 286]


def test_chains_of_every_end_are_the_chains_that_began(whole):
    number = whole.lengths[(whole.lengths["by"] == "") & (whole.lengths["measure"] == "chains")]
    ends = whole.ends[whole.ends["by"] == ""].groupby("scenario")["chains"].sum()

    assert ends.to_dict() == pytest.approx(number.set_index("scenario")["mean"].to_dict())


def test_freed_homes_add_up_by_whatever_they_are_told_apart():
    told = compared(
        a_run(
            freed=freed(
                (0, "duur", 3, "NUL", "noord", "zorg", 2), (14, "duur", 2, "NUL", "zuid", "zorg", 1)
            )
        )
    )

    by = told.freed_by.groupby("dimension")["mean"].sum()
    assert by.drop("cause").to_dict() == dict.fromkeys(
        ("", "rent", "rooms", "access", "neighbourhood", "year"), 3
    )
    assert told.freed["mean"].sum() == told.freed_yearly["mean"].sum() == 3
    assert set(told.freed["month"]) == {0, 14}
    assert set(told.freed_yearly["year"]) == {1, 2}


def test_freed_homes_of_a_year_are_those_of_its_months_and_each_has_its_own_interval():
    told = compared(
        *(
            a_run(
                scenario,
                number,
                freed=freed(
                    (0, "duur", 3, "NUL", "noord", "zorg", more + number),
                    (11, "duur", 3, "NUL", "noord", "verhuizing", 2 - number),
                ),
            )
            for scenario, more in (("niets-doen", 1), ("bouwen", 4))
            for number in (0, 1, 2)
        )
    )

    month = row(told.freed, scenario="bouwen", month=0)
    year = row(told.freed_yearly, scenario="bouwen", year=1)
    assert (month["mean"], year["mean"]) == (5, 6)
    assert month["low"] < month["mean"] < month["high"]
    assert (year["low"], year["high"]) == (6, 6)  # what comes later in the year falls out of it
    assert month["difference"] == year["difference"] == 3


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
