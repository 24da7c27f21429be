"""Laws of the terms: whatever people agreed, the plan keeps to it and the judge finds nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.conditions import Conditions
from matching.match import Occasion, match
from matching.model import PLAN
from matching.verify import verify
from tests.builders import (
    CORPORATION,
    ON,
    OTHER_CORPORATION,
    PLACE,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tie,
    an_offer,
    the_rules,
)

OCCASION = Occasion("regio", ON, 1, 7, "proef")
HOMES = [f"W{n}" for n in range(5)]
PEOPLE = [f"H{n}" for n in range(5)]
CORPORATIONS = (CORPORATION, OTHER_CORPORATION)


@st.composite
def worlds(draw):
    """A handful of homes and households with groups, roles, bands, ties and open proposals."""
    homes = [
        a_dwelling(
            home,
            complex=draw(st.sampled_from(["C1", "C2", None])),
            corporation=draw(st.sampled_from(CORPORATIONS)),
            x=PLACE["x"] + draw(st.sampled_from([0, 300, 2_000])),
            features=draw(st.sampled_from(["", "TUIN"])),
        )
        for home in HOMES
    ]
    seats = draw(st.permutations([*HOMES[:3], None, None]))
    people = [
        a_household(
            person,
            lives_in=seat,
            corporation=draw(st.sampled_from(CORPORATIONS)),
            resident=draw(st.sampled_from(["VRAGEND", "DRAGEND", None])),
            registered=f"20{draw(st.integers(10, 24))}-06-15",
            coach=draw(st.sampled_from(["C1", "C2"])),
            wish={"group": draw(st.sampled_from(["G", None, None, None])), "group_metres": 400},
        )
        for person, seat in zip(PEOPLE, seats, strict=True)
    ]
    entered = draw(st.permutations(HOMES))
    offers = [
        an_offer(person, home, state=draw(st.sampled_from(["offered", "taken_up", "accepted"])))
        for person, home in zip(PEOPLE, entered, strict=True)
        if draw(st.booleans())
    ]
    one, other = draw(st.permutations(PEOPLE))[:2]
    return a_state(
        dwellings=homes,
        households=people,
        offers=offers,
        ties=[
            a_tie("T", one, with_household=other, must=draw(st.booleans()), weight=1),
            a_tie("U", other, with_household=one, must=draw(st.booleans()), weight=1),
        ],
        complexes=[
            {"complex": "C1", "corporation": CORPORATION, "most_vragend": 50},
            {"complex": "C2", "corporation": CORPORATION, "least_dragend": 50},
        ],
    )


POLICIES = st.fixed_dictionaries(
    {
        "coach_hours_per_week": st.sampled_from([None, 1, 2]),
        "most_open": st.sampled_from([None, 1]),
        "fair_pool": st.booleans(),
        "change_cost": st.sampled_from([0, 15]),
        "options_per_household": st.sampled_from([1, 40]),
    }
)


@settings(max_examples=60)
@given(worlds(), POLICIES)
def test_every_plan_on_these_terms_passes_the_judge(state, choices):
    policy = a_policy(**choices)

    matched = match(state, the_rules(), policy, OCCASION)

    assert (
        verify(
            matched.plan,
            state,
            the_rules(),
            policy,
            options=matched.found.options,
            conditions=matched.conditions,
        )
        == ()
    )


@settings(max_examples=20)
@given(worlds(), POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_neither_terms_nor_plan(state, choices, random):
    policy = a_policy(**choices)
    plan = match(state, the_rules(), policy, OCCASION).plan
    shuffled = {
        name: table.sample(frac=1, random_state=random.randrange(1_000))
        for name, table in state.tables.items()
    }
    again = match(type(state)(shuffled), the_rules(), policy, OCCASION)

    assert PLAN.dump_json(again.plan) == PLAN.dump_json(plan)
    assert isinstance(again.conditions, Conditions)
