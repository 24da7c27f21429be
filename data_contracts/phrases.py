"""How homes, households, amounts and days are said in Dutch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_contracts.words import Access, DeclineReason, DwellingKind, Mobility, Priority

if TYPE_CHECKING:
    from datetime import date

    from data_contracts.policy import Policy

Row = dict[str, Any]
"""A row of a table with plain Python values; what is missing is None."""

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)

KINDS = {
    DwellingKind.BEN: "benedenwoning",
    DwellingKind.BOV: "bovenwoning",
    DwellingKind.COR: "corridorflat",
    DwellingKind.EIN: "eindwoning",
    DwellingKind.GAL: "galerijflat",
    DwellingKind.GTW: "geschakelde twee-onder-een-kap",
    DwellingKind.GWO: "geschakelde woning",
    DwellingKind.HAL: "half vrijstaande woning",
    DwellingKind.HER: "herenhuis",
    DwellingKind.HOE: "hoekwoning",
    DwellingKind.KAM: "kamer",
    DwellingKind.KNG: "kangoeroewoning",
    DwellingKind.MAI: "maisonnette",
    DwellingKind.POF: "portiekflat",
    DwellingKind.POW: "portiekwoning",
    DwellingKind.PRW: "praktijkwoning",
    DwellingKind.TIJ: "tijdelijke woning",
    DwellingKind.TIN: "tiny house",
    DwellingKind.TUS: "tussenwoning",
    DwellingKind.TWE: "twee-onder-een-kap",
    DwellingKind.VRI: "vrijstaande woning",
    DwellingKind.WAT: "waterwoning",
    DwellingKind.WOB: "woonboot",
    DwellingKind.WOW: "woonwagen",
    DwellingKind.WWP: "standplaats",
}
"""EENHEIDDETAILSOORT (VERA 2026-06-26), in lower case."""

ACCESS = {
    Access.ZON: "geen bijzondere toegankelijkheid",
    Access.GNV: "gelijkvloers",
    Access.NUL: "nultreden",
    Access.ROG: "rollatorgeschikt",
    Access.ROA: "rollatorgeschikt, zonder treden",
    Access.ROL: "rolstoelgeschikt",
    Access.RUI: "ruim rolstoelgeschikt",
}

GETS_ABOUT = {
    Mobility.LOPEND: "",
    Mobility.STOK: "loopt met stok",
    Mobility.ROLLATOR: "loopt met rollator",
    Mobility.ROLSTOEL: "gebruikt een rolstoel",
}

PRIORITIES = {
    Priority.URG: "urgentie",
    Priority.IND: "indicatie",
    Priority.GRO: "voorrang: van groot naar kleiner",
    Priority.BIN: "voorrang: lokale binding",
}

DECLINES = {
    DeclineReason.ANV: "Anderen krijgen voorrang",
    DeclineReason.BUI: "Buitenruimte bevalt niet",
    DeclineReason.GEE: "Geen belangstelling meer",
    DeclineReason.GER: "Geen recht op huisvestingsvergunning",
    DeclineReason.HUU: "Huurprijs te hoog",
    DeclineReason.PAO: "Parkeerplek of berging niet voldoende",
    DeclineReason.PER: "Persoonlijke omstandigheden",
    DeclineReason.PER_WACHT: "Wil nog wachten",
    DeclineReason.PER_FAMILIE: "Familie raadt het af",
    DeclineReason.PER_VERHUISLAST: "Ziet op tegen het verhuizen",
    DeclineReason.PER_DUBBELE_HUUR: "Dubbele huur is een bezwaar",
    DeclineReason.PER_HUISDIER: "Huisdier of meubels passen niet",
    DeclineReason.PER_ZORG: "De zorg aan huis zou veranderen",
    DeclineReason.PER_OVERIG: "Iets anders",
    DeclineReason.WBN: "Woning bevalt niet",
    DeclineReason.WKN: "Kwaliteit van de woning bevalt niet",
    DeclineReason.WOB: "Woonomgeving bevalt niet",
    DeclineReason.WOB_NETWERK: "Te ver van mensen die belangrijk zijn",
}
"""AANBIEDINGDETAILSTATUS under GEW (VERA 2026-06-26), and our own sub-reasons."""

ANSWERS = ("In gesprek", "Aanvaard", "Geweigerd")
"""What a coach can answer in the workbook."""


def number(value: int) -> str:
    """Write a whole number the Dutch way: 1.204."""
    return f"{value:,}".replace(",", ".")


def decimal(value: float, *, digits: int = 1) -> str:
    """Write a number with a decimal comma."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def day(moment: date | None) -> str:
    """Write a day in words: 22 november 2026; nothing for a missing one."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}" if moment else ""


def plural(count: int, one: str, many: str) -> str:
    """Write a number with its noun: 1 keten, 12 ketens."""
    return f"{number(count)} {one if count == 1 else many}"


def kind_of(home: Row | None) -> str:
    """Name the kind of a home; 'woning' where it is not known."""
    code = (home or {}).get("kind")
    return KINDS[DwellingKind(code)] if code in set(DwellingKind) else "woning"


def rooms_of(home: Row | None) -> str:
    """Say how many rooms, or nothing."""
    rooms = (home or {}).get("rooms")
    return plural(int(rooms), "kamer", "kamers") if rooms else ""


def floor_of(home: Row | None) -> str:
    """Say how one gets to the front door, or nothing."""
    floor = (home or {}).get("floor")
    if floor is None:
        return ""
    if floor <= 0:
        return "begane grond"
    return f"{floor}e etage, {'met' if (home or {}).get('lift') else 'zonder'} lift"


def access_of(home: Row | None) -> str:
    """Say the accessibility label where there is one worth saying."""
    code = (home or {}).get("access")
    if code is None or code not in set(Access) or code == Access.ZON:
        return ""
    return ACCESS[Access(code)]


def area_of(home: Row | None) -> str:
    """Say the floor area, or nothing."""
    area = (home or {}).get("area")
    return f"{area} m²" if area else ""


def home_in_words(home: Row | None) -> str:
    """Describe a home in one line for a coach."""
    parts = (kind_of(home), rooms_of(home), area_of(home), floor_of(home), access_of(home))
    return " · ".join(part for part in parts if part)


def household_in_words(household: Row | None) -> str:
    """Describe a household in one line for its own coach: size, AOW, how it gets about."""
    row = household or {}
    code, priority = row.get("mobility"), row.get("priority")
    parts = (
        persons_of(row),
        "AOW" if row.get("aow") else "",
        GETS_ABOUT[Mobility(code)] if code in set(Mobility) else "",
        PRIORITIES[Priority(priority)] if priority in set(Priority) else "",
    )
    return " · ".join(part for part in parts if part)


def persons_of(household: Row | None, *, most: int = 20) -> str:
    """Say how many persons; from `most` on, 'most of meer'."""
    persons = (household or {}).get("persons")
    if not persons:
        return "huishouden"
    if persons >= most:
        return f"{most} of meer personen"
    return plural(int(persons), "persoon", "personen")


def criterion_in_words(criterion: str) -> str:
    """Make the name of a criterion readable: capital first, spaces for underscores."""
    words = criterion.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def policy_in_words(policy: Policy) -> tuple[tuple[str, str], ...]:
    """Say what a policy says of what a simulation counts, as label and value."""
    hours = {
        "per coach": policy.coach_hours_per_week,
        "samen": policy.region_hours_per_week,
    }
    limits = [f"{many} per week {whose}" for whose, many in hours.items() if many is not None]
    return (
        ("Rollatorafstand", f"{policy.rollator_distance} meter"),
        ("Ouder vanaf", f"{policy.older_from_age} jaar"),
        ("Een voorstel kost de coach", f"{policy.coach_minutes_per_proposal} minuten"),
        ("Uren van coaches", ", ".join(limits) or "geen grens"),
        ("Regelingen die al gelden", ", ".join(one.name for one in policy.schemes) or "geen"),
    )
