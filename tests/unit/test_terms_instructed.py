"""What coaches ask of the plan, in worlds of two or three homes."""

import pytest

from matching.verify import verify
from tests.builders import ON, a_dwelling, a_household, a_policy, a_state, an_offer, the_rules
from tests.terms_world import moves_of_plan, plan_of, terms_of


def an_instruction(household, dwelling, asks="pin", **differs):
    return {
        "instruction": f"aanwijzing-{household}-{dwelling}",
        "household": household,
        "dwelling": dwelling,
        "asks": asks,
        "on": ON,
        "until": None,
        "by": "U1",
    } | differs


def world(*instructions, **more):
    """Two empty homes, of which W2 has a garden; A and B may go to either."""
    return a_state(
        dwellings=[a_dwelling("W1"), a_dwelling("W2", features="TUIN")],
        households=[a_household("A"), a_household("B")],
        instructions=list(instructions),
        **more,
    )


def judged(matched, state, **choices):
    return verify(
        matched.plan,
        state,
        the_rules(),
        a_policy(**choices),
        options=matched.found.options,
        conditions=matched.conditions,
    )


@pytest.mark.parametrize("household", ["A", "B"])
@pytest.mark.parametrize("dwelling", ["W1", "W2"])
def test_a_pinned_move_is_in_the_plan_whoever_gains_more(household, dwelling):
    state = world(an_instruction(household, dwelling))
    matched = plan_of(state)
    assert moves_of_plan(matched)[household] == dwelling
    assert matched.plan.remarks == plan_of(world()).plan.remarks
    assert judged(matched, state) == ()


@pytest.mark.parametrize("household", ["A", "B"])
def test_a_forbidden_home_goes_to_another(household):
    state = world(an_instruction(household, "W2", "forbid"))
    matched = plan_of(state)
    assert moves_of_plan(matched)[household] == "W1"
    assert judged(matched, state) == ()


def test_an_instruction_holds_up_to_its_last_day():
    today = world(an_instruction("A", "W2", "forbid", until=ON))
    over = world(an_instruction("A", "W2", "forbid", until=ON.replace(day=ON.day - 1)))
    assert terms_of(today).conditions.forbidden == (("A", "W2"),)
    assert terms_of(over).conditions.forbidden == ()


def test_a_pin_brings_back_what_better_options_had_pushed_out():
    state = world(an_instruction("A", "W1"))
    matched = plan_of(state, options_per_household=1)
    assert moves_of_plan(matched)["A"] == "W1"
    assert judged(matched, state, options_per_household=1) == ()


def test_a_pin_stands_where_a_rule_asks_the_coach_whatever_the_policy_says():
    bare, pinned = (
        a_state(
            dwellings=[a_dwelling("W1", min_age=40)],
            households=[a_household("A")],
            instructions=said,
        )
        for said in ([], [an_instruction("A", "W1")])
    )
    assert moves_of_plan(plan_of(bare, propose_asks=False)) == {}
    matched = plan_of(pinned, propose_asks=False)
    assert moves_of_plan(matched) == {"A": "W1"}
    assert judged(matched, pinned, propose_asks=False) == ()


def remark_of(matched):
    return [one for one in matched.plan.remarks if one.startswith("Aanwijzing niet gevolgd")]


def test_no_pin_goes_against_a_hard_rule_and_the_plan_says_which():
    state = a_state(
        dwellings=[a_dwelling("W1", rooms=1)],
        households=[a_household("A", wish={"min_rooms": 3})],
        instructions=[an_instruction("A", "W1")],
    )
    matched = plan_of(state)
    assert moves_of_plan(matched) == {}
    (said,) = remark_of(matched)
    assert "huishouden A naar woning W1: de harde regel '" in said
    assert judged(matched, state) == ()


