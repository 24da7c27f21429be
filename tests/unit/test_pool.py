"""A fair pool: what every corporation has alone is the least it gets from the plan of all."""

from __future__ import annotations

from tests.builders import (
    CORPORATION,
    OTHER_CORPORATION,
    a_dwelling,
    a_household,
    a_state,
)
from tests.terms_world import moves_of_plan, plan_of


def region():
    """The other corporation's household would gain more by our home than our own household does."""
    return a_state(
        dwellings=[a_dwelling("W1")],
        households=[
            a_household("H1", registered="2018-06-15"),
            a_household("H2", registered="2010-06-15", corporation=OTHER_CORPORATION),
        ],
    )


def test_without_a_fair_pool_the_most_points_decide():
    assert moves_of_plan(plan_of(region())) == {"H2": "W1"}


def test_in_a_fair_pool_nobody_is_worse_off_than_alone():
    matched = plan_of(region(), fair_pool=True)

    assert moves_of_plan(matched) == {"H1": "W1"}
    assert [(one.corporation, one.alone, one.together) for one in matched.plan.pooling] == [
        (CORPORATION, 32, 32),
        (OTHER_CORPORATION, 0, 0),
    ]


def test_the_plan_says_what_the_pool_gains():
    others = a_household("H3", registered="2019-06-15", corporation=OTHER_CORPORATION)
    state = a_state(
        dwellings=[a_dwelling(f"W{n}") for n in range(2)],
        households=[a_household("H1"), others],
    )

    matched = plan_of(state, fair_pool=True)

    assert len(moves_of_plan(matched)) == 2
    assert any("28 punten hoger uit dan ieder apart" in said for said in matched.plan.remarks)


def test_one_corporation_is_no_pool():
    state = a_state(dwellings=[a_dwelling("W1")], households=[a_household("H1")])

    assert plan_of(state, fair_pool=True).plan.pooling == ()


def test_who_keeps_to_its_own_homes_has_no_pool_to_be_fair_in():
    assert plan_of(region(), fair_pool=True, pool="own").plan.pooling == ()
