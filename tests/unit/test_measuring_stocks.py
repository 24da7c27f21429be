"""What stands at the end of a simulated month: worlds small enough to count on paper."""

from datetime import date

import pytest

from matching.area.reach import near
from matching.simulate import measuring
from matching.simulate.catalogue import MEASURES
from matching.simulate.measuring import Measuring
from matching.simulate.model import World
from matching.state import State
from tests.builders import (
    ON,
    PLACE,
    a_dwelling,
    a_facility,
    a_household,
    a_policy,
    a_state,
    a_tenancy,
    a_wish,
    an_older_household,
    the_rules,
)
from tests.measured import A_BAND, DO_NOTHING, a_busy_month, groups_of, happened, measured

# --- older people in a home that does not suit them --------------------------------------------


@pytest.mark.parametrize(
    ("home", "person", "low", "central", "high"),
    [
        ({"access": "NUL"}, {}, 0, 0, 0),  # what was asked is there
        ({"access": "ZON"}, {}, 0, 1, 1),  # on the ground: can be adapted
        ({"floor": 1}, {}, 1, 1, 1),  # upstairs without a lift: cannot
        ({"floor": 1, "lift": True, "access": "NUL", "kind": "GAL"}, {}, 0, 0, 0),
        ({"floor": 1, "lift": True, "kind": "GAL"}, {}, 0, 1, 1),  # a lift, but steps
        ({"kind": "EIN", "rooms": 5}, {}, 0, 1, 1),  # a house can be adapted
        ({"floor": 2}, {"mobility": "LOPEND", "access_needed": "ZON"}, 0, 0, 1),  # said nothing
        (
            {"floor": 2},
            {"mobility": "LOPEND", "access_needed": "ZON", "birth_year": 1955},
            *(0, 0, 0),
        ),
        ({"floor": 2}, {"birth_year": 1990, "aow": False}, 0, 0, 0),  # not older
        (
            {"access": "NUL"},
            {"features_needed": "DOUCHE_DREMPELVRIJ"},
            *(0, 1, 1),
        ),
    ],
)
def test_older_people_in_an_unsuitable_home_are_a_range(home, person, low, central, high):
    state = a_state(
        dwellings=[a_dwelling(**home)], households=[an_older_household(lives_in="W1", **person)]
    )
    figures = measured(happened(state))

    names = ("older_unsuitable_low", "older_unsuitable", "older_unsuitable_high")
    assert [figures[name, ""] for name in names] == [low, central, high]


def test_a_world_counted_on_paper_has_that_many_older_people_in_an_unsuitable_home():
    # A stairwell of four floors: on each a household of 80 with a rollator and one that said
    # nothing of 78, one of 70 and one of 40. Unsuitable: the rollators (on the ground for the
    # steps, above for the stairs); at most those of 78 above the ground as well.
    homes, people = [], []
    for floor in range(4):
        for who, born, says in (("rol", 1945, True), ("a78", 1947, False), ("a70", 1955, False)):
            name = f"{who}-{floor}"
            homes.append(a_dwelling(name, floor=floor))
            plain = {} if says else {"mobility": "LOPEND", "access_needed": "ZON"}
            people.append(an_older_household(name, lives_in=name, birth_year=born, **plain))
        homes.append(a_dwelling(f"jong-{floor}", floor=floor))
        people.append(a_household(f"jong-{floor}", lives_in=f"jong-{floor}"))
    figures = measured(happened(a_state(dwellings=homes, households=people)))

    assert figures["older_households", ""] == 12
    assert figures["older_unsuitable_low", ""] == 3
    assert figures["older_unsuitable", ""] == 4
    assert figures["older_unsuitable_high", ""] == 4 + 3
    assert groups_of(figures, "older_unsuitable", "home") == {
        "appartement zonder lift, beneden": 1,
        "appartement zonder lift, boven": 3,
    }


def test_a_birthday_still_to_come_makes_nobody_older_than_they_are():
    state = a_state(
        dwellings=[a_dwelling("W1"), a_dwelling("W2")],
        households=[
            a_household("H1", lives_in="W1", birth_year=1961),
            a_household("H2", lives_in="W2", birth_year=1960),
        ],
    )

    assert measured(happened(state))["older_households", ""] == 1


def test_of_two_tenancies_the_later_one_is_where_a_household_lives():
    state = a_state(
        dwellings=[a_dwelling("oud", floor=3), a_dwelling("nieuw", access="NUL")],
        households=[an_older_household()],
        tenancies=[
            a_tenancy("oud", start="2001-01-01", rent=50_000),
            a_tenancy("nieuw", start="2026-06-01", rent=70_000),
        ],
    )
    figures = measured(happened(state))

    assert figures["older_unsuitable", ""] == 0
    assert figures["rent_sum", ""] == 70_000