def test_a_pin_to_a_home_that_does_not_come_free_is_said_not_to_be_followed():
    state = a_state(
        dwellings=[a_dwelling("W1")],
        households=[a_household("A"), a_household("B", lives_in="W1", wish=None)],
        instructions=[an_instruction("A", "W1")],
    )
    matched = plan_of(state)
    assert moves_of_plan(matched) == {}
    assert len(remark_of(matched)) == 1
    assert judged(matched, state) == ()


def test_who_is_unknown_by_now_is_not_pinned():
    matched = plan_of(world(an_instruction("Z", "W1"), an_instruction("A", "W9")))
    assert len(remark_of(matched)) == 2
    assert set(moves_of_plan(matched)) == {"A", "B"}


def test_of_two_pins_for_one_home_the_first_counts():
    state = world(an_instruction("A", "W2", on=ON), an_instruction("B", "W2", on=ON))
    matched = plan_of(state)
    assert moves_of_plan(matched) == {"A": "W2", "B": "W1"}
    (said,) = remark_of(matched)
    assert "huishouden B naar woning W2: voor dit huishouden" in said
    assert judged(matched, state) == ()


def test_what_people_went_on_with_comes_before_a_pin_and_a_ban():
    taken = an_offer("B", "W2", state="taken_up")
    state = world(an_instruction("A", "W2"), offers=[taken])
    matched = plan_of(state)
    assert moves_of_plan(matched)["B"] == "W2"
    assert "verder gegaan" in remark_of(matched)[0]
    banned = world(an_instruction("B", "W2", "forbid"), offers=[taken])
    again = plan_of(banned)
    assert moves_of_plan(again)["B"] == "W2"
    assert judged(again, banned) == ()


@pytest.mark.parametrize("most_open", [None, 1])
def test_a_pin_sets_free_who_was_shown_another_home(most_open):
    shown = an_offer("A", "W1", state="offered")
    state = world(an_instruction("A", "W2"), offers=[shown])
    matched = plan_of(state, most_open=most_open)
    assert moves_of_plan(matched)["A"] == "W2"
    assert judged(matched, state, most_open=most_open) == ()


def test_a_home_that_was_shown_and_is_forbidden_leaves_room_for_another():
    shown = an_offer("A", "W2", state="offered")
    state = world(an_instruction("A", "W2", "forbid"), offers=[shown])
    matched = plan_of(state, most_open=1)
    assert moves_of_plan(matched)["A"] == "W1"
    assert judged(matched, state, most_open=1) == ()


def together(*instructions):
    """H1 and H2 move together or not at all; H0 goes alone."""
    apart, close = {}, {"group": "G", "group_metres": 400}
    return a_state(
        dwellings=[a_dwelling(f"W{n}") for n in range(3)],
        households=[a_household(f"H{n}", wish=close if n else apart) for n in range(3)],
        instructions=list(instructions),
    )


def test_of_pins_that_no_plan_can_have_together_as_few_as_can_be_give_way():
    can = plan_of(together(an_instruction("H1", "W1"), an_instruction("H0", "W2")))
    assert {("H1", "W1"), ("H0", "W2")} <= set(moves_of_plan(can).items())
    alone = [an_instruction("H2", f"W{n}", "forbid") for n in range(3)]
    state = together(an_instruction("H1", "W1"), an_instruction("H0", "W2"), *alone)
    matched = plan_of(state)
    assert moves_of_plan(matched) == {"H0": "W2"}
    (said,) = remark_of(matched)
    assert "huishouden H1 naar woning W1: geen plan" in said
    assert judged(matched, state) == ()


def test_the_judge_refuses_a_plan_that_ignores_what_was_asked():
    bare = plan_of(world())
    moves = moves_of_plan(bare)
    home, other = moves["A"], moves["B"]
    for state in (
        world(an_instruction("A", other)),
        world(an_instruction("A", home, "forbid")),
    ):
        found = {one.rule for one in judged(bare, state)}
        assert found == {"aanwijzing"}
