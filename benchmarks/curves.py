"""Line charts as SVG text: made of numbers only, readable without colour, light on any page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 88, 24, 64, 52
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#7b4173")  # told apart by most eyes (Okabe and Ito)
DASHES = ("", "7 4", "2 3", "9 3 2 3")
FEW_DECADES = 2.5
INK, GRID = "#222222", "#dddddd"


@dataclass(frozen=True, slots=True)
class Line:
    """Points to join, or dots only; `step` holds each value until the next point."""

    label: str
    points: Sequence[tuple[float, float]]
    step: bool = False
    joined: bool = True


@dataclass(frozen=True, slots=True)
class Axis:
    """What is set out along an edge; on a logarithmic axis all values are above zero."""

    label: str
    log: bool = False
    least: float | None = None
    most: float | None = None

    def span(self, values: Sequence[float]) -> tuple[float, float]:
        """Give the ends of the axis: as named, else those of the values with a little room."""
        low = min(values) if self.least is None else self.least
        high = max(values) if self.most is None else self.most
        if self.log:
            return low / 1.15, high * 1.15
        low = min(low, 0.0) if self.least is None else low
        return low, high + (high - low or 1.0) * 0.04

    def ticks(self, low: float, high: float) -> list[float]:
        """Give round numbers between the ends."""
        return _decades(low, high) if self.log else _steps(low, high)


def chart(title: str, lines: Sequence[Line], x: Axis, y: Axis) -> str:
    """Draw lines over two axes; the same numbers give the same text."""
    points = [point for line in lines for point in line.points]
    across = x.span([a for a, _ in points])
    up = y.span([b for _, b in points])
    at_x = _scale(across, (LEFT, WIDTH - RIGHT), log=x.log)
    at_y = _scale(up, (HEIGHT - BOTTOM, TOP), log=y.log)
    parts = [
        *_head(title),
        *_grid(x, y, at_x, at_y, (across, up)),
        *(_drawn(line, turn, at_x, at_y) for turn, line in enumerate(lines)),
        *_legend(lines),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _head(title: str) -> list[str]:
    return [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'font-family="system-ui, sans-serif" font-size="13" fill="{INK}">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="16" font-weight="600">{escape(title)}</text>',
    ]


def _grid(
    x: Axis,
    y: Axis,
    at_x: Callable[[float], float],
    at_y: Callable[[float], float],
    ends: tuple[tuple[float, float], tuple[float, float]],
) -> list[str]:
    floor = HEIGHT - BOTTOM
    rows = [
        f'<path d="M{LEFT} {at_y(tick):.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>'
        f'<text x="{LEFT - 8}" y="{at_y(tick) + 4:.1f}" text-anchor="end">{told(tick)}</text>'
        for tick in y.ticks(*ends[1])
    ]
    columns = [
        f'<path d="M{at_x(tick):.1f} {TOP}V{floor}" stroke="{GRID}"/>'
        f'<text x="{at_x(tick):.1f}" y="{floor + 18}" text-anchor="middle">{told(tick)}</text>'
        for tick in x.ticks(*ends[0])
    ]
    middle = (TOP + floor) / 2
    return [
        *rows,
        *columns,
        f'<path d="M{LEFT} {TOP}V{floor}H{WIDTH - RIGHT}" fill="none" stroke="{INK}"/>',
        (
            f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">'
            f"{escape(x.label)}</text>"
        ),
        (
            f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">'
            f"{escape(y.label)}</text>"
        ),
    ]


def _drawn(
    line: Line, turn: int, at_x: Callable[[float], float], at_y: Callable[[float], float]
) -> str:
    ink = COLOURS[turn % len(COLOURS)]
    spots = [(at_x(a), at_y(b)) for a, b in line.points]
    if not line.joined:
        return "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" fill="{ink}"/>' for a, b in spots)
    dash = DASHES[turn % len(DASHES)]
    path = f"M{spots[0][0]:.1f} {spots[0][1]:.1f}" + "".join(
        f"H{a:.1f}V{b:.1f}" if line.step else f"L{a:.1f} {b:.1f}" for a, b in spots[1:]
    )
    dots = "" if line.step else "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{ink}"/>' for a, b in spots
    )  # fmt: skip
    return (
        f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="2" '
        f'stroke-dasharray="{dash}"/>{dots}'
    )


def _legend(lines: Sequence[Line]) -> list[str]:
    marks, left = [], float(LEFT)
    for turn, line in enumerate(lines):
        ink, dash = COLOURS[turn % len(COLOURS)], DASHES[turn % len(DASHES)]
        mark = (
            f'<path d="M{left:.0f} 44H{left + 28:.0f}" stroke="{ink}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
            if line.joined
            else f'<circle cx="{left + 14:.0f}" cy="44" r="4" fill="{ink}"/>'
        )
        marks.append(f'{mark}<text x="{left + 34:.0f}" y="48">{escape(line.label)}</text>')
        left += 54 + 7.2 * len(line.label)
    return marks


def _scale(
    ends: tuple[float, float], pixels: tuple[float, float], *, log: bool
) -> Callable[[float], float]:
    low, high = (math.log10(end) for end in ends) if log else ends
    wide = (high - low) or 1.0

    def at(value: float) -> float:
        value = max(value, ends[0])
        here = math.log10(value) if log else value
        return pixels[0] + (pixels[1] - pixels[0]) * min(1.0, (here - low) / wide)

    return at


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten; with twice and five times between when there are few."""
    few = math.log10(high / low) <= FEW_DECADES
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    found = [m * 10.0**e for e in range(first, last + 1) for m in ((1, 2, 5) if few else (1,))]
    return [tick for tick in found if low <= tick <= high]


def _steps(low: float, high: float) -> list[float]:
    """About five round numbers."""
    rough = (high - low) / 5
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 10) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def told(value: float) -> str:
    """Write a number as on an axis: 1,000,000 and 0.01, without needless zeros."""
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:g}"  # noqa: PLR2004 - whole from ten on
