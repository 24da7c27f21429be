"""Bars of a hundred percent in parts: told apart by hatch, with the share written in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import Rectangle

from desk.paper.whatif.canvas import SMALL, WIDTH, Sheet, font, lettered
from desk.paper.whatif.figured import figure
from desk.paper.whatif.look import FILLS, HATCHES, INK, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from desk.paper.whatif.shapes import Shares

BAR, GAP, EDGE, SIDE, FOOT, KEY = 30, 34, 8, 20, 30, 22
WRITTEN_FROM = 55
"""Tenths of a percent: in a narrower part no figure fits."""
FULL = 1000


def bars(chart: Shares) -> Sheet:
    """Draw a bar per scenario, its name above it, and a key of the parts below."""
    tall = (BAR + GAP) * len(chart.rows)
    keys = KEY * ((len(chart.parts) + 2) // 3)
    sheet = Sheet.of(EDGE + tall + FOOT + keys + EDGE)
    for number, (title, parts) in enumerate(chart.rows):
        top = EDGE + number * (BAR + GAP)
        sheet.write(SIDE, top + 12, title, bold=True)
        field = sheet.axes(SIDE, top + 26, WIDTH - 2 * SIDE, BAR)
        _bar(field, parts, last=number == len(chart.rows) - 1)
    for number, part in enumerate(chart.parts):
        left = SIDE + (number % 3) * (WIDTH - 2 * SIDE) / 3
        top = EDGE + tall + FOOT + KEY * (number // 3) + 8
        _swatch(sheet, left, top, number)
        sheet.write(left + 36, top, part, size=SMALL)
    return sheet


def _bar(field: Axes, parts: tuple[int, ...], *, last: bool) -> None:
    field.set_xlim(0, FULL)
    field.set_ylim(0, 1)
    field.set_yticks([])
    at = 0
    for number, part in enumerate(parts):
        field.barh(0.5, part, 1, left=at, **_filled(number))
        if part >= WRITTEN_FROM:
            _written(field, at + part / 2, f"{figure(part / 10, digits=0)} %")
        at += part
    marks = range(0, FULL + 1, 250) if last else ()
    field.set_xticks(list(marks), [f"{mark // 10} %" for mark in marks])
    lettered(field)


def _filled(number: int) -> dict[str, Any]:
    return {
        "facecolor": FILLS[number % len(FILLS)],
        "edgecolor": INK,
        "linewidth": 1,
        "hatch": HATCHES[number % len(HATCHES)],
    }


def _written(field: Axes, at: float, text: str) -> None:
    field.text(
        at,
        0.5,
        text,
        fontproperties=font(SMALL),
        color=INK,
        ha="center",
        va="center",
        parse_math=False,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 2.5},
    )


def _swatch(sheet: Sheet, left: float, top: float, number: int) -> None:
    corner = (left / WIDTH, 1 - (top + 7) / sheet.height)
    sheet.figure.add_artist(Rectangle(corner, 28 / WIDTH, 14 / sheet.height, **_filled(number)))
