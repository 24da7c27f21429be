"""The workbook of a what-if: numbers are numbers, text is text, small cells are not told."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from desk.paper.whatif.book import workbook
from desk.paper.whatif.dimensions import DIMENSIONS, value_in_words
from desk.paper.whatif.report import Told
from matching.simulate.catalogue import MEASURES
from tests.whatif_runs import (
    BUILD,
    FEW,
    FEW_PLACE,
    LOT,
    YEARS,
    a_comparison,
    a_scenario,
    some_scenarios,
)

FORMULA = "=HYPERLINK(1;2)"
SHEETS = [
    *("Aannamen", "Samenvatting", "Verschillen", "Normen", "Per jaar", "Ketens"),
    *("Vrijgekomen woningen", "Gevoeligheid", "Buurten"),
]


@pytest.fixture(scope="module")
def told():
    scenario = a_scenario(BUILD, title=FORMULA, question="@SUM(A1)", sources={"years": "+1"})
    return Told(a_comparison(BUILD, LOT), (some_scenarios(BUILD)[0], scenario), {"=A": "-1"})


@pytest.fixture(scope="module")
def book(told):
    return load_workbook(io.BytesIO(workbook(told)))


def rows_of(book, name):
    headings, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_the_workbook_has_its_sheets_and_each_has_rows(book):
    assert book.sheetnames == SHEETS
    assert all(book[name].max_row > 1 for name in SHEETS)


def test_what_looks_like_a_formula_is_text(book):
    cells = [cell for name in SHEETS for row in book[name].iter_rows() for cell in row]

    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert {FORMULA, "@SUM(A1)", "+1", "Verantwoording: =A", "-1"} <= {cell.value for cell in cells}


def test_figures_are_numbers_in_the_unit_they_are_told_in(book):
    rents = [row for row in rows_of(book, "Verschillen") if row["Maat"] == "Huursom per maand"]

    assert rents[0]["Eenheid"] == "euro"
    assert isinstance(rents[0]["Gemiddelde"], float | int)
    assert 890_000 < rents[0]["Gemiddelde"] < 910_000


def test_a_difference_has_its_interval_and_an_honest_verdict(book):
    rows = [
        row
        for row in rows_of(book, "Verschillen")
        if row["Maat"] == "Verhuizingen" and not row["Onderverdeling"]
    ]
    verdicts = {row["Scenario"]: row["Oordeel"] or "" for row in rows}

    assert verdicts == {
        "Niets doen": "",
        FORMULA: "aantoonbaar meer",
        "Loting": "niet te onderscheiden van niets doen",
    }
    assert all(row["Verschil laag"] <= row["Verschil hoog"] for row in rows if row["Verschil laag"])


def test_too_few_people_are_less_than_ten_and_no_number(book):
    rows = [row for row in rows_of(book, "Buurten") if row["Buurt"] == FEW_PLACE]

    assert rows
    assert {row["Gemiddelde"] for row in rows} == {"niet getoond"}
    numbers = [cell for row in rows for cell in row.values() if isinstance(cell, int | float)]
    assert numbers == []


def test_no_sheet_gives_away_what_another_hides(book):
    hidden = FEW * YEARS
    moves = [row for row in rows_of(book, "Buurten") if row["Maat"] == "Verhuizingen"]
    shown = [row["Gemiddelde"] for row in moves if row["Gemiddelde"] != "niet getoond"]

    assert hidden not in shown
    assert sum(row["Gemiddelde"] == "niet getoond" for row in moves) % 3 == 0
    assert len(moves) - len(shown) >= 6  # of three scenarios: the few, and one beside them


def test_every_acceptance_and_every_year_has_its_rows(book):
    levels = {row["Kans dat een voorstel doorgaat (%)"] for row in rows_of(book, "Gevoeligheid")}
    years = {row["Jaar"] for row in rows_of(book, "Per jaar")}

    assert levels == {20, 40}
    assert years == set(range(1, YEARS + 1))


def test_norms_stand_year_by_year(told, book):
    years = {row["Jaar"] for row in rows_of(book, "Normen")}

    assert years == set(told.comparison.ratios["year"]) - {0}
    assert len(years) == YEARS


def test_what_is_not_shown_is_explained_once(book):
    told = [row["Tekst"] for row in rows_of(book, "Samenvatting")]

    assert sum(str(one).startswith("Niet getoond: ") for one in told) == 1


def test_everything_that_is_told_apart_has_a_dutch_name():
    counted = {group for known in MEASURES.values() for group in known.groups}

    assert counted <= set(DIMENSIONS)


@pytest.mark.parametrize(
    ("dimension", "value", "told"),
    [
        ("channel", "match", "door de motor"),
        ("end", "outside", "van buiten"),
        ("kind", "tenant", "huurder"),
        ("facility", "SUPERMARKT", "supermarkt"),
        ("municipality", "GM9999", "GM9999"),
        ("rooms", "1", "1 kamer"),
        ("access", "NUL", "nultreden"),
        ("home", "eengezins groot", "eengezins groot"),
    ],
)
def test_what_stands_in_a_breakdown_is_dutch(dimension, value, told):
    assert value_in_words(dimension, value) == told


def test_ends_of_chains_stand_in_percent(book):
    ends = [row for row in rows_of(book, "Ketens") if str(row["Wat"]).startswith("eindigt met")]
    whole = [
        row["Gemiddelde"]
        for row in ends
        if row["Scenario"] == "Niets doen"
        and row["Oorzaak"] == row["Soort woning"] == row["Buurt"] == "alle"
    ]

    assert sum(whole) == pytest.approx(100)


def test_the_same_figures_give_the_same_workbook(told):
    assert workbook(told) == workbook(told)
