"""Lines over years or over a sweep: intervals as whiskers, a range of meaning as a band."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from desk.paper.whatif.canvas import (
    SMALL,
    WIDTH,
    Sheet,
    lettered,
    marker,
    scale,
    stroke,
    style_of,
)
from desk.paper.whatif.figured import FEW
from desk.paper.whatif.look import GRID, INK, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from desk.paper.whatif.look import Style
    from desk.paper.whatif.shapes import Line, Lines, Point

HEIGHT, SMALL_HEIGHT, LEFT, LABELS = 300, 190, 62, 190
APART, PITCH, TOP = 20, 15, 40
"""Pixels between the names at the ends of lines."""
MARK = 44
"""Pixels that a mark on the axis takes."""
NAME_WIDTH, NAME_LINES = 24, 3


def lines(chart: Lines) -> Sheet:
    """Draw lines on one field, or a field for each where a range of meaning goes along."""
    return _beside(chart) if any(line.least for line in chart.lines) else _together(chart)


def _together(chart: Lines) -> Sheet:
    sheet = Sheet.of(HEIGHT + 90)
    wide = WIDTH - LEFT - LABELS
    field = sheet.axes(LEFT, TOP, wide, HEIGHT)
    first = 1 if chart.zero else 0
    for number, line in enumerate(chart.lines):
        shift = _dodge(chart, number)
        _draw(field, chart, line, style_of(number + first), shift)
    _limits(field, chart, chart.lines)
    _names(sheet, field, chart, first)
    _framed(sheet, field, chart, top=TOP, height=HEIGHT)
    return sheet


def _dodge(chart: Lines, number: int) -> float:
    """Move the whiskers of scenarios apart, that none hides behind another."""
    step = min((b - a for a, b in pairwise(chart.places)), default=1)
    return 0.09 * step * (number - (len(chart.lines) - 1) / 2)


def _beside(chart: Lines) -> Sheet:
    rows = (len(chart.lines) + 1) // 2
    tall = SMALL_HEIGHT + 88
    sheet = Sheet.of(rows * tall)
    wide = (WIDTH - 2 * LEFT - 20) / 2
    for number, line in enumerate(chart.lines):
        left = LEFT + (number % 2) * (wide + LEFT + 10)
        top = (number // 2) * tall + 42
        field = sheet.axes(left, top, wide, SMALL_HEIGHT)
        _band(field, chart, line)
        if number:
            _draw(field, chart, chart.lines[0], style_of(0), 0, bare=True)
        _draw(field, chart, line, style_of(number), 0)
        _limits(field, chart, chart.lines)
        _framed(sheet, field, chart, top=top, height=SMALL_HEIGHT, left=left)
        if any(p.few for p in line.points) and not any(p.shown for p in line.points):
            at = (left + wide / 2, top + SMALL_HEIGHT / 2)
            sheet.write(*at, FEW, colour=SOFT, align="center")
        sheet.write(left - LEFT + 6, top - 28, _short(line.title, 40), bold=True)
    return sheet


def _draw(
    field: Axes, chart: Lines, line: Line, style: Style, shift: float, *, bare: bool = False
) -> None:
    shown = [(x, p) for x, p in zip(chart.places, line.points, strict=True) if p.shown]
    x = [at + shift for at, _ in shown]
    y = [_number(p.value) for _, p in shown]
    dots = {} if bare else marker(style)
    field.plot(x, y, **stroke(style), **dots)
    if bare:
        return
    for at, (_, point) in zip(x, shown, strict=True):
        if point.low is not None and point.high is not None:
            field.plot(
                [at, at], [point.low, point.high], color=style.colour, linewidth=1.3, zorder=1.5
            )


def _band(field: Axes, chart: Lines, line: Line) -> None:
    if not line.least:
        return
    ends = [
        (x, _number(0.0 if low.few else low.value), _number(high.value), _number(low.value))
        for x, low, high in zip(chart.places, line.least, line.most, strict=True)
        if (low.shown or low.few) and high.shown
    ]
    x, bottom, high, low = ([one[i] for one in ends] for i in range(4))
    field.fill_between(
        x, bottom, high, facecolor="#eef1f0", edgecolor=GRID, linewidth=0, hatch="//"
    )
    for edge in (low, high):
        field.plot(x, edge, color=SOFT, linewidth=0.9)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _ends(points: tuple[Point, ...]) -> list[float]:
    found = [n for p in points if p.shown for n in (p.value, p.low, p.high)]
    return [n for n in found if n is not None]


def _limits(field: Axes, chart: Lines, drawn: tuple[Line, ...]) -> None:
    """Give all fields one scale, from zero up where figures are counts."""
    every = [n for line in drawn for n in _ends((*line.points, *line.least, *line.most))]
    low, high = min([0.0, *every]), max([*every, 1.0] if not chart.zero else [0.0, *every])
    room = 0.06 * ((high - low) or 1)
    field.set_ylim(low - (room if low < 0 or chart.zero else 0), high + room)
    step = min((b - a for a, b in pairwise(chart.places)), default=1)
    field.set_xlim(chart.places[0] - 0.3 * step, chart.places[-1] + 0.3 * step)


def _framed(
    sheet: Sheet, field: Axes, chart: Lines, *, top: float, height: float, left: float = LEFT
) -> None:
    scale(field, along="y")
    if chart.zero:
        field.axhline(0, color=INK, linewidth=1.2)
    wide = field.get_position().width * WIDTH
    every = -(-len(chart.places) * MARK // int(wide))
    field.set_xticks(chart.places[::every], chart.marks[::every])
    lettered(field)
    sheet.write(left - LEFT + 6, top - 12, chart.unit, size=SMALL, colour=SOFT)
    sheet.write(
        left + wide / 2, top + height + 36, chart.axis, size=SMALL, colour=SOFT, align="center"
    )


def _names(sheet: Sheet, field: Axes, chart: Lines, first: int) -> None:
    """Write the name of each line at its end, none over another."""
    low, high = field.get_ylim()
    ends = []
    for number, line in enumerate(chart.lines):
        shown = [p.value for p in line.points if p.value is not None and p.shown]
        if shown:
            top = TOP + HEIGHT * (high - shown[-1]) / (high - low)
            ends.append((top, number, textwrap.wrap(line.title, NAME_WIDTH)[:NAME_LINES]))
    for (top, number, parts), at in zip(sorted(ends), _apart(sorted(ends)), strict=True):
        left = WIDTH - LABELS
        sheet.figure.add_artist(_leader(sheet, left - 2, top, left + 8, at))
        whole = len(" ".join(parts)) == len(chart.lines[number].title)
        for row, part in enumerate(parts):
            said = part if whole or row < len(parts) - 1 else f"{part}…"
            colour = style_of(number + first).colour
            sheet.write(left + 12, at + PITCH * row, said, size=SMALL, bold=True, colour=colour)


def _apart(ends: list[tuple[float, int, list[str]]]) -> list[float]:
    """Give names a height of their own, as near to their lines as the others allow."""
    found: list[float] = []
    free = 0.0
    for top, _, parts in ends:
        at = max(free, top - PITCH / 2 * (len(parts) - 1))
        found.append(at)
        free = at + PITCH * (len(parts) - 1) + APART
    over = max(0.0, free - APART - (TOP + HEIGHT))
    return [at - over for at in found]


def _leader(sheet: Sheet, left: float, top: float, right: float, down: float) -> Line2D:
    return Line2D(
        [left / WIDTH, right / WIDTH],
        [1 - top / sheet.height, 1 - down / sheet.height],
        color=SOFT,
        linewidth=0.8,
    )


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
