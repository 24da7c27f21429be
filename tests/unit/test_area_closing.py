"""Who falls outside when a shop closes, and what may be told of them."""

import numpy as np
import pandas as pd
import pytest

from data_contracts.words import FacilityKind
from matching.area import (
    NoSuchFacility,
    shock,
)
from tests.areas import HERE, THERE, at, explored, homes_of_old
from tests.builders import (
    ON,
    a_dwelling,
    a_facility,
    a_household,
    a_policy,
    a_state,
    an_older_household,
)
from tests.counts import count


def test_closing_the_only_supermarket_puts_exactly_its_walkers_outside():
    inside = [a_dwelling(f"in{one}", **at(one * 40)) for one in range(11)]  # up to 400 m
    outside = [a_dwelling(f"uit{one}", **at(401 + one)) for one in range(5)]
    people = [
        an_older_household(f"H{one}", lives_in=f"in{one}", mobility="LOPEND") for one in range(11)
    ]
    upstairs = [a_dwelling(f"op{one}", **at(0)) for one in range(10)]
    people += [a_household(f"J{one}", lives_in=f"op{one}") for one in range(10)]
    state = a_state(
        dwellings=[*inside, *outside, *upstairs],
        households=people,
        facilities=[a_facility("F1"), a_facility("F2", kind="HALTE")],
    )
    found = shock(state, a_policy(), ON, "F1")

    assert (found.near, found.homes, found.left) == (21, 21, 0)
    assert (found.older, found.care, found.metres) == (10, None, None)
    assert [(one.neighbourhood, one.homes) for one in found.by_neighbourhood] == [(HERE, 21)]


def test_who_has_another_nearby_does_not_fall_outside():
    state = a_state(
        dwellings=[
            a_dwelling("W1", **at(0)),
            a_dwelling("W2", **at(300)),
            a_dwelling("W3", **at(-100), neighbourhood=THERE),
        ],
        facilities=[a_facility("F1", **at(0)), a_facility("F2", **at(600))],
    )
    found = shock(state, a_policy(), ON, "F1")

    assert (found.near, found.homes, found.left) == (3, 2, 1)
    assert [(one.neighbourhood, one.homes) for one in found.by_neighbourhood] == [
        (HERE, 1),
        (THERE, 1),
    ]
    assert found.metres == 750  # of W1, 600 m as the crow flies


def test_the_shock_agrees_with_exploring_before_and_after():
    random = np.random.default_rng(5)
    for _ in range(count(ci=5, soak=200, of="gebieden waarin een voorziening sluit")):
        spots = random.integers(0, 1_500, (25, 2))
        homes = [a_dwelling(f"W{n}", **at(int(x), int(y))) for n, (x, y) in enumerate(spots)]
        shops = random.integers(0, 1_500, (4, 2))
        places = [a_facility(f"F{n}", **at(int(x), int(y))) for n, (x, y) in enumerate(shops)]
        before = explored(a_state(dwellings=homes, facilities=places))
        after = explored(a_state(dwellings=homes, facilities=places[1:]))
        found = shock(a_state(dwellings=homes, facilities=places), a_policy(), ON, "F0")

        reached = [
            next(one.homes for one in area.kinds if one.kind == FacilityKind.SUPERMARKT)
            for area in (before, after)
        ]
        mine = {one.facility: one for one in before.facilities}
        assert found.homes == reached[0] - reached[1]
        assert found.homes == (mine["F0"].only if "F0" in mine else 0)
        assert found.near == (mine["F0"].homes if "F0" in mine else 0)


@pytest.mark.parametrize("birth_year", [1940, 1990])
def test_the_one_household_of_a_small_neighbourhood_does_not_show_in_the_whole(birth_year):
    homes, older = homes_of_old(14, "A", home=at(0))
    others, young = homes_of_old(16, "J", home=at(0), birth_year=1990, aow=False)
    alone, one = homes_of_old(
        1, "B", home=at(0) | {"neighbourhood": THERE}, birth_year=birth_year, aow=False
    )
    state = a_state(
        dwellings=[*homes, *others, *alone],
        households=[*older, *young, *one],
        facilities=[a_facility("F1", **at(0))],
    )
    found = shock(state, a_policy(), ON, "F1")

    assert found.homes == 31
    assert (found.older, [row.older for row in found.by_neighbourhood]) == (10, [10, None])


def test_a_facility_nobody_knows_is_refused():
    with pytest.raises(NoSuchFacility):
        shock(a_state(dwellings=[a_dwelling()]), a_policy(), ON, "F9")


def test_a_home_of_which_nobody_knows_where_it_is_is_near_to_nothing():
    state = a_state(dwellings=[a_dwelling("W1")], facilities=[a_facility()])
    tables = dict(state.tables)
    tables["dwellings"] = (
        tables["dwellings"].assign(x=pd.NA, y=pd.NA).astype(state.dwellings.dtypes)
    )
    lost = type(state)(tables)

    assert explored(lost).facilities == ()
    assert shock(lost, a_policy(), ON, "F1").near == 0
