"""Ids and enumerations: the field's own words, with their VERA codes where VERA has them."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

DwellingId = NewType("DwellingId", str)
HouseholdId = NewType("HouseholdId", str)


class VerhuisketenError(Exception):
    """Er ging iets mis in Verhuisketen."""

    def __str__(self) -> str:
        """Give the message, or the docstring of the class where none was given."""
        return super().__str__() or (type(self).__doc__ or "").strip()


class Access(StrEnum):
    """TOEGANKELIJKHEIDSLABEL (VERA, 2026-06): a partial order, see `ACCESS_IMPLIES`."""

    ZON = "ZON"
    GNV = "GNV"
    NUL = "NUL"
    ROG = "ROG"
    ROA = "ROA"
    ROL = "ROL"
    RUI = "RUI"


ACCESS_IMPLIES: dict[Access, frozenset[Access]] = {
    Access.ZON: frozenset({Access.ZON}),
    Access.GNV: frozenset({Access.GNV, Access.ZON}),
    Access.NUL: frozenset({Access.NUL, Access.GNV, Access.ZON}),
    Access.ROG: frozenset({Access.ROG, Access.GNV, Access.ZON}),
    Access.ROA: frozenset({Access.ROA, Access.ROG, Access.NUL, Access.GNV, Access.ZON}),
    Access.ROL: frozenset(
        {Access.ROL, Access.ROA, Access.ROG, Access.NUL, Access.GNV, Access.ZON},
    ),
    Access.RUI: frozenset(Access),
}
"""What a label also satisfies. RUI ⇒ ROL ⇒ ROA ⇒ NUL and ROG; NUL and ROG are incomparable.
Source: VERA-referentiedata 2026-06-26, omschrijvingen van TOEGANKELIJKHEIDSLABEL."""


class DwellingKind(StrEnum):
    """EENHEIDDETAILSOORT under EENHEIDSOORT.WOO (VERA)."""

    BEN = "BEN"
    BOV = "BOV"
    COR = "COR"
    EIN = "EIN"
    GAL = "GAL"
    GTW = "GTW"
    GWO = "GWO"
    HAL = "HAL"
    HER = "HER"
    HOE = "HOE"
    KAM = "KAM"
    KNG = "KNG"
    MAI = "MAI"
    POF = "POF"
    POW = "POW"
    PRW = "PRW"
    TIJ = "TIJ"
    TIN = "TIN"
    TUS = "TUS"
    TWE = "TWE"
    VRI = "VRI"
    WAT = "WAT"
    WOB = "WOB"
    WOW = "WOW"
    WWP = "WWP"


FAMILY_HOUSE = frozenset(
    {DwellingKind.EIN, DwellingKind.HAL, DwellingKind.HER, DwellingKind.HOE, DwellingKind.TUS}
    | {DwellingKind.TWE, DwellingKind.VRI},
)
"""Houses on the ground: eengezinswoningen."""


class HousingForm(StrEnum):
    """WOONVORM (VERA); GEB ended and is refused."""

    ADL = "ADL"
    BEG = "BEG"
    GEC = "GEC"
    GRO = "GRO"
    GRW = "GRW"
    HAT = "HAT"
    KLE = "KLE"
    LEV = "LEV"
    SEN = "SEN"
    THO = "THO"
    ZWO = "ZWO"


class DwellingStatus(StrEnum):
    """EENHEIDSTATUS (VERA) without the ended codes."""

    ADM = "ADM"
    LEE = "LEE"
    ONT = "ONT"
    UIT = "UIT"
    VEH = "VEH"


class CriterionUse(StrEnum):
    """EENHEIDCRITERIUMTOEPASSING (VERA): select (a hard rule) or sort (a preference)."""

    SEL = "SEL"
    SOR = "SOR"


class EnergyLabel(StrEnum):
    """Energy label of a dwelling (NTA 8800 classes)."""

    A5 = "A+++++"
    A4 = "A++++"
    A3 = "A+++"
    A2 = "A++"
    A1 = "A+"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    G = "G"


class Feature(StrEnum):
    """Something a home has and a household may need: functional, never a diagnosis."""

    BALKON = "BALKON"
    BERGING = "BERGING"
    DOUCHE_DREMPELVRIJ = "DOUCHE_DREMPELVRIJ"
    HUISDIER = "HUISDIER"
    SCOOTMOBIELPLEK = "SCOOTMOBIELPLEK"
    SLAAPKAMER_GELIJKVLOERS = "SLAAPKAMER_GELIJKVLOERS"
    TUIN = "TUIN"
    ZORGOPROEP = "ZORGOPROEP"


FOR_A_LIMITATION = frozenset(
    {Feature.DOUCHE_DREMPELVRIJ, Feature.SCOOTMOBIELPLEK, Feature.SLAAPKAMER_GELIJKVLOERS}
    | {Feature.ZORGOPROEP},
)
"""What somebody needs who is limited; a home without the others (a garden) still suits old age."""


class IncomeClass(StrEnum):
    """Outcome of the income test against the limits of its year; never an amount."""

    PASSEND = "PASSEND"  # at or under the income limit of passend toewijzen
    DAEB = "DAEB"  # above it, at or under the DAEB income limit
    BOVEN = "BOVEN"  # above the DAEB income limit
    ONBEKEND = "ONBEKEND"  # not tested, or refused: never held against anybody


class Priority(StrEnum):
    """VOORRANGSOORT (VERA)."""

    BIN = "BIN"
    GRO = "GRO"
    IND = "IND"
    URG = "URG"


class ResidentKind(StrEnum):
    """What a household asks of or gives to its complex (gemengd wonen), as it says itself.

    VERA knows DRAGEND as DOELGROEP.ZDR (Zorgdragers, 2024-10-25); it has no code for VRAGEND.
    """

    VRAGEND = "VRAGEND"
    DRAGEND = "DRAGEND"


class Willingness(StrEnum):
    """How a household answered the question whether it would move."""

    ZEKER = "ZEKER"
    MISSCHIEN = "MISSCHIEN"
    NEE = "NEE"


class Mobility(StrEnum):
    """Mobility profile: how a household gets about on foot."""

    LOPEND = "LOPEND"
    STOK = "STOK"
    ROLLATOR = "ROLLATOR"
    ROLSTOEL = "ROLSTOEL"


class TieKind(StrEnum):
    """What somebody or some place is to a household; never who."""

    KIND = "KIND"
    OUDER = "OUDER"
    FAMILIE = "FAMILIE"
    MANTELZORGER = "MANTELZORGER"
    MANTELONTVANGER = "MANTELONTVANGER"
    VRIEND = "VRIEND"
    BUUR = "BUUR"
    VERENIGING = "VERENIGING"
    GELOOF = "GELOOF"
    HUISARTS = "HUISARTS"
    DAGBESTEDING = "DAGBESTEDING"
    SCHOOL = "SCHOOL"
    WERK = "WERK"


class FacilityKind(StrEnum):
    """Places that should lie at rollator distance."""

    HUISARTS = "HUISARTS"
    APOTHEEK = "APOTHEEK"
    SUPERMARKT = "SUPERMARKT"
    HALTE = "HALTE"
    ONTMOETINGSRUIMTE = "ONTMOETINGSRUIMTE"


class NoticeStatus(StrEnum):
    """HUUROPZEGGINGSTATUS (VERA)."""

    AAN = "AAN"
    AFG = "AFG"
    GEA = "GEA"
    GOE = "GOE"
    INB = "INB"


class WorksKind(StrEnum):
    """What is planned for a dwelling or complex."""

    GROOT_ONDERHOUD = "GROOT_ONDERHOUD"
    RENOVATIE = "RENOVATIE"
    SLOOP = "SLOOP"


class ProposalState(StrEnum):
    """The life of a proposal."""

    OFFERED = "offered"
    TAKEN_UP = "taken_up"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    SIGNED = "signed"
    MOVED = "moved"


class DeclineReason(StrEnum):
    """AANBIEDINGDETAILSTATUS under GEW (VERA), and our own sub-reasons (after the underscore)."""

    ANV = "ANV"
    BUI = "BUI"
    GEE = "GEE"
    GER = "GER"
    HUU = "HUU"
    PAO = "PAO"
    PER = "PER"
    WBN = "WBN"
    WKN = "WKN"
    WOB = "WOB"
    WOB_NETWERK = "WOB_NETWERK"  # too far from the people who matter
    PER_WACHT = "PER_WACHT"  # wants to wait
    PER_FAMILIE = "PER_FAMILIE"  # family advises against it
    PER_VERHUISLAST = "PER_VERHUISLAST"  # dreads the moving itself
    PER_DUBBELE_HUUR = "PER_DUBBELE_HUUR"
    PER_HUISDIER = "PER_HUISDIER"  # a pet or the furniture does not fit
    PER_ZORG = "PER_ZORG"  # the care that comes to the home would change
    PER_OVERIG = "PER_OVERIG"  # something else: a few words, kept apart


class HoldReason(StrEnum):
    """Why a proposal rests for a while: our own codes, VERA has none."""

    DENKT_NA = "DENKT_NA"  # the household thinks it over
    FAMILIE = "FAMILIE"  # talks it over with family first
    BEZICHTIGING = "BEZICHTIGING"  # wants to see the home first
    WACHT_OP_ANDER = "WACHT_OP_ANDER"  # somebody else must answer first: a municipality, a bank
    AFWEZIG = "AFWEZIG"  # the household is away


class InstructionKind(StrEnum):
    """What a coach asks of the plan: this move in it, or never."""

    PIN = "pin"
    FORBID = "forbid"


class Verdict(StrEnum):
    """What a rule says of a pair."""

    NO = "nee"
    ASK = "vraag de coach"
    YES = "ja"
