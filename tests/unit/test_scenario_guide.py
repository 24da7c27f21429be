"""What the guide for planners says of scenarios is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from data_contracts.policy import Scheme
from data_contracts.scenario import (
    NOTHING,
    Acceptance,
    Arrivals,
    BadScenario,
    ByAge,
    Change,
    Demography,
    Home,
    Place,
    Portal,
    examples,
    scenario_from,
    scenario_of,
)
from data_contracts.scenario_adjusting import Adjust
from data_contracts.scenario_mistakes import fields_at

GUIDE = (Path(__file__).parents[2] / "docs/guides/wat-als.md").read_text("utf-8")
CHANGES = get_args(get_args(Change)[0])
WRONG = """name: proef{}
acceptence: {{percent: 3}}
changes:
  - {{change: sale, share: 0.1,
     until: 2029-01,

     kind: TUS,
     month: 2028-13}}
"""


def said(text):
    with pytest.raises(BadScenario) as told:
        scenario_of(text, called="mijn-plan.yaml")
    return told.value.sentences


def test_every_scenario_in_the_guide_can_be_read():
    told = [scenario_of(text).name for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
    assert told == ["veertig-in-noord", "tachtig-voor-doorstromers"]


def test_the_sentences_in_the_guide_are_those_that_are_said():
    shown = re.findall(r"^mijn-plan.yaml, .*$", GUIDE, re.MULTILINE)
    typed = (*said(WRONG.format("\n")), *said("name: proef\nbase: nieuwbouw-nultredn\n"))
    assert len(shown) == 3
    assert set(shown) <= set(typed)


def test_the_guide_names_every_part_of_a_scenario():
    parts = {*fields_at(()), *Adjust.model_fields}
    assert {part for part in parts if f"`{part}`" not in GUIDE} == set()


def test_the_guide_names_every_change_and_what_it_asks():
    asked = {get_args(kind.model_fields["change"].annotation)[0] for kind in CHANGES}
    asked |= {field for kind in CHANGES for field in kind.model_fields}
    assert {field for field in asked if f"`{field}`" not in GUIDE} == set()


def test_the_guide_names_every_example():
    assert {name for name in examples() if f"`{name}`" not in GUIDE} == set()


def at_age(rows: tuple[ByAge, ...], age: int) -> float:
    return max((row.age, row.chance) for row in rows if row.age <= age)[1]


@pytest.mark.parametrize(
    ("name", "part", "sign"),
    [("langer-zelfstandig", "leave", -1), ("meer-beperkingen", "limitation", 1)],
)
def test_an_example_about_older_people_changes_them_alone_and_as_it_says(name, part, sign):
    usual = getattr(scenario_from(NOTHING).demography, part)
    other = getattr(scenario_from(name).demography, part)

    for age in range(0, 111, 5):
        change = at_age(other, age) - at_age(usual, age)
        assert np.sign(change) == (sign if age >= 65 else 0), age


def test_the_guide_names_every_part_within_a_part():
    models = (Acceptance, Arrivals, ByAge, Demography, Home, Place, Portal, Scheme)
    parts = {field for model in models for field in model.model_fields}
    assert {part for part in parts if f"`{part}`" not in GUIDE} == set()
