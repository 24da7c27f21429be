"""What shapes the generated region: shares and numbers, each with its source or marked as assumed.

Sources are those of `docs/region.md`. "Assumed" means: chosen by us so that a region looks like
one; nobody may quote it. Amounts are eurocents a month, areas m², distances metres.
"""

from __future__ import annotations

from data_contracts.words import (
    Access,
    DwellingKind,
    FacilityKind,
    HousingForm,
    IncomeClass,
    Mobility,
    TieKind,
)

NOTE = (
    "Dit is een verzonnen regio. Alle woningen, huishoudens, namen, telefoonnummers en banden zijn"
    " bedacht. Niemand in deze bestanden bestaat."
)
CORPORATIONS = {  # test OINs (Logius, prefix 00000099): free to use; shares assumed
    "00000099000000001000": 0.45,
    "00000099000000002000": 0.30,
    "00000099000000003000": 0.25,
}
MUNICIPALITY = "GM9999"  # no municipality of the Netherlands has this code
TOWN = "Voorbeeldstad"

# --- the stock -----------------------------------------------------------------------------
HOUSE, WALK_UP, GALLERY, DUPLEX, SENIOR = range(5)
"""Kinds of building."""
HOUSES = 0.48  # share of dwellings that are houses; assumed (unconfirmed in domain §7.5)
FLATS = {WALK_UP: 0.42, GALLERY: 0.28, DUPLEX: 0.14, SENIOR: 0.16}  # of the flats; assumed
SENIOR_MIN_UNITS = 12  # VERA WOONVORM.GEC, 31-5-2024
COMPLEX_UNITS = 80  # dwellings managed together; assumed
HOUSE_KINDS = {
    DwellingKind.TUS.value: 0.86,
    DwellingKind.TWE.value: 0.08,
    DwellingKind.HAL.value: 0.04,
    DwellingKind.VRI.value: 0.02,
}  # assumed
ROOMS = (  # by kind of building, living room counted; assumed
    {1: 0, 2: 0, 3: 0.10, 4: 0.48, 5: 0.36, 6: 0.06},
    {1: 0.02, 2: 0.16, 3: 0.50, 4: 0.32, 5: 0, 6: 0},
    {1: 0.04, 2: 0.28, 3: 0.48, 4: 0.20, 5: 0, 6: 0},
    {1: 0.02, 2: 0.22, 3: 0.46, 4: 0.30, 5: 0, 6: 0},
    {1: 0, 2: 0.42, 3: 0.54, 4: 0.04, 5: 0, 6: 0},
)
AREA_BASE, AREA_PER_ROOM, AREA_SPREAD = 18, 17, 6  # assumed
_A = [a.value for a in Access]


def _access(*shares: float) -> dict[str, float]:
    return dict(zip(_A, shares, strict=True))


#                 ZON   GNV   NUL   ROG   ROA   ROL   RUI
STAIRS = _access(1.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.000)
ACCESS = (  # where the front door is on the ground or at a lift; assumed
    _access(0.94, 0.05, 0.01, 0.00, 0.00, 0.00, 0.000),
    _access(0.72, 0.24, 0.02, 0.02, 0.00, 0.00, 0.000),
    _access(0.38, 0.32, 0.17, 0.06, 0.06, 0.01, 0.000),
    _access(0.62, 0.30, 0.05, 0.02, 0.01, 0.00, 0.000),
    _access(0.00, 0.04, 0.52, 0.08, 0.29, 0.06, 0.010),
    STAIRS,
)
SENIOR_FORMS = {
    HousingForm.GEC.value: 0.40,
    HousingForm.SEN.value: 0.35,
    HousingForm.LEV.value: 0.25,
}  # assumed
SENIOR_AGE = {HousingForm.GEC.value: 55, HousingForm.SEN.value: 65, HousingForm.LEV.value: 55}
ENERGY = {"A++": 0.02, "A+": 0.04, "A": 0.25, "B": 0.22, "C": 0.27, "D": 0.11, "E": 0.05, "F": 0.03}
ENERGY |= {"G": 0.01}  # assumed

# --- rents ---------------------------------------------------------------------------------
MIDDLE_TOP = 118_482  # liberalisatiegrens 2025 (openrijk.nl, 18-11-2024): top of the free rents
NOT_DAEB = 0.04  # share let above the DAEB rent limit; assumed
AT_LIMIT = (0.80, 0.72)  # share of small (≤ 3 rooms) and large homes held at a rent step; assumed
RENT_GAP_YEAR = 0.011  # behind target per year of tenancy; new tenants +10,9 % (2023), CBS
RENT_GAP_MOST = 0.30  # assumed
VACANT = 0.01  # one vacancy in a hundred: Eigen Haard, vacancy loss 1 %

