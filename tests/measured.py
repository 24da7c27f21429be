"""Months of a simulation made by hand, and what is counted of them; tables as in `Happened`."""

from pathlib import Path

import pandas as pd
import yaml

import data_contracts
from data_contracts.scenario import Scenario
from matching.simulate.measuring import Measuring
from matching.simulate.model import Happened, World
from matching.simulate.moving import MOVES
from tests.builders import (
    ON,
    a_dwelling,
    a_facility,
    a_household,
    a_policy,
    a_state,
    an_older_household,
    the_rules,
)

USUAL = {
    "leaves": None,
    "channel": "match",
    "kind": "tenant",
    "rent_before": None,
    "rent_after": 65_000,
    "minutes_change": None,
    "facilities_change": None,
    "older_to_suitable": False,
    "family_home_freed": False,
    "passend": None,
    "retained": 0,
    "grant": 0,
    "coach_minutes": 60,
}
DEFAULT = Path(data_contracts.__file__).with_name("default_scenario.yaml")
DO_NOTHING = Scenario.model_validate(yaml.safe_load(DEFAULT.read_text("utf-8")))
A_BAND = {"complex": "C1", "corporation": a_dwelling()["corporation"], "most_vragend": 50}
"""A complex in which at most half of the households may ask for care."""
FAMILY_HOME = {"kind": "EIN", "rooms": 5, "floor": 0}


def moves_of(*rows):
    table = pd.DataFrame([USUAL | row for row in rows], columns=list(MOVES))
    return table.astype(MOVES)


def happened(after, *moves, before=None, freed_homes=(), empty=(), on=ON, **more):
    told = pd.DataFrame(list(freed_homes), columns=["dwelling", "cause"]).astype("str")
    open_ = pd.Index(empty, dtype="str")
    return Happened(0, on, before or after, after, moves_of(*moves), told, open_, **more)


def measured(month, *, policy=None, scenario=DO_NOTHING):
    """The figures of a month, by measure and group."""
    world = World(month.before, the_rules(), policy or a_policy(), month.on)
    table = Measuring.of(world, scenario).month(month)
    assert not table.duplicated(["measure", "group"]).any()
    return table.set_index(["measure", "group"])["value"]


def groups_of(figures, measure, dimension):
    """The figures of a measure by one dimension."""
    of = figures[measure]
    return {
        group.removeprefix(f"{dimension}:"): int(value)
        for group, value in of.items()
        if group.startswith(f"{dimension}:")
    }


def a_busy_month():
    """Three moves: a tenant within the stock, a starter, and somebody from outside."""
    homes = [
        a_dwelling("groot", **FAMILY_HOME, neighbourhood="BU99990102"),
        a_dwelling("boven", floor=2),
        a_dwelling("lift", floor=4, lift=True, kind="GAL", access="NUL"),
        a_dwelling("beneden", target_rent=40_000, neighbourhood=None),
    ]
    people = [
        an_older_household("oud", lives_in="lift", persons=2),
        a_household("starter", lives_in="boven", persons=4, priority="URG"),
        a_household("buiten", lives_in="beneden", priority="BIN", income="BOVEN"),
        a_household("zoekt"),
    ]
    after = a_state(dwellings=homes, households=people, facilities=[a_facility()])
    moves = [
        {"household": "oud", "dwelling": "lift", "leaves": "groot", "older_to_suitable": True,
         "family_home_freed": True, "minutes_change": -7, "facilities_change": 2,
         "passend": True, "retained": 1_000, "grant": 75_000},
        {"household": "starter", "dwelling": "boven", "kind": "starter", "passend": False},
        {"household": "buiten", "dwelling": "beneden", "kind": "outside", "channel": "portal",
         "coach_minutes": 0},
    ]  # fmt: skip
    told = [("lift", "overlijden"), ("groot", "verhuizing"), ("boven", "vertrek")]
    return happened(after, *moves, freed_homes=told, empty=["groot"], proposals=5, declined=3)
