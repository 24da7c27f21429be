"""An area as it is: homes exactly, people by tens."""

from itertools import product

import pandas as pd
import pytest

from data_contracts.words import Access, FacilityKind
from matching.area import (
    NoSuchArea,
    areas,
    own_part,
    shock,
)
from matching.area.small import SMALL, told, told_of, told_parts
from matching.walking import Network
from tests.areas import HERE, THERE, X, Y, at, explored, homes_of_old
from tests.builders import (
    CORPORATION,
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_facility,
    a_household,
    a_notice,
    a_policy,
    a_state,
    an_older_household,
)
from tests.counts import count

# --- which areas there are ---------------------------------------------------------------------


def test_every_neighbourhood_with_homes_is_listed_with_its_middle():
    state = a_state(
        dwellings=[
            a_dwelling("W1", **at(0)),
            a_dwelling("W2", **at(100)),
            a_dwelling("W3", **at(900), neighbourhood=THERE),
            a_dwelling("W4", neighbourhood=None),
        ]
    )
    rows = areas(state)

    assert rows["homes"].to_dict() == {HERE: 2, THERE: 1}
    assert (rows.loc[HERE, "x"], rows.loc[HERE, "municipality"]) == (X + 50, "GM9999")


def test_a_neighbourhood_nobody_knows_is_refused():
    for name in ("BU00000000", "onbekend"):
        with pytest.raises(NoSuchArea):
            explored(a_state(dwellings=[a_dwelling(neighbourhood=None)]), name)


def test_of_another_corporation_nothing_is_seen_but_facilities_stay():
    theirs = a_dwelling("W2", neighbourhood=THERE, corporation=OTHER_CORPORATION)
    state = a_state(
        dwellings=[a_dwelling("W1"), theirs],
        households=[
            a_household("H1", lives_in="W1"),
            a_household("H2", lives_in="W2", corporation=OTHER_CORPORATION),
        ],
        facilities=[a_facility()],
        notices=[a_notice("W2")],
    )
    own = own_part(state, CORPORATION).check()

    assert list(own.dwellings.index) == ["W1"]
    assert [len(own.tables[name]) for name in ("households", "tenancies", "wishes")] == [1, 1, 1]
    assert (len(own.notices), len(own.facilities)) == (0, 1)
    assert list(areas(own).index) == [HERE]


# --- homes and people --------------------------------------------------------------------------


def test_homes_are_counted_by_class_label_and_rent():
    state = a_state(
        dwellings=[
            a_dwelling("W1", kind="EIN", rooms=5, target_rent=80_000),
            a_dwelling("W2", floor=2, access="GNV"),
            a_dwelling("W3", floor=2, access="GNV"),
            a_dwelling("W4", neighbourhood=THERE),
        ],
        households=[a_household(f"H{one}", lives_in=f"W{one}") for one in range(1, 5)],
        notices=[a_notice("W3")],
    )
    area = explored(state)

    by_class = {row.name: (row.homes, row.step_free, row.free) for row in area.classes}
    assert by_class["eengezins groot"] == (1, 0, 0)
    assert by_class["appartement zonder lift, boven"] == (2, 2, 1)
    assert {k: v for k, v in area.labels if v} == {Access.ZON: 1, Access.GNV: 2}
    assert {k: v for k, v in area.rents if v} == {"betaalbaar": 2, "duur": 1}
    assert (area.homes, area.free) == (3, 1)


def test_people_are_told_by_tens():
    homes, people = homes_of_old(14, home={"floor": 1})
    said_nothing = {"birth_year": 1990, "aow": False, "access_needed": "ZON", "mobility": "LOPEND"}
    others, young = homes_of_old(22, "J", **said_nothing)
    area = explored(a_state(dwellings=[*homes, *others], households=[*people, *young]))

    assert (area.households, area.older) == (40, 10)
    assert dict(area.needs)["rollator of rolstoel"] == 10
    assert dict(area.ages)["tot 45, of onbekend"] == 20
    assert area.unsuitable == (10, 10, 20)  # 14 of each: at least, about, at most


