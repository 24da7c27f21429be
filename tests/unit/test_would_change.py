"""What would change it: the answer is that of supposing it for real and searching everybody."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from data_contracts.words import Access
from matching.around import Change, price
from matching.around.facts import facts_after
from matching.candidates import candidates
from matching.conditions import ImpossibleConditions
from matching.match import Occasion, match
from matching.optimise import choose
from matching.relaxed import applied, relaxations
from matching.rematch import Ways, kept_warm
from matching.would_change import placing, price_of, would_change
from tests.builders import (
    ON,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tie,
    an_older_household,
    the_rules,
)
from tests.counts import count

OCCASION = Occasion("regio", ON, 1, 7, "proef")
AREAS = ("BU99990101", "BU99990102", "BU99990201", "BU99990301")
EVERY = 10_000


def warm(state, **choices):
    """The plan of tonight on this State, kept warm; and by which ways."""
    ways = Ways(the_rules(), a_policy(**choices))
    plan = match(state, ways.rules, ways.policy, OCCASION).plan
    return kept_warm(plan, state, 1, ways), ways


def told(state, household="mw", **choices):
    """By name of what is asked less: which homes open."""
    kept, ways = warm(state, **choices)
    return {one.relaxed.name: one for one in would_change(kept, household, ways)}


def opens(found):
    return {name: set(one.opens) for name, one in found.items()}


def mevrouw(**wish):
    """An older lady on the third floor without a lift."""
    return an_older_household("mw", lives_in="hoog", wish=wish)


HIGH = a_dwelling("hoog", floor=3, access="ZON")


def a_flat(dwelling, **differs):
    return a_dwelling(dwelling, **{"access": "NUL", "rooms": 2, **differs})


def test_a_room_fewer_opens_the_smaller_home():
    state = a_state(
        dwellings=[HIGH, a_flat("twee"), a_flat("drie", rooms=3)],
        households=[mevrouw(min_rooms=3)],
    )
    found = told(state)
    assert opens(found) == {"kamer_minder": {"twee"}}
    assert found["kamer_minder"].relaxed.sentence == "Als een woning met 2 kamers ook goed is."
    assert found["kamer_minder"].vacant == 1


def test_a_higher_rent_goes_to_the_next_limit_of_the_year_and_names_it():
    state = a_state(
        dwellings=[HIGH, a_flat("duur", rent=70_000, target_rent=70_000)],
        households=[mevrouw(max_rent=55_000)],
    )
    found = told(state)
    assert opens(found) == {"hogere_huur": {"duur"}}
    assert found["hogere_huur"].relaxed.sentence == (
        "Als de huur tot € 713,02 mag zijn: de lage aftoppingsgrens van 2026."
    )


def test_a_lift_opens_what_lies_higher_and_a_stair_she_cannot_climb_stays_shut():
    state = a_state(
        dwellings=[
            HIGH,
            a_flat("lift", floor=5, lift=True),
            a_flat("trap", floor=5),
            a_flat("een", floor=1, lift=True),
        ],
        households=[mevrouw(max_floor=0)],
    )
    assert opens(told(state)) == {"verdieping_hoger": {"een"}, "met_lift": {"een", "lift"}}


def test_the_next_neighbourhood_is_the_one_that_lies_nearest():
    far = {"neighbourhood": "BU99990301", "district": "WK999903", "x": 149_000}
    near = {"neighbourhood": "BU99990102", "x": 143_700}
    state = a_state(
        dwellings=[HIGH, a_flat("buiten", **near), a_flat("ver", **far)],
        households=[mevrouw(areas="BU99990101")],
    )
    found = opens(told(state))
    assert found["buurt_BU99990102"] == {"buiten"}
    assert found["buurt_BU99990301"] == {"ver"}
    assert found["alle_buurten"] == {"buiten"}  # the other lies outside the search radius


def test_another_kind_of_home_opens_when_the_kind_does_not_matter():
    state = a_state(
        dwellings=[HIGH, a_flat("gal", kind="GAL")], households=[mevrouw(kinds="BEN|POF")]
    )
    assert opens(told(state)) == {"ieder_soort": {"gal"}}


def test_a_tie_that_must_be_near_may_be_farther_or_become_a_wish():
    state = a_state(
        dwellings=[HIGH, a_flat("ver", x=143_500), a_flat("verder", x=144_500)],
        households=[mevrouw()],
        ties=[a_tie("dochter", "mw", must=True, minutes=10)],
    )
    found = told(state)
    assert opens(found) == {"band_1_verder": {"ver"}, "band_1_wens": {"ver", "verder"}}
    assert "dochter" not in "".join(one.relaxed.sentence for one in found.values())
    best = found["band_1_wens"]
    assert best.minutes_then > best.minutes_now


def test_nobody_is_asked_to_need_less():
    state = a_state(
        dwellings=[HIGH, a_dwelling("trap", rooms=2)],
        households=[{**mevrouw(min_rooms=3, max_rent=40_000), "features_needed": "TUIN"}],
    )
    kept, ways = warm(state)
    homes = kept.search.market.homes.frame
    asked = relaxations(state, "mw", homes, ways.rules, ways.policy)
    assert asked
    for one in asked:
        after = applied(state, "mw", one)
        assert after.households.equals(state.households)
        assert after.households.loc["mw", "access_needed"] == Access.NUL
    assert told(state) == {}


def test_who_does_not_seek_is_told_nothing():
    state = a_state(
        dwellings=[HIGH, a_flat("twee")],
        households=[{**mevrouw(min_rooms=3), "willingness": "NEE"}],
    )
    assert told(state) == {}
    assert told(state, "niemand") == {}


def test_what_opens_first_is_what_opens_most():
    state = a_state(
        dwellings=[HIGH, a_flat("a"), a_flat("b"), a_flat("c", rooms=3, floor=1, lift=True)],
        households=[mevrouw(min_rooms=3, max_floor=0)],
    )
    assert list(told(state)) == ["kamer_minder", "met_lift", "verdieping_hoger"]


def test_a_home_that_was_possible_already_does_not_open():
    state = a_state(
        dwellings=[HIGH, a_flat("twee"), a_flat("drie", rooms=3)],
        households=[mevrouw(min_rooms=3)],
    )
    assert "drie" not in told(state)["kamer_minder"].opens


def test_to_place_somebody_where_they_may_go_already_only_pins():
    state = a_state(dwellings=[HIGH, a_flat("twee")], households=[mevrouw()])
    kept, ways = warm(state)
    standing, change = placing(kept, "mw", "twee", ways)
    assert standing is kept.standing
    assert (change.pinned, change.renewed, change.options) == ((("mw", "twee"),), (), None)


# --- by brute force ------------------------------------------------------------------------------


def a_random_state(seed):
    """A little town: who lives where, who wishes what, who must be near whom."""
    dice = np.random.default_rng(seed)
    homes = [_home(dice, f"w{number:02}") for number in range(int(dice.integers(8, 20)))]
    people = [
        _person(dice, f"h{number}", homes[number]["dwelling"] if dice.random() < 0.8 else None)
        for number in range(int(dice.integers(2, 5)))
    ]
    names = [one["household"] for one in people]
    ties = [
        _tie(dice, f"t{number}", names) for number in range(int(dice.integers(0, 2 * len(names))))
    ]
    return a_state(dwellings=homes, households=people, ties=ties), names


def _home(dice, name):
    area = str(dice.choice(AREAS))
    return a_dwelling(
        name,
        neighbourhood=area,
        district=f"WK{area[2:8]}",
        x=int(143_000 + dice.integers(0, 30) * 100),
        y=int(487_000 + dice.integers(0, 30) * 100),
        rooms=int(dice.integers(1, 5)),
        area=int(dice.integers(30, 100)),
        floor=int(dice.integers(0, 5)),
        lift=bool(dice.random() < 0.5),
        access=str(dice.choice(["ZON", "NUL", "ROA"])),
        kind=str(dice.choice(["POW", "GAL", "BEN"])),
        target_rent=int(dice.integers(40_000, 90_000)),
    )


def _person(dice, name, home):
    def maybe(value):
        return value if dice.random() < 0.5 else None

    named = dice.choice(AREAS, size=int(dice.integers(1, 3)), replace=False)
    wish = {
        "min_rooms": maybe(int(dice.integers(1, 4))),
        "max_rooms": maybe(4),
        "min_area": maybe(int(dice.integers(30, 90))),
        "max_rent": maybe(int(dice.integers(45_000, 80_000))),
        "max_floor": maybe(int(dice.integers(0, 3))),
        "areas": maybe("|".join(sorted(named))) or "",
        "kinds": maybe(str(dice.choice(["POW", "GAL", "BEN|GAL"]))) or "",
    }
    return a_household(
        name,
        lives_in=home,
        persons=int(dice.integers(1, 3)),
        mobility=str(dice.choice(["LOPEND", "STOK", "ROLLATOR"])),
        access_needed=str(dice.choice(["ZON", "NUL"])),
        birth_year=int(dice.integers(1935, 1990)),
        wish={key: value for key, value in wish.items() if value is not None},
    )


def _tie(dice, name, names):
    household, other = dice.choice(names, size=2, replace=False)
    must = bool(dice.random() < 0.6)
    minutes = int(dice.integers(3, 30))
    if dice.random() < 0.3:
        return a_tie(name, str(household), with_household=str(other), minutes=minutes, must=must)
    x, y = (int(base + dice.integers(0, 30) * 100) for base in (143_000, 487_000))
    return a_tie(name, str(household), x=x, y=y, minutes=minutes, must=must)


def enterable(state, household, ways):
    """Every home that a whole search finds for a household, however many."""
    policy = ways.policy.model_copy(update={"options_per_household": EVERY})
    options = candidates(state, ways.rules, policy, ON).options
    return set(options["dwelling"][options["household"] == household])


CHANCES = (1, 0.8)


@pytest.mark.parametrize("seed", range(count(ci=6, soak=2_000, of="test_would_change: steden")))
def test_asked_for_real_the_whole_search_opens_the_same_homes(seed):
    state, names = a_random_state(seed)
    kept, ways = warm(state, options_per_household=(3 if seed % 3 == 0 else 60))
    for household in names:
        here = kept.options["household"] == household
        before = enterable(state, household, ways) | set(kept.options["dwelling"][here])
        homes = kept.search.market.homes.frame
        found = opens(
            {one.relaxed.name: one for one in would_change(kept, household, ways, priced=0)}
        )
        seeks = household in kept.search.market.seekers.index
        asked = relaxations(state, household, homes, ways.rules, ways.policy)
        expected = {
            one.name: enterable(applied(state, household, one), household, ways) - before
            for one in asked
        }
        assert found == {name: some for name, some in expected.items() if some and seeks}


@pytest.mark.parametrize("seed", range(count(ci=6, soak=2_000, of="test_would_change: prijzen")))
def test_a_price_is_the_difference_of_two_whole_plans(seed):
    state, names = a_random_state(1_000 + seed)
    chance = CHANCES[seed % 2]
    kept, ways = warm(state, acceptance_percent=int(chance * 100))
    for household in names:
        for one in would_change(kept, household, ways, priced=9):
            standing, change = placing(kept, household, one.best, ways, relaxed=one.relaxed)
            with_it = chosen(standing.facts, change)
            if with_it is None:
                assert one.price is None
                continue
            lost = standing.value - with_it
            assert one.price.at_least <= lost <= one.price.at_most
            if standing.value == standing.bound:
                assert one.price.points == lost


def chosen(facts, change):
    """What the best whole plan is worth with a change; None when there is none."""
    supposed = facts_after(facts, change, answered=False)
    try:
        choice = choose(
            supposed.table(),
            supposed.openings,
            supposed.limits,
            seed=supposed.seed,
            conditions=supposed.conditions,
        )
    except ImpossibleConditions:
        return None
    return round(Fraction(choice.value))


def test_a_price_by_way_of_a_new_row_is_that_of_a_pin():
    state, names = a_random_state(7)
    kept, ways = warm(state)
    homes = set(zip(kept.options["household"], kept.options["dwelling"], strict=True))
    for household, dwelling in sorted(homes):
        direct = _price(kept, Change(pinned=((household, dwelling),)))
        assert price_of(kept, household, dwelling, ways) == direct
        asked = relaxations(
            state, household, kept.search.market.homes.frame, ways.rules, ways.policy
        )
        for one in asked[:1]:
            supposed = price_of(kept, household, dwelling, ways, relaxed=one)
            assert (supposed is None) == (direct is None)
    assert names


def _price(kept, change):
    try:
        return price(kept.standing, change)
    except ImpossibleConditions:
        return None


def test_supposing_something_leaves_what_is_known_of_the_state_alone():
    state = a_state(dwellings=[HIGH, a_flat("twee")], households=[mevrouw(min_rooms=3)])
    kept, ways = warm(state)
    before = replace(state)
    would_change(kept, "mw", ways, priced=2)
    assert all(state.tables[name] is table for name, table in before.tables.items())
    assert set(candidates(state, ways.rules, ways.policy, ON).options["dwelling"]) == set()
