"""The norms of the year with their running counter: exact, per corporation or municipality."""

from __future__ import annotations

import pytest

from matching.candidates import candidates
from matching.conditions import Budget
from matching.terms import terms
from tests.builders import (
    CORPORATION,
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tenancy,
    an_offer,
    the_rules,
)
from tests.terms_world import moves_of_plan, plan_of, terms_of

TOO_DEAR = {"target_rent": 80_000, "rent": 80_000}
ASKED = {"aow": True, "exception_54a": True, "birth_year": 1945}
"""Somebody of AOW age who asked for the exception of BTIV art. 54a."""
LET = {"start": "2026-03-01"}


def room(state, **choices):
    return {one.name: one.at_most for one in terms_of(state, **choices).conditions.budgets}


def settled(many, **differs):
    """Households that moved in this year, each in a home of its own."""
    homes = [a_dwelling(f"V{n}", status="VEH") for n in range(many)]
    people = [a_household(f"B{n}", wish=None, **differs) for n in range(many)]
    lets = [a_tenancy(f"V{n}", f"B{n}", **LET) for n in range(many)]
    return homes, people, lets


def year(many, **differs):
    homes, people, lets = settled(many, **differs)
    return a_state(
        dwellings=[a_dwelling("W1", **TOO_DEAR), *homes],
        households=[a_household("H1", **ASKED), *people],
        tenancies=lets,
    )


def test_an_exception_to_passend_toewijzen_takes_room_of_the_norm():
    asked = terms_of(year(0))

    where = ("landlord", CORPORATION)
    assert asked.conditions.budgets == (
        Budget(f"passend_toewijzen|{CORPORATION}", "norm_passend_toewijzen", 0, where),
    )
    assert list(asked.options["norm_passend_toewijzen"]) == [19]


@pytest.mark.parametrize(("before", "moves"), [(0, 0), (18, 0), (19, 1)])
def test_one_exception_needs_nineteen_allocations_that_fit(before, moves):
    assert len(moves_of_plan(plan_of(year(before)))) == moves


def test_allocations_that_fit_in_the_plan_itself_make_room_too():
    homes = [a_dwelling("W0", **TOO_DEAR), *(a_dwelling(f"W{n}") for n in range(1, 20))]
    people = [a_household("H0", **ASKED), *(a_household(f"H{n}") for n in range(1, 20))]

    enough = plan_of(a_state(dwellings=homes, households=people))
    short = plan_of(a_state(dwellings=homes[:-1], households=people[:-1]))

    assert moves_of_plan(enough)["H0"] == "W0"
    assert "W0" not in moves_of_plan(short).values()


@pytest.mark.parametrize(
    "differs",
    [{"income": "ONBEKEND"}, {"income_year": 2025}, {"income": "DAEB"}, {"income": "BOVEN"}],
)
def test_who_was_not_tested_or_has_more_counts_on_neither_side_of_passend(differs):
    assert room(year(19, **differs))[f"passend_toewijzen|{CORPORATION}"] == 0


def test_a_year_that_is_behind_asks_no_more_than_that_the_plan_keeps_the_norm():
    homes, people, lets = settled(1)
    homes[0] |= TOO_DEAR
    lets[0]["rent"] = 80_000
    state = a_state(
        dwellings=[a_dwelling("W1", **TOO_DEAR), *homes],
        households=[a_household("H1", **ASKED), *people],
        tenancies=lets,
    )

    assert room(state) == {f"passend_toewijzen|{CORPORATION}": 0}


def test_a_home_that_somebody_accepted_counts_as_allocated():
    state = year(18)
    more = a_state(
        dwellings=[a_dwelling("W1", **TOO_DEAR), a_dwelling("W2"), *settled(18)[0]],
        households=[a_household("H1", **ASKED), a_household("H2"), *settled(18)[1]],
        tenancies=settled(18)[2],
        offers=[an_offer("H2", "W2", state="accepted")],
    )

    assert room(state)[f"passend_toewijzen|{CORPORATION}"] == 18
    assert f"passend_toewijzen|{CORPORATION}" not in room(more)


def test_every_corporation_has_a_counter_of_its_own():
    homes, people, lets = settled(19)
    state = a_state(
        dwellings=[a_dwelling("W1", corporation=OTHER_CORPORATION, **TOO_DEAR), *homes],
        households=[a_household("H1", **ASKED), *people],
        tenancies=lets,
    )

    assert room(state) == {f"passend_toewijzen|{OTHER_CORPORATION}": 0}


@pytest.mark.parametrize(("others", "local"), [(0, 0), (1, 1), (3, 3)])
def test_local_binding_takes_at_most_half_of_the_homes(others, local):
    homes = [a_dwelling(f"W{n}") for n in range(others + 5)]
    people = [a_household(f"L{n}", priority="BIN") for n in range(5)]
    people += [a_household(f"H{n}") for n in range(others)]

    moves = moves_of_plan(plan_of(a_state(dwellings=homes, households=people)))

    assert sum(household.startswith("L") for household in moves) == local


def test_homes_that_went_to_others_this_year_make_room_for_local_binding():
    homes, people, lets = settled(3)
    state = a_state(
        dwellings=[a_dwelling("W1"), *homes],
        households=[a_household("H1", priority="BIN"), *people],
        tenancies=lets,
    )

    assert moves_of_plan(plan_of(state)) == {"H1": "W1"}


def test_a_policy_may_leave_the_norms_out():
    assert room(year(0), year_norms=False) == {}
    assert len(moves_of_plan(plan_of(year(0), year_norms=False))) == 1


def test_a_daeb_home_to_an_income_above_the_limit_takes_room_of_the_daeb_norm():
    """The rules refuse such a pair tonight; the norm is exact for a policy that would not."""
    state = a_state(dwellings=[a_dwelling("W1")], households=[a_household("H1", income="DAEB")])
    found = candidates(state, the_rules(), a_policy(), ON)
    state.tables["households"]["income"] = "BOVEN"

    for agreement, share in ((False, 37), (True, 17)):
        policy = a_policy(daeb_agreement=agreement)
        asked = terms(state, found, the_rules(), policy, ON)
        assert [one.name for one in asked.conditions.budgets] == [f"daeb|{CORPORATION}"]
        assert list(asked.options["norm_daeb"]) == [share]
