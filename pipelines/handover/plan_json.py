"""The plan as a file for machines: canonical JSON, with the schema that describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from matching.model import PLAN, Plan

if TYPE_CHECKING:
    from pathlib import Path

NAME, SCHEMA_NAME = "verhuisplan.json", "verhuisplan.schema.json"


def plan_file(plan: Plan, folder: Path) -> Path:
    """Write the plan as canonical JSON (RFC 8785: keys sorted, no blanks) and its schema beside it.

    A plan holds whole numbers and texts only, so equal plans give equal bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    path.write_bytes(canonical(PLAN.dump_python(plan, mode="json")))
    (folder / SCHEMA_NAME).write_text(pretty(plan_schema()), encoding="utf-8")
    return path


def read_plan(path: Path) -> Plan:
    """Read a plan back; a file that is no plan raises pydantic's ValidationError."""
    return PLAN.validate_json(path.read_bytes())


def plan_schema() -> dict[str, Any]:
    """Describe a plan as JSON Schema (draft 2020-12)."""
    return (
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Verhuisplan",
            "description": "Verhuisketens met hun redenen, en waarop het plan rust.",
        }
        | PLAN.json_schema(mode="serialization")
        | {"title": "Verhuisplan"}
    )


def canonical(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Write a JSON value in the one way it can be written."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def pretty(schema: dict[str, Any]) -> str:
    """Write a schema so that a person and a diff can read it."""
    return json.dumps(schema, sort_keys=True, ensure_ascii=False, indent=2) + "\n"
