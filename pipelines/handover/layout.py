"""How a sheet looks and prints, and the one way a cell is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from pipelines.handover.facts import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matching.model import Explanation
    from pipelines.handover.agenda import Cast, Task
    from pipelines.handover.facts import HandoverFacts

LONGEST_TEXT = 32_000
"""Excel refuses a cell above 32,767 characters."""

LINE_HEIGHT, HIGHEST_ROW = 13, 400
"""In points; Excel knows no row above 409."""

INK, PAPER, LINE, ACCENT, WARM, SOFT = (
    "#1d2b2a",
    "#ffffff",
    "#d8d3c7",
    "#0b5d57",
    "#b4472a",
    "#f3efe6",
)


class Look:
    """The formats of a workbook: one calm hand."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter ships no types
        cell = {"font_name": "Calibri", "font_size": 10, "valign": "top", "text_wrap": True}
        cell |= {"font_color": INK, "bottom": 1, "bottom_color": LINE}
        self.text = book.add_format(cell)
        self.strong = book.add_format(cell | {"bold": True})
        self.money = book.add_format(
            cell | {"num_format": "€ #,##0.00", "align": "right", "indent": 1}
        )
        self.whole = book.add_format(cell | {"num_format": "0", "align": "center"})
        self.date = book.add_format(cell | {"num_format": "d-m-yyyy", "align": "left"})
        self.answer = book.add_format(
            cell | {"bg_color": "#fdf6d8", "border": 1, "border_color": LINE}
        )
        self.ask = book.add_format(cell | {"font_color": WARM})
        head = {"bold": True, "font_color": PAPER, "bg_color": ACCENT, "text_wrap": True}
        self.head = book.add_format(head | {"valign": "vcenter", "font_size": 10})
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": ACCENT})
        self.note = book.add_format({"italic": True, "font_size": 10, "font_color": "#55605e"})
        self.opens = book.add_format(cell | {"bg_color": "#f9e4da", "left": 5, "left_color": WARM})
        self.mine = book.add_format(cell | {"bg_color": "#dcefec", "left": 5, "left_color": ACCENT})
        self.other = book.add_format(cell | {"bg_color": SOFT, "left": 5, "left_color": LINE})
        self.heading = book.add_format({"bold": True, "font_size": 12, "font_color": ACCENT})
        self.prose = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything one coach's workbook is made of."""

    book: Any
    look: Look
    coach: str | None
    mine: Sequence[Task]
    facts: HandoverFacts
    who: Cast
    why: Mapping[tuple[str, str], Explanation]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the task sheet: its heading, its width in characters and its format."""

    head: str
    width: int
    look: str = "text"


def start(sheet: Any, desk: Desk, title: str, intro: str, columns: Sequence[Column]) -> None:  # noqa: ANN401 - xlsxwriter has no types
    """Set up a sheet: title, one sentence, headings, widths, and how it prints."""
    sheet.write_string(0, 0, title, desk.look.title)
    sheet.write_string(1, 0, intro, desk.look.note)
    sheet.set_row(0, 24)
    sheet.set_row(2, 30)
    for at, column in enumerate(columns):
        sheet.write_string(2, at, column.head, desk.look.head)
        sheet.set_column(at, at, column.width)
    sheet.hide_gridlines(2)
    print_setup(sheet)
    sheet.repeat_rows(2)


def print_setup(sheet: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    """Print on A4 lying down, as wide as the page, with page numbers."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&RBladzijde &P van &N")


def write_row(  # a row is a place, a look and its cells
    sheet: Any,  # noqa: ANN401 - xlsxwriter has no types
    look: Look,
    at: int,
    columns: Sequence[Column],
    cells: Sequence[Any],
) -> None:
    """Write the cells of one row, each in the look of its column, high enough to read."""
    for column, (spec, value) in enumerate(zip(columns, cells, strict=True)):
        write_cell(sheet, at, column, value, getattr(look, spec.look))
    fit_row(sheet, at, columns, cells)


def fit_row(sheet: Any, at: int, columns: Sequence[Column], cells: Sequence[Any]) -> None:  # noqa: ANN401 - xlsxwriter has no types
    """Make a row as high as its longest text: not every program does so when it opens a file."""
    # Most cells are short: only what cannot stand on one line is counted.
    long = [
        lines_of(value, spec.width)
        for spec, value in zip(columns, cells, strict=True)
        if isinstance(value, str) and (len(value) > spec.width or "\n" in value)
    ]
    sheet.set_row(at, min(LINE_HEIGHT * max(long, default=1) + 5, HIGHEST_ROW))


def lines_of(value: Any, width: int) -> int:  # noqa: ANN401 - a cell
    """Estimate the lines a cell takes in a column of `width` characters."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, -(-len(part) // width)) for part in value.split("\n"))


def write_cell(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:  # noqa: ANN401 - a cell
    """Write one cell by the type of its value; a text is never anything but a text."""
    value = value if isinstance(value, str) else plain(value)
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), look)
    else:
        sheet.write_string(row, column, str(value)[:LONGEST_TEXT], look)
