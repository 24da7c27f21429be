"""Rows about homes: dwellings and complexes, what comes free, is built or worked on, or is near.

Sources of the choice of fields: VERA 4.3.0 (`docs/mapping.md` names entity and field for each).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from data_contracts.cells import (
    Buurt,
    Codes,
    Corporation,
    Day,
    Eurocents,
    Gemeente,
    Huisletter,
    Huisnummer,
    Id,
    Nummeraanduiding,
    Postcode,
    Text,
    Toevoeging,
    Vbo,
    Whole,
    Wijk,
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
    CriterionUse,
    DwellingKind,
    DwellingStatus,
    EnergyLabel,
    FacilityKind,
    HousingForm,
    NoticeStatus,
    WorksKind,
)


class Dwelling(Located):
    """A home that is let (VHE). Rents in eurocents a month, area in m², floor of the front door."""

    dwelling: Id = Field(alias="eenheidcode")
    corporation: Corporation = Field(alias="corporatie")
    complex: Id | None = Field(default=None, alias="complexcode")
    vbo: Vbo | None = Field(default=None, alias="bag_vbo")
    nummeraanduiding: Nummeraanduiding | None = Field(default=None, alias="bag_nummeraanduiding")
    street: Annotated[Text | None, Apart()] = Field(default=None, alias="straat")
    house_number: Annotated[Huisnummer | None, Apart()] = Field(default=None, alias="huisnummer")
    house_letter: Annotated[Huisletter | None, Apart()] = Field(default=None, alias="huisletter")
    addition: Annotated[Toevoeging | None, Apart()] = Field(
        default=None, alias="huisnummertoevoeging"
    )
    postcode: Annotated[Postcode | None, Apart()] = Field(default=None, alias="postcode")
    town: Annotated[Text | None, Apart()] = Field(default=None, alias="woonplaats")
    neighbourhood: Buurt | None = Field(default=None, alias="buurtcode")
    district: Wijk | None = Field(default=None, alias="wijkcode")
    municipality: Gemeente = Field(alias="gemeentecode")
    kind: Annotated[DwellingKind, UpperCase] = Field(alias="detailsoort")
    rooms: Annotated[Whole, Field(ge=1, le=20)] = Field(alias="kamers")
    area: Annotated[Whole, Field(ge=8, le=1_000)] = Field(alias="gebruiksoppervlakte")
    floor: Annotated[Whole, Field(ge=-2, le=60)] = Field(alias="etage")
    lift: YesNo = Field(alias="lift")
    access: Annotated[Access, UpperCase] = Field(alias="toegankelijkheidslabel")
    form: Annotated[HousingForm | None, UpperCase] = Field(default=None, alias="woonvorm")
    features: Codes = Field(default="", alias="kenmerken")
    rent: Annotated[Eurocents, Field(ge=1, le=1_000_000)] = Field(alias="netto_huur")
    target_rent: Annotated[Eurocents, Field(ge=1, le=1_000_000)] = Field(alias="streefhuur")
    energy: Annotated[EnergyLabel | None, UpperCase] = Field(default=None, alias="energielabel")
    daeb: YesNo = Field(alias="daeb")
    min_age: Annotated[Whole, Field(ge=0, le=120)] | None = Field(
        default=None, alias="minimumleeftijd"
    )
    age_use: Annotated[CriterionUse, UpperCase] = Field(
        default=CriterionUse.SEL, alias="leeftijd_toepassing"
    )
    min_persons: Annotated[Whole, Field(ge=1, le=20)] | None = Field(
        default=None, alias="minimum_personen"
    )
    max_persons: Annotated[Whole, Field(ge=1, le=20)] | None = Field(
        default=None, alias="maximum_personen"
    )
    persons_use: Annotated[CriterionUse, UpperCase] = Field(
        default=CriterionUse.SEL, alias="personen_toepassing"
    )
    status: Annotated[DwellingStatus, UpperCase] = Field(alias="status")
    available: Day | None = Field(default=None, alias="beschikbaar_per")

    @model_validator(mode="after")
    def _areas_nest(self) -> Self:
        outer = (self.municipality[2:],)
        if self.district and not self.district[2:].startswith(outer):
            raise wrong(
                "wijk_buiten_gemeente", "De wijkcode hoort niet bij de gemeentecode.", "district"
            )
        inner = self.district[2:] if self.district else outer[0]
        if self.neighbourhood and not self.neighbourhood[2:].startswith(inner):
            raise wrong(
                "buurt_buiten_wijk",
                "De buurtcode hoort niet bij de wijk of gemeente.",
                "neighbourhood",
            )
        return self

    @model_validator(mode="after")
    def _features_known(self) -> Self:
        known_features(self.features, "features")
        in_order(self, "min_persons", "max_persons")
        return self


class NewBuild(Dwelling):
    """A dwelling that is being built: a dwelling with the day it is handed over."""

    completed: Day = Field(alias="opleverdatum")


Share = Annotated[Whole, Field(ge=0, le=100)]


class Complex(Record):
    """Dwellings that are managed together.

    How many of its homes may be lived in by `vragende` or `dragende` households, in percent: a band
    per complex, for no national norm is confirmed.
    """

    complex: Id = Field(alias="complexcode")
    corporation: Corporation = Field(alias="corporatie")
    form: Annotated[HousingForm | None, UpperCase] = Field(default=None, alias="woonvorm")
    units: Annotated[Whole, Field(ge=1, le=5_000)] | None = Field(default=None, alias="eenheden")
    meeting_room: YesNo = Field(default=False, alias="ontmoetingsruimte")
    min_age: Annotated[Whole, Field(ge=0, le=120)] | None = Field(
        default=None, alias="minimumleeftijd"
    )
    least_vragend: Share | None = Field(default=None, alias="minstens_vragend")
    most_vragend: Share | None = Field(default=None, alias="hoogstens_vragend")
    least_dragend: Share | None = Field(default=None, alias="minstens_dragend")
    most_dragend: Share | None = Field(default=None, alias="hoogstens_dragend")

    @model_validator(mode="after")
    def _bands_are_bands(self) -> Self:
        in_order(self, "least_vragend", "most_vragend")
        in_order(self, "least_dragend", "most_dragend")
        return self


class Facility(Located):
    """A place that should be at rollator distance."""

    facility: Id = Field(alias="voorzieningcode")
    kind: Annotated[FacilityKind, UpperCase] = Field(alias="soort")


class Notice(Record):
    """A tenant gave notice: the dwelling comes free."""

    notice: Id = Field(alias="opzeggingcode")
    dwelling: Id = Field(alias="eenheidcode")
    given: Day = Field(alias="opzegdatum")
    ends: Day = Field(alias="einddatum")
    status: Annotated[NoticeStatus, UpperCase] = Field(default=NoticeStatus.GOE, alias="status")

    @model_validator(mode="after")
    def _ends_after_given(self) -> Self:
        in_order(self, "given", "ends")
        return self


class Works(Record):
    """Works planned for a dwelling or a whole complex, from day to day."""

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (("dwelling",), ("complex",))

    works: Id = Field(alias="werkcode")
    dwelling: Id | None = Field(default=None, alias="eenheidcode")
    complex: Id | None = Field(default=None, alias="complexcode")
    kind: Annotated[WorksKind, UpperCase] = Field(alias="soort")
    start: Day = Field(alias="begindatum")
    end: Day | None = Field(default=None, alias="einddatum")

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if (self.dwelling is None) == (self.complex is None):
            raise wrong(
                "een_van_beide", "Geef een eenheidcode of een complexcode, niet beide.", "dwelling"
            )
        in_order(self, "start", "end")
        return self
