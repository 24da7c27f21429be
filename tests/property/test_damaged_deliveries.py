"""Damage of forty kinds at known records: each rejected there, every good row landed, all counted.

The oracle is the bookkeeping of the injection itself: it knows what it broke, where, and how many
records it wrote. It reads no file and shares no code with the readers or the row models.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.feeds import parse
from data_contracts.records import DELIVERIES
from pipelines.sources import read
from tests.deliveries import DWELLING, HOUSEHOLD, TIE, csv_text, line_of

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


def test_there_are_at_least_25_kinds_of_damage():
    assert len(KINDS) >= 25


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


def check(parsed, book):
    told = {}
    for reject in parsed.rejects:
        told.setdefault(reject.record, []).append((reject.column, reject.code))
    assert told.keys() == book.rejected.keys()
    for number, expected in book.rejected.items():
        assert expected in told[number]
    assert list(parsed.rows.index) == [row["eenheidcode"] for row in book.good]
    assert parsed.apart["street"].tolist() == [row["straat"] for row in book.good]
    if book.good:
        assert set(parsed.rows["rent"]) == {61_245}
        assert set(parsed.rows["target_rent"]) == {118_482}
        assert set(parsed.rows["floor"]) == {0}
    accounting = parsed.accounting
    assert accounting.records == len(book.records)
    assert accounting.accepted == len(book.good)
    assert accounting.rejected == len(book.rejected)
    assert accounting.duplicates == book.told["duplicates"]
    assert accounting.blank == book.told["blank"]


def parsed_file(content, name, table="dwellings"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return parse(read(path), DELIVERIES[table])


def written(book, end, encoding="utf-8"):
    heading = book.delimiter.join(DWELLING)
    return end.join([heading, *book.records, ""]).encode(encoding)


damages = st.lists(st.sampled_from(KINDS), min_size=1, max_size=50)
goods = st.lists(st.sampled_from(STREETS), min_size=0, max_size=50)


@given(st.data(), damages, goods, st.sampled_from(";,\t"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_defect_is_rejected_at_its_record_and_every_good_row_lands(
    data, kinds, streets, delimiter, end
):
    book = Book(delimiter)
    items = [(kind, "Verzonnenlaan") for kind in kinds] + [("", street) for street in streets]
    for kind, street in data.draw(st.permutations(items)):
        book.write(kind, street)
    check(parsed_file(written(book, end), "woningen.csv"), book)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_each_kind_of_damage_is_found_between_good_rows_of_every_sort(kind, delimiter):
    book = Book(delimiter)
    for street in STREETS:
        book.write("", street)
        book.write(kind, "Verzonnenlaan")
    book.write(kind, "Verzonnenlaan")
    book.write("", "Laan; met\npunt")
    check(parsed_file(written(book, "\r\n"), "woningen.csv"), book)


def test_a_byte_no_encoding_knows_costs_its_record_only():
    for encoding, byte in (("cp1252", b"\x81"), ("utf-8", b"\xff")):
        book = Book(";")
        for street in ("Café", "Verzonnen@laan", "Één"):
            book.write("", street)
        content = written(book, "\r\n", encoding).replace(b"@", byte)
        book.good.pop(1)
        book.rejected[2] = ("straat", "onleesbaar_teken")
        check(parsed_file(content, "woningen.csv"), book)


def workbook(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for y, row in enumerate([list(DWELLING), *(list(row.values()) for row in rows)]):
            for x, cell in enumerate(row):
                sheet.write_string(y, x, cell)
        book.close()
        return path.read_bytes()


def json_lines(rows):
    return "\n".join(json.dumps(row) for row in rows).encode()


@pytest.mark.parametrize(("name", "write"), [("w.xlsx", workbook), ("w.jsonl", json_lines)])
def test_wrong_cells_are_found_in_other_formats_too(name, write):
    # An Excel file cannot hold control characters: no writer lets them in.
    kinds = [kind for kind in CELLS if "character" not in kind or name == "w.jsonl"]
    rows, book = [], Book(";")
    for kind in kinds:
        for each in ("", kind):
            book.write(each, "Laan; met\npunt")
            number = len(book.records)
            row = DWELLING | {"eenheidcode": f"W-{number:03d}", "straat": "Laan; met\npunt"}
            rows.append(row | (CELLS[each][0] if each else {}))
    check(parsed_file(write(rows), name), book)


@pytest.mark.parametrize(
    ("table", "good", "wrong", "expected"),
    [
        ("households", HOUSEHOLD, {"toestemming_datum": ""}, "toestemming_zonder_datum"),
        ("households", HOUSEHOLD, {"geboortejaar_oudste": "50"}, "buiten_bereik"),
        ("households", HOUSEHOLD, {"benodigde_kenmerken": "DEMENTIE"}, "onbekend_kenmerk"),
        ("ties", TIE, {"gewicht": "11"}, "buiten_bereik"),
        ("ties", TIE, {"soort": "BUURMAN"}, "onbekende_code"),
        ("ties", TIE, {"rd_x": "", "rd_y": ""}, "geen_plaats"),
    ],
)
def test_other_deliveries_reject_their_own_defects(table, good, wrong, expected):
    key = next(iter(good))
    rows = [good | {key: f"K-{n}"} | (wrong if n == 2 else {}) for n in range(4)]
    parsed = parsed_file(csv_text(rows).encode(), "x.csv", table)
    assert [(r.record, r.code) for r in parsed.rejects] == [(3, expected)]
    assert list(parsed.rows.index) == ["K-0", "K-1", "K-3"]


MATRIX = list(
    product(
        ["utf-8", "utf-8-sig", "cp1252", "utf-16"],
        [";", ",", "\t"],
        [",", "."],
        ["\r\n", "\n"],
        [True, False],
    )
)


def test_the_matrix_has_96_files():
    assert len(set(MATRIX)) == 96


@pytest.mark.parametrize(("encoding", "delimiter", "point", "end", "newline"), MATRIX)
def test_the_same_rows_in_any_dress_are_the_same_delivery(encoding, delimiter, point, end, newline):
    street = "Café\n’t Laantje €" if newline else "Café ’t Laantje €"
    rows = [
        DWELLING | {"eenheidcode": f"W-{n}", "straat": street, "netto_huur": f"612{point}45"}
        for n in range(3)
    ]
    content = csv_text(rows, delimiter=delimiter, end=end).encode(encoding)
    parsed = parsed_file(content, "woningen.csv")
    assert parsed.rejects == ()
    assert parsed.warnings == ()
    assert parsed.apart["street"].tolist() == [street] * 3
    usual = csv_text([DWELLING | {"eenheidcode": f"W-{n}"} for n in range(3)])
    assert parsed.rows.equals(parsed_file(usual.encode(), "woningen.csv").rows)