def test_a_tenancy_that_is_over_or_yet_to_come_is_no_home():
    state = a_state(
        dwellings=[a_dwelling("W1"), a_dwelling("W2")],
        households=[an_older_household("H1"), an_older_household("H2")],
        tenancies=[
            a_tenancy("W1", "H1", end=ON.isoformat()),
            a_tenancy("W2", "H2", start="2026-07-01"),
        ],
    )

    assert measured(happened(state))["older_households", ""] == 0


# --- what is near ------------------------------------------------------------------------------


def old_at(metres, **more):
    """An older household that far from the usual place."""
    state = a_state(
        dwellings=[a_dwelling(x=PLACE["x"] + metres, complex="C1")],
        households=[an_older_household(lives_in="W1", **more)],
        facilities=[a_facility(kind, kind=kind) for kind in KINDS],
        complexes=[{"complex": "C1", "corporation": a_dwelling()["corporation"]}],
    )
    return measured(happened(state))


KINDS = ("SUPERMARKT", "HUISARTS", "APOTHEEK", "HALTE")


def test_near_is_the_distance_of_the_policy_with_the_detour():
    assert old_at(400)["facilities_missing", ""] == 0  # 400 m as the crow flies is 500 m on foot
    assert old_at(401)["facilities_missing", ""] == 1


def test_everything_must_be_near_and_each_kind_is_told_apart():
    state = a_state(
        dwellings=[a_dwelling()],
        households=[an_older_household(lives_in="W1")],
        facilities=[a_facility("F1", kind="HALTE"), a_facility("F2", kind="HUISARTS")],
    )
    figures = measured(happened(state))

    assert figures["facilities_missing", ""] == 1
    assert {k for k, v in groups_of(figures, "facilities_missing", "facility").items() if v} == {
        *("SUPERMARKT", "APOTHEEK", "ONTMOETINGSRUIMTE")
    }


@pytest.mark.parametrize(
    ("more", "inside", "outside"),
    [
        ({"access_needed": "ROA"}, 1, 0),
        ({"access_needed": "ROL"}, 1, 0),
        ({"access_needed": "NUL"}, 0, 0),
        ({"access_needed": "ROG"}, 1, 0),
        ({"access_needed": "ZON", "mobility": "ROLLATOR"}, 1, 0),
        ({"access_needed": "ZON", "mobility": "STOK"}, 0, 0),
        ({"access_needed": "ZON", "resident": "VRAGEND"}, 1, 0),
        ({"access_needed": "ZON", "resident": "DRAGEND"}, 0, 0),
    ],
)
def test_care_is_asked_by_who_says_so_or_has_a_rollator_or_needs_a_home_for_one(
    more, inside, outside
):
    figures = old_at(100, **{"mobility": "LOPEND", **more})

    assert (figures["care_in_zone", ""], figures["care_outside_zone", ""]) == (inside, outside)


def test_a_zone_reaches_as_far_as_a_rollator_and_a_meeting_room_in_the_building_makes_one():
    assert old_at(401, access_needed="ROA")["care_outside_zone", ""] == 1
    state = a_state(
        dwellings=[a_dwelling(complex="C1")],
        households=[an_older_household(lives_in="W1", access_needed="ROA")],
        complexes=[
            {"complex": "C1", "corporation": a_dwelling()["corporation"], "meeting_room": True}
        ],
    )

    assert measured(happened(state))["care_in_zone", ""] == 1


def test_what_is_near_is_found_anew_when_a_facility_closes():
    with_shop = a_state(
        dwellings=[a_dwelling()],
        households=[an_older_household(lives_in="W1")],
        facilities=[a_facility()],
    )
    tables = dict(with_shop.tables) | {"facilities": with_shop.facilities.iloc[:0]}
    counting = Measuring.of(World(with_shop, the_rules(), a_policy(), ON), DO_NOTHING)
    near = [
        counting.month(happened(state)).set_index(["measure", "group"])["value"]
        for state in (with_shop, State(tables), with_shop)
    ]

    assert [one["facilities_missing", "facility:SUPERMARKT"] for one in near] == [0, 1, 0]


def test_a_home_that_is_built_later_is_measured_and_what_is_known_is_not_measured_again(
    monkeypatch,
):
    asked = []

    def counted(facilities, homes, **more):
        asked.append(len(homes))
        return near(facilities, homes, **more)

    monkeypatch.setattr(measuring, "near", counted)
    old, shop = a_dwelling("W2", x=PLACE["x"] + 3_000), a_facility()
    before = a_state(
        dwellings=[old], households=[an_older_household(lives_in="W2")], facilities=[shop]
    )
    after = a_state(
        dwellings=[a_dwelling("W1"), old, a_dwelling("W3")],
        households=[an_older_household(lives_in="W1"), an_older_household("H2", lives_in="W2")],
    )
    later = State(dict(after.tables) | {"facilities": before.facilities})
    counting = Measuring.of(World(before, the_rules(), a_policy(), ON), DO_NOTHING)
    near_by = [
        counting.month(happened(state)).set_index(["measure", "group"])["value"]
        for state in (before, later, later, before)
    ]

    has_one = [
        one["older_households", ""] - one["facilities_missing", "facility:SUPERMARKT"]
        for one in near_by
    ]
    assert has_one == [0, 1, 1, 0]
    assert asked == [1, 1]  # W1 and W3 stand at one place


