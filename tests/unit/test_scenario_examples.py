"""Our own scenarios, what a slider makes of one, and a scenario written and read back."""

from __future__ import annotations

from datetime import date

import pytest
from jsonschema import Draft202012Validator

from data_contracts.scenario import (
    NOTHING,
    Allocation,
    BadScenario,
    Letting,
    Sale,
    adjusted,
    example_text,
    examples,
    scenario_from,
    scenario_of,
    unset,
    written,
)
from data_contracts.scenario_text import source_from
from docs.build import schemas

ON = date(2026, 11, 22)
FORTY = "{change: new_build, month: 2028-03, number: 40, home: {rent: 60000}}"
SALE = "{change: sale, month: 2028-03}"


def with_changes(*changes):
    lines = "".join(f"\n  - {change}" for change in changes)
    return f"name: proef\nchanges:{lines}\n"


@pytest.mark.parametrize("name", [NOTHING, *examples()])
def test_an_example_is_named_as_its_file_and_asks_something(name):
    told = scenario_from(name, on=ON)
    assert told.name == name
    assert told.question.endswith("?")
    assert example_text(name).startswith("#")


def test_every_kind_of_change_has_an_example():
    known = {one.change for name in examples() for one in scenario_from(name).changes}
    assert known == {
        *("new_build", "demolition", "renovation", "sale", "facility_opens", "facility_closes"),
        *("allocation", "scheme", "coach_hours"),
    }


@pytest.mark.parametrize("name", [NOTHING, *examples()])
def test_an_example_meets_the_published_schema(name):
    said = source_from(example_text(name), name).said
    Draft202012Validator(schemas()["scenario.json"]).validate(said)


def test_a_typing_error_does_not_meet_the_published_schema():
    schema = Draft202012Validator(schemas()["scenario.json"])
    assert not schema.is_valid({"name": "proef", "acceptence": {"percent": 3}})


def test_doing_nothing_keeps_the_assumptions_and_drops_the_changes():
    told = scenario_of(f"name: proef\nyears: 4\nchanges:\n  - {FORTY}\n")
    assert unset(told).changes == ()
    assert (unset(told).name, unset(told).years) == (NOTHING, 4)


def test_new_homes_together_become_what_is_asked():
    told = scenario_of(with_changes(FORTY, SALE, FORTY))
    for number, each in ((100, [60, 40]), (50, [10, 40]), (30, [30]), (0, [])):
        built = [
            one.number for one in adjusted(told, number=number).changes if one.change != "sale"
        ]
        assert built == each


def test_setting_nothing_leaves_a_scenario_as_it_is():
    told = scenario_of(with_changes(FORTY, "{change: allocation, how: lottery}"))
    assert adjusted(told) == told


def test_the_way_of_allocating_is_set_for_the_whole_time():
    told = scenario_of(
        with_changes(
            "{change: allocation, month: 2028-03, how: lottery}",
            "{change: allocation, label: 55plus}",
        )
    )
    hows = [one.how for one in adjusted(told, allocation=Allocation.REGISTRATION).changes]
    assert hows == [Allocation.REGISTRATION, Allocation.REGISTRATION, Allocation.ENGINE]


def test_acceptance_name_and_letting_are_set_without_touching_the_scenario():
    told = scenario_of(with_changes(FORTY, SALE))
    other = adjusted(told, acceptance=25, let_to=Letting.OLDER, name="anders")
    assert (other.acceptance.percent, other.name, other.changes[0].let_to) == (
        25,
        "anders",
        Letting.OLDER,
    )
    assert isinstance(other.changes[1], Sale)
    assert told.acceptance.percent == 40


def test_what_cannot_be_set_is_refused():
    with pytest.raises(BadScenario, match=r"Bij acceptance.percent staat '0'"):
        adjusted(scenario_from("loting"), acceptance=0)
    with pytest.raises(BadScenario, match=r"^Dit scenario bouwt niets"):
        adjusted(scenario_from("loting"), number=10)


@pytest.mark.parametrize("name", [NOTHING, *examples()])
def test_a_scenario_that_is_written_is_read_back_the_same(name):
    told = scenario_from(name)
    assert scenario_of(written(told)) == told
