"""JSON Schemas (2020-12) of what may come in one by one: the data of each kind, and its event.

They say what the types say. What one field demands of another is judged by the reader alone: it may
refuse, with a sentence, what a schema lets through.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from data_contracts.cloudevents import SENDABLE, SPECVERSION, type_of
from data_contracts.events import KINDS, TABLES, Fact
from data_contracts.fact_data import fields_of

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
LIMITS = {"ge": "minimum", "le": "maximum"}
ID_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}$"
SOURCE_PATTERN = (
    r"^urn:nld:(oin:[0-9]{8}[0-9A-Za-z]{12}|kvknr:[0-9]{8}):systeem:[0-9A-Za-z_.-]{1,100}$"
)
NOTHING: Schema = {
    "type": "object",
    "maxProperties": 0,
    "description": "Niets: wat er niet meer is, heeft geen gegevens.",
}
EXAMPLE = {
    "notice": "O-2026-0012",
    "dwelling": "W-1207",
    "given": "2026-11-20",
    "ends": "2026-12-31",
    "status": "GOE",
}
"""The data of a notice, as an example."""


def example() -> dict[str, Any]:
    """Give an event that is right: notice was given."""
    return {
        "specversion": SPECVERSION,
        "id": "opzegging-2026-0012-1",
        "source": "urn:nld:kvknr:12345678:systeem:primair",
        "type": type_of("NoticeGiven"),
        "subject": EXAMPLE["notice"],
        "time": "2026-11-20T09:30:00Z",
        "datacontenttype": "application/json",
        "data": EXAMPLE,
    }


def data_schema(kind: str) -> Schema:
    """Describe the data of a kind of fact that other systems may tell."""
    if not KINDS[kind].appears:
        return NOTHING | {"title": kind}
    record = TABLES[KINDS[kind].table][0]
    whole = record.model_json_schema(by_alias=False)
    described: Schema = _plain(whole["properties"], whole.get("$defs", {}))
    fields = [name for name in fields_of(KINDS[kind].table) if name in described]
    said = {
        "title": kind,
        "description": inspect.cleandoc(record.__doc__ or ""),
        "type": "object",
        "properties": {name: _untitled(described[name]) for name in fields},
        "required": [name for name in whole.get("required", []) if name in fields],
        "additionalProperties": False,
    }
    if record.one_of:
        said["anyOf"] = [{"required": list(group)} for group in record.one_of]
    return said


def _plain(part: Any, definitions: Schema) -> Any:  # noqa: ANN401 - any JSON value
    """Write references out, leave `null` out (an empty field is left away) and name limits well."""
    if isinstance(part, list):
        return [_plain(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    said = {LIMITS.get(name, name): _plain(what, definitions) for name, what in part.items()}
    if "$ref" in said:
        return _plain(definitions[said.pop("$ref").rpartition("/")[2]], definitions) | said
    if {"type": "null"} in said.get("anyOf", ()):
        (real,) = (one for one in said.pop("anyOf") if one != {"type": "null"})
        said.pop("default", None)
        return real | said
    return said


def _untitled(described: Schema) -> Schema:
    return {name: what for name, what in described.items() if name != "title"}


def event_schema(kind: str, data: Schema) -> Schema:
    """Describe a structured CloudEvent of a kind, around a schema (or reference) for its data."""
    required = ["specversion", "id", "source", "type", "subject", "time"]
    return {
        "title": f"Gebeurtenis{kind}",
        "description": _documented(kind),
        "type": "object",
        "properties": {
            "specversion": {"const": SPECVERSION, "type": "string"},
            "id": {
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "description": "Blijvend kenmerk van de gebeurtenis, uniek binnen source.",
            },
            "source": {
                "type": "string",
                "pattern": SOURCE_PATTERN,
                "description": "Urn van uw organisatie (OIN of KvK) en het systeem.",
            },
            "type": {"const": type_of(kind), "type": "string"},
            "subject": {
                "type": "string",
                "pattern": ID_PATTERN,
                "description": "Kenmerk van waar het over gaat; nooit een BSN of naam.",
            },
            "time": {
                "type": "string",
                "format": "date-time",
                "description": "Wanneer uw systeem het wist. Het laatste telt, hoe laat het "
                "ook binnenkomt.",
            },
            "datacontenttype": {"type": "string", "default": "application/json"},
            "dataschema": {"type": "string", "format": "uri-reference"},
            "data": data,
        },
        "required": [*required, "data"] if KINDS[kind].appears else required,
    }


def _documented(kind: str) -> str:
    """Give what a kind means, as its class says."""
    return inspect.cleandoc(_CLASSES[kind].__doc__ or "")


_CLASSES = {one.__name__: one for one in Fact.__subclasses__()}


@cache
def data_schemas() -> dict[str, Schema]:
    """Describe the data of every kind that may come in, by kind."""
    return {kind: data_schema(kind) for kind in SENDABLE}