# --- the people ----------------------------------------------------------------------------
AGE_BOUNDS = (25, 35, 45, 55, 65, 75, 85)
AGE_LOW = (20, 25, 35, 45, 55, 65, 75, 85)
AGE_HIGH = (25, 35, 45, 55, 65, 75, 85, 97)
AGE_SHARES = {0: 0.04, 1: 0.14, 2: 0.15, 3: 0.16, 4: 0.18, 5: 0.17, 6: 0.115, 7: 0.045}
"""A third is 65 or older, two thirds 45 or older: Aedes, feiten en cijfers (about 2013)."""
PERSONS = (  # per age class; half of all homes one-person (Aedes); split over ages assumed
    {1: 0.75, 2: 0.18, 3: 0.06, 4: 0.01, 5: 0, 6: 0},
    {1: 0.48, 2: 0.20, 3: 0.15, 4: 0.12, 5: 0.04, 6: 0.01},
    {1: 0.36, 2: 0.13, 3: 0.19, 4: 0.21, 5: 0.08, 6: 0.03},
    {1: 0.42, 2: 0.20, 3: 0.18, 4: 0.13, 5: 0.05, 6: 0.02},
    {1: 0.53, 2: 0.32, 3: 0.10, 4: 0.04, 5: 0.01, 6: 0},
    {1: 0.55, 2: 0.41, 3: 0.03, 4: 0.01, 5: 0, 6: 0},
    {1: 0.57, 2: 0.41, 3: 0.02, 4: 0, 5: 0, 6: 0},
    {1: 0.74, 2: 0.25, 3: 0.01, 4: 0, 5: 0, 6: 0},
)
CHILDREN_GONE = 0.55  # of those over 55: settled when the children lived there; assumed
AOW_AGE = 67  # assumed for 2024-2027 (domain §1.3: unconfirmed)
_M = [m.value for m in Mobility]
MOBILITY = tuple(  # 75+: 25-30 % use a walking aid (WoON 2015/2018); younger assumed
    dict(zip(_M, shares, strict=True))
    for shares in (
        (0.985, 0.005, 0.005, 0.005),
        (0.91, 0.04, 0.04, 0.01),
        (0.725, 0.075, 0.17, 0.03),
    )
)
NEEDS = (  # per mobility; of the willing 65+ half wants step-free (Monitor Ouderenhuisvesting)
    _access(1.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.000),
    _access(0.50, 0.22, 0.28, 0.00, 0.00, 0.00, 0.000),
    _access(0.00, 0.45, 0.45, 0.10, 0.00, 0.00, 0.000),
    _access(0.00, 0.00, 0.30, 0.30, 0.40, 0.00, 0.000),
    _access(0.00, 0.00, 0.00, 0.00, 0.10, 0.85, 0.050),
)
INCOME = {
    IncomeClass.PASSEND.value: 0.67,
    IncomeClass.DAEB.value: 0.24,
    IncomeClass.BOVEN.value: 0.04,
    IncomeClass.ONBEKEND.value: 0.05,
}  # assumed
NAMES = (  # made up, and recognisable as such; NA is a name too
    "Verzinsel",
    "Van Nergenshuizen",
    "Denkbeeld",
    "De Fictie",
    "Proefstra",
    "Voorbeeldsma",
    "Van der Luchtbel",
    "Dagdroom",
    "Nergensman",
    "De Verteller",
    "Sprookjes",
    "Van Papier",
    "Schijnbaar",
    "Testinga",
    "NA",
    "Zogenaamd",
    "Van Verzonnen",
    "Hersenspinsel",
    "Luilekkerland",
    "O'Fantasie",
)

