"""A proposal as VERA writes it: an Aanbieding, and once there is a signature a Toewijzing.

VERA 4.3.0, Woonruimteverdeling; every field is optional there, and what we do not know is left out.
A chain has no place in VERA: only its links travel. Codes: VERA-referentiedata 2026-06-26.
"""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from data_contracts.words import DeclineReason, ProposalState
from desk.api.models import Kenmerk

_P = ProposalState
VERA_MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$"
"""How VERA writes every date: also one that is a day, which is its first second in UTC."""
STATUS = {
    _P.OFFERED: "AAN",
    _P.TAKEN_UP: "AAN",
    _P.ACCEPTED: "AAN",
    _P.SIGNED: "TOE",
    _P.MOVED: "TOE",
    _P.DECLINED: "GEW",
    _P.EXPIRED: "ING",
    _P.SUPERSEDED: "ING",
}
"""AANBIEDINGSTATUS by state. A household is first asked, then takes it: TOE is from the signature.
"""
WITHDRAWN = {_P.EXPIRED: "REA", _P.SUPERSEDED: "ONT"}
"""AANBIEDINGDETAILSTATUS of what was withdrawn: no answer in time, or no longer to be had."""
NAMES = {
    ("AANBIEDINGSTATUS", "AAN"): "Aangeboden",
    ("AANBIEDINGSTATUS", "GEW"): "Geweigerd",
    ("AANBIEDINGSTATUS", "ING"): "Ingetrokken",
    ("AANBIEDINGSTATUS", "TOE"): "Toegewezen",
    ("AANBIEDINGDETAILSTATUS", "ANV"): "Anderen krijgen voorrang",
    ("AANBIEDINGDETAILSTATUS", "BUI"): "Buitenruimte bevalt niet",
    ("AANBIEDINGDETAILSTATUS", "GEE"): "Geen belangstelling meer",
    ("AANBIEDINGDETAILSTATUS", "GER"): "Geen recht op huisvestingsvergunning",
    ("AANBIEDINGDETAILSTATUS", "HUU"): "Huurprijs te hoog",
    ("AANBIEDINGDETAILSTATUS", "ONT"): "Onterecht aangeboden",
    ("AANBIEDINGDETAILSTATUS", "PAO"): "Parkeer, bergingruimte onvoldoende",
    ("AANBIEDINGDETAILSTATUS", "PER"): "Persoonlijke omstandigheden",
    ("AANBIEDINGDETAILSTATUS", "REA"): "Reactietermijn verlopen",
    ("AANBIEDINGDETAILSTATUS", "WBN"): "Woning bevalt niet",
    ("AANBIEDINGDETAILSTATUS", "WKN"): "Woningkwaliteit bevalt niet",
    ("AANBIEDINGDETAILSTATUS", "WOB"): "Woonomgeving bevalt niet",
    ("PUBLICATIEMODEL", "DIS"): "Distributiemodel",
    ("PUBLICATIEMODEL", "WON"): "Woningruilmodel",
}
"""What VERA calls the codes that we send."""


