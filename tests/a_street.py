"""A street of seven homes in two complexes, and how scenarios change it."""

from __future__ import annotations

from functools import cache

import pandas as pd

from data_contracts.scenario import scenario_of
from matching.simulate.supposed import supposed
from matching.state import project
from tests.builders import (
    CORPORATION,
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    facts_of,
)

NOW = a_policy(horizon_days=0)
HOME = "home: {rent: 61000, access: NUL, rooms: 2}"
FORTY = f"{{change: new_build, month: 2026-09, number: 40, {HOME}}}"
SLOOP = "{change: demolition, complex: C1, month: 2026-10, rehouse_months: 3}"
RENOVATION = (
    "{change: renovation, complex: C1, month: 2026-08, months: 2, wisselwoningen: 2,"
    " access: ROA, energy: B}"
)


def changing(*changes, **choices):
    more = "".join(f"{name}: {value}\n" for name, value in choices.items())
    lines = "".join(f"\n  - {change}" for change in changes)
    return scenario_of(f"name: proef\n{more}changes:{lines}\n")


@cache
def a_street():
    return street_with()


def street_with(**tables):
    """Four homes of complex C1 (two let, one upstairs) and three of C2; one stands empty."""
    homes = [
        a_dwelling("a", complex="C1", kind="POF", energy="D"),
        a_dwelling("b", complex="C1", kind="POF", floor=2, access="ROL"),
        a_dwelling("c", complex="C1", kind="POF", energy="A++"),
        a_dwelling("d", complex="C1", kind="TUS", neighbourhood="BU99990102"),
        a_dwelling("e", complex="C2", corporation=OTHER_CORPORATION, x=144_000),
        a_dwelling("f", complex="C2", neighbourhood="BU99990103", x=144_100),
        a_dwelling("g", complex="C2", neighbourhood="BU99990102", x=144_200),
    ]
    complexes = [
        {"complex": name, "corporation": owner, "meeting_room": False}
        for name, owner in (("C1", CORPORATION), ("C2", OTHER_CORPORATION))
    ]
    people = [
        a_household("stil", lives_in="a", wish=None, consent=False, willingness="NEE"),
        a_household("zoekt", lives_in="b", wish={"max_rent": 70_000, "stated": "2025-06-01"}),
        a_household("elders", lives_in="e", wish=None),
    ]
    rows = {"dwellings": homes, "complexes": complexes, "households": people}
    return project(facts_of(a_state(**{**rows, **tables})))


def day(number):
    """The day on which the step begins that is so many months after the first."""
    first = pd.Timestamp(ON)
    on = first if not number else first.replace(day=1) + pd.DateOffset(months=number)
    return on.date()


def rolled(state, scenario, months, policy=NOW):
    """The State after so many months, when nothing happens but the scenario."""
    for number in range(0, months, scenario.step_months):
        facts = supposed(state, scenario, number, day(number), policy)
        state = project(facts, onto=state).check()
    return state
