"""What too few people may not show, and what would give them away."""

import math

import numpy as np
import pandas as pd
import pytest

from matching.simulate.comparison import SMALL
from matching.simulate.small import hidden
from matching.simulate.summary import compare
from tests.counts import count
from tests.simulated import (
    a_run,
    compared,
    figures,
    normed,
    row,
    shown,
)


def moves(*values, scenario="niets-doen", group=""):
    return [
        a_run(scenario, number, figures=figures((0, "moves", group, value)))
        for number, value in enumerate(values)
    ]


def grouped(*, kind="moves", **groups):
    rows = [(0, kind, name.replace("_", ":"), value) for name, value in groups.items()]
    return compared(a_run(figures=figures(*rows, (0, kind, "", sum(groups.values())))))


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
