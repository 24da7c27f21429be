"""The API as a document: OpenAPI 3.1, by the NL API Design Rules 2.2."""

from __future__ import annotations

from typing import Any

from data_contracts.cloudevents import BATCH, EVENT, JSON, SENDABLE
from data_contracts.fact_schemas import SOURCE_PATTERN, data_schemas, event_schema, example
from pipelines.api.doorway import VERSION
from pipelines.api.problems import MEDIA_TYPE, PROBLEMS

Document = dict[str, Any]
LICENCE = {
    "name": "EUPL-1.2",
    "url": "https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12",
}
ABOUT = (
    "Andere systemen vertellen hier wat er gebeurt: een huuropzegging, een nieuwe wens, een woning "
    "die klaar is. Elk feit wordt precies één keer geboekt, hoe vaak het ook komt; de volgorde "
    "maakt niet uit. Gebeurtenissen zijn CloudEvents 1.0 volgens het NL GOV-profiel 1.1. Wat elk "
    "type betekent staat in /v1/asyncapi.json. Handleiding: docs/guides/koppelen.md."
)
HEADERS = {
    "API-Version": {
        "description": "Volledig versienummer van deze API.",
        "schema": {"type": "string", "examples": [VERSION]},
    }
}
KEY: Document = {
    "type": "http",
    "scheme": "bearer",
    "description": "Een sleutel van uw organisatie, gemaakt door de beheerder.",
}
PROBLEM: Document = {
    "title": "Probleem",
    "description": "Wat er mis is (RFC 9457); alle fouten tegelijk, zonder wat er stond.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON Pointer (RFC 6901) naar de plek in het bericht.",
                    },
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "aantalFouten": {
            "type": "integer",
            "description": "Alleen als niet alle fouten zijn genoemd.",
        },
    },
}
PLACE: Document = {
    "title": "Plaats",
    "type": "object",
    "required": ["positie"],
    "properties": {
        "positie": {
            "type": "integer",
            "minimum": 1,
            "description": "Plaats van het feit in het logboek; verandert nooit.",
        },
        "conflict": {
            "type": "boolean",
            "description": "Alleen in een batch: dit id had al een andere inhoud; die blijft.",
        },
    },
}
STATUS: Document = {
    "title": "Status",
    "type": "object",
    "required": ["sleutel", "organisatie", "perMinuut", "positie"],
    "properties": {
        "sleutel": {"type": "string", "description": "Kenmerk van de sleutel, niet de sleutel."},
        "organisatie": {"type": "string"},
        "corporatie": {"type": ["string", "null"]},
        "perMinuut": {"type": "integer", "description": "Zo veel verzoeken mogen per minuut."},
        "positie": {"type": "integer", "description": "De laatste plaats in het logboek."},
    },
}
BINARY = ("id", "source", "specversion", "type", "subject", "time")
ALWAYS = (401, 406, 421, 429, 500, 503)
"""What any call with a key may hear."""


def contact(public_url: str, email: str) -> Document:
    """Say whom to ask about this installation."""
    return {"name": "Beheer van Verhuisketen", "url": public_url, "email": email}


