"""What the events mean, as a document: AsyncAPI 3.0, one message per kind of fact, both ways."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from data_contracts.cloudevents import EVENT, SENDABLE, TYPE_OF, type_of
from data_contracts.fact_schemas import data_schemas, event_schema
from pipelines.api.doorway import VERSION
from pipelines.api.openapi import KEY, LICENCE, contact

Document = dict[str, Any]
NOTICE: Document = {
    "title": "Melding",
    "description": "Informatiearm: wat er gebeurde met welk kenmerk, en waar het te lezen is.",
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "dataref"],
    "properties": {
        "specversion": {"const": "1.0", "type": "string"},
        "id": {"type": "string", "description": "Voor elke ontvanger en altijd hetzelfde."},
        "source": {"type": "string"},
        "type": {"type": "string", "enum": list(TYPE_OF.values())},
        "subject": {"type": "string"},
        "time": {"type": "string", "format": "date-time"},
        "dataref": {"type": "string", "format": "uri"},
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]{19}$",
            "description": "Loopt op met het logboek, met gaten.",
        },
    },
    "not": {"required": ["data"]},
}


def asyncapi(public_url: str, *, email: str) -> Document:
    """Make the AsyncAPI document for an installation that is found at `public_url`."""
    where = urlsplit(public_url)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Verhuisketen: gebeurtenissen",
            "version": VERSION,
            "description": "Feiten die andere systemen vertellen (POST /v1/gebeurtenissen), en "
            "meldingen aan wie meeluistert (webhooks). CloudEvents 1.0, NL GOV-profiel 1.1. "
            "`time` is het moment waarop de bron het wist; datums van de echte wereld staan in "
            "`data`. Een volgende, andere vorm van een type krijgt v2 en komt ernaast.",
            "contact": contact(public_url, email),
            "license": LICENCE,
        },
        "defaultContentType": EVENT,
        "servers": {
            "installatie": {
                "host": where.netloc,
                "pathname": f"{where.path.rstrip('/')}/v1",
                "protocol": where.scheme,
                "security": [{"$ref": "#/components/securitySchemes/sleutel"}],
            }
        },
        "channels": _channels(),
        "operations": {
            "vertelFeit": _operation("receive", "gebeurtenissen", "Een systeem vertelt een feit."),
            "meldFeit": _operation("send", "meldingen", "Wij melden een feit aan wie meeluistert."),
        },
        "components": {
            "messages": _messages(),
            "schemas": _schemas(),
            "securitySchemes": {"sleutel": KEY},
        },
    }


def _channels() -> Document:
    return {
        "gebeurtenissen": {
            "address": "/gebeurtenissen",
            "description": "Feiten naar binnen.",
            "servers": [{"$ref": "#/servers/installatie"}],
            "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in SENDABLE},
        },
        "meldingen": {
            "address": None,
            "description": "Meldingen naar buiten, naar adressen die de beheerder opschrijft.",
            "messages": {"Melding": {"$ref": "#/components/messages/Melding"}},
        },
    }


def _operation(action: str, channel: str, summary: str) -> Document:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _messages() -> Document:
    facts = {kind: _message(type_of(kind), f"Gebeurtenis{kind}") for kind in SENDABLE}
    return facts | {"Melding": _message("nl.verhuisketen.feit.*", "Melding")}


def _message(name: str, schema: str) -> Document:
    return {
        "name": name,
        "title": schema,
        "contentType": EVENT,
        "payload": {"$ref": f"#/components/schemas/{schema}"},
    }


def _schemas() -> Document:
    events = {
        f"Gebeurtenis{kind}": event_schema(kind, data) for kind, data in data_schemas().items()
    }
    return events | {"Melding": NOTICE}
