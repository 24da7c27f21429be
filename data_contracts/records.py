"""One row model per delivery: what a corporation gives us, and what a fact carries.

The Dutch alias is the column name in a delivery. A field marked `Apart` (name, telephone, street,
house number) never enters a fact, the State or the matching: it is kept apart in the store.
Sources of the choice of fields: VERA 4.3.0 (`docs/mapping.md` names entity and field for each).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from data_contracts.cells import (
    Areas,
    Buurt,
    Codes,
    Corporation,
    Day,
    Decimal,
    Eurocents,
    Gemeente,
    Huisletter,
    Huisnummer,
    Id,
    Metres,
    Nummeraanduiding,
    Postcode,
    Text,
    Toevoeging,
    Vbo,
    Whole,
    Wijk,
    YesNo,
    code,
    wrong,
)
from data_contracts.words import (
    Access,
    CriterionUse,
    DwellingKind,
    DwellingStatus,
    EnergyLabel,
    FacilityKind,
    Feature,
    HousingForm,
    IncomeClass,
    Mobility,
    NoticeStatus,
    Priority,
    TieKind,
    Willingness,
    WorksKind,
)


@dataclass(frozen=True, slots=True)
class Apart:
    """Marks a field that stays out of facts, State and matching."""


@dataclass(frozen=True, slots=True)
class Place:
    """Marks latitude and longitude, which become RD metres before anything else sees them."""


UpperCase = BeforeValidator(code)
RdX = Annotated[Metres, Field(ge=0, le=300_000)]
RdY = Annotated[Metres, Field(ge=300_000, le=625_000)]
Lat = Annotated[Decimal, Field(ge=50.75, le=53.70), Place()]
Lon = Annotated[Decimal, Field(ge=3.2, le=7.22), Place()]


class Record(BaseModel):
    """A row that was agreed upon; unknown columns are ignored, known ones must be right.

    `one_of` names groups of fields of which a row needs one whole group.
    """

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()

    model_config = ConfigDict(
        frozen=True, populate_by_name=True, extra="ignore", str_strip_whitespace=True
    )


class Located(Record):
    """A row with a place, in RD (EPSG:28992) or WGS84; after reading always RD in metres."""

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (("x", "y"), ("lat", "lon"))

    x: RdX | None = Field(default=None, alias="rd_x")
    y: RdY | None = Field(default=None, alias="rd_y")
    lat: Lat | None = Field(default=None, alias="breedtegraad")
    lon: Lon | None = Field(default=None, alias="lengtegraad")

    def place_given(self) -> bool:
        """Whether one whole pair of coordinates is there."""
        rd, wgs = (self.x, self.y), (self.lat, self.lon)
        return None not in rd or None not in wgs

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        place = (self.x, self.y, self.lat, self.lon)
        half = place != (None,) * 4 and not Located.place_given(self)
        if half or not self.place_given():
            raise wrong(
                "geen_plaats",
                "Er ontbreekt een plaats: geef rd_x en rd_y, of breedtegraad en lengtegraad.",
                *self._empty_place(),
            )
        return self

    def _empty_place(self) -> tuple[str, ...]:
        pair = ("lat", "lon") if self.x is None and self.y is None else ("x", "y")
        empty = tuple(name for name in pair if getattr(self, name) is None)
        return empty if len(empty) == 1 else ("x",)


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

    @model_validator(mode="after")
    def _consent_has_a_date(self) -> Self:
        if self.consent and self.consent_date is None:
            raise wrong(
                "toestemming_zonder_datum", "Bij toestemming hoort een datum.", "consent_date"
            )
        known_features(self.features_needed, "features_needed")
        return self


Weight = Annotated[Whole, Field(ge=0, le=10)]


class Wish(Record):
    """What a household asks: hard limits, weights of 0 to 10, and the day until which it holds."""

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


class Facility(Located):
    """A place that should be at rollator distance."""

    facility: Id = Field(alias="voorzieningcode")
    kind: Annotated[FacilityKind, UpperCase] = Field(alias="soort")


class Complex(Record):
    """Dwellings that are managed together."""

    complex: Id = Field(alias="complexcode")
    corporation: Corporation = Field(alias="corporatie")
    form: Annotated[HousingForm | None, UpperCase] = Field(default=None, alias="woonvorm")
    units: Annotated[Whole, Field(ge=1, le=5_000)] | None = Field(default=None, alias="eenheden")
    meeting_room: YesNo = Field(default=False, alias="ontmoetingsruimte")
    min_age: Annotated[Whole, Field(ge=0, le=120)] | None = Field(
        default=None, alias="minimumleeftijd"
    )


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


def known_features(joined: str, field: str) -> None:
    """Refuse a list of features with one nobody knows."""
    if set(filter(None, joined.split("|"))) - set(Feature):
        raise wrong(
            "onbekend_kenmerk",
            "Er staat een onbekend kenmerk in de lijst; zie docs/mapping.md.",
            field,
        )


def in_order(row: Record, first: str, second: str) -> None:
    """Refuse a row whose second field lies before its first: days, or a minimum and a maximum."""
    low, high = getattr(row, first), getattr(row, second)
    if low is None or high is None or low <= high:
        return
    names = type(row).model_fields[first].alias, type(row).model_fields[second].alias
    if isinstance(low, date):
        raise wrong("einde_voor_begin", f"De {names[1]} ligt vóór de {names[0]}.", second)
    raise wrong("minimum_boven_maximum", f"Het {names[0]} is hoger dan het {names[1]}.", second)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One kind of delivery: its file name, its row, the State table it feeds and its key."""

    name: str
    table: str
    record: type[Record]
    key: str


