"""Facts as CloudEvents 1.0, by the NL GOV profile 1.1: one at a time, from program to program.

What differs from the plain standard: `source` is the urn of an organisation and one of its systems,
`type` is ours, `time` and `subject` are required (the moment the source knew it; the id of what it
is about), and no attribute holds personal data, for attributes are logged on the way.
Sources: CloudEvents 1.0.2; NL GOV profile for CloudEvents 1.1 (17 March 2026).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from data_contracts.events import KINDS, OURS, TABLES
from data_contracts.fact_data import is_id, read_data
from data_contracts.mistakes import UNREADABLE, Mistake, at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SPECVERSION = "1.0"
JSON = "application/json"
EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
LARGEST = 64 * 1024
"""Bytes of one event that everybody must carry (CloudEvents 1.0.2, size limits)."""
AHEAD = timedelta(minutes=5)
"""How far the clock of another system may be ahead of ours: the latest `time` wins, for ever."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

REQUIRED = ("id", "source", "specversion", "type", "time", "subject")
SOURCE = re.compile(
    r"(?P<organisation>urn:nld:(?:oin:[0-9]{8}[0-9A-Za-z]{12}|kvknr:[0-9]{8}))"
    r":systeem:[0-9A-Za-z_.-]{1,100}"
)
_PREFIX, _VERSION = "nl.verhuisketen.feit.", ".v1"
_NAME = re.compile(r"[a-z0-9]{1,20}")
_MOMENT = re.compile(
    r"(?P<second>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"
    r"(?:\.(?P<fraction>[0-9]{1,9}))?(?P<zone>[Zz]|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
)
_JSON_TYPE = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json(?:\s*;.*)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")
_NINE = re.compile(r"(?<![0-9A-Za-z])[0-9]{9}(?![0-9A-Za-z])")
_LONGEST_ID = 200
_PERSONS = ("households", "wishes", "ties", "tenancies")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact another system told, ready for the log: `data` is canonical JSON."""

    source: str
    id: str
    kind: str
    subject: str
    at: datetime
    data: str

    @property
    def organisation(self) -> str:
        """Give the urn of the organisation whose system told it."""
        return self.source.partition(":systeem:")[0]


def _kebab(kind: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind).lower()


TYPE_OF = {kind: f"{_PREFIX}{_kebab(kind)}{_VERSION}" for kind in KINDS}
_KIND_OF = {type_: kind for kind, type_ in TYPE_OF.items()}
SENDABLE = tuple(kind for kind, does in KINDS.items() if does.table not in OURS)
"""The kinds other systems may tell; what becomes of proposals, and what people decide, we say."""


def type_of(kind: str) -> str:
    """Name the CloudEvents type of a kind of fact: `nl.verhuisketen.feit.notice-given.v1`."""
    return TYPE_OF[kind]


def kind_of(type_: str) -> str | None:
    """Give the kind of fact a CloudEvents type stands for, None when it is not ours."""
    return _KIND_OF.get(type_)


def short_of(kind: str) -> str:
    """Give the short name of a kind, as in its type and its schema's address: `notice-given`."""
    return _kebab(kind)


