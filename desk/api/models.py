"""The shapes of the API: what is asked and answered, with Dutch names as they travel."""

from datetime import UTC, date, datetime
from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from data_contracts.cells import wrong
from data_contracts.words import (
    Access,
    DeclineReason,
    DwellingKind,
    DwellingStatus,
    EnergyLabel,
    HousingForm,
    Mobility,
    Willingness,
)
from desk.api.words import Stand, Stap
from matching.model import Status
from store import words

LARGEST = 2**63 - 1
"""The last position a log can have."""
ID_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}$"
Kenmerk = Annotated[str, Field(pattern=ID_PATTERN, examples=["W-1207"])]
Positie = Annotated[int, Field(ge=1, le=LARGEST, description="Plaats in het logboek.")]
Centen = Annotated[int, Field(ge=0, description="Bedrag in eurocenten per maand.")]


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Moment = Annotated[
    AwareDatetime,
    PlainSerializer(_in_utc, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T08:30:00Z"]}),
]
"""A moment: any offset in, UTC with a Z out (NL API Design Rules 2.2)."""


class Shape(BaseModel):
    """One shape on the wire: Dutch names in camelCase, nothing besides what is written here."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        serialize_by_alias=True,
    )


class Fout(Shape):
    """Eén fout: waar, welke, en wat u doet."""

    pointer: str = Field(description="JSON Pointer (RFC 6901) naar de plek in het verzoek.")
    code: str
    detail: str


class Probleem(Shape):
    """Wat er mis is (RFC 9457); alle fouten tegelijk, zonder wat er stond."""

    type: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    errors: list[Fout] = Field(default_factory=list)


class Voorstel(Shape):
    """Een voorstel: wie, naar welke woning, en hoe ver het is."""

    id: Kenmerk
    plan: Kenmerk = Field(description="Het plan waarin het voor het eerst stond.")
    keten: Kenmerk
    plaats_in_keten: Annotated[int, Field(ge=1)]
    huishouden: Kenmerk
    woning: Kenmerk
    laat_vrij: Kenmerk | None = Field(description="De woning die vrijkomt; leeg bij een starter.")
    stand: Stand
    reden: DeclineReason | None = Field(description="Alleen bij geweigerd.")
    aangeboden_op: date
    geldig_tot: date | None
    voorgelegd_op: date | None = Field(description="Toen is het met het huishouden besproken.")
    aangehouden_tot: date | None = Field(description="Tot dan rust het voorstel.")
    gewijzigd: Moment
    positie: Positie


class Voorstellen(Shape):
    """Een bladzijde voorstellen, in de volgorde waarin er iets aan veranderde."""

    voorstellen: list[Voorstel]
    volgende: str | None = Field(description="Geef dit mee als cursor; leeg op de laatste.")


class Reden(Shape):
    """Waarom dit voorstel: een regel die is nagekeken, of een voorkeur met punten."""

    criterium: str
    oordeel: str | None = Field(description="ja, nee of vraag de coach; leeg bij een voorkeur.")
    punten: int
    zin: str
    bron: str


class MogelijkeStap(Shape):
    """Een stap die op dit voorstel kan volgen, en als die nog moet wachten: waarop."""

    stap: Stap
    kan_nu: bool
    uitleg: str


class Reactie(Shape):
    """Een stap met een voorstel, door wie het zo zag staan."""

    stap: Stap
    positie: Positie = Field(description="De positie van het voorstel zoals u het las.")
    reden: DeclineReason | None = Field(default=None, description="Bij weigeren, en alleen dan.")
    toelichting: Annotated[str, Field(min_length=1, max_length=words.LONGEST)] | None = Field(
        default=None,
        description="In een paar woorden, bij weigeren; nodig bij PER_OVERIG. Geen ziekte, geen "
        "namen, geen nummers van personen. Wij geven dit hier nooit terug.",
    )

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        declines = self.stap is Stap.WEIGEREN
        if declines is (self.reden is None):
            raise wrong(
                "reden_bij_weigeren", "Bij weigeren hoort een reden, en alleen dan.", "reden"
            )
        if self.toelichting is not None and not declines:
            raise wrong("alleen_bij_weigeren", "Een toelichting hoort bij weigeren.", "toelichting")
        if self.reden is DeclineReason.PER_OVERIG and self.toelichting is None:
            raise wrong(
                "toelichting_nodig", "Schrijf in een paar woorden wat de reden is.", "toelichting"
            )
        return self


class Geantwoord(Shape):
    """Wat er van een voorstel werd."""

    voorstel: Kenmerk
    stand: Stand
    positie: Positie


class Woning(Shape):
    """Een woning, zonder adres."""

    id: Kenmerk
    complex: Kenmerk | None
    gemeente: str
    buurt: str | None
    soort: DwellingKind = Field(description="EENHEIDDETAILSOORT (VERA).")
    kamers: int
    oppervlakte: int = Field(description="Gebruiksoppervlakte in vierkante meters.")
    etage: int
    lift: bool
    toegankelijkheid: Access = Field(description="TOEGANKELIJKHEIDSLABEL (VERA).")
    woonvorm: HousingForm | None = Field(description="WOONVORM (VERA).")
    kenmerken: list[str]
    energielabel: EnergyLabel | None
    huur: Centen
    streefhuur: Centen
    daeb: bool
    status: DwellingStatus = Field(description="EENHEIDSTATUS (VERA).")
    beschikbaar_per: date | None


class VoorstelMetRedenen(Voorstel):
    """Een voorstel met waarom, en wat er nu kan."""

    nieuwe_woning: Woning | None = Field(description="Ook als die van een andere corporatie is.")
    redenen: list[Reden]
    stappen: list[MogelijkeStap]


class Nodig(Shape):
    """Wat een huishouden van een woning nodig heeft; alleen voor de eigen verhuiscoach."""

    toegankelijkheid: Access
    kenmerken: list[str]
    mobiliteit: Mobility


class Huishouden(Shape):
    """Een huishouden, zonder naam."""

    id: Kenmerk
    personen: int
    aow: bool
    ingeschreven_op: date
    toestemming: bool
    bereidheid: Willingness
    verhuiscoach: Kenmerk | None
    nodig: Nodig | None = Field(description="Leeg als u niet de verhuiscoach bent.")


class Ketens(Shape):
    """Hoeveel ketens er van een lengte zijn."""

    lengte: int
    aantal: int


class Opbrengst(Shape):
    """Waar een plan op uitkomt."""

    verhuizingen: int
    ketens: int
    ruilen: int
    starters: int
    ouderen_passend: int
    minuten_naar_banden: int = Field(description="Over alle banden samen; min is dichterbij.")
    gezinswoningen_vrij: int
    naar_lengte: list[Ketens]


class Plan(Shape):
    """Het plan dat geldt, in totalen: zonder huishoudens."""

    id: Kenmerk
    regio: str
    nacht: date
    gemaakt: Moment
    status: Status
    opbrengst: Opbrengst
    op_inschrijfduur: Opbrengst = Field(description="Wat dezelfde nacht op volgorde zou geven.")


class Verantwoording(Shape):
    """Waar het plan op rust; twee gelijke verantwoordingen geven twee gelijke plannen."""

    plan: Kenmerk
    regio: str
    nacht: date
    positie: Annotated[int, Field(ge=0, le=LARGEST)]
    regels_jaar: int
    regels_hash: str
    beleid_hash: str
    versie: str
    loting: int
    langste_keten: int
    langste_ruil: int
    slaagkans_procent: int
    beginwoningen: int
    mogelijkheden: int
    mogelijkheden_hash: str
    status: Status
    waarde: int
    grens: int = Field(description="Bewezen: geen plan haalt meer.")
    wegennet_hash: str
    voorwaarden_hash: str
    eerder_hash: str


class StatusVanKoppeling(Shape):
    """Wie u bent, en hoe ver het logboek is."""

    gebruiker: str
    corporatie: str
    rollen: list[str]
    positie: Annotated[int, Field(ge=0, le=LARGEST)]
    plan: Kenmerk | None
