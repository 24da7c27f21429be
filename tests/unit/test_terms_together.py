"""Groups, the mix of a complex, and ties between households that both seek."""

from __future__ import annotations

import pytest

from matching.conditions import NONE, Group, Mix, Together
from tests.builders import (
    PLACE,
    a_dwelling,
    a_household,
    a_state,
    a_tie,
    an_offer,
)
from tests.terms_world import moves_of_plan, plan_of, terms_of

X, Y = PLACE["x"], PLACE["y"]
FAR = {"x": X + 2_000}


def a_complex(name="C1", **differs):
    return {"complex": name, "corporation": "00000099000000001000", **differs}


def grouped(*households, metres=None):
    wish = {"group": "G"} | ({} if metres is None else {"group_metres": metres})
    return [a_household(name, wish=wish) for name in households]


def test_households_that_name_one_group_are_a_group():
    state = a_state(dwellings=[a_dwelling("W1")], households=grouped("H1", "H2"))

    assert terms_of(state).conditions.groups == (Group("G", ("H1", "H2")),)


def test_a_group_of_one_is_no_group():
    state = a_state(dwellings=[a_dwelling("W1")], households=grouped("H1"))

    assert terms_of(state).conditions == NONE


def test_a_group_takes_the_least_distance_that_any_of_them_names():
    people = [*grouped("H1", metres=400), *grouped("H2", metres=300), *grouped("H3")]
    state = a_state(dwellings=[a_dwelling("W1")], households=people)

    assert terms_of(state).conditions.groups[0].metres == 300


@pytest.mark.parametrize(
    ("complexes", "moves"), [(("C1", "C1"), 2), (("C1", "C2"), 0), ((None, None), 0)]
)
def test_a_group_moves_into_one_complex_or_not_at_all(complexes, moves):
    homes = [a_dwelling(f"W{n}", complex=name) for n, name in enumerate(complexes)]
    state = a_state(dwellings=homes, households=grouped("H1", "H2"))

    assert len(moves_of_plan(plan_of(state))) == moves


@pytest.mark.parametrize(("apart", "moves"), [(300, 2), (301, 0)])
def test_a_group_with_a_distance_moves_within_it(apart, moves):
    homes = [a_dwelling("W1"), a_dwelling("W2", x=X + apart)]
    state = a_state(dwellings=homes, households=grouped("H1", "H2", metres=300))

    assert len(moves_of_plan(plan_of(state))) == moves


def test_who_does_not_seek_tonight_keeps_the_whole_group_where_it_is():
    silent = a_household("H2", wish={"group": "G"}, consent=False, consent_date=None)
    homes = [a_dwelling("W1", complex="C1"), a_dwelling("W2", complex="C1")]
    state = a_state(dwellings=homes, households=[*grouped("H1"), silent])

    assert moves_of_plan(plan_of(state)) == {}


def test_after_one_of_a_group_accepted_the_others_may_follow_to_that_complex_only():
    homes = [a_dwelling(f"W{n}", complex=f"C{n // 2}") for n in range(4)]
    accepted = an_offer("H1", "W0", state="accepted")
    state = a_state(dwellings=homes, households=grouped("H1", "H2"), offers=[accepted])

    asked = terms_of(state).conditions

    assert asked.groups == ()
    assert asked.forbidden == (("H2", "W2"), ("H2", "W3"))
    assert moves_of_plan(plan_of(state)) == {"H2": "W1"}


def mixed(most, *, lives=(), seekers=("H1",), **band):
    """A complex of ten homes; two empty, and who seeks is vragend."""
    homes = [a_dwelling(f"W{n}", complex="C1") for n in range(10)]
    people = [a_household(name, resident="VRAGEND") for name in seekers]
    people += [
        a_household(f"B{n}", resident=kind, lives_in=f"W{9 - n}", wish=None)
        for n, kind in enumerate(lives)
    ]
    bands = {"most_vragend": most, **band}
    return a_state(dwellings=homes, households=people, complexes=[a_complex(**bands)])


def test_a_band_of_a_complex_is_a_share_of_its_homes():
    state = mixed(35, lives=["VRAGEND", "DRAGEND"], least_vragend=11)

    assert terms_of(state).conditions.mixes == (Mix("C1", "VRAGEND", now=1, least=2, most=3),)


