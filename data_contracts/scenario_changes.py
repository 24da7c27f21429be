"""What may change in a scenario: one class per kind of change, told apart by `change`.

Where something of the stock is meant, its id may be left out: then what it must meet is named
(`neighbourhood`, `kind`), and the choice is made on the stock at hand, always the same way
(`matching.simulate.where`). So an example holds in every region.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from data_contracts.cells import Buurt, Corporation, Id
from data_contracts.policy import Choice, Points, Scheme, Weights
from data_contracts.words import Access, DwellingKind, EnergyLabel, FacilityKind

MONTH_PATTERN = r"^20\d{2}-(0[1-9]|1[0-2])$"
Month = Annotated[str, StringConstraints(pattern=MONTH_PATTERN)]
"""A month as 2028-03."""
Count = Annotated[int, Field(ge=1, le=5_000)]
Share = Annotated[float, Field(ge=0, le=1)]
"""A part of the whole, or a chance, from 0 to 1."""
Cents = Annotated[int, Field(ge=1, le=1_000_000)]
LOWEST_RENT = 10_000
"""Eurocents a month; what is less was surely meant as euros."""
OLDER_AGE = 55
"""From this age a home with the label 55plus may be entered."""
WEIGHTS = tuple(name for name in Weights.model_fields if name != "priority")
"""The weights of the policy that a scenario may set: whole points each."""


class Letting(StrEnum):
    """To whom the homes of a change are let first."""

    FREE = "free"
    OLDER = "55plus"
    DOWNSIZERS = "downsizers"


class Allocation(StrEnum):
    """How a home that comes free finds its household."""

    ENGINE = "engine"
    DOWNSIZERS = "downsizers_first"
    REGISTRATION = "registration"
    LOTTERY = "lottery"


def refused(code: str, sentence: str, field: str) -> PydanticCustomError:
    """Say in Dutch what fields say against each other; `field` is the one to look at."""
    return PydanticCustomError(code, "{sentence}", {"sentence": sentence, "field": field})


def _known_weight(name: str) -> str:
    if name not in WEIGHTS:
        raise PydanticCustomError("unknown_weight", "{name}", {"name": name})
    return name


WeightName = Annotated[str, AfterValidator(_known_weight)]


class Place(Choice):
    """Where new homes or a facility come: a neighbourhood (its middle), or a point in RD metres.

    Nothing named: the neighbourhood with the most homes.
    """

    neighbourhood: Buurt | None = None
    x: int | None = Field(default=None, ge=0, le=300_000)
    y: int | None = Field(default=None, ge=300_000, le=625_000)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.x is None) != (self.y is None):
            missing = "x" if self.x is None else "y"
            raise refused("half_place", "geef x en y samen, of geen van beide", missing)
        if self.x is not None and self.neighbourhood is not None:
            raise refused("two_places", "geef een buurt of een punt (x en y), niet beide", "x")
        return self


class Home(Choice):
    """What a new home is like. Rents in eurocents a month, area in m²."""

    kind: DwellingKind = DwellingKind.GAL
    rooms: Annotated[int, Field(ge=1, le=20)] = 3
    area: Annotated[int, Field(ge=8, le=1_000)] = 70
    floor: Annotated[int, Field(ge=-2, le=60)] = 1
    lift: bool = True
    access: Access = Access.ROA
    rent: Cents
    energy: EnergyLabel = EnergyLabel.A3

    @model_validator(mode="after")
    def _in_cents(self) -> Self:
        if self.rent < LOWEST_RENT:
            told = f"'{self.rent}' is te weinig: schrijf {self.rent * 100} voor € {self.rent}"
            raise refused("rent_in_euros", told, "rent")
        return self


class NewBuild(Choice):
    """Homes are built."""

    change: Literal["new_build"]
    month: Month
    number: Count
    home: Home
    place: Place = Place()
    complex: Id | None = None  # an existing complex they are added to; else one of their own
    corporation: Corporation | None = None
    let_to: Letting = Letting.FREE


class Demolition(Choice):
    """A complex is emptied and demolished; who lived there is housed elsewhere first.

    Who found nothing by then goes to a wisselwoning, as many as are kept; the others stay.
    """

    change: Literal["demolition"]
    complex: Id | None = None
    neighbourhood: Buurt | None = None
    kind: DwellingKind | None = None
    month: Month
    rehouse_months: Annotated[int, Field(ge=1, le=60)] = 12
    wisselwoningen: Annotated[int, Field(ge=0, le=500)] = 0


class Renovation(Choice):
    """A complex is renovated while its tenants stay in wisselwoningen, and come back.

    `access` and `energy` are what the homes have afterwards, where that is better than before.
    """

    change: Literal["renovation"]
    complex: Id | None = None
    neighbourhood: Buurt | None = None
    kind: DwellingKind | None = None
    month: Month
    months: Annotated[int, Field(ge=1, le=60)] = 6
    wisselwoningen: Annotated[int, Field(ge=0, le=500)] = 0
    access: Access | None = None
    energy: EnergyLabel | None = None


class Sale(Choice):
    """Homes of a kind or complex are sold when they come free, instead of let again.

    From `month` up to and including `until`.
    """

    change: Literal["sale"]
    month: Month
    until: Month | None = None
    complex: Id | None = None
    kind: DwellingKind | None = None
    neighbourhood: Buurt | None = None
    share: Share = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.month:
            raise refused(
                "until_before_month",
                f"'{self.until}' ligt vóór de begin-maand '{self.month}': kies een latere maand",
                "until",
            )
        return self


class FacilityOpens(Choice):
    """A facility opens."""

    change: Literal["facility_opens"]
    month: Month
    kind: FacilityKind
    place: Place = Place()


class FacilityCloses(Choice):
    """A facility closes: the one named, or that of a kind nearest to a neighbourhood's middle."""

    change: Literal["facility_closes"]
    month: Month
    facility: Id | None = None
    kind: FacilityKind | None = None
    neighbourhood: Buurt | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.facility is None and self.kind is None:
            raise refused("no_facility", "noem welke voorziening sluit, of welke soort", "facility")
        return self


class Allocating(Choice):
    """From a month on homes are allocated otherwise; `weights` are over those of the policy."""

    change: Literal["allocation"]
    month: Month | None = None
    how: Allocation = Allocation.ENGINE
    weights: dict[WeightName, Points] = Field(default_factory=dict)
    label: Letting | None = None
    label_neighbourhood: Buurt | None = None
    label_access: Access | None = None


class Arranging(Choice):
    """From a month on there is a scheme (doorstroomregeling)."""

    change: Literal["scheme"]
    month: Month | None = None
    scheme: Scheme


class Coaching(Choice):
    """From a month on the coaches have so many hours a week together, for new proposals."""

    change: Literal["coach_hours"]
    month: Month | None = None
    hours_per_week: Annotated[int, Field(ge=0, le=100_000)]


Change = Annotated[
    NewBuild
    | Demolition
    | Renovation
    | Sale
    | FacilityOpens
    | FacilityCloses
    | Allocating
    | Arranging
    | Coaching,
    Field(discriminator="change"),
]


def month_of(month: str) -> int:
    """Give a month as a whole number, so that months can be subtracted: 2028-03 is 24338."""
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1
