"""Who fits a home best and gets nothing is counted, and after some nights shown to a person."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from matching.model import Chain, Move
from matching.passed_over import NOBODY, Earlier, earlier_of, passed_over
from tests.builders import ON, a_dwelling, a_household, a_state
from tests.terms_world import plan_of

CHAINS = (Chain((Move("H2", "W1", None, 10),)),)
OPTIONS = pd.DataFrame(
    {
        "household": ["H1", "H2", "H3", "H1"],
        "dwelling": ["W1", "W1", "W1", "W2"],
        "gain": [20, 10, 15, 99],
    }
)
YESTERDAY = ON - timedelta(days=1)


def tonight(options=OPTIONS, *, earlier=NOBODY, after=5):
    return passed_over(CHAINS, options, on=ON, earlier=earlier, after=after)


def test_who_gains_most_by_a_home_that_goes_to_another_is_passed_over():
    found = tonight()

    assert [(one.household, one.dwelling, one.chain) for one in found] == [("H1", "W1", "W1")]
    assert "gaat die woning naar een ander" in found[0].sentence


def test_nobody_is_passed_over_who_moves():
    assert tonight(OPTIONS[OPTIONS["household"] == "H2"]) == ()


def test_the_home_of_whom_fits_it_best_passes_nobody_over():
    assert tonight(OPTIONS.assign(gain=[1, 10, 2, 99])) == ()


@pytest.mark.parametrize(
    ("earlier", "nights"),
    [
        (NOBODY, 1),
        (Earlier(YESTERDAY, (("H1", 3),)), 4),
        (Earlier(YESTERDAY, (("H9", 3),)), 1),
        (Earlier(ON, (("H1", 3),)), 3),
    ],
)
def test_nights_count_in_a_row_and_each_night_once(earlier, nights):
    assert tonight(earlier=earlier)[0].nights == nights


def test_after_so_many_nights_a_person_must_look():
    earlier = Earlier(YESTERDAY, (("H1", 2),))

    assert not tonight(earlier=earlier, after=3)[0].to_show
    assert tonight(earlier=earlier, after=2)[0].to_show


def test_the_plan_of_a_night_tells_the_next_who_was_passed_over():
    state = a_state(
        dwellings=[a_dwelling("W1", area=90), a_dwelling("thuis", kind="EIN")],
        households=[
            a_household("H1", registered="2010-06-15", wish={"min_area": 80}),
            a_household("H2", lives_in="thuis", registered="2014-06-15"),
            a_household("H3", registered="2014-06-15", wish={"kinds": "EIN"}),
        ],
    )

    plan = plan_of(state).plan

    assert earlier_of(None) == NOBODY
    assert earlier_of(plan) == Earlier(ON, (("H1", 1),))


def test_who_was_passed_over_before_stands_in_the_receipt():
    assert NOBODY.hash == ""
    assert Earlier(YESTERDAY, (("H1", 2),)).hash != Earlier(YESTERDAY, (("H1", 3),)).hash
