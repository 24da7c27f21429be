"""Dots with intervals, one line each: the label before it, the figure behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.paper.whatif.canvas import SMALL, WIDTH, Sheet, marker, scale, style_of, wide
from desk.paper.whatif.look import GRID, INK, SERIES_MOST, SOFT
from desk.paper.whatif.shapes import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from desk.paper.whatif.look import Style
    from desk.paper.whatif.shapes import Dots, Panel, Point

LABELS, LINE, HEAD, FOOT, EDGE = 232, 22, 27, 29, 12
NARROWEST, ASIDE = 196, 12
"""Pixels for the figures behind the lines, at least, and between them and the lines."""
SHORTEST = 34


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    point: Point
    style: Style


def dots(chart: Dots) -> Sheet:
    """Draw panels below one another; the names of the scenarios stand at the lines or in a key."""
    panels = [(panel, _entries(chart, panel)) for panel in chart.panels]
    named = _keyed(chart)
    top = 20.0 * len(named) + (14 if named else 0)
    tall = sum(HEAD + LINE * len(entries) + FOOT for _, entries in panels)
    sheet = Sheet.of(top + tall + EDGE)
    sheet.key(named, 14)
    span = _span(chart, [e for _, entries in panels for e in entries]) if chart.shared else None
    every = [_said(chart, entry.point) for _, entries in panels for entry in entries]
    room = max([NARROWEST, *(wide(text, SMALL) + 2 * ASIDE for text in every)])
    for panel, entries in panels:
        _panel(sheet, chart, panel, entries, (top, room), span or _span(chart, entries))
        top += HEAD + LINE * len(entries) + FOOT
    return sheet


def _first(chart: Dots) -> int:
    """The first style is that of doing nothing, unless all are needed."""
    return 1 if chart.around_zero and len(chart.series) < SERIES_MOST else 0


def _single(chart: Dots) -> bool:
    """Whether each panel has one row, so that a line can be named after its scenario."""
    return all(len(panel.rows) == 1 for panel in chart.panels) and len(chart.series) > 1


def _keyed(chart: Dots) -> list[tuple[str, Style]]:
    if _single(chart) or len(chart.series) == 1:
        return []
    first = _first(chart)
    return [(name, style_of(n + first)) for n, name in enumerate(chart.series)]


def _entries(chart: Dots, panel: Panel) -> list[_Entry]:
    first, found = _first(chart), []
    for row in panel.rows:
        for number, point in enumerate(row.points):
            label = row.label if number == 0 else ""
            if _single(chart):
                label = chart.series[number]
            found.append(_Entry(label, point, style_of(number + first)))
    return found


def _span(chart: Dots, entries: list[_Entry]) -> tuple[float, float]:
    every = [
        n for e in entries if e.point.shown for n in (e.point.value, e.point.low, e.point.high)
    ]
    known = [0.0, *(n for n in every if n is not None)]
    low, high = min(known), max(known)
    if low == high:
        low, high = (-1.0, 1.0) if chart.around_zero else (0.0, 1.0)
    room = 0.06 * (high - low)
    return low - (room if low < 0 or chart.around_zero else 0), high + room


def _panel(
    sheet: Sheet,
    chart: Dots,
    panel: Panel,
    entries: list[_Entry],
    place: tuple[float, float],
    span: tuple[float, float],
) -> None:
    top, room = place
    height = LINE * len(entries)
    field = sheet.axes(LABELS, top + HEAD, WIDTH - LABELS - room, height)
    field.set_xlim(*span)
    field.set_ylim(len(entries), 0)
    field.set_yticks([])
    scale(field)
    if chart.around_zero:
        field.axvline(0, color=INK, linewidth=1.4)
    said = f"{panel.title}, {panel.unit}" if panel.unit else panel.title
    sheet.write(6, top + 15, said, bold=True)
    for number in range(0, len(entries), len(panel.rows[0].points)):
        field.axhline(number, color=GRID, linewidth=0.8)
    for number, entry in enumerate(entries):
        middle = top + HEAD + LINE * (number + 0.5)
        sheet.write(6, middle, _short(entry.label), size=SMALL)
        _dot(field, entry, number + 0.5)
        sheet.write(
            WIDTH - room + ASIDE,
            middle,
            _said(chart, entry.point),
            size=SMALL,
            colour=INK if entry.point.clear or not chart.around_zero else SOFT,
        )


def _said(chart: Dots, point: Point) -> str:
    return words(point, difference=chart.around_zero)


def _dot(field: Axes, entry: _Entry, at: float) -> None:
    point = entry.point
    if point.value is None or not point.shown:
        return
    if point.low is not None and point.high is not None:
        field.plot([point.low, point.high], [at, at], color=entry.style.colour, linewidth=2)
    field.plot([point.value], [at], linestyle="none", clip_on=False, **marker(entry.style))


def _short(text: str) -> str:
    return text if len(text) <= SHORTEST else text[: SHORTEST - 1].rstrip() + "…"