DELIVERIES: dict[str, Delivery] = {
    d.table: d
    for d in (
        Delivery("complexen", "complexes", Complex, "complex"),
        Delivery("woningen", "dwellings", Dwelling, "dwelling"),
        Delivery("nieuwbouw", "newbuild", NewBuild, "dwelling"),
        Delivery("huishoudens", "households", Household, "household"),
        Delivery("huurovereenkomsten", "tenancies", Tenancy, "tenancy"),
        Delivery("woonwensen", "wishes", Wish, "household"),
        Delivery("banden", "ties", Tie, "tie"),
        Delivery("voorzieningen", "facilities", Facility, "facility"),
        Delivery("huuropzeggingen", "notices", Notice, "notice"),
        Delivery("werkzaamheden", "works", Works, "works"),
    )
}
"""By State table, in the order in which a night reads them."""


def _marked(record: type[BaseModel], mark: type) -> list[str]:
    return [
        name
        for name, field in record.model_fields.items()
        if any(isinstance(m, mark) for m in (*field.metadata, *_inner(field.annotation)))
    ]


def _inner(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type, of whatever form
    inside = tuple(getattr(annotation, "__metadata__", ()))
    return inside + tuple(
        m for a in get_args(annotation) if not isinstance(a, str) for m in _inner(a)
    )


def apart_fields(record: type[BaseModel]) -> list[str]:
    """Name the fields that are kept apart."""
    return _marked(record, Apart)


def fact_fields(record: type[BaseModel]) -> list[str]:
    """Name the fields a fact carries and a State table has: all but those apart and lat/lon."""
    out = {*apart_fields(record), *_marked(record, Place)}
    return [name for name in record.model_fields if name not in out]


_DTYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "Int64"),
    (float, "Float64"),
    (date, "datetime64[s]"),
)


def dtypes(record: type[BaseModel]) -> dict[str, str]:
    """Say the pandas dtype of every fact field: boolean, Int64, Float64, datetime64[s] or str."""
    return {name: _dtype(record.model_fields[name].annotation) for name in fact_fields(record)}


def _dtype(annotation: Any) -> str:  # noqa: ANN401 - a type, of whatever form
    kinds = {annotation, *_leaves(annotation)}
    for kind, dtype in _DTYPES:
        if kind in kinds:
            return dtype
    return "str"


def _leaves(annotation: Any) -> set[Any]:  # noqa: ANN401 - a type, of whatever form
    found: set[Any] = set()
    for inner in get_args(annotation):
        if isinstance(inner, type):
            found.add(inner)
        found |= _leaves(inner)
    return found
