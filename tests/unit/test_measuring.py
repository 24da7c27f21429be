"""What a simulated month is counted as: who moved, what came free, what was let to whom."""

from dataclasses import replace

import numpy as np
import pytest

from matching.simulate.catalogue import MEASURES
from matching.simulate.classes import freed, home_class, rent_class
from matching.simulate.model import FREED
from tests.builders import a_dwelling, a_household, a_state, the_rules
from tests.measured import A_BAND, a_busy_month, groups_of, happened, measured

# --- what homes are ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("home", "name"),
    [
        ({"kind": "EIN", "rooms": 4}, "eengezins groot"),
        ({"kind": "TUS", "rooms": 3}, "eengezins klein"),
        ({"kind": "GAL", "floor": 3, "lift": True}, "appartement met lift"),
        ({"kind": "POW", "floor": 0}, "appartement zonder lift, beneden"),
        ({"kind": "POF", "floor": 1}, "appartement zonder lift, boven"),
        ({"kind": "EIN", "rooms": 5, "floor": 1}, "eengezins groot"),
    ],
)
def test_a_home_has_the_class_of_its_kind_floor_and_lift(home, name):
    assert home_class(a_state(dwellings=[a_dwelling(**home)]).dwellings).tolist() == [name]


@pytest.mark.parametrize(
    ("rent", "name"),
    [
        (49_819, "goedkoop"),
        (49_820, "betaalbaar"),
        (76_413, "betaalbaar"),
        (76_414, "duur"),
        (93_292, "duur"),
        (93_293, "boven huurtoeslaggrens"),
    ],
)
def test_the_rent_class_goes_by_the_limits_of_the_year(rent, name):
    homes = a_state(dwellings=[a_dwelling(target_rent=rent)]).dwellings

    assert rent_class(homes, the_rules()).tolist() == [name]


def test_without_a_confirmed_limit_there_is_no_rent_class():
    rules = replace(the_rules(), figures={})

    assert rent_class(a_state(dwellings=[a_dwelling()]).dwellings, rules).tolist() == ["onbekend"]


def test_homes_that_came_free_are_counted_by_what_they_are():
    state = a_state(dwellings=[a_dwelling("A"), a_dwelling("B"), a_dwelling("C", rooms=5)])
    told = [("A", "vertrek"), ("B", "vertrek"), ("C", "verhuizing")]
    table = freed(happened(state, freed_homes=told), the_rules())

    assert list(table.columns) == list(FREED)
    assert sorted(zip(table["rooms"], table["cause"], table["homes"], strict=True)) == [
        (3, "vertrek", 2),
        (5, "verhuizing", 1),
    ]


def test_a_home_that_was_demolished_meanwhile_is_counted_as_it_was():
    before = a_state(dwellings=[a_dwelling("weg", rooms=2), a_dwelling("blijft")])
    after = a_state(dwellings=[a_dwelling("blijft")])
    table = freed(happened(after, before=before, freed_homes=[("weg", "vertrek")]), the_rules())

    assert table[["rooms", "homes"]].values.tolist() == [[2, 1]]


# --- the catalogue -----------------------------------------------------------------------------


def test_everything_that_is_counted_is_in_the_catalogue_and_the_other_way_round():
    state = a_state(
        dwellings=[a_dwelling()], households=[a_household(lives_in="W1")], complexes=[A_BAND]
    )
    told = measured(happened(state)).index.get_level_values("measure")

    assert set(told) == set(MEASURES)


def test_every_group_is_of_a_dimension_that_the_catalogue_names():
    figures = measured(a_busy_month())
    for measure, group in figures.index:
        assert not group or group.partition(":")[0] in MEASURES[measure].groups, (measure, group)


def test_the_groups_of_a_dimension_add_up_to_the_whole():
    figures = measured(a_busy_month())
    for measure in MEASURES.values():
        for dimension in set(measure.groups) - set(measure.overlapping):
            parts = groups_of(figures, measure.name, dimension)
            assert sum(parts.values()) == figures[measure.name, ""], (measure.name, dimension)


def test_what_counts_people_is_marked_so():
    for measure in MEASURES.values():
        assert measure.people is (measure.unit in ("huishoudens", "verhuringen", "voorstellen"))
        assert measure.explained.endswith(".")


# --- who moved ---------------------------------------------------------------------------------


def test_moves_are_told_apart_by_who_moved():
    figures = measured(a_busy_month())

    assert {name: figures[name, ""] for name in MEASURES if name.startswith("moves")} == {
        "moves": 3,
        "moves_starters": 1,
        "moves_outside": 1,
        "moves_older": 1,
        "moves_families": 1,
        "moves_urgent": 1,
    }
    assert groups_of(figures, "moves", "channel") == {"match": 2, "portal": 1}
    assert groups_of(figures, "moves", "home") == {
        "appartement met lift": 1,
        "appartement zonder lift, boven": 1,
        "appartement zonder lift, beneden": 1,
    }


def test_who_is_housed_at_the_end_leaves_nothing_free():
    figures = measured(a_busy_month())

    assert groups_of(figures, "housed_last", "end") == {"starter": 1, "outside": 1}
    assert figures["housed_last_families", ""] == 1
    assert figures["housed_last_urgent", ""] == 1


def test_a_chain_begins_where_no_move_freed_the_home():
    figures = measured(a_busy_month())

    assert figures["freed", ""] == 3
    assert groups_of(figures, "chains_begun", "cause") == {"overlijden": 1, "vertrek": 1}
    assert groups_of(figures, "family_homes_freed", "neighbourhood") == {"BU99990102": 1}


def test_what_movers_gained_is_added_up_without_who_came_by_the_portal():
    figures = measured(a_busy_month())

    assert (figures["tie_minutes", ""], figures["facility_gain", ""]) == (-7, 2)
    assert figures["older_to_suitable", ""] == 1


def test_the_norms_of_the_year_are_counted_as_the_matching_counts_them():
    figures = measured(a_busy_month())

    assert (figures["passend_let", ""], figures["passend_met", ""]) == (2, 1)
    assert (figures["daeb_let", ""], figures["daeb_met", ""]) == (3, 2)
    assert (figures["local_let", ""], figures["lets", ""]) == (1, 3)
    assert groups_of(figures, "daeb_let", "year") == {"2026": 3}
    assert groups_of(figures, "lets", "municipality") == {"GM9999": 3}


def test_an_income_that_was_not_tested_this_year_counts_on_neither_side():
    state = a_state(
        dwellings=[a_dwelling()], households=[a_household(lives_in="W1", income_year=2024)]
    )
    figures = measured(happened(state, {"household": "H1", "dwelling": "W1", "kind": "starter"}))

    assert (figures["daeb_let", ""], figures["daeb_met", ""]) == (0, 0)


def test_a_month_in_which_nothing_happens_is_counted_too():
    figures = measured(happened(a_state()))

    assert set(figures) == {0}


def test_the_order_of_rows_decides_nothing():
    month = a_busy_month()
    mixed = np.random.default_rng(3).permutation(len(month.moves))
    other = replace(
        month,
        moves=month.moves.iloc[mixed].reset_index(drop=True),
        freed=month.freed.iloc[::-1].reset_index(drop=True),
    )

    assert measured(month).sort_index().equals(measured(other).sort_index())
