"""Every fact: frozen, past tense, one union discriminated by `kind`.

In bulk facts travel as a table (`FACT_COLUMNS`, `data` as canonical JSON text); one by one, at the
border, as the pydantic classes below. Both say the same thing. A fact's `at` is the moment it was
known to its source: the latest `at` wins, whatever the order of arrival.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from data_contracts import records
from data_contracts.decided import Instruction, Offer, Visit, Withdrawn
from data_contracts.record import Record  # noqa: TC001 - a field of a dataclass
from data_contracts.records import DELIVERIES

FACT_COLUMNS = ("source", "id", "kind", "subject", "at", "data")
"""The columns of a table of facts: text, but `at`, which is datetime64[us, UTC]."""


class Gone(BaseModel):
    """What is left to say of something that vanished: nothing but that it did."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Fact(BaseModel):
    """Something that happened: unique by (source, id), never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Annotated[str, Field(pattern=r"^urn:nld:[a-z]+:[0-9A-Za-z]+:systeem:[\w.-]+$")]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    at: AwareDatetime


class ComplexRegistered(Fact):
    """A complex is known, or known anew."""

    kind: Literal["ComplexRegistered"] = "ComplexRegistered"
    data: records.Complex


class ComplexRemoved(Fact):
    """A complex is no longer delivered."""

    kind: Literal["ComplexRemoved"] = "ComplexRemoved"
    data: Gone = Gone()


class DwellingRegistered(Fact):
    """A dwelling is known, or something about it changed."""

    kind: Literal["DwellingRegistered"] = "DwellingRegistered"
    data: records.Dwelling


class DwellingRemoved(Fact):
    """A dwelling left the stock."""

    kind: Literal["DwellingRemoved"] = "DwellingRemoved"
    data: Gone = Gone()


class NewBuildPlanned(Fact):
    """A dwelling is being built and has a day of completion."""

    kind: Literal["NewBuildPlanned"] = "NewBuildPlanned"
    data: records.NewBuild


class NewBuildCancelled(Fact):
    """A planned dwelling is no longer delivered as such."""

    kind: Literal["NewBuildCancelled"] = "NewBuildCancelled"
    data: Gone = Gone()


class HouseholdRegistered(Fact):
    """A household is known, or something about it changed."""

    kind: Literal["HouseholdRegistered"] = "HouseholdRegistered"
    data: records.Household


class HouseholdRemoved(Fact):
    """A household is no longer known to the corporation."""

    kind: Literal["HouseholdRemoved"] = "HouseholdRemoved"
    data: Gone = Gone()


class TenancyStarted(Fact):
    """A tenancy exists, or its rent or end changed."""

    kind: Literal["TenancyStarted"] = "TenancyStarted"
    data: records.Tenancy


class TenancyEnded(Fact):
    """A tenancy is over."""

    kind: Literal["TenancyEnded"] = "TenancyEnded"
    data: Gone = Gone()


class WishExpressed(Fact):
    """A household said what it asks."""

    kind: Literal["WishExpressed"] = "WishExpressed"
    data: records.Wish


class WishWithdrawn(Fact):
    """A household asks nothing any more."""

    kind: Literal["WishWithdrawn"] = "WishWithdrawn"
    data: Gone = Gone()


class TieNamed(Fact):
    """A household named a person or place that matters."""

    kind: Literal["TieNamed"] = "TieNamed"
    data: records.Tie


class TieDropped(Fact):
    """A tie no longer counts."""

    kind: Literal["TieDropped"] = "TieDropped"
    data: Gone = Gone()


class FacilityOpened(Fact):
    """A facility is there."""

    kind: Literal["FacilityOpened"] = "FacilityOpened"
    data: records.Facility


class FacilityClosed(Fact):
    """A facility is there no more."""

    kind: Literal["FacilityClosed"] = "FacilityClosed"
    data: Gone = Gone()


class NoticeGiven(Fact):
    """A tenant gave notice of a dwelling."""

    kind: Literal["NoticeGiven"] = "NoticeGiven"
    data: records.Notice


class NoticeWithdrawn(Fact):
    """A notice no longer stands."""

    kind: Literal["NoticeWithdrawn"] = "NoticeWithdrawn"
    data: Gone = Gone()


class WorksPlanned(Fact):
    """Works are planned for a dwelling or complex."""

    kind: Literal["WorksPlanned"] = "WorksPlanned"
    data: records.Works


class WorksCancelled(Fact):
    """Planned works are off."""

    kind: Literal["WorksCancelled"] = "WorksCancelled"
    data: Gone = Gone()


class ProposalOffered(Fact):
    """A proposal was handed to a coach."""

    kind: Literal["ProposalOffered"] = "ProposalOffered"
    data: Offer


class ProposalAnswered(Fact):
    """A proposal was taken up, accepted or declined with a reason, or such a step taken back."""

    kind: Literal["ProposalAnswered"] = "ProposalAnswered"
    data: Offer


class ProposalPresented(Fact):
    """A proposal was put to its household."""

    kind: Literal["ProposalPresented"] = "ProposalPresented"
    data: Offer


class ProposalHeld(Fact):
    """A proposal rests until a day, for a reason."""

    kind: Literal["ProposalHeld"] = "ProposalHeld"
    data: Offer


class ProposalResumed(Fact):
    """A proposal that rested is looked at again."""

    kind: Literal["ProposalResumed"] = "ProposalResumed"
    data: Offer


class ProposalLapsed(Fact):
    """A proposal expired, or a newer plan superseded it."""

    kind: Literal["ProposalLapsed"] = "ProposalLapsed"
    data: Offer


class ContractSigned(Fact):
    """A household signed for the proposed home."""

    kind: Literal["ContractSigned"] = "ContractSigned"
    data: Offer


class HouseholdMoved(Fact):
    """A household has the keys."""

    kind: Literal["HouseholdMoved"] = "HouseholdMoved"
    data: Offer


class VisitPlanned(Fact):
    """A coach and a household made an appointment."""

    kind: Literal["VisitPlanned"] = "VisitPlanned"
    data: Visit


class VisitCancelled(Fact):
    """An appointment is off."""

    kind: Literal["VisitCancelled"] = "VisitCancelled"
    data: Withdrawn = Withdrawn()


class MovePinned(Fact):
    """A coach asked the plan to keep this household's move to this home in it."""

    kind: Literal["MovePinned"] = "MovePinned"
    data: Instruction