# --- who wants to move ---------------------------------------------------------------------
SEEKERS = 0.15  # wishes per dwelling: two of three registered never react (RIGO); assumed
STARTERS = 0.30  # of the seekers; about half of each link are starters (CBS 2023), assumed
SURE, PERHAPS = 0.03, 0.16  # of 65+ households (CBS 2018, on 2015)
SURE_YOUNG = 0.45  # of the younger seekers; assumed
REGISTERED_MEDIAN, REGISTERED_SPREAD, REGISTERED_MOST = 7.0, 0.65, 21.0
"""Years: means 4 to 9 (RIGO), almost 21 in Amsterdam 2017 (Eigen Haard)."""
PRIORITY = (  # younger, older: assumed, a few per cent
    {None: 0.955, "URG": 0.025, "IND": 0.002, "BIN": 0.015, "GRO": 0.003},
    {None: 0.950, "URG": 0.010, "IND": 0.025, "BIN": 0.013, "GRO": 0.002},
)
NO_CONSENT, OLD_CONSENT, OLD_WISH, ENDED_WISH = 0.05, 0.03, 0.05, 0.02  # assumed
SEEKERS_PER_COACH = 250  # older ones; assumed: a coach reviews tens of proposals a week
TIES = {0: 0.04, 1: 0.26, 2: 0.34, 3: 0.24, 4: 0.12}  # assumed
_T = TieKind
TIE_KINDS = tuple(  # starter, younger tenant, older; assumed
    {kind.value: row.get(kind, 0.0) for kind in _T}
    for row in (
        {_T.OUDER: 0.3, _T.WERK: 0.25, _T.VRIEND: 0.25, _T.FAMILIE: 0.15, _T.MANTELONTVANGER: 0.05},
        {_T.SCHOOL: 0.28, _T.WERK: 0.18, _T.OUDER: 0.16, _T.FAMILIE: 0.12, _T.VRIEND: 0.16}
        | {_T.VERENIGING: 0.05, _T.GELOOF: 0.02, _T.MANTELONTVANGER: 0.03},
        {_T.KIND: 0.34, _T.VRIEND: 0.13, _T.BUUR: 0.10, _T.HUISARTS: 0.12, _T.VERENIGING: 0.10}
        | {_T.FAMILIE: 0.07, _T.GELOOF: 0.06, _T.MANTELZORGER: 0.06, _T.DAGBESTEDING: 0.02},
    )
)
PEOPLE_TIES = (
    _T.KIND,
    _T.OUDER,
    _T.FAMILIE,
    _T.MANTELZORGER,
    _T.MANTELONTVANGER,
    _T.VRIEND,
    _T.BUUR,
)
CARE_TIES = (_T.MANTELZORGER, _T.MANTELONTVANGER)
TIE_METRES, TIE_SPREAD = 1_300.0, 0.9  # median distance to people; assumed
TIE_TENANT = 0.12  # of the people one is tied to: lives in this stock; assumed
TIE_MUST = 0.07  # of the households with ties: one may not be further; assumed
MINUTES = {10: 0.14, 15: 0.26, 20: 0.28, 30: 0.24, 45: 0.08}  # assumed

# --- what comes free -----------------------------------------------------------------------
TURNOVER = 0.06  # a year: 7 % national upper bound (CBS 2022), 5,8 % Eigen Haard 2017
HORIZON = 120  # days of notices that are known; the default of the policy
LEAVES = (2.0, 2.0, 1.2, 0.7, 0.7, 0.7, 1.2, 2.2)
"""Per age class: under 40 and over 80 leave most (CBS 2024); sizes assumed."""
NEWBUILD = 0.006  # of the stock, within two years; assumed
NEWBUILD_BATCH = 32  # dwellings per project; assumed
CALLED_OFF = 0.02  # notices refused; assumed
WORKS = {"GROOT_ONDERHOUD": 0.6, "RENOVATIE": 0.3, "SLOOP": 0.1}  # assumed
WORKS_COMPLEXES = 0.05  # assumed

# --- places --------------------------------------------------------------------------------
PER_FACILITY = {  # dwellings per facility; assumed, of the size of a Dutch town
    FacilityKind.HUISARTS: 1_100,
    FacilityKind.APOTHEEK: 2_500,
    FacilityKind.SUPERMARKT: 1_500,
    FacilityKind.HALTE: 250,
    FacilityKind.ONTMOETINGSRUIMTE: 1_000,
}

# --- agreements, only on request -----------------------------------------------------------
ROLES = {None: 0.80, "VRAGEND": 0.10, "DRAGEND": 0.10}  # of all households; assumed
MIXED_COMPLEXES = 0.25  # complexes with a band; assumed
MOST_VRAGEND, LEAST_DRAGEND = 15, 8  # percent of the homes of such a complex; assumed
GROUPED = 0.03  # of the pairs of neighbours who both seek: only together; assumed
GROUP_METRES = 400  # half of those within so many metres, half in one complex; assumed
CARED_FOR = 0.05  # of those pairs: one must stay near the other; assumed
CARE_MINUTES = 15  # assumed
