"""Write what is generated from the code: JSON Schemas and `mapping.md`. `python -m docs.build`.

A schema for the plan, for any fact, for a scenario, and one per delivery. Tests keep them fresh.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.events import FACT, TABLES
from data_contracts.record import apart_fields, fact_fields
from data_contracts.records import DELIVERIES
from data_contracts.scenario import Scenario
from data_contracts.scenario_adjusting import Adjust
from docs import build_mapping
from pipelines.handover.plan_json import plan_schema, pretty

if TYPE_CHECKING:
    from data_contracts.records import Delivery

DRAFT = "https://json-schema.org/draft/2020-12/schema"
LIMITS = {"ge": "minimum", "le": "maximum"}
FOLDER = Path(__file__).parents[1] / "data_contracts" / "schemas"


def schemas() -> dict[str, dict[str, Any]]:
    """Make every schema, by file name."""
    rows = {f"levering-{d.name}.json": delivery_schema(d) for d in DELIVERIES.values()}
    made = {"plan.json": plan_schema(), "facts.json": fact_schema(), **rows}
    made["scenario.json"] = scenario_schema()
    return {name: said_properly(schema) for name, schema in made.items()}


def said_properly(schema: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Give limits their JSON Schema names, where pydantic left its own beside our cell readers."""
    if isinstance(schema, dict):
        return {LIMITS.get(name, name): said_properly(what) for name, what in schema.items()}
    return [said_properly(one) for one in schema] if isinstance(schema, list) else schema


def fact_schema() -> dict[str, Any]:
    """Describe any fact, under our own field names and without the fields kept apart."""
    schema = {"$schema": DRAFT, "title": "Feit"} | FACT.json_schema(by_alias=False)
    for record in dict.fromkeys(record for record, _ in TABLES.values()):
        described = schema["$defs"][record.__name__]
        carried = set(fact_fields(record))
        described["properties"] = {
            name: what for name, what in described["properties"].items() if name in carried
        }
        described["required"] = [n for n in described.get("required", []) if n in carried]
    return schema


def scenario_schema() -> dict[str, Any]:
    """Describe a scenario as it is written: what it leaves out comes from its base."""
    schema = {"$schema": DRAFT, "title": "Wat-als"} | Scenario.model_json_schema()
    adjust = Adjust.model_json_schema(ref_template="#/$defs/{model}")
    adjust.pop("$defs", None)
    from_base = {"Acceptance", "Arrivals", "Demography", "Portal"}
    for name in from_base:
        schema["$defs"][name].pop("required")
    also = {"base": {"type": "string", "description": "Waar dit scenario op staat."}}
    schema["properties"] = also | {"adjust": adjust} | schema["properties"]
    return schema | {"required": ["name"], "description": "Een scenario, zoals men het schrijft."}


def delivery_schema(delivery: Delivery) -> dict[str, Any]:
    """Describe one row of a delivery, under its Dutch column names; says which are kept apart."""
    schema = {"$schema": DRAFT} | delivery.record.model_json_schema(by_alias=True)
    for name in apart_fields(delivery.record):
        alias = delivery.record.model_fields[name].alias or name
        schema["properties"][alias]["description"] = "Persoonsgegeven: blijft buiten het matchen."
    return schema | {"title": f"Levering {delivery.name}"}


def main() -> None:
    """Write the schemas and the reference page of the deliveries."""
    build_mapping.build()
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (FOLDER / name).write_text(pretty(schema), encoding="utf-8")
        print(f"data_contracts/schemas/{name}")


if __name__ == "__main__":
    main()