class MoveForbidden(Fact):
    """A coach asked the plan never to propose this home to this household."""

    kind: Literal["MoveForbidden"] = "MoveForbidden"
    data: Instruction


class InstructionWithdrawn(Fact):
    """What was asked of the plan is asked no more."""

    kind: Literal["InstructionWithdrawn"] = "InstructionWithdrawn"
    data: Withdrawn = Withdrawn()


AnyFact = Annotated[
    ComplexRegistered
    | ComplexRemoved
    | DwellingRegistered
    | DwellingRemoved
    | NewBuildPlanned
    | NewBuildCancelled
    | HouseholdRegistered
    | HouseholdRemoved
    | TenancyStarted
    | TenancyEnded
    | WishExpressed
    | WishWithdrawn
    | TieNamed
    | TieDropped
    | FacilityOpened
    | FacilityClosed
    | NoticeGiven
    | NoticeWithdrawn
    | WorksPlanned
    | WorksCancelled
    | ProposalOffered
    | ProposalAnswered
    | ProposalPresented
    | ProposalHeld
    | ProposalResumed
    | ProposalLapsed
    | ContractSigned
    | HouseholdMoved
    | VisitPlanned
    | VisitCancelled
    | MovePinned
    | MoveForbidden
    | InstructionWithdrawn,
    Field(discriminator="kind"),
]
FACT: TypeAdapter[AnyFact] = TypeAdapter(AnyFact)
"""Validates, serialises and describes any fact: `FACT.validate_python(...)`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of fact does to the State: which table, and whether its row appears or goes."""

    table: str
    appears: bool


KINDS: dict[str, Kind] = {
    "ComplexRegistered": Kind("complexes", appears=True),
    "ComplexRemoved": Kind("complexes", appears=False),
    "DwellingRegistered": Kind("dwellings", appears=True),
    "DwellingRemoved": Kind("dwellings", appears=False),
    "NewBuildPlanned": Kind("newbuild", appears=True),
    "NewBuildCancelled": Kind("newbuild", appears=False),
    "HouseholdRegistered": Kind("households", appears=True),
    "HouseholdRemoved": Kind("households", appears=False),
    "TenancyStarted": Kind("tenancies", appears=True),
    "TenancyEnded": Kind("tenancies", appears=False),
    "WishExpressed": Kind("wishes", appears=True),
    "WishWithdrawn": Kind("wishes", appears=False),
    "TieNamed": Kind("ties", appears=True),
    "TieDropped": Kind("ties", appears=False),
    "FacilityOpened": Kind("facilities", appears=True),
    "FacilityClosed": Kind("facilities", appears=False),
    "NoticeGiven": Kind("notices", appears=True),
    "NoticeWithdrawn": Kind("notices", appears=False),
    "WorksPlanned": Kind("works", appears=True),
    "WorksCancelled": Kind("works", appears=False),
    "ProposalOffered": Kind("offers", appears=True),
    "ProposalAnswered": Kind("offers", appears=True),
    "ProposalPresented": Kind("offers", appears=True),
    "ProposalHeld": Kind("offers", appears=True),
    "ProposalResumed": Kind("offers", appears=True),
    "ProposalLapsed": Kind("offers", appears=True),
    "ContractSigned": Kind("offers", appears=True),
    "HouseholdMoved": Kind("offers", appears=True),
    "VisitPlanned": Kind("visits", appears=True),
    "VisitCancelled": Kind("visits", appears=False),
    "MovePinned": Kind("instructions", appears=True),
    "MoveForbidden": Kind("instructions", appears=True),
    "InstructionWithdrawn": Kind("instructions", appears=False),
}

TABLES: dict[str, tuple[type[Record], str]] = {
    **{d.table: (d.record, d.key) for d in DELIVERIES.values()},
    "offers": (Offer, "proposal"),
    "visits": (Visit, "visit"),
    "instructions": (Instruction, "instruction"),
}
"""Every State table: the record whose fact fields are its columns, and its key."""

OURS = frozenset({"offers", "visits", "instructions"})
"""The tables of which only this system tells: what becomes of proposals, and what people decide."""


def appeared(table: str) -> str:
    """Name the kind of fact that says a delivered row is there."""
    return next(name for name, kind in KINDS.items() if kind == Kind(table, appears=True))


def vanished(table: str) -> str:
    """Name the kind of fact that says a delivered row is gone."""
    return next(name for name, kind in KINDS.items() if kind == Kind(table, appears=False))


def canonical(data: dict[str, Any]) -> str:
    """Write a fact's data as canonical JSON: keys sorted, nothing empty, nothing superfluous."""
    filled = {key: value for key, value in data.items() if value is not None}
    return json.dumps(filled, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
