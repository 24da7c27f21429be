"""How events travel over HTTP: structured, binary, in a batch (CloudEvents HTTP binding 1.0.2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from data_contracts.cloudevents import BATCH, EVENT, JSON, LARGEST
from data_contracts.mistakes import Mistake, NotJson, strict_json
from pipelines.api.problems import Refused

if TYPE_CHECKING:
    from starlette.datastructures import Headers

PREFIX = "ce-"
MOST_EVENTS = 500
ACCEPTED = {"*/*", "application/*", JSON, EVENT, "application/problem+json"}
ACCEPTS = {"Accept-Post": f"{EVENT}, {BATCH}, {JSON}"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """The events of one request, as JSON says them, unread; whether they came as a batch."""

    events: tuple[Any, ...]
    batch: bool = False


def opened(headers: Headers, body: bytes) -> Envelope:
    """Take the events out of a request. Raises Refused: 400, 413 or 415."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, headers=ACCEPTS)
    media_type = _media_type(headers)
    if media_type == BATCH:
        return _batch(_json(body), len(body))
    if len(body) > LARGEST:
        raise Refused(413)
    if media_type == EVENT:
        return Envelope((_json(body),))
    if media_type in (JSON, "") and any(name.startswith(PREFIX) for name in headers):
        return Envelope((_binary(headers, body),))
    raise Refused(415, headers=ACCEPTS)


def _media_type(headers: Headers) -> str:
    media_type, *parameters = headers.get("content-type", "").lower().split(";")
    named = dict(part.strip().partition("=")[::2] for part in parameters)
    if named.get("charset", "utf-8").strip('"') != "utf-8":
        raise Refused(415, headers=ACCEPTS)
    return media_type.strip()


def _json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return strict_json(body)
    except NotJson as error:
        raise Refused(400, [Mistake("", "geen_json", str(error))]) from error


def _batch(events: object, size: int) -> Envelope:
    if not isinstance(events, list):
        raise Refused(400, [Mistake("", "geen_lijst", "Een batch is een lijst gebeurtenissen.")])
    if len(events) > MOST_EVENTS:
        sentence = f"Een batch heeft hoogstens {MOST_EVENTS} gebeurtenissen: verdeel hem."
        raise Refused(400, [Mistake("", "te_veel", sentence)])
    if size > LARGEST and any(len(json.dumps(event)) > LARGEST for event in events):
        raise Refused(413)
    return Envelope(tuple(events), batch=True)


def _binary(headers: Headers, body: bytes) -> dict[str, Any]:
    """Make of headers and body what a structured event would have said."""
    event: dict[str, Any] = {}
    for name, value in headers.items():
        if not name.startswith(PREFIX):
            continue
        attribute = name[len(PREFIX) :]
        if attribute in event or attribute in ("data", "datacontenttype"):
            sentence = "Deze kop staat er tweemaal, of hoort niet in een kop."
            raise Refused(400, [Mistake(f"/{attribute}", "dubbele_kop", sentence)])
        event[attribute] = _percent_decoded(attribute, value)
    return event | ({"data": _json(body)} if body else {})


def _percent_decoded(attribute: str, value: str) -> str:
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError as error:
        sentence = "Deze kop is niet goed geschreven: gebruik UTF-8 met procenttekens."
        raise Refused(400, [Mistake(f"/{attribute}", "kop", sentence)]) from error


def answerable(headers: Headers) -> None:
    """Refuse a caller who cannot read JSON: 406."""
    asked = headers.get("accept", "*/*").lower()
    if not any(part.split(";")[0].strip() in ACCEPTED for part in asked.split(",")):
        raise Refused(406)
