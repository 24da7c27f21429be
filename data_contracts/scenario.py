"""A scenario: facts that have not happened, and choices that have not been made. Read from YAML.

What a scenario leaves out comes from the one it stands on (`base`), and in the end from
`default_scenario.yaml` beside this file, which documents every assumption in Dutch.
The changes stand in `scenario_changes`, the assumptions in `scenario_model`; `scenario_reading`
reads both.
"""

from __future__ import annotations

from typing import Any

import yaml

from data_contracts.scenario_adjusting import allocated, builds, let_first, with_homes
from data_contracts.scenario_changes import (
    Allocating,
    Allocation,
    Arranging,
    Change,
    Coaching,
    Demolition,
    FacilityCloses,
    FacilityOpens,
    Home,
    Letting,
    NewBuild,
    Place,
    Renovation,
    Sale,
)
from data_contracts.scenario_model import (
    NOTHING,
    Acceptance,
    Arrivals,
    ByAge,
    Demography,
    Portal,
    Scenario,
)
from data_contracts.scenario_reading import (
    example_text,
    examples,
    scenario_from,
    scenario_of,
    scenarios_from,
)
from data_contracts.scenario_text import BadScenario

__all__ = [
    "NOTHING",
    "Acceptance",
    "Allocating",
    "Allocation",
    "Arranging",
    "Arrivals",
    "BadScenario",
    "ByAge",
    "Change",
    "Coaching",
    "Demography",
    "Demolition",
    "FacilityCloses",
    "FacilityOpens",
    "Home",
    "Letting",
    "NewBuild",
    "Place",
    "Portal",
    "Renovation",
    "Sale",
    "Scenario",
    "adjusted",
    "example_text",
    "examples",
    "scenario_from",
    "scenario_of",
    "scenarios_from",
    "unset",
    "written",
]


def unset(scenario: Scenario) -> Scenario:
    """Give the same scenario without any change: doing nothing, under the same assumptions."""
    nothing: dict[str, Any] = {"name": NOTHING, "title": "Niets doen", "question": ""}
    return scenario.model_copy(update={**nothing, "changes": ()})


def adjusted(
    scenario: Scenario,
    *,
    acceptance: int | None = None,
    number: int | None = None,
    allocation: Allocation | None = None,
    let_to: Letting | None = None,
    name: str | None = None,
) -> Scenario:
    """Give the scenario with the few inputs that matter most set otherwise; what is None stays.

    `acceptance`: percent of the proposals that go through. `number`: all new homes together; the
    first `new_build` takes the difference, and what comes to nothing is not built. `allocation`:
    how homes find a household, the whole time. `let_to`: to whom new homes go first. Raises
    BadScenario when a value cannot be.
    """
    said = scenario.model_dump(mode="json")
    if name is not None:
        said["name"] = name
    if acceptance is not None:
        said["acceptance"]["percent"] = acceptance
    if number and not builds(said["changes"]):
        raise BadScenario("Dit scenario bouwt niets: voeg eerst een verandering new_build toe.")
    if number is not None:
        said["changes"] = with_homes(said["changes"], number)
    if let_to is not None:
        said["changes"] = let_first(said["changes"], let_to)
    if allocation is not None:
        said["changes"] = allocated(said["changes"], allocation)
    return scenario_of(_yaml(said))


def written(scenario: Scenario) -> str:
    """Write a scenario out as YAML, with every assumption; `scenario_of` reads the same back."""
    return _yaml(scenario.model_dump(mode="json"))


def _yaml(said: dict[str, Any]) -> str:
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100)
