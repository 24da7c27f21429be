"""A list as a sheet: XLSX for who works in it, CSV for who reads it into something else.

In XLSX every text goes in as text, so that nothing a delivery holds becomes a formula. A CSV cannot
say so: there text that begins like a formula is marked (`data_contracts.formulas`), and our own
reader takes the mark off again.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import xlsxwriter

from data_contracts.formulas import marked

if TYPE_CHECKING:
    from collections.abc import Sequence

Cell = str | int | Decimal | date | None
"""What a cell may hold; nothing else is ever written. A Decimal is an amount in euros."""
SAFELY = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
NARROW, WIDE = 8, 48
LONGEST = 32_767
"""Characters in a cell, as Excel has it."""


def xlsx(title: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]], *, on: date) -> bytes:
    """Write rows as a workbook of one sheet; equal rows on a day give equal bytes."""
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, SAFELY)
    made = datetime.combine(on, time(), tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": title, "author": "Verhuisketen", "created": made})
    look = _Look(
        plain=book.add_format({"text_wrap": True, "valign": "top"}),
        dated=book.add_format({"num_format": "dd-mm-yyyy", "align": "left", "valign": "top"}),
        paid=book.add_format({"num_format": "€ #,##0.00", "valign": "top"}),
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    page = book.add_worksheet("Voorstellen")
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    for column, heading in enumerate(headings):
        page.set_column(column, column, _width(heading, [row[column] for row in rows]))
        page.write_string(0, column, heading, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _write(page, (number, column), cell, look)
    if rows:
        page.autofilter(0, 0, len(rows), len(headings) - 1)
    book.close()
    return whole.getvalue()


@dataclass(frozen=True, slots=True)
class _Look:
    plain: xlsxwriter.format.Format
    dated: xlsxwriter.format.Format
    paid: xlsxwriter.format.Format


def _write(
    page: xlsxwriter.worksheet.Worksheet, at: tuple[int, int], cell: Cell, look: _Look
) -> None:
    if isinstance(cell, date):
        page.write_datetime(*at, datetime.combine(cell, time()), look.dated)
    elif isinstance(cell, Decimal):
        page.write_number(*at, float(cell), look.paid)
    elif isinstance(cell, int):
        page.write_number(*at, cell, look.plain)
    elif cell is not None:
        page.write_string(*at, cell[:LONGEST], look.plain)


def _width(heading: str, cells: list[Cell]) -> int:
    longest = max([len(heading), *(len(_text(cell)) for cell in cells)])
    return min(max(longest + 2, NARROW), WIDE)


def comma_separated(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Write rows as Dutch Excel reads them: semicolons, UTF-8 with its mark, CRLF, all quoted."""
    whole = io.StringIO(newline="")
    pen = csv.writer(whole, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    pen.writerow([marked(heading) for heading in headings])
    pen.writerows([[marked(_text(cell)) for cell in row] for row in rows])
    return whole.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, Decimal):
        return str(cell).replace(".", ",")
    return "" if cell is None else str(cell)
