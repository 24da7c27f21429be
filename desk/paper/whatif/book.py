"""The workbook: nine sheets, numbers as numbers, text as text, and no formulas at all."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import xlsxwriter

from desk.paper.sheet import LONGEST, SAFELY
from desk.paper.whatif.sheets import pages

if TYPE_CHECKING:
    from desk.paper.whatif.report import Told
    from desk.paper.whatif.sheets import Cell, Page

NO_DAY = date(2000, 1, 1)
"""When a workbook says it was made where nobody said: never the clock, so that bytes are equal."""
NARROW, WIDE, LOOKED_AT = 9, 46, 200
MOST = 1_048_575
"""Rows under a heading, as Excel has it."""


def workbook(told: Told) -> bytes:
    """Write the workbook; equal figures give equal bytes."""
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {**SAFELY, "nan_inf_to_errors": False})
    made = datetime.combine(told.on or NO_DAY, time(), tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": told.title, "author": "Verhuisketen", "created": made})
    look = {
        str: book.add_format({"text_wrap": True, "valign": "top"}),
        float: book.add_format({"num_format": "#,##0.0", "valign": "top"}),
        int: book.add_format({"num_format": "0", "valign": "top"}),
    }
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for page in pages(told):
        sheet = book.add_worksheet(page.name)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        _write(sheet, page, look, bold)
    book.close()
    return whole.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    page: Page,
    look: dict[type, xlsxwriter.format.Format],
    bold: xlsxwriter.format.Format,
) -> None:
    rows = page.rows[:MOST]
    for column, heading in enumerate(page.headings):
        sheet.set_column(column, column, _width(heading, [row[column] for row in rows]))
        sheet.write_string(0, column, heading, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell[:LONGEST], look[str])
            elif cell is not None:
                kind = int if isinstance(cell, int) else float
                sheet.write_number(number, column, cell, look[kind])
    if rows:
        sheet.autofilter(0, 0, len(rows), len(page.headings) - 1)


def _width(heading: str, cells: list[Cell]) -> int:
    texts = [len(cell) for cell in cells[:LOOKED_AT] if isinstance(cell, str)]
    return min(max([len(heading) // 2, *texts]) + 2, WIDE) if texts else max(NARROW, 14)