def openapi(public_url: str, *, email: str) -> Document:
    """Make the OpenAPI document for an installation that is found at `public_url`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Verhuisketen: feiten",
            "version": VERSION,
            "description": ABOUT,
            "contact": contact(public_url, email),
            "license": LICENCE,
        },
        "servers": [{"url": f"{public_url}/v1", "description": "Deze installatie"}],
        "tags": [
            {"name": "Gebeurtenissen", "description": "Feiten vertellen en teruglezen."},
            {"name": "Over deze koppeling", "description": "Status en schema's."},
        ],
        "security": [{"sleutel": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"sleutel": KEY},
            "schemas": _schemas(),
            "responses": {name: _problem(status) for status, (name, *_) in PROBLEMS.items()},
        },
    }


def _paths() -> Document:
    return {
        "/gebeurtenissen": {"post": _tell()},
        "/gebeurtenissen/{positie}": {"get": _fact()},
        "/status": {"get": _status()},
        "/schemas/{bestand}": {"get": _schema()},
    }


def _schemas() -> Document:
    described = {f"Gegevens{kind}": schema for kind, schema in data_schemas().items()}
    events = {
        f"Gebeurtenis{kind}": event_schema(kind, _ref(f"Gegevens{kind}")) for kind in SENDABLE
    }
    one_of = {"title": "Gebeurtenis", "oneOf": [_ref(name) for name in events]}
    own = {"Probleem": PROBLEM, "Plaats": PLACE, "Status": STATUS, "Gebeurtenis": one_of}
    return own | events | described


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def _tell() -> Document:
    return {
        "operationId": "vertelGebeurtenis",
        "tags": ["Gebeurtenissen"],
        "summary": "Vertel een of meer feiten.",
        "description": "Hetzelfde bericht mag altijd opnieuw: het antwoord blijft gelijk. Een "
        "batch wordt als geheel gekeurd; het antwoord heeft dan per gebeurtenis een plaats, in "
        "dezelfde volgorde. In de binaire vorm staan de attributen in koppen ce-… en de gegevens "
        "in de body.",
        "parameters": [_binary_header(name) for name in BINARY],
        "requestBody": {
            "required": False,
            "description": "Leeg mag alleen in de binaire vorm, bij een feit zonder gegevens.",
            "content": {
                EVENT: {"schema": _ref("Gebeurtenis"), "example": example()},
                BATCH: {
                    "schema": {"type": "array", "maxItems": 500, "items": _ref("Gebeurtenis")},
                    "example": [example()],
                },
                JSON: {"schema": {"type": "object"}, "example": example()["data"]},
            },
        },
        "responses": {
            "201": _answer("Geboekt.", _ref("Plaats"), {"positie": 17})
            | {"headers": HEADERS | {"Location": {"schema": {"type": "string"}}}},
            "200": _answer(
                "Was al geboekt: het eerste antwoord. Of het antwoord op een batch.",
                {"oneOf": [_ref("Plaats"), {"type": "array", "items": _ref("Plaats")}]},
                {"positie": 17},
            ),
            **_problems(400, 403, 408, 409, 413, 415, *ALWAYS),
        },
    }


def _binary_header(name: str) -> Document:
    schema: Document = {"type": "string", "minLength": 1}
    if name == "source":
        schema["pattern"] = SOURCE_PATTERN
    return {
        "name": f"ce-{name}",
        "in": "header",
        "required": False,
        "description": "Alleen in de binaire vorm.",
        "schema": schema,
    }


def _fact() -> Document:
    return {
        "operationId": "leesGebeurtenis",
        "tags": ["Gebeurtenissen"],
        "summary": "Lees een feit van uw organisatie terug.",
        "description": "Hierheen wijst dataref in een bericht aan wie meeluistert.",
        "parameters": [_in_path("positie", {"type": "integer", "minimum": 1})],
        "responses": {
            "200": _answer("Het feit.", {"type": "object"}, example(), media_type=EVENT),
            **_problems(400, 404, *ALWAYS),
        },
    }


def _status() -> Document:
    status = {
        "sleutel": "S-1a2b3c4d",
        "organisatie": "urn:nld:kvknr:12345678",
        "corporatie": None,
        "perMinuut": 12000,
        "positie": 17,
    }
    return {
        "operationId": "leesStatus",
        "tags": ["Over deze koppeling"],
        "summary": "Kijk of uw sleutel werkt.",
        "responses": {"200": _answer("Hij werkt.", _ref("Status"), status), **_problems(*ALWAYS)},
    }


def _schema() -> Document:
    return {
        "operationId": "leesSchema",
        "tags": ["Over deze koppeling"],
        "summary": "Lees het JSON Schema van de gegevens van een soort feit.",
        "security": [],
        "parameters": [
            _in_path("bestand", {"type": "string", "pattern": r"^[a-z-]+\.json$"})
            | {"example": "notice-given.json"}
        ],
        "responses": {
            "200": _answer("Het schema.", {"type": "object"}, {"type": "object"}),
            **_problems(400, 404, 421, 500),
        },
    }


def _in_path(name: str, schema: Document) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _answer(words: str, schema: Document, example_: object, *, media_type: str = JSON) -> Document:
    content = {media_type: {"schema": schema, "example": example_}}
    return {"description": words, "headers": HEADERS, "content": content}


def _problems(*statuses: int) -> Document:
    return {
        str(status): {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}
        for status in sorted(set(statuses))
    }


def _problem(status: int) -> Document:
    name, title, detail = PROBLEMS[status]
    said = {
        "type": f"/v1/openapi.json#/components/responses/{name}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    headers = HEADERS | (
        {"Retry-After": {"schema": {"type": "integer"}}} if status in (429, 503) else {}
    )
    content = {MEDIA_TYPE: {"schema": PROBLEM, "example": said}}
    return {"description": title, "headers": headers, "content": content}
