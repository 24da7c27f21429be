"""Laws of ties that move along, on little towns of two quarters five kilometres apart."""

from __future__ import annotations

from hypothesis import find, given, settings
from hypothesis import strategies as st

from matching.candidates import ALONG
from matching.match import Occasion, match
from matching.verify import verify, walks_to_judge
from tests.brute_force import best_plan
from tests.builders import (
    ON,
    PLACE,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tie,
    the_rules,
)

OCCASION = Occasion("regio", ON, 1, 7, "proef")
POLICY = a_policy(longest_chain=3, longest_ring=2)
PEOPLE = ("H0", "H1", "H2")


@st.composite
def towns(draw):
    """Three households in one quarter, two of whom must be near another; empty homes in both."""
    lived_in = [a_dwelling(f"W{n}", x=PLACE["x"] + 150 * n, rooms=2) for n in range(3)]
    empty = [
        a_dwelling(
            f"L{n}",
            x=PLACE["x"] + draw(st.sampled_from([5_000, 5_000, 5_400, 6_000, 300])),
            rooms=draw(st.sampled_from([2, 3, 3])),
            features="TUIN",
            neighbourhood="BU99990102",
        )
        for n in range(draw(st.sampled_from([3, 4, 2, 1])))
    ]
    people = [
        a_household(
            name,
            lives_in=f"W{n}",
            registered=f"20{draw(st.integers(5, 14)):02d}-06-15",
            wish={
                "min_rooms": draw(st.sampled_from([2, 2, 3])),
                "areas": draw(st.sampled_from(["BU99990102", "BU99990102", ""])),
            },
        )
        for n, name in enumerate(PEOPLE)
    ]
    ties = [
        a_tie(
            f"T{n}",
            one,
            with_household=draw(st.sampled_from([PEOPLE[2], PEOPLE[2], PEOPLE[1 - n]])),
            must=draw(st.sampled_from([True, True, False])),
            minutes=draw(st.sampled_from([20, 10])),
            weight=1,
        )
        for n, one in enumerate(PEOPLE[:2])
    ]
    return a_state(dwellings=[*lived_in, *empty], households=people, ties=ties)


def along(matched):
    """The moves of the plan that ask another household to move."""
    options = matched.found.options
    if ALONG not in options:
        return set()
    some = options[options[ALONG]]
    asked = set(zip(some["household"], some["dwelling"], strict=True))
    return asked & {(m.household, m.to) for chain in matched.plan.chains for m in chain.moves}


def test_in_some_of_these_towns_people_follow_each_other():
    assert find(towns(), lambda state: along(match(state, the_rules(), POLICY, OCCASION)))


@settings(max_examples=40)
@given(towns())
def test_every_plan_in_which_people_follow_each_other_passes_the_judge(state):
    matched = match(state, the_rules(), POLICY, OCCASION)
    told = {"options": matched.found.options, "conditions": matched.conditions}

    assert verify(matched.plan, state, the_rules(), POLICY, **told) == ()


@settings(max_examples=20)
@given(towns())
def test_such_a_plan_is_worth_what_the_slow_optimiser_finds(state):
    matched = match(state, the_rules(), POLICY, OCCASION)
    best, _ = best_plan(
        matched.found.options,
        matched.found.openings,
        longest_chain=POLICY.longest_chain,
        longest_ring=POLICY.longest_ring,
        acceptance=POLICY.acceptance_percent / 100,
        conditions=matched.conditions,
    )

    assert matched.plan.receipt.value == round(best)


@settings(max_examples=20)
@given(towns())
def test_what_is_added_never_makes_a_plan_worse(state):
    matched = match(state, the_rules(), POLICY, OCCASION)
    options = matched.found.options
    without = options[~options[ALONG]] if ALONG in options else options
    best, _ = best_plan(
        without,
        matched.found.openings,
        longest_chain=POLICY.longest_chain,
        longest_ring=POLICY.longest_ring,
        acceptance=POLICY.acceptance_percent / 100,
        conditions=matched.conditions,
    )

    assert matched.plan.receipt.value >= round(best)


@settings(max_examples=20)
@given(towns())
def test_the_walks_to_judge_begin_where_everybody_lives_when_the_plan_is_done(state):
    matched = match(state, the_rules(), POLICY, OCCASION)
    goes = {m.household: m.to for chain in matched.plan.chains for m in chain.moves}
    homes = state.dwellings["x"]
    ends = {name: homes[goes.get(name, f"W{n}")] for n, name in enumerate(PEOPLE)}

    for walk in walks_to_judge(matched.plan, state, POLICY).to_dict("records"):
        tie = state.ties.loc[walk["tie"]]
        assert walk["x"] == ends[tie["with_household"]]