# --- complexes, money, time ----------------------------------------------------------------------


@pytest.mark.parametrize(("asking", "wrong"), [(0, 0), (2, 0), (3, 1), (4, 1)])
def test_a_complex_outside_its_band_is_counted(asking, wrong):
    state = a_state(
        dwellings=[a_dwelling(f"W{at}", complex="C1") for at in range(4)],
        households=[
            a_household(f"H{at}", lives_in=f"W{at}", resident="VRAGEND" if at < asking else None)
            for at in range(4)
        ],
        complexes=[A_BAND, A_BAND | {"complex": "C2"}],
    )
    figures = measured(happened(state))

    assert figures["mix_outside_band", ""] == wrong
    assert figures["mix_outside_band", "resident:VRAGEND"] == wrong


def test_where_no_complex_has_a_band_none_is_said_to_be_within_it():
    bare = {"complex": "C1", "corporation": a_dwelling()["corporation"]}
    state = a_state(dwellings=[a_dwelling(complex="C1")], complexes=[bare])

    assert "mix_outside_band" not in measured(happened(state)).index.get_level_values("measure")


def test_a_scheme_costs_its_grant_once_and_the_rent_as_long_as_who_kept_it_lives_there():
    homes = [a_dwelling("W1"), a_dwelling("W2")]
    lives = a_state(dwellings=homes, households=[a_household(lives_in="W1")])
    left = a_state(dwellings=homes, households=[a_household(lives_in="W2")])
    counting = Measuring.of(World(lives, the_rules(), a_policy(), ON), DO_NOTHING)
    moved = {"household": "H1", "dwelling": "W1", "retained": 4_000, "grant": 75_000}
    months = [happened(lives, moved), happened(lives), happened(left), happened(lives)]
    cost = [
        counting.month(month).set_index(["measure", "group"])["value"]["scheme_cost", ""]
        for month in months
    ]

    assert cost == [79_000, 4_000, 0, 0]


def test_with_steps_of_a_quarter_the_rent_forgone_is_that_of_three_months():
    state = a_state(dwellings=[a_dwelling()], households=[a_household(lives_in="W1")])
    quarter = DO_NOTHING.model_copy(update={"step_months": 3})
    moved = {"household": "H1", "dwelling": "W1", "retained": 4_000}
    figures = measured(happened(state, moved), scenario=quarter)

    assert groups_of(figures, "scheme_cost", "cost") == {"bijdrage": 0, "huurbehoud": 12_000}


def test_a_home_that_stands_empty_counts_the_days_until_the_next_month():
    state = a_state(dwellings=[a_dwelling("W1"), a_dwelling("W2")])
    first = measured(happened(state, empty=["W1", "W2"], on=date(2026, 6, 15)))
    later = measured(happened(state, empty=["W1"], on=date(2026, 7, 1)))
    quarter = DO_NOTHING.model_copy(update={"step_months": 3})
    three = measured(happened(state, empty=["W1"], on=date(2026, 7, 1)), scenario=quarter)

    assert first["vacancy_days", ""] == 2 * 16
    assert (later["vacancy_days", ""], three["vacancy_days", ""]) == (31, 31 + 31 + 30)


def test_a_coach_also_spends_time_on_who_says_no():
    figures = measured(a_busy_month())

    assert figures["coach_minutes", ""] == 60 + 60 + 3 * 60
    assert (figures["proposals", ""], figures["declined", ""]) == (5, 3)


def test_only_a_wish_that_holds_makes_a_seeker():
    state = a_state(
        dwellings=[a_dwelling()],
        households=[
            a_household("H1", lives_in="W1"),
            a_household("H2"),
            a_household("H3", wish=None),
            a_household("H4", willingness="NEE"),
            a_household("H5"),
        ],
        wishes=[a_wish("H5", valid_until="2026-06-14")],
    )
    figures = measured(happened(state))

    assert groups_of(figures, "seekers", "kind") == {"tenant": 1, "starter": 1}


def test_before_the_first_month_only_what_stands_is_counted():
    state = a_state(
        dwellings=[a_dwelling()], households=[a_household(lives_in="W1")], complexes=[A_BAND]
    )
    table = Measuring.of(World(state, the_rules(), a_policy(), ON), DO_NOTHING).begun(state)

    stocks = {name for name, measure in MEASURES.items() if measure.kind == "stock"}
    assert set(table["measure"]) == stocks
