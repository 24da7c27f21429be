"""What people at the desk decide, as facts carry it: steps, visits, and instructions to the plan.

Who decided is an opaque id of a user, nothing more. What somebody wrote in own words never enters
a fact: it is kept apart in the store.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from data_contracts.cells import Id
from data_contracts.record import Record
from data_contracts.words import DeclineReason, HoldReason, InstructionKind, ProposalState

MOMENT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
"""A moment to the second, in UTC: 2026-12-01T09:30:00Z."""


class Offer(Record):
    """A proposal as a fact knows it: who, to which home, leaving which, in what state.

    `by`: who took this step, where a person did. `presented`: the day on which it was put to the
    household. `held_until`: it rests until that day, `held_because` of what.
    """

    proposal: Id
    plan: Id
    chain: Id
    position: Annotated[int, Field(ge=1)]
    household: Id
    dwelling: Id
    leaves: Id | None = None
    coach: Id | None = None
    state: ProposalState
    reason: DeclineReason | None = None
    on: date
    by: Id | None = None
    presented: date | None = None
    held_until: date | None = None
    held_because: HoldReason | None = None


class Visit(Record):
    """An appointment of a coach with a household about a proposal, at a moment in UTC."""

    visit: Id
    proposal: Id
    household: Id
    moment: Annotated[str, Field(pattern=MOMENT_PATTERN)]
    minutes: Annotated[int, Field(ge=5, le=480)]
    on: date
    by: Id | None = None


class Instruction(Record):
    """What somebody asks of the plan about one household and one home, until a day if it is given.

    One instruction per household and home stands at a time.
    """

    instruction: Id
    household: Id
    dwelling: Id
    asks: InstructionKind
    on: date
    until: date | None = None
    by: Id | None = None


class Withdrawn(BaseModel):
    """What is left to say of what somebody took back: that they did, and on which day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    on: date | None = None
    by: Id | None = None
