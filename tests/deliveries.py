"""Good rows of a few deliveries, as text, and files made of them without the code under test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OIN = "00000099000000001000"

DWELLING = {
    "eenheidcode": "W-1",
    "corporatie": OIN,
    "complexcode": "C-1",
    "bag_vbo": "0034010000012345",
    "bag_nummeraanduiding": "0034200000012345",
    "straat": "Verzonnenlaan",
    "huisnummer": "12",
    "huisletter": "a",
    "postcode": "1300 AA",
    "woonplaats": "Voorbeeldstad",
    "buurtcode": "BU00340101",
    "wijkcode": "WK003401",
    "gemeentecode": "GM0034",
    "detailsoort": "EIN",
    "kamers": "4",
    "gebruiksoppervlakte": "93",
    "etage": "0",
    "lift": "N",
    "toegankelijkheidslabel": "ZON",
    "woonvorm": "",
    "kenmerken": "TUIN|BERGING",
    "netto_huur": "612,45",
    "streefhuur": "1.184,82",
    "energielabel": "B",
    "daeb": "J",
    "minimum_personen": "",
    "maximum_personen": "",
    "status": "VEH",
    "beschikbaar_per": "01-02-2026",
    "rd_x": "143210",
    "rd_y": "486520",
}

HOUSEHOLD = {
    "huishoudencode": "H-1",
    "corporatie": OIN,
    "aanspreeknaam": "NA",
    "telefoon": "+31 6 00000001",
    "personen": "2",
    "geboortejaar_oudste": "1950",
    "aow": "J",
    "inschrijfdatum": "1-2-2012",
    "benodigde_kenmerken": "TUIN",
    "toestemming": "J",
    "toestemming_datum": "15-09-2026",
    "verhuisbereidheid": "ZEKER",
}

TIE = {
    "bandcode": "B-1",
    "huishoudencode": "H-1",
    "soort": "KIND",
    "gewicht": "7",
    "hoogstens_minuten": "20",
    "moet": "J",
    "ander_huishouden": "",
    "rd_x": "143211",
    "rd_y": "486599",
}


def quoted(cell: str, delimiter: str) -> str:
    """Quote a cell when it must be."""
    if any(mark in cell for mark in (delimiter, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def line_of(row: dict[str, str], delimiter: str = ";") -> str:
    """Write a row as one record of a CSV file."""
    return delimiter.join(quoted(cell, delimiter) for cell in row.values())


def csv_text(rows: Iterable[dict[str, str]], *, delimiter: str = ";", end: str = "\r\n") -> str:
    """Write rows with their heading."""
    rows = list(rows)
    return end.join([delimiter.join(rows[0]), *(line_of(row, delimiter) for row in rows), ""])
