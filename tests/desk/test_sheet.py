import io
from datetime import date
from decimal import Decimal

import openpyxl

from desk.paper import sheet

ON = date(2026, 11, 22)
HEADINGS = ("Voorstel", "Huur", "Kamers", "Antwoord voor")
ROWS = (("voorstel-1", Decimal("712.30"), 3, date(2026, 12, 20)), ("voorstel-2", None, None, None))


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data)).active


def test_a_sheet_holds_what_was_listed():
    read = [list(row) for row in opened(sheet.xlsx("Lijst", HEADINGS, ROWS, on=ON)).values]

    assert read[0] == list(HEADINGS)
    assert read[1][:3] == ["voorstel-1", 712.3, 3]
    assert read[1][3].date() == date(2026, 12, 20)
    assert read[2] == ["voorstel-2", None, None, None]


def test_the_same_list_gives_the_same_bytes():
    assert sheet.xlsx("Lijst", HEADINGS, ROWS, on=ON) == sheet.xlsx("Lijst", HEADINGS, ROWS, on=ON)


def test_a_list_without_proposals_is_a_sheet_with_headings():
    read = list(opened(sheet.xlsx("Lijst", HEADINGS, (), on=ON)).values)

    assert read == [HEADINGS]


def test_a_csv_is_as_dutch_excel_writes_it():
    text = sheet.comma_separated(HEADINGS, ROWS).decode("utf-8-sig")

    assert text.splitlines() == [
        '"Voorstel";"Huur";"Kamers";"Antwoord voor"',
        '"voorstel-1";"712,30";"3";"20-12-2026"',
        '"voorstel-2";"";"";""',
    ]
