"""What leaves the desk as a sheet is text, and comes back as the text it was (P20)."""

import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from data_contracts.formulas import marked, unmarked
from desk.paper import sheet
from pipelines.sources import text as reader
from tests.counts import count
from tests.desk.payloads import FORMULAS

ON = date(2026, 11, 22)
WIDTH = 6
ROWS = tuple((payload,) * WIDTH for payload in FORMULAS)
HEADINGS = tuple(f"kolom_{number}" for number in range(WIDTH))
DANGER = re.compile("^\\s*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]")


@pytest.fixture(scope="module")
def workbook():
    return sheet.xlsx("Lijst", HEADINGS, ROWS, on=ON)


def test_there_are_forty_payloads_and_more():
    assert len(set(FORMULAS)) >= 40


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(workbook):
    page = openpyxl.load_workbook(io.BytesIO(workbook)).active
    cells = [cell for row in page.iter_rows() for cell in row]

    assert len(cells) == (len(ROWS) + 1) * WIDTH
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]


def test_a_workbook_leads_nowhere_outside_itself(workbook):
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        names = parts.namelist()
        relations = b"".join(parts.read(name) for name in names if name.endswith(".rels"))
        pages = b"".join(parts.read(name) for name in names if "worksheets/" in name)

    assert not [name for name in names if "externalLink" in name or "vba" in name.lower()]
    assert b"TargetMode" not in relations
    assert b"<f>" not in pages
    assert b"hyperlink" not in pages


def test_a_workbook_gives_back_what_went_in(workbook):
    page = openpyxl.load_workbook(io.BytesIO(workbook)).active
    read = [row[0] for row in page.iter_rows(min_row=2, values_only=True)]

    # XML knows one line end; and openpyxl reads CR LF as LF.
    assert [_one_line_end(cell) for cell in read] == [_one_line_end(cell) for cell in FORMULAS]


def _one_line_end(cell):
    return cell.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n")


def test_no_cell_of_a_csv_begins_like_a_formula():
    whole = sheet.comma_separated(HEADINGS, ROWS).decode("utf-8-sig")
    cells = re.findall(r'"((?:[^"]|"")*)"', whole)

    assert len(cells) == (len(ROWS) + 1) * WIDTH
    assert not [cell for cell in cells if DANGER.match(cell)]


def test_a_csv_is_read_back_by_our_own_reader_as_it_was(tmp_path):
    path = tmp_path / "lijst.csv"
    path.write_bytes(sheet.comma_separated(HEADINGS, ROWS))
    table = reader.read(path)

    assert table.columns == HEADINGS
    records = list(table.records)
    assert [record.problem for record in records] == [None] * len(ROWS)
    for record, payload in zip(records, FORMULAS, strict=True):
        assert {_one_line_end(cell) for cell in record.cells.values()} == {_one_line_end(payload)}


@given(st.text())
@settings(max_examples=count(ci=300, soak=20_000, of="tekst die naar een CSV gaat en terugkomt"))
def test_any_text_survives_its_mark(cell):
    assert unmarked(marked(cell)) == cell
    assert not DANGER.match(marked(cell))


@pytest.fixture
def struck(engine, busiest):
    """The busiest coach's people and homes, all of whose texts look like formulas."""
    with engine.begin() as connection:
        people = connection.execute(
            text(
                "SELECT DISTINCT household, dwelling FROM proposal WHERE coach = :coach"
                " AND corporation = :corporation ORDER BY household"
            ),
            {"coach": busiest[0], "corporation": busiest[1]},
        ).all()
        for number, row in enumerate(people):
            one, other = (FORMULAS[(number + by) % len(FORMULAS)] for by in (0, len(people)))
            connection.execute(
                text("UPDATE person SET name = :one, phone = :other WHERE household = :household"),
                {"one": one, "other": other, "household": row.household},
            )
            connection.execute(
                text("UPDATE address SET street = :one, town = :other WHERE dwelling = :dwelling"),
                {"one": one, "other": other, "dwelling": row.dwelling},
            )


@pytest.mark.usefixtures("struck")
def test_the_list_of_a_coach_with_names_holds_no_formula(as_coach, engine, tmp_path):
    coach, path = as_coach(), tmp_path / "lijst.csv"
    page = openpyxl.load_workbook(
        io.BytesIO(coach.get("/voorstellen.xlsx?namen=ja").content)
    ).active
    path.write_bytes(coach.get("/voorstellen.csv?namen=ja").content)
    headings, *rows = page.iter_rows()
    at = {cell.value: place for place, cell in enumerate(headings)}
    read = {record.cells["Voorstel"]: record.cells for record in reader.read(path).records}
    with engine.connect() as connection:
        people = dict(connection.execute(text("SELECT household, name FROM person")).all())

    assert len(rows) == len(read) > 10
    for row in rows:
        assert {cell.data_type for cell in row} <= {"s", "n", "d"}
        known = people[row[at["Huishouden"]].value]
        assert _one_line_end(row[at["Naam"]].value) == _one_line_end(known)
        assert _one_line_end(read[row[at["Voorstel"]].value]["Naam"]) == _one_line_end(known)