def _as_vera(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


VeraMoment = Annotated[
    datetime,
    PlainSerializer(_as_vera, return_type=str),
    WithJsonSchema({"type": "string", "format": "vera-tijdstip", "pattern": VERA_MOMENT}),
]
"""VERA's own date fields hold a moment, whatever their name; the format says whose they are."""


class VeraShape(BaseModel):
    """A shape of VERA: its own names, nothing besides."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        serialize_by_alias=True,
    )


class Soort(VeraShape):
    """De lijst waar een code uit komt."""

    code: str


class Referentiedata(VeraShape):
    """Een code uit de VERA-referentiedata."""

    code: str
    naam: str | None = None
    soort: Soort
    parent: "Referentiedata | None" = None


class Publicatie(VeraShape):
    """Hoe de woning verdeeld werd: rechtstreeks bemiddeld, of geruild."""

    id: Kenmerk
    model: Referentiedata


class ExtraAttribuut(VeraShape):
    """Wat VERA niet kent, op de plek die VERA daarvoor heeft."""

    naam: str
    waarde: str


class Aanbieding(VeraShape):
    """Een aanbieding (VERA, Woonruimteverdeling)."""

    id: Kenmerk
    id_extern: Kenmerk
    status: Referentiedata
    detail_status: Referentiedata | None = None
    datum: VeraMoment
    antwoorddatum: VeraMoment | None = None
    vervaldatum: VeraMoment | None = None
    eenheid: str = Field(json_schema_extra={"format": "uri"})
    relatie: str = Field(json_schema_extra={"format": "uri"})
    publicatie: Publicatie
    extra_attributen: list[ExtraAttribuut] = Field(alias="extra-attributen")


class AanbiedingSleutel(VeraShape):
    """Verwijzing naar een aanbieding."""

    id: Kenmerk
    id_extern: Kenmerk


class Toewijzing(VeraShape):
    """Een toewijzing (VERA, Woonruimteverdeling)."""

    id: Kenmerk
    id_extern: Kenmerk
    datum: VeraMoment
    aanbieding: AanbiedingSleutel
    eenheid: str = Field(json_schema_extra={"format": "uri"})
    relatie: str = Field(json_schema_extra={"format": "uri"})
    publicatie: Publicatie
    huishoudgrootte: int
    is_ouderenhuishouden: bool


def offer(row: dict[str, Any], *, ring: bool, url: str) -> Aanbieding:
    """Write a proposal (a row) as an offer; a ring is a swap of homes."""
    state = _P(row["state"])
    answered = state in (_P.ACCEPTED, _P.SIGNED, _P.MOVED, _P.DECLINED)
    return Aanbieding(
        id=row["id"],
        id_extern=row["id"],
        status=code("AANBIEDINGSTATUS", STATUS[state]),
        detail_status=_detail(state, row["reason"]),
        datum=_first_second(row["offered_on"]),
        antwoorddatum=row["at"] if answered else None,
        vervaldatum=None if row["until"] is None else _first_second(row["until"]),
        eenheid=f"{url}/v1/woningen/{row['dwelling']}",
        relatie=f"{url}/v1/huishoudens/{row['household']}",
        publicatie=_publication(row, ring=ring),
        extra_attributen=[
            ExtraAttribuut(naam="verhuisketen.keten", waarde=row["chain"]),
            ExtraAttribuut(naam="verhuisketen.plaatsInKeten", waarde=str(row["step"])),
            *_sub_reason(row["reason"]),
        ],
    )


def allocation(
    row: dict[str, Any], household: dict[str, Any], *, ring: bool, url: str
) -> Toewijzing:
    """Write a signed proposal (a row) as an allocation to a household (its row)."""
    return Toewijzing(
        id=row["id"],
        id_extern=row["id"],
        datum=row["at"],
        aanbieding=AanbiedingSleutel(id=row["id"], id_extern=row["id"]),
        eenheid=f"{url}/v1/woningen/{row['dwelling']}",
        relatie=f"{url}/v1/huishoudens/{row['household']}",
        publicatie=_publication(row, ring=ring),
        huishoudgrootte=household["persons"],
        is_ouderenhuishouden=household["aow"],
    )


def code(kind: str, name: str, *, parent: Referentiedata | None = None) -> Referentiedata:
    """Write a code of VERA with the list it comes from."""
    return Referentiedata(
        code=name, naam=NAMES.get((kind, name)), soort=Soort(code=kind), parent=parent
    )


def vera_reason(reason: DeclineReason) -> str:
    """Give VERA's part of a reason: what stands before our own sub-reason."""
    return reason.value.partition("_")[0]


def _detail(state: ProposalState, reason: str | None) -> Referentiedata | None:
    found = WITHDRAWN.get(state) if reason is None else vera_reason(DeclineReason(reason))
    if found is None:
        return None
    parent = code("AANBIEDINGSTATUS", STATUS[state])
    return code("AANBIEDINGDETAILSTATUS", found, parent=parent)


def _sub_reason(reason: str | None) -> list[ExtraAttribuut]:
    if reason is None or "_" not in reason:
        return []
    return [ExtraAttribuut(naam="verhuisketen.weigerreden", waarde=reason)]


def _publication(row: dict[str, Any], *, ring: bool) -> Publicatie:
    return Publicatie(id=row["plan"], model=code("PUBLICATIEMODEL", "WON" if ring else "DIS"))


def _first_second(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
