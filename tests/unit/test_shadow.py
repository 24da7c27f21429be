"""The shadow: what registration order would have done with the same homes."""

from __future__ import annotations

import pandas as pd
import pytest

from matching.chains import link, moves_of
from matching.model import Totals
from matching.shadow import free_from, registration_order, shadow, totals
from tests.builders import a_dwelling, a_household, a_newbuild, a_notice, a_state

COLUMNS = ["household", "dwelling", "leaves", "gain", "older_to_suitable", "minutes_change"]


def options_of(*rows):
    """Rows of household, dwelling, leaves, gain and, where given, the measures."""
    filled = [(*row, *[0] * (len(COLUMNS) - len(row))) for row in rows]
    table = pd.DataFrame(filled, columns=COLUMNS)
    return table.astype({"household": "str", "dwelling": "str", "leaves": "str"}).assign(
        family_home_freed=[leaves == "eengezins" for leaves in table["leaves"]]
    )


@pytest.fixture(scope="module")
def state():
    """Anna registered first, then Bram, then Carla; `leeg` stands empty, the others do not."""
    return a_state(
        dwellings=[a_dwelling(home) for home in ("leeg", "eengezins", "flat", "opgezegd")],
        newbuild=[a_newbuild("nieuw", completed="2026-08-01")],
        households=[
            a_household("anna", registered="2010-01-01", lives_in="eengezins"),
            a_household("bram", registered="2015-01-01", lives_in="flat"),
            a_household("carla", registered="2020-01-01"),
            a_household("opzegger", registered="2021-01-01", lives_in="opgezegd"),
        ],
        notices=[a_notice("opgezegd", ends="2026-07-01")],
    )


def picked(options, openings, state):
    rows = registration_order(options, openings, state)
    return list(zip(rows["household"], rows["dwelling"], strict=True))


def test_who_registered_first_gets_the_home_whatever_it_gains(state):
    options = options_of(("anna", "leeg", "eengezins", 1), ("bram", "leeg", "flat", 99))
    assert picked(options, ["leeg"], state) == [("anna", "leeg")]


def test_the_home_that_is_left_goes_to_the_next(state):
    options = options_of(
        ("anna", "leeg", "eengezins", 1),
        ("bram", "eengezins", "flat", 1),
        ("carla", "flat", None, 1),
    )
    assert picked(options, ["leeg"], state) == [
        ("anna", "leeg"),
        ("bram", "eengezins"),
        ("carla", "flat"),
    ]


def test_what_is_free_first_is_let_first(state):
    options = options_of(("anna", "opgezegd", "eengezins", 1), ("anna", "leeg", "eengezins", 1))
    assert picked(options, ["opgezegd", "leeg"], state) == [("anna", "leeg")]


def test_a_household_moves_once(state):
    options = options_of(("carla", "leeg", None, 1), ("carla", "opgezegd", None, 1))
    assert picked(options, ["leeg", "opgezegd"], state) == [("carla", "leeg")]


def test_a_home_that_was_let_does_not_come_free_again(state):
    # the one who gave notice moves after the home was let to another
    options = options_of(("carla", "opgezegd", None, 1), ("opzegger", "nieuw", "opgezegd", 1))
    assert picked(options, ["opgezegd", "nieuw"], state) == [
        ("carla", "opgezegd"),
        ("opzegger", "nieuw"),
    ]


def test_the_order_of_rows_and_openings_does_not_matter(state):
    options = options_of(
        ("anna", "leeg", "eengezins", 1),
        ("bram", "leeg", "flat", 1),
        ("bram", "opgezegd", "flat", 1),
        ("carla", "opgezegd", None, 1),
    )
    turned = options.iloc[::-1].reset_index(drop=True)
    one = picked(options, ["leeg", "opgezegd"], state)
    assert one == picked(turned, ["opgezegd", "leeg"], state)


def test_homes_come_free_by_notice_and_by_completion(state):
    days = free_from(["leeg", "opgezegd", "nieuw"], state)
    assert days[0] < days[1] == pd.Timestamp("2026-07-01") < days[2] == pd.Timestamp("2026-08-01")


def test_no_openings_are_no_shadow(state):
    assert shadow(options_of(("anna", "leeg", "eengezins", 1)), [], state) == Totals()


def test_no_options_are_no_shadow(state):
    assert shadow(options_of(), ["leeg"], state) == Totals()


def test_the_shadow_is_measured_like_a_plan(state):
    options = options_of(
        ("anna", "leeg", "eengezins", 1, 1, -7), ("carla", "eengezins", None, 1, 0, 2)
    )
    chains = link(moves_of(options), ["leeg"])
    assert shadow(options, ["leeg"], state) == totals(chains, options)


def test_totals_count_what_a_plan_comes_to():
    options = options_of(
        ("a", "leeg", "eengezins", 1, 1, -7),
        ("b", "eengezins", None, 1, 0, 2),
        ("c", "W1", "W2", 1, 0, -1),
        ("d", "W2", "W1", 1, 1, 0),
        ("e", "elders", None, 1, 1, -99),
    )
    chains = link(moves_of(options.iloc[:4]), ["leeg"])
    assert totals(chains, options) == Totals(
        moves=4,
        chains=1,
        rings=1,
        starters=1,
        older_to_suitable=2,
        minutes_to_ties=-6,
        family_homes_freed=1,
        by_length=((2, 2),),
    )


def test_no_moves_come_to_nothing():
    assert totals((), options_of(("a", "leeg", None, 1))) == Totals()
