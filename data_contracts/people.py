"""Rows about people: households, where they live, what they wish, and what is near to them.

Sources of the choice of fields: VERA 4.3.0 (`docs/mapping.md` names entity and field for each).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from data_contracts.cells import (
    Areas,
    Codes,
    Corporation,
    Day,
    Eurocents,
    Id,
    Metres,
    Text,
    Whole,
    YesNo,
    wrong,
)
from data_contracts.record import (
    Apart,
    Located,
    Record,
    UpperCase,
    in_order,
    known_features,
)
from data_contracts.words import (
    Access,
    DwellingKind,
    IncomeClass,
    Mobility,
    Priority,
    ResidentKind,
    TieKind,
    Willingness,
)


class Household(Record):
    """Those who would move together; needs of the home, never a diagnosis or an income."""

    household: Id = Field(alias="huishoudencode")
    corporation: Corporation = Field(alias="corporatie")
    name: Annotated[Text | None, Apart()] = Field(default=None, alias="aanspreeknaam")
    phone: Annotated[Text | None, Apart()] = Field(default=None, alias="telefoon")
    email: Annotated[Text | None, Apart()] = Field(default=None, alias="email")
    persons: Annotated[Whole, Field(ge=1, le=20)] = Field(alias="personen")
    birth_year: Annotated[Whole, Field(ge=1890, le=2100)] | None = Field(
        default=None, alias="geboortejaar_oudste"
    )
    aow: YesNo = Field(alias="aow")
    income: Annotated[IncomeClass, UpperCase] = Field(
        default=IncomeClass.ONBEKEND, alias="inkomenstoets"
    )
    income_year: Annotated[Whole, Field(ge=2015, le=2100)] | None = Field(
        default=None, alias="toetsjaar"
    )
    exception_54a: YesNo = Field(default=False, alias="verzoek_54a")
    registered: Day = Field(alias="inschrijfdatum")
    priority: Annotated[Priority | None, UpperCase] = Field(default=None, alias="voorrang")
    mobility: Annotated[Mobility, UpperCase] = Field(default=Mobility.LOPEND, alias="mobiliteit")
    access_needed: Annotated[Access, UpperCase] = Field(
        default=Access.ZON, alias="benodigde_toegankelijkheid"
    )
    features_needed: Codes = Field(default="", alias="benodigde_kenmerken")
    consent: YesNo = Field(alias="toestemming")
    consent_date: Day | None = Field(default=None, alias="toestemming_datum")
    willingness: Annotated[Willingness, UpperCase] = Field(alias="verhuisbereidheid")
    coach: Id | None = Field(default=None, alias="verhuiscoach")
    resident: Annotated[ResidentKind | None, UpperCase] = Field(default=None, alias="bewonersrol")

    @model_validator(mode="after")
    def _consent_has_a_date(self) -> Self:
        if self.consent and self.consent_date is None:
            raise wrong(
                "toestemming_zonder_datum", "Bij toestemming hoort een datum.", "consent_date"
            )
        known_features(self.features_needed, "features_needed")
        return self


class Tenancy(Record):
    """Who lives where, since when, for what net rent (eurocents a month)."""

    tenancy: Id = Field(alias="overeenkomstcode")
    dwelling: Id = Field(alias="eenheidcode")
    household: Id = Field(alias="huishoudencode")
    start: Day = Field(alias="begindatum")
    end: Day | None = Field(default=None, alias="einddatum")
    rent: Annotated[Eurocents, Field(ge=1, le=1_000_000)] = Field(alias="netto_huur")

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        in_order(self, "start", "end")
        return self


Weight = Annotated[Whole, Field(ge=0, le=10)]


class Wish(Record):
    """What a household asks: hard limits, weights of 0 to 10, and the day until which it holds.

    Households with the same `group` move together or not at all: into one complex, or into homes
    at most `group_metres` apart.
    """

    household: Id = Field(alias="huishoudencode")
    stated: Day = Field(alias="opgegeven_op")
    valid_until: Day | None = Field(default=None, alias="geldig_tot")
    max_rent: Annotated[Eurocents, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, alias="maximale_huur"
    )
    min_rooms: Annotated[Whole, Field(ge=1, le=20)] | None = Field(
        default=None, alias="minimum_kamers"
    )
    max_rooms: Annotated[Whole, Field(ge=1, le=20)] | None = Field(
        default=None, alias="maximum_kamers"
    )
    min_area: Annotated[Whole, Field(ge=8, le=1_000)] | None = Field(
        default=None, alias="minimum_oppervlakte"
    )
    max_floor: Annotated[Whole, Field(ge=-2, le=60)] | None = Field(
        default=None, alias="hoogste_etage"
    )
    areas: Areas = Field(default="", alias="gebieden")
    kinds: Codes = Field(default="", alias="detailsoorten")
    weight_proximity: Weight = Field(default=5, alias="gewicht_nabijheid")
    weight_facilities: Weight = Field(default=5, alias="gewicht_voorzieningen")
    weight_neighbourhood: Weight = Field(default=5, alias="gewicht_eigen_buurt")
    weight_rent: Weight = Field(default=5, alias="gewicht_huur")
    weight_outdoor: Weight = Field(default=5, alias="gewicht_buitenruimte")
    group: Id | None = Field(default=None, alias="groep")
    group_metres: Annotated[Metres, Field(ge=1, le=50_000)] | None = Field(
        default=None, alias="groep_meters"
    )

    @model_validator(mode="after")
    def _kinds_known(self) -> Self:
        if set(filter(None, self.kinds.split("|"))) - set(DwellingKind):
            raise wrong(
                "onbekende_code", "Er staat een onbekende detailsoort in de lijst.", "kinds"
            )
        in_order(self, "min_rooms", "max_rooms")
        in_order(self, "stated", "valid_until")
        return self


class Tie(Located):
    """A person or place that matters to a household: a coarse place, or another household.

    The place is rounded to the middle of a 100 m square when it is read; a finer one never enters.
    """

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (*Located.one_of, ("with_household",))

    tie: Id = Field(alias="bandcode")
    household: Id = Field(alias="huishoudencode")
    kind: Annotated[TieKind, UpperCase] = Field(alias="soort")
    weight: Weight = Field(default=5, alias="gewicht")
    minutes: Annotated[Whole, Field(ge=1, le=240)] = Field(alias="hoogstens_minuten")
    must: YesNo = Field(default=False, alias="moet")
    with_household: Id | None = Field(default=None, alias="ander_huishouden")

    def place_given(self) -> bool:
        """Whether there is a place, or a household whose home is the place."""
        return self.with_household is not None or Located.place_given(self)
