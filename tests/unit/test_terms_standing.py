"""Proposals that stand: what is pinned, what costs something to change; and the coaches' hours."""

from __future__ import annotations

import pytest

from matching.conditions import NONE, Budget
from tests.builders import a_dwelling, a_household, a_state, an_offer
from tests.terms_world import moves_of_plan, plan_of, terms_of

HOMES = [a_dwelling("W1"), a_dwelling("W2")]
SEEKERS = [a_household("H1"), a_household("H2")]


def world(*offers, households=SEEKERS, dwellings=HOMES):
    return a_state(dwellings=dwellings, households=households, offers=list(offers))


def test_a_night_without_proposals_or_wishes_for_more_has_no_conditions():
    assert terms_of(world()).conditions == NONE


def test_without_conditions_the_options_get_no_columns():
    assert "coach" not in terms_of(world()).options


def test_an_open_proposal_is_kept_at_a_price():
    asked = terms_of(world(an_offer("H1", "W1")), change_cost=15).conditions

    assert (asked.pinned, asked.seen, asked.change_cost) == ((), (("H1", "W1"),), 15)


def test_a_proposal_that_a_coach_took_up_is_pinned():
    asked = terms_of(world(an_offer("H1", "W1", state="taken_up"))).conditions

    assert (asked.pinned, asked.seen) == ((("H1", "W1"),), ())


@pytest.mark.parametrize("state", ["accepted", "signed", "expired", "superseded", "declined"])
def test_a_proposal_that_is_no_longer_open_asks_nothing(state):
    offer = an_offer("H1", "W1", state=state, **({"reason": "HUU"} if state == "declined" else {}))

    assert terms_of(world(offer)).conditions == NONE


def test_a_proposal_for_a_home_that_is_no_option_any_more_asks_nothing():
    homes = [a_dwelling("W1", rooms=9), a_dwelling("W2")]

    assert terms_of(world(an_offer("H1", "W1"), dwellings=homes)).conditions == NONE


def test_a_proposal_that_was_taken_up_is_only_seen_when_its_chain_may_fall_away():
    household = a_household("H1", lives_in="W3")
    state = world(
        an_offer("H2", "W3", state="taken_up"),
        an_offer("H1", "W1"),
        households=[household, a_household("H2")],
        dwellings=[*HOMES, a_dwelling("W3")],
    )

    assert terms_of(state).conditions.pinned == ()


def test_a_whole_front_of_a_chain_that_was_taken_up_is_pinned():
    household = a_household("H1", lives_in="W3")
    state = world(
        an_offer("H2", "W3", state="taken_up"),
        an_offer("H1", "W1", state="taken_up"),
        households=[household, a_household("H2")],
        dwellings=[*HOMES, a_dwelling("W3")],
    )

    assert terms_of(state).conditions.pinned == (("H1", "W1"), ("H2", "W3"))
    assert terms_of(state, longest_chain=1).conditions.pinned == (("H1", "W1"),)


def test_a_ring_that_was_taken_up_whole_is_pinned_where_rings_may_be():
    households = [a_household("H1", lives_in="A"), a_household("H2", lives_in="B")]
    state = world(
        an_offer("H1", "B", state="taken_up"),
        an_offer("H2", "A", state="taken_up"),
        households=households,
        dwellings=[
            a_dwelling("A", municipality="GM9998", neighbourhood=None, district=None),
            a_dwelling("B"),
        ],
    )

    assert terms_of(state, longest_ring=2).conditions.pinned == (("H1", "B"), ("H2", "A"))
    assert terms_of(state, longest_ring=0).conditions.pinned == ()


def test_a_plan_keeps_what_people_saw_until_another_is_worth_the_change():
    better = a_household("H2", registered="2018-06-15")
    state = world(an_offer("H1", "W1"), households=[a_household("H1"), better], dwellings=HOMES[:1])

    assert moves_of_plan(plan_of(state, change_cost=9)) == {"H1": "W1"}
    assert moves_of_plan(plan_of(state, change_cost=7)) == {"H2": "W1"}


def test_a_plan_never_drops_what_a_coach_took_up():
    better = a_household("H2", registered="2000-06-15")
    taken = an_offer("H1", "W1", state="taken_up")
    state = world(taken, households=[a_household("H1"), better], dwellings=HOMES[:1])

    assert moves_of_plan(plan_of(state)) == {"H1": "W1"}


def test_who_has_as_many_open_proposals_as_may_be_gets_no_other():
    state = world(
        an_offer("H1", "W1"),
        households=[a_household("H1")],
        dwellings=[a_dwelling("W1"), a_dwelling("W2", features="TUIN")],
    )
    likes = {"change_cost": 0, "weights": {"outdoor": 500}}

    assert moves_of_plan(plan_of(state, **likes, most_open=1)) == {"H1": "W1"}
    assert moves_of_plan(plan_of(state, **likes, most_open=2)) == {"H1": "W2"}


def test_pins_that_cannot_hold_give_way_and_the_plan_says_so():
    group = {"group": "G"}
    state = world(
        an_offer("H1", "W1", state="taken_up"),
        households=[a_household("H1", wish=group), a_household("H2", wish=group)],
    )

    matched = plan_of(state)

    assert matched.conditions.pinned == ()
    assert any("coach oppakte" in remark for remark in matched.plan.remarks)


def test_a_coach_has_so_many_hours_for_a_plan():
    state = world(households=[a_household("H1"), a_household("H2"), a_household("H3", coach="C2")])
    asked = terms_of(state, coach_hours_per_week=1, coach_minutes_per_proposal=40)

    assert asked.conditions.budgets == (
        Budget("coach|COACH-01", "coach_minutes", 60, ("coach", "COACH-01")),
    )
    assert set(asked.options["coach_minutes"]) == {40}
    assert len(moves_of_plan(plan_of(world(), coach_hours_per_week=1))) == 1


def test_the_coaches_of_a_region_share_its_hours():
    households = [a_household("H1"), a_household("H2", coach="C2")]
    state = world(households=households)

    assert len(moves_of_plan(plan_of(state, coach_hours_per_week=1))) == 2
    assert len(moves_of_plan(plan_of(state, region_hours_per_week=1))) == 1


def test_what_a_coach_took_up_fits_whatever_the_hours_are():
    state = world(an_offer("H1", "W1", state="taken_up"))

    matched = plan_of(state, coach_hours_per_week=0, region_hours_per_week=0)

    assert moves_of_plan(matched) == {"H1": "W1"}


def test_an_open_proposal_stays_an_option_where_the_household_has_better_ones():
    homes = [a_dwelling("W1"), a_dwelling("W2", features="TUIN")]
    state = world(an_offer("H1", "W1"), dwellings=homes, households=[a_household("H1")])

    asked = terms_of(state, options_per_household=1)

    assert list(asked.options["dwelling"]) == ["W1", "W2"]
    assert asked.conditions.seen == (("H1", "W1"),)


def test_a_proposal_that_a_rule_refuses_by_now_is_no_option():
    homes = [a_dwelling("W1", rooms=9), a_dwelling("W2")]
    state = world(an_offer("H1", "W1"), an_offer("H9", "W2"), dwellings=homes)

    assert "W1" not in set(terms_of(state).options["dwelling"])
