"""Known damage at known records: what was written, and what must become of it.

The oracle is the bookkeeping of the injection itself: it knows what it broke, where, and how many
records it wrote. It reads no file and shares no code with the readers or the row models.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.deliveries import DWELLING, line_of

CELLS = {
    "house number in powers of ten": ({"huisnummer": "1E5"}, "huisnummer", "geen_geheel_getal"),
    "house number zero": ({"huisnummer": "0"}, "huisnummer", "geen_huisnummer"),
    "full-width digits": ({"kamers": "\uff14"}, "kamers", "geen_geheel_getal"),
    "unit behind the number": (
        {"gebruiksoppervlakte": "93 m2"},
        "gebruiksoppervlakte",
        "geen_geheel_getal",
    ),
    "required cell empty": ({"kamers": " "}, "kamers", "ontbreekt"),
    "unknown code": ({"detailsoort": "QQQ"}, "detailsoort", "onbekende_code"),
    "ended label": ({"toegankelijkheidslabel": "GEL"}, "toegankelijkheidslabel", "vervallen_code"),
    "ended form": ({"woonvorm": "geb"}, "woonvorm", "vervallen_code"),
    "ended status": ({"status": "VEK"}, "status", "vervallen_code"),
    "day that does not exist": ({"beschikbaar_per": "31-02-2026"}, "beschikbaar_per", "geen_datum"),
    "american date": ({"beschikbaar_per": "02/13/2026"}, "beschikbaar_per", "geen_datum"),
    "year of two figures": ({"beschikbaar_per": "1-2-26"}, "beschikbaar_per", "geen_datum"),
    "date as a number": ({"beschikbaar_per": "46054"}, "beschikbaar_per", "geen_datum"),
    "amount in words": ({"netto_huur": "zes euro"}, "netto_huur", "geen_bedrag"),
    "amount of three decimals": ({"netto_huur": "1184.825"}, "netto_huur", "geen_bedrag"),
    "english thousands": ({"netto_huur": "1,184.82"}, "netto_huur", "geen_bedrag"),
    "negative amount": ({"netto_huur": "-612,45"}, "netto_huur", "geen_bedrag"),
    "amount of nothing": ({"netto_huur": "0"}, "netto_huur", "buiten_bereik"),
    "amount a hundredfold": ({"streefhuur": "118482"}, "streefhuur", "buiten_bereik"),
    "too many rooms": ({"kamers": "99"}, "kamers", "buiten_bereik"),
    "swapped axes": ({"rd_x": "486520", "rd_y": "143210"}, "rd_x", "buiten_bereik"),
    "no place": ({"rd_x": "", "rd_y": ""}, "rd_x", "geen_plaats"),
    "half a place": ({"rd_y": ""}, "rd_y", "geen_plaats"),
    "bag id without its zero": ({"bag_vbo": "34010000012345"}, "bag_vbo", "geen_bag_object"),
    "bag id as a float": ({"bag_vbo": "3,4010E+13"}, "bag_vbo", "geen_bag_object"),
    "bag id of another kind": ({"bag_vbo": "0034200000012345"}, "bag_vbo", "geen_bag_object"),
    "postcode nobody has": ({"postcode": "1300 SA"}, "postcode", "geen_postcode"),
    "neighbourhood elsewhere": ({"buurtcode": "BU05180101"}, "buurtcode", "buurt_buiten_wijk"),
    "district elsewhere": ({"wijkcode": "WK051801"}, "wijkcode", "wijk_buiten_gemeente"),
    "neither yes nor no": ({"lift": "misschien"}, "lift", "geen_ja_nee"),
    "unknown feature": ({"kenmerken": "TUIN|ZWEMBAD"}, "kenmerken", "onbekend_kenmerk"),
    "id with a blank": ({"eenheidcode": "W 1"}, "eenheidcode", "geen_kenmerk"),
    "id missing": ({"eenheidcode": ""}, "eenheidcode", "ontbreekt"),
    "short oin": ({"corporatie": "000000990000000010"}, "corporatie", "geen_organisatienummer"),
    "nul character": ({"straat": "Verzonnen\x00laan"}, "straat", "nul_teken"),
    "control character": ({"straat": "Verzonnen\x07laan"}, "straat", "onleesbaar_teken"),
    "character lost earlier": ({"straat": "Verzonnen\ufffdlaan"}, "straat", "onleesbaar_teken"),
    "endless text": ({"straat": "x" * 300}, "straat", "te_lang"),
    "least above most": (
        {"minimum_personen": "4", "maximum_personen": "2"},
        "maximum_personen",
        "minimum_boven_maximum",
    ),
}
"""What can be wrong in a cell: the cells, the column to be named, the reason code."""

QUOTE, COUNT = "kapot_aanhalingsteken", "verkeerd_aantal_velden"
LINES = {
    "quote never closed": (lambda cells: [*cells[:5], '"' + cells[5], *cells[6:]], QUOTE),
    "quote never closed in front": (lambda cells: ['"' + cells[0], *cells[1:]], QUOTE),
    "quote in the middle": (lambda cells: [*cells[:5], 'Ver"zonnen', *cells[6:]], QUOTE),
    "text behind a quoted cell": (lambda cells: [*cells[:5], '"Ver"zonnen', *cells[6:]], QUOTE),
    "opening quote lost": (lambda cells: [*cells[:5], 'Verzonnen"', *cells[6:]], QUOTE),
    "field too few": (lambda cells: cells[:-1], COUNT),
    "fields too many": (lambda cells: [*cells, "x", "y"], COUNT),
    "delimiter unquoted": (lambda cells: [*cells[:5], "Verzonnen", "laan", *cells[6:]], COUNT),
    "cut short": (lambda cells: cells[:3], COUNT),
}
"""What can be wrong with a whole line: how its cells are broken, the reason code."""

OTHERS = ("exact duplicate", "same key, other row", "blank line", "only delimiters")
KINDS = (*CELLS, *LINES, *OTHERS)
STREETS = ("Verzonnenlaan", "Laan; met\npunt", 'De "Laan"', "Café'laan", "Laan, met\tmeer")


@dataclass
class Book:
    """The bookkeeping: what was written, and what must become of it."""

    delimiter: str
    records: list[str] = field(default_factory=list)
    good: list[dict[str, str]] = field(default_factory=list)
    rejected: dict[int, tuple[str, str]] = field(default_factory=dict)
    told: Counter = field(default_factory=Counter)

    def write(self, kind: str, street: str) -> None:
        number = len(self.records) + 1
        row = DWELLING | {"eenheidcode": f"W-{number:03d}", "straat": street}
        if kind in CELLS:
            wrong, column, code = CELLS[kind]
            self.records.append(line_of(row | wrong, self.delimiter))
            self.rejected[number] = (column, code)
        elif kind in LINES:
            self.broken_line(number, row | {"straat": "Verzonnenlaan"}, kind)
        elif kind in OTHERS and (self.good or "line" in kind or "only" in kind):
            self.other(number, kind)
        else:
            self.records.append(line_of(row, self.delimiter))
            self.good.append(row)

    def broken_line(self, number: int, row: dict[str, str], kind: str) -> None:
        breaking, code = LINES[kind]
        # No cell that would need a quote for itself: the damage is the only thing wrong.
        plain = [cell.replace(",", ".") for cell in row.values()]
        self.records.append(self.delimiter.join(breaking(plain)))
        self.rejected[number] = ("", code)

    def other(self, number: int, kind: str) -> None:
        if kind == "exact duplicate":
            self.told["duplicates"] += 1
            self.records.append(line_of(self.good[-1], self.delimiter))
        elif kind == "same key, other row":
            self.records.append(line_of(self.good[-1] | {"etage": "7"}, self.delimiter))
            self.rejected[number] = ("eenheidcode", "dubbel_kenmerk")
        else:
            self.told["blank"] += 1
            width = 0 if kind == "blank line" else len(DWELLING) - 1
            self.records.append(self.delimiter * width)


def written(book, end, encoding="utf-8"):
    heading = book.delimiter.join(DWELLING)
    return end.join([heading, *book.records, ""]).encode(encoding)
