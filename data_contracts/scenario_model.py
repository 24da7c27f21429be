"""A scenario whole: its changes, and the assumptions under which they are rolled through time."""

from __future__ import annotations

import hashlib
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from data_contracts.policy import Choice
from data_contracts.scenario_changes import Change, Share, refused
from data_contracts.words import DwellingKind

NOTHING = "niets-doen"
"""The name of the scenario in which nothing changes: what all others are compared with."""


MOST_FREED = 2
Freed = Annotated[float, Field(ge=0, le=MOST_FREED)]
"""How many homes come free, on average."""


class Acceptance(Choice):
    """How often a proposal goes through: no Dutch figure is known, so a band is swept.

    `offers_a_month`: to so many households a home is offered one after another within a month.
    """

    percent: Annotated[int, Field(ge=1, le=100)]
    band: tuple[Annotated[int, Field(ge=1, le=100)], ...] = ()
    offers_a_month: Annotated[int, Field(ge=1, le=20)] = 3


class ByAge(Choice):
    """A chance a year by the age of the oldest: from `age` on, until the next row."""

    age: Annotated[int, Field(ge=0, le=120)]
    chance: Share


def _from_young_to_old(rows: tuple[ByAge, ...]) -> tuple[ByAge, ...]:
    ages = [row.age for row in rows]
    if sorted(set(ages)) != ages:
        raise refused("not_by_age", "zet de regels van jong naar oud, elke leeftijd eenmaal", "")
    return rows


ByAges = Annotated[tuple[ByAge, ...], Field(min_length=1), AfterValidator(_from_young_to_old)]


class Arrivals(Choice):
    """Who comes to seek: households without a home of ours, and tenants who begin to seek."""

    starters_a_year: Annotated[int, Field(ge=0, le=100_000)] | None = None
    tenants_a_year: Annotated[int, Field(ge=0, le=100_000)] | None = None
    leave_list_a_year: Share


class Portal(Choice):
    """Who takes a home that the list of wishes does not fill within some months.

    Shares of those who enter: a starter, somebody who leaves a home outside this stock, and (the
    rest) another tenant of this stock, whose home comes free in turn. `leaves` says it by the kind
    of home that is entered, instead of the shares: how many homes of each kind come free, on
    average, by a household that enters this kind. Above 1 in all: two households that become one
    leave two. Who leaves none is a starter or from outside, in the ratio of the shares.
    """

    after_months: Annotated[int, Field(ge=0, le=60)]
    starters: Share
    outside: Share
    leaves: dict[DwellingKind, dict[DwellingKind, Freed]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.starters + self.outside > 1:
            raise refused(
                "shares_above_one", "starters en outside zijn samen hoogstens 1", "outside"
            )
        if any(sum(row.values()) > MOST_FREED for row in self.leaves.values()):
            raise refused(
                "too_many_freed", "een huishouden laat hoogstens twee woningen achter", "leaves"
            )
        return self


class Demography(Choice):
    """What happens to people by itself: they leave, die, go to care, get limitations, seek.

    Of who moves from a home of ours at 70 or older `care_share_of_70plus` goes to care, and of the
    others `stays_share_of_70plus` to a home of ours again. `leave` says who leaves us, so of those
    a larger part goes to care (`to_care`): who stays moves by the list or the portal.
    """

    leave: ByAges
    death: ByAges
    care_share_of_70plus: Share
    stays_share_of_70plus: Share
    limitation: ByAges
    limited_seeks: Share
    arrivals: Arrivals
    portal: Portal
    vacancy_months: Annotated[int, Field(ge=0, le=12)]

    @property
    def to_care(self) -> float:
        """The part of who leaves us at 70 or older that goes to care."""
        care = self.care_share_of_70plus
        leaves = care + (1 - care) * (1 - self.stays_share_of_70plus)
        return care / leaves if leaves else 0.0


class Scenario(Choice):
    """Supposed changes, and the assumptions under which they are rolled through time."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    question: Annotated[str, StringConstraints(max_length=600)] = ""
    years: Annotated[int, Field(ge=1, le=30)]
    step_months: Annotated[int, Field(ge=1, le=12)]
    replications: Annotated[int, Field(ge=1, le=1_000)]
    seed: Annotated[int, Field(ge=0, le=2**31)]
    options_per_household: Annotated[int, Field(ge=1, le=200)]
    acceptance: Acceptance
    demography: Demography
    sources: dict[str, str] = Field(default_factory=dict)
    changes: tuple[Change, ...] = ()

    @property
    def months(self) -> int:
        """How many months the scenario looks ahead."""
        return self.years * 12

    @property
    def hash(self) -> str:
        """The sha256 of everything that decides what a run comes to, first 16 characters."""
        told = self.model_dump_json(exclude={"title", "question", "sources", "replications"})
        return hashlib.sha256(told.encode()).hexdigest()[:16]