def written(fact: Mapping[str, str], *, moment: datetime, data: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """Write a fact of the log (source, id, kind, subject) as a structured CloudEvent."""
    return {
        "specversion": SPECVERSION,
        "id": fact["id"],
        "source": fact["source"],
        "type": type_of(fact["kind"]),
        "subject": fact["subject"],
        "time": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": JSON,
        "data": data,
    }


def read(event: object, *, now: datetime) -> Told | tuple[Mistake, ...]:
    """Read one event (JSON as Python values); give the fact, or everything that is wrong with it.

    `now` is the reader's clock, against a `time` that lies ahead. Binary events are read the same,
    from their headers.
    """
    if not isinstance(event, dict):
        return (Mistake("", "geen_object", "Een gebeurtenis is een JSON-object."),)
    given = {name: value for name, value in event.items() if value is not None}
    kind = kind_of(given["type"]) if isinstance(given.get("type"), str) else None
    found = [*_attributes(given, now), *_about(given, kind)]
    data = ""
    if kind in SENDABLE and "data_base64" not in given:
        data, more = read_data(kind, given.get("data"))
        found += [*more, *_other_subject(given, kind)]
    if found or kind is None:
        return tuple(dict.fromkeys(found))
    return Told(
        source=given["source"],
        id=given["id"],
        kind=kind,
        subject=given["subject"],
        at=_moment(given["time"]) or EARLIEST,
        data=data,
    )


def _attributes(given: Mapping[str, Any], now: datetime) -> Iterator[Mistake]:
    for name in REQUIRED:
        if name not in given:
            yield Mistake(at(name), "ontbreekt", f"Het attribuut {name} is verplicht.")
    for name, value in given.items():
        if name not in ("data", "data_base64"):
            yield from _attribute(name, value, now)
    if "data_base64" in given:
        sentence = "Stuur de gegevens als JSON in data; data_base64 lezen wij niet."
        yield Mistake(at("data_base64"), "geen_json", sentence)


def _attribute(name: str, value: object, now: datetime) -> Iterator[Mistake]:
    if not _NAME.fullmatch(name):
        sentence = "De naam van een attribuut heeft alleen a-z en 0-9, hoogstens 20 tekens."
        yield Mistake(at(name) if name.isidentifier() else "", "attribuutnaam", sentence)
        return
    if name not in KNOWN and isinstance(value, bool | int):
        return
    if not isinstance(value, str) or not value.strip() or UNREADABLE.search(value):
        sentence = "Hier hoort tekst te staan, niet leeg en zonder onleesbare tekens."
        yield Mistake(at(name), "geen_tekst", sentence)
    elif _EMAIL.search(value):
        sentence = "Een attribuut mag geen persoonsgegevens bevatten: hier staat een e-mailadres."
        yield Mistake(at(name), "persoonsgegeven", sentence)
    elif (judge := KNOWN.get(name)) and (wrong := judge(value, now)):
        yield Mistake(at(name), *wrong)


def _id(value: str, _now: datetime) -> tuple[str, str] | None:
    if len(value) > _LONGEST_ID:
        return "te_lang", f"Een id heeft hoogstens {_LONGEST_ID} tekens."
    return None


def _source(value: str, _now: datetime) -> tuple[str, str] | None:
    if not SOURCE.fullmatch(value):
        return "geen_bron", (
            "De bron is een urn van uw organisatie en systeem, zoals "
            "urn:nld:kvknr:12345678:systeem:primair (of urn:nld:oin:… met 20 tekens)."
        )
    return None


def _specversion(value: str, _now: datetime) -> tuple[str, str] | None:
    return None if value == SPECVERSION else ("specversion", "Wij lezen CloudEvents versie 1.0.")


def _type(value: str, _now: datetime) -> tuple[str, str] | None:
    kind = kind_of(value)
    if kind is None:
        return "onbekend_type", (
            "Dit type kennen wij niet. De types staan in /v1/asyncapi.json, zoals "
            f"{type_of('NoticeGiven')}."
        )
    if kind not in SENDABLE:
        return "alleen_wij", "Dit feit meldt alleen Verhuisketen zelf."
    return None


def _subject(value: str, _now: datetime) -> tuple[str, str] | None:
    if not is_id(value):
        return "geen_kenmerk", (
            "Het subject is een kenmerk: letters, cijfers en . _ : / -, hoogstens 64 tekens."
        )
    return None


def _time(value: str, now: datetime) -> tuple[str, str] | None:
    moment = _moment(value)
    if moment is None:
        return "geen_tijdstip", "Schrijf de tijd met tijdzone, zoals 2026-11-22T09:30:00Z."
    if moment < EARLIEST:
        return "te_vroeg", "Deze tijd ligt vóór het jaar 2000."
    if moment > now + AHEAD:
        return "in_de_toekomst", (
            "Deze tijd ligt in de toekomst. Zet de klok van het systeem goed; een datum die nog "
            "komt hoort in de gegevens."
        )
    return None


def _datacontenttype(value: str, _now: datetime) -> tuple[str, str] | None:
    if not _JSON_TYPE.fullmatch(value):
        return "geen_json", "De gegevens zijn JSON: gebruik application/json, of laat dit weg."
    return None


def _anything(_value: str, _now: datetime) -> None:
    """Take it as it is: it only informs."""


KNOWN: dict[str, Callable[[str, datetime], tuple[str, str] | None]] = {
    "id": _id,
    "source": _source,
    "specversion": _specversion,
    "type": _type,
    "subject": _subject,
    "time": _time,
    "datacontenttype": _datacontenttype,
    "dataschema": _anything,
    "dataref": _anything,
}
"""The attributes we know, and what judges each; others may be there and are not kept."""


def _moment(value: str) -> datetime | None:
    """Read a moment as RFC 3339 writes it; beyond microseconds it is cut off."""
    found = _MOMENT.fullmatch(value)
    if not found:
        return None
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    zone = found["zone"].upper().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{found['second']}.{fraction}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):  # the thirtieth of February, the first day of the year 1
        return None


def _about(given: Mapping[str, Any], kind: str | None) -> Iterator[Mistake]:
    """Refuse a subject that may be somebody's number as a citizen, where it is about a person."""
    subject = given.get("subject")
    about_persons = kind is None or KINDS[kind].table in _PERSONS
    if about_persons and isinstance(subject, str) and any(map(_is_bsn, _NINE.findall(subject))):
        sentence = "Dit kenmerk kan een burgerservicenummer zijn. Gebruik een eigen kenmerk."
        yield Mistake(at("subject"), "persoonsgegeven", sentence)


def _is_bsn(nine: str) -> bool:
    """Whether nine digits pass the eleven test of the BSN (RvIG, Logisch ontwerp BSN)."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, nine, strict=True)) % 11 == 0


def _other_subject(given: Mapping[str, Any], kind: str) -> Iterator[Mistake]:
    if not KINDS[kind].appears or not isinstance(given.get("data"), dict):
        return
    key = TABLES[KINDS[kind].table][1]
    named, subject = given["data"].get(key), given.get("subject")
    if isinstance(named, str) and isinstance(subject, str) and named != subject:
        sentence = f"Het subject moet hetzelfde kenmerk zijn als {key} in de gegevens."
        yield Mistake(at("subject"), "ander_kenmerk", sentence)
