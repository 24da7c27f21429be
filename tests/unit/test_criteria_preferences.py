"""Every preference: what earns points, what costs them, and how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from matching.candidates import one_pair
from tests.builders import (
    ON,
    a_dwelling,
    a_facility,
    a_household,
    a_policy,
    a_state,
    a_tenancy,
    a_tie,
    an_older_household,
    the_rules,
)

if TYPE_CHECKING:
    import pandas as pd

X, Y = 143_000, 487_000
NEARBY = {"x": X, "y": Y}
# 600 m as the crow flies: 750 m on foot, ten minutes at 75 m a minute
TEN_MINUTES_OFF = {"x": X + 600, "y": Y}


def scored(
    household: dict[str, Any] | None = None,
    home: dict[str, Any] | None = None,
    *,
    old: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    **tables: list[dict[str, Any]],
) -> pd.Series:
    """Score household H in (or without) its old home for the empty home W."""
    person = household or a_household("H")
    homes = [a_dwelling("W", **(home or {}))]
    if old is not None:
        homes.append(a_dwelling("oud", **old))
        person = {**person, "lives_in": "oud"}
    people = [person, *tables.pop("others", [])]
    state = a_state(dwellings=[*homes, *tables.pop("homes", [])], households=people, **tables)
    choices = a_policy(**(policy or {"weights": {"tie_minute": 2}}))
    return one_pair(state, "H", "W", the_rules(), choices, ON).iloc[0]


def test_ten_minutes_nearer_to_a_tie_of_weight_five_earns_ten_points() -> None:
    row = scored(old=TEN_MINUTES_OFF, ties=[a_tie("T", "H", weight=5)])
    assert (row["minuten_nu"], row["minuten_straks"], row["banden"]) == (10, 0, 10)


def test_farther_from_a_tie_counts_down() -> None:
    row = scored(home=TEN_MINUTES_OFF, old=NEARBY, ties=[a_tie("T", "H", weight=10)])
    assert (row["minutes_change"], row["banden"]) == (10, -20)


def test_the_weight_of_the_wish_counts() -> None:
    person = a_household("H", wish={"weight_proximity": 10})
    assert scored(person, old=TEN_MINUTES_OFF, ties=[a_tie("T", "H", weight=5)])["banden"] == 20


def test_beyond_the_farthest_walk_nothing_counts_heavier() -> None:
    old = {"x": X + 50_000, "y": Y}
    row = scored(old=old, ties=[a_tie("T", "H")])
    assert row["minuten_nu"] == a_policy().farthest_walk


def test_a_starter_gains_on_the_minutes_it_named() -> None:
    row = scored(ties=[a_tie("T", "H", weight=5, minutes=20)])
    assert (row["minuten_nu"], row["banden"], row["minutes_change"]) == (-1, 20, 0)


def test_a_tie_with_another_household_lies_where_that_household_lives() -> None:
    row = scored(
        old=TEN_MINUTES_OFF,
        homes=[a_dwelling("D", **NEARBY)],
        others=[a_household("dochter", lives_in="D")],
        ties=[a_tie("T", "H", with_household="dochter")],
    )
    assert (row["minuten_nu"], row["minuten_straks"]) == (10, 0)


def test_who_stays_behind_counts_when_its_tie_leaves() -> None:
    row = scored(
        home=TEN_MINUTES_OFF,
        old=NEARBY,
        homes=[a_dwelling("B", **NEARBY)],
        others=[a_household("buur", lives_in="B")],
        ties=[a_tie("T", "buur", with_household="H", weight=10)],
    )
    assert (row["minuten_achterblijvers"], row["achterblijvers"]) == (10, -10)


def test_who_stays_behind_walks_at_its_own_pace() -> None:
    row = scored(
        home=TEN_MINUTES_OFF,
        old=NEARBY,
        homes=[a_dwelling("B", **NEARBY)],
        others=[an_older_household("buur", lives_in="B")],
        ties=[a_tie("T", "buur", with_household="H", weight=10)],
    )
    assert row["minuten_achterblijvers"] == 17  # 750 m at 45 m a minute


def test_who_comes_nearer_to_those_who_stay_loses_nobody_anything() -> None:
    row = scored(
        old=TEN_MINUTES_OFF,
        homes=[a_dwelling("B", **NEARBY)],
        others=[a_household("buur", lives_in="B")],
        ties=[a_tie("T", "buur", with_household="H", weight=10)],
    )
    assert row["achterblijvers"] == 0


@pytest.mark.parametrize(("metres", "points"), [(400, 6), (401, 0)])
def test_a_facility_counts_up_to_the_rollator_distance(metres: int, points: int) -> None:
    shop = [a_facility(x=X + metres, y=Y)]  # 400 m as the crow flies is 500 m on foot
    assert scored(old={"x": X - 2_000}, facilities=shop)["voorzieningen"] == points


def test_a_facility_that_was_near_already_earns_nothing() -> None:
    assert scored(old=NEARBY, facilities=[a_facility()])["voorzieningen"] == 0


def test_a_facility_that_goes_out_of_reach_counts_down() -> None:
    row = scored(home={"x": X + 2_000}, old=NEARBY, facilities=[a_facility()])
    assert row["voorzieningen"] == -6


def test_a_meeting_room_in_the_complex_is_at_hand() -> None:
    complexes = [{"complex": "C", "corporation": "12345678", "meeting_room": True}]
    assert scored(home={"complex": "C"}, complexes=complexes)["voorzieningen"] == 6


@pytest.mark.parametrize(
    "old",
    [{"access": "ZON"}, {"access": "NUL", "floor": 1}, {"access": "NUL", "features": ""}],
)
def test_an_older_household_from_an_unsuitable_home_counts(old: dict[str, Any]) -> None:
    person = an_older_household("H", features_needed="ZORGOPROEP")
    row = scored(person, {"access": "NUL", "features": "ZORGOPROEP"}, old=old)
    assert row["older_to_suitable"]
    assert row["langer_thuis"] == 120


@pytest.mark.parametrize(
    ("person", "old"),
    [
        (an_older_household("H"), {"access": "ROA"}),
        (an_older_household("H", birth_year=1980, aow=False), {"access": "ZON"}),
        (an_older_household("H"), None),
        (an_older_household("H", features_needed="TUIN"), {"access": "NUL", "features": ""}),
    ],
)
def test_no_older_household_from_an_unsuitable_home(
    person: dict[str, Any], old: dict[str, Any] | None
) -> None:
    home = {"access": "NUL", "features": "TUIN"}
    assert scored(person, home, old=old)["langer_thuis"] == 0


FAMILY_HOME = {"kind": "TUS", "rooms": 4}


def test_a_scarce_family_home_that_comes_free_counts() -> None:
    assert scored(old=FAMILY_HOME)["gezinswoning"] == 60


def test_a_family_home_for_a_family_home_frees_none() -> None:
    assert scored(home=FAMILY_HOME, old=FAMILY_HOME)["gezinswoning"] == 0


def test_a_family_home_in_which_somebody_stays_is_not_freed() -> None:
    others = [a_household("blijver", lives_in="oud")]
    assert scored(old=FAMILY_HOME, others=others)["gezinswoning"] == 0


@pytest.mark.parametrize(
    "tables",
    [
        {"works": [{"works": "K", "dwelling": "oud", "kind": "SLOOP", "start": "2028-01-01"}]},
        {"tenancies": [a_tenancy("oud", "volgende", start="2026-09-01")]},
    ],
)
def test_a_family_home_that_is_not_let_again_by_this_move_is_not_freed(
    tables: dict[str, Any],
) -> None:
    assert scored(old=FAMILY_HOME, **tables)["gezinswoning"] == 0


@pytest.mark.parametrize(("pays", "points"), [(85_000, 20), (55_000, -10), (65_500, 0)])
def test_rent_counts_per_ten_euros(pays: int, points: int) -> None:
    assert scored(a_household("H", pays=pays), old={})["huur_verschil"] == points


def test_a_starter_has_no_rent_to_compare() -> None:
    assert scored()["huur_verschil"] == 0


def test_the_own_neighbourhood_counts_as_heavy_as_the_wish_says() -> None:
    person = a_household("H", wish={"weight_neighbourhood": 10})
    assert scored(person, old={})["eigen_buurt"] == 30
    assert scored(person, {"neighbourhood": "BU99990102"}, old={})["eigen_buurt"] == 0
    assert scored(person)["eigen_buurt"] == 0


@pytest.mark.parametrize(
    ("registered", "years"),
    [("2026-06-15", 0), ("2020-06-15", 6), ("2020-06-16", 5), ("1990-01-01", 20)],
)
def test_waiting_counts_in_whole_years_up_to_twenty(registered: str, years: int) -> None:
    row = scored(a_household("H", registered=registered))
    assert (row["jaren_ingeschreven"], row["wachttijd"]) == (years, 4 * years)


@pytest.mark.parametrize(("priority", "points"), [("URG", 100), ("BIN", 15), (None, 0)])
def test_priority_counts(priority: str | None, points: int) -> None:
    assert scored(a_household("H", priority=priority))["voorrang"] == points


def test_a_garden_counts() -> None:
    assert scored(home={"features": "BERGING|TUIN"})["buitenruimte"] == 8
    assert scored(home={"features": "BERGING"})["buitenruimte"] == 0


def test_a_label_that_sorts_gives_points_and_refuses_nobody() -> None:
    label = {"min_age": 65, "age_use": "SOR"}
    assert scored(an_older_household("H"), label)["sorteerlabel"] == 20
    assert scored(home=label)["sorteerlabel"] == 0


def test_a_household_label_that_sorts_gives_points() -> None:
    assert scored(home={"max_persons": 2, "persons_use": "SOR"})["sorteerlabel"] == 20
    assert scored(home={"max_persons": 2})["sorteerlabel"] == 0


def test_schemes_give_their_points_to_those_who_leave_a_home() -> None:
    old = {"rooms": 4}
    assert scored(an_older_household("H"), {"access": "NUL"}, old=old)["regeling"] == 50
    assert scored(an_older_household("H"), {"access": "NUL"})["regeling"] == 0


def test_a_scheme_ends_on_its_last_day() -> None:
    scheme = {"name": "proef", "source": "proef", "points": 7}
    for until, points in (("2026-06-15", 7), ("2026-06-14", 0)):
        policy = {"schemes": [{**scheme, "until": until}]}
        assert scored(old={}, policy=policy)["regeling"] == points