def test_a_complex_without_a_band_has_no_mix():
    assert terms_of(mixed(None)).conditions == NONE


@pytest.mark.parametrize(("lives", "moves"), [(0, 3), (1, 2), (3, 0), (5, 0)])
def test_a_complex_takes_no_more_vragende_households_than_its_band(lives, moves):
    state = mixed(30, lives=["VRAGEND"] * lives, seekers=("H1", "H2", "H3"))

    assert len(moves_of_plan(plan_of(state))) == moves


def test_somebody_who_accepted_a_home_in_a_complex_counts_as_coming():
    state = mixed(30, seekers=("H1", "H2"))
    offers = [an_offer("H2", "W1", state="accepted")]
    sooner = a_state(
        dwellings=[a_dwelling(f"W{n}", complex="C1") for n in range(10)],
        households=[a_household(name, resident="VRAGEND") for name in ("H1", "H2")],
        complexes=[a_complex(most_vragend=30)],
        offers=offers,
    )

    assert terms_of(state).conditions.mixes[0].most == 3
    assert terms_of(sooner).conditions.mixes[0].most == 2


def test_a_complex_keeps_its_dragende_households():
    homes = [a_dwelling(f"W{n}", complex="C1") for n in range(4)]
    homes += [a_dwelling("V1"), a_dwelling("V2")]
    people = [
        a_household(f"D{n}", resident="DRAGEND", lives_in=f"W{n}", pays=60_000) for n in range(4)
    ]
    state = a_state(
        dwellings=homes,
        households=people,
        complexes=[a_complex(least_dragend=75)],
    )

    moves = moves_of_plan(plan_of(state, longest_ring=0))

    assert sum(home.startswith("V") for home in moves.values()) == 1


def two_who_care(**tie):
    """H1 must live near H2, and both seek; one home near H2's present one, one far from it."""
    homes = [
        a_dwelling("thuis"),
        a_dwelling("dichtbij"),
        a_dwelling("ver", **FAR),
    ]
    people = [a_household("H1"), a_household("H2", lives_in="thuis")]
    ties = [a_tie("T1", "H1", with_household="H2", must=True, minutes=20, **tie)]
    return a_state(dwellings=homes, households=people, ties=ties)


def test_a_tie_that_must_be_near_holds_for_where_the_other_would_go_as_well():
    asked = terms_of(two_who_care()).conditions.together

    assert Together("H1", "dichtbij", "H2", ()) in asked


def test_a_plan_never_parts_two_who_must_be_near():
    matched = plan_of(two_who_care())

    assert moves_of_plan(matched) != {"H1": "dichtbij", "H2": "ver"}
    assert len(moves_of_plan(matched)) > 0


def test_where_the_other_may_go_anywhere_nothing_is_asked():
    homes = [a_dwelling("thuis"), a_dwelling("W1"), a_dwelling("W2", x=X + 10)]
    people = [a_household("H1"), a_household("H2", lives_in="thuis")]
    ties = [a_tie("T1", "H1", with_household="H2", must=True)]

    state = a_state(dwellings=homes, households=people, ties=ties)

    assert terms_of(state).conditions == NONE


def test_a_tie_that_need_not_be_near_asks_nothing():
    state = two_who_care()
    state.tables["ties"]["must"] = False

    assert terms_of(state).conditions == NONE


def test_of_two_ties_to_one_household_both_must_hold():
    state = two_who_care()
    near = a_tie("T2", "H1", with_household="H2", must=True, minutes=1)
    more = a_state(
        dwellings=[
            a_dwelling("thuis"),
            a_dwelling("dichtbij"),
            a_dwelling("straat", x=X + 500),
            a_dwelling("ver", **FAR),
        ],
        households=[a_household("H1"), a_household("H2", lives_in="thuis")],
        ties=[a_tie("T1", "H1", with_household="H2", must=True), near],
    )

    assert {one.allowed for one in terms_of(state).conditions.together} == {(), ("dichtbij",)}
    asked = {one.dwelling: one.allowed for one in terms_of(more).conditions.together}
    assert asked["dichtbij"] == ()