@pytest.mark.parametrize("number", [0, 1, 9])
def test_of_fewer_than_ten_people_nothing_is_told(number):
    homes, people = homes_of_old(number, home={"floor": 1}, access_needed="ROA")
    state = a_state(
        dwellings=[*homes, a_dwelling("leeg")], households=people, facilities=[a_facility()]
    )
    area, closed = explored(state), shock(state, a_policy(), ON, "F1")

    counts = [area.households, area.older, *area.unsuitable, area.care_inside, area.care_outside]
    counts += [many for _, many in (*area.needs, *area.ages)]
    counts += [one.seekers for one in area.wishes]
    counts += [closed.older, closed.care, closed.by_neighbourhood[0].older]
    assert set(counts) == {None}
    assert area.zones == ()


def test_what_is_left_out_cannot_be_told_from_the_rest():
    """The whole is known exactly: every part under ten has at least two possible sizes left."""
    most = count(ci=40, soak=60, of="huishoudens in een gebied in drie delen")
    for whole in range(most + 1):
        possible = {}
        for one, other in product(range(whole + 1), repeat=2):
            parts = (one, other, whole - one - other)
            if parts[2] >= 0:
                possible.setdefault(told_parts(parts), []).append(parts)
        for shown, worlds in possible.items():
            for place, sizes in enumerate(zip(*worlds, strict=True)):
                if min(sizes) < SMALL and whole:
                    assert shown[place] is None, (whole, shown)
                    assert len(set(sizes)) > 1, (whole, shown)


def test_of_everybody_it_is_not_told_that_everybody_is():
    assert told_of(12, 12) is None
    assert told_of(12, 22) == 10
    assert told_parts([30, 40, 2, 4]) == (30, None, None, None)
    assert told_parts([30, 40, 2, 50]) == (30, None, None, 50)
    assert told_parts([30, 40, 5, 5]) == (30, 40, None, None)
    assert told_parts([30, 30]) == (30, 30)


def test_a_count_is_never_more_than_five_off_and_ten_is_told():
    for people in range(SMALL, 200):
        assert abs(told(people) - people) <= 5
        assert told(people) % 10 == 0


# --- what is near ------------------------------------------------------------------------------


def test_a_facility_counts_the_homes_it_is_near_to_and_those_that_have_no_other():
    state = a_state(
        dwellings=[
            a_dwelling("W1", **at(0)),
            a_dwelling("W2", **at(300)),
            a_dwelling("W3", **at(900)),
        ],
        facilities=[
            a_facility("F1", **at(0)),
            a_facility("F2", **at(600)),
            a_facility("F3", **at(2_000)),
            a_facility("F4", kind="HALTE", **at(-100)),
        ],
    )
    area = explored(state)

    rows = {one.facility: (one.homes, one.only) for one in area.facilities}
    assert rows == {"F1": (2, 1), "F2": (2, 1), "F4": (2, 2)}
    percent = {one.kind: (one.homes, one.percent) for one in area.kinds}
    assert percent[FacilityKind.SUPERMARKT] == (3, 100)
    assert percent[FacilityKind.HALTE] == (2, 67)
    assert percent[FacilityKind.APOTHEEK] == (0, 0)


def test_a_square_says_of_how_many_homes_everything_is_near():
    kinds = ("SUPERMARKT", "HUISARTS", "APOTHEEK", "HALTE")
    state = a_state(
        dwellings=[
            a_dwelling("W1", x=X, y=Y),
            a_dwelling("W2", x=X + 40, y=Y),
            a_dwelling("W3", **at(5_000)),
        ],
        facilities=[a_facility(kind, kind=kind) for kind in kinds],
    )
    area = explored(state)

    assert [(one.homes, one.near) for one in area.squares] == [(2, 2), (1, 0)]
    assert (area.daily, area.homes) == (2, 3)


