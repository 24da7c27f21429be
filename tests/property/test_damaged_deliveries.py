"""Damage of forty kinds at known records: each rejected there, every good row landed, all counted.

The oracle (`tests.damage`) is the bookkeeping of the injection itself.
"""

from __future__ import annotations

import json
import tempfile
from itertools import product
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.feeds import parse
from data_contracts.records import DELIVERIES
from pipelines.sources import read
from tests.damage import CELLS, KINDS, STREETS, Book, written
from tests.deliveries import DWELLING, HOUSEHOLD, TIE, csv_text


def test_there_are_at_least_25_kinds_of_damage():
    assert len(KINDS) >= 25


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