def test_over_streets_a_canal_makes_far_what_is_near_as_the_crow_flies():
    state = a_state(dwellings=[a_dwelling(**at(200))], facilities=[a_facility(**at(0))])
    around = [(0, 0, 0, 800), (0, 800, 200, 800), (200, 800, 200, 0)]  # no bridge in between
    edges = pd.DataFrame(
        [
            {
                "from_x": X + a,
                "from_y": Y + b,
                "to_x": X + c,
                "to_y": Y + d,
                "length": abs(a - c) + abs(b - d),
                "width_cm": None,
                "kerb_cm": None,
                "stairs": False,
            }
            for a, b, c, d in around
        ]
    )
    flown, walked = explored(state), explored(state, network=Network.from_table(edges))

    assert (flown.estimate, walked.estimate) == (True, False)
    assert [one.homes for one in flown.facilities] == [1]
    assert walked.facilities == ()


# --- wishes, zones -----------------------------------------------------------------------------


def test_wishes_for_the_area_stand_beside_the_homes_that_satisfy_them():
    homes = [
        a_dwelling("nul", access="NUL"),
        a_dwelling("roa", access="ROA"),
        a_dwelling("zon"),
        a_dwelling("ver", neighbourhood=THERE, **at(3_000)),
    ]
    asks = [{"areas": HERE}, {"areas": "WK999901"}, {"areas": "GM9999"}, {"areas": THERE}, {}]
    people = [
        an_older_household(f"H{kind}-{one}", wish=wish)
        for kind, wish in enumerate(asks)
        for one in range(10)
    ]
    people.append(a_household("zit", lives_in="zon", wish=None))
    area = explored(a_state(dwellings=homes, households=people))

    rows = {one.access: (one.seekers, one.homes, one.free) for one in area.wishes}
    assert rows[Access.NUL] == (30, 2, 2)  # ROA satisfies NUL too
    assert rows[Access.ROA] == (None, 1, 1)
    assert rows[Access.ZON] == (None, 3, 2)


def test_who_names_no_area_wants_to_stay_where_they_live():
    homes, people = homes_of_old(12)
    elsewhere, others = homes_of_old(12, "E", home={"neighbourhood": THERE})
    state = a_state(dwellings=[*homes, *elsewhere], households=[*people, *others])

    assert {one.access: one.seekers for one in explored(state).wishes}[Access.NUL] == 10


def test_a_wish_that_is_over_or_of_who_says_no_is_no_wish_for_the_area():
    old = {"areas": HERE, "valid_until": "2026-06-14"}
    people = [
        *(an_older_household(f"H{one}", wish={"areas": HERE}) for one in range(10)),
        *(an_older_household(f"O{one}", wish=old) for one in range(10)),
        *(
            an_older_household(f"N{one}", wish={"areas": HERE}, willingness="NEE")
            for one in range(10)
        ),
    ]
    area = explored(a_state(dwellings=[a_dwelling()], households=people))

    assert {one.access: one.seekers for one in area.wishes}[Access.NUL] == 10


def test_a_zone_is_best_where_most_people_who_need_care_are_in_none_yet():
    many, old = homes_of_old(30, "A", home=at(0), access_needed="ROA")
    some, older = homes_of_old(20, "B", home=at(3_000), access_needed="ROA")
    few, oldest = homes_of_old(9, "C", home=at(6_000), access_needed="ROA")
    served, cared = homes_of_old(40, "D", home=at(9_000), access_needed="ROA")
    plain, young = homes_of_old(20, "E", home=at(12_000), mobility="LOPEND")
    state = a_state(
        dwellings=[*many, *some, *few, *served, *plain],
        households=[*old, *older, *oldest, *cared, *young],
        facilities=[a_facility("F1", kind="HUISARTS", **at(9_000))],
    )
    area = explored(state)

    assert [(one.place[0] // 100 * 100 - X, one.reached, one.gained) for one in area.zones] == [
        (0, 30, 30),
        (3_000, 20, 20),
    ]
    assert (area.care_inside, area.care_outside, area.zoned) == (40, 60, 40)


def test_a_second_zone_is_not_for_whom_the_first_reaches():
    homes, people = homes_of_old(30, home=at(0), access_needed="ROA")
    near, others = homes_of_old(30, "N", home=at(100), access_needed="ROA")
    area = explored(a_state(dwellings=[*homes, *near], households=[*people, *others]))

    assert [(one.reached, one.gained) for one in area.zones] == [(60, 60)]
