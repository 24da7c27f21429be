"""The region as a drawing: dwellings as a lattice of dots, chains as curved arrows home to home.

Places are rounded to 100 metres before anything is drawn; a finer one never enters a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matching.model import Chain
    from pipelines.handover.facts import Row

GRID = 100
AIR = 1.18
"""How much wider a window is than what it shows."""
LATTICE_COLUMNS = 84
ROW_HEIGHT = 0.866
"""Height of a row in a lattice of equilateral triangles, in columns."""
CROWDED = (0.15, 0.45, 0.75, 0.93)
"""Shares of the lattice, from sparse to crowded, at which a dot grows one size."""

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the country: RD metres in, drawing units out."""

    left: float
    bottom: float
    scale: float
    width: int
    height: int

    def at(self, x: float, y: float) -> Point:
        """Place an RD point in the drawing; y grows downward there."""
        return (
            round((x - self.left) * self.scale),
            round(self.height - (y - self.bottom) * self.scale),
        )


@dataclass(frozen=True, slots=True)
class Arrow:
    """One move as drawn: its step in the chain and its path; None when both homes share a place."""

    step: int
    path: str | None
    end: Point


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chain as drawn."""

    number: int
    length: int
    start: Point | None
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Lattice:
    """Dwellings counted on a lattice: middles in RD metres, numbers, and the column width."""

    x: np.ndarray
    y: np.ndarray
    count: np.ndarray
    column: float


def place(home: Row | None) -> Point | None:
    """Give the middle of the 100 m square a home lies in, or None when its place is not known."""
    x, y = (home or {}).get("x"), (home or {}).get("y")
    if x is None or y is None:
        return None
    return int(x) // GRID * GRID + GRID // 2, int(y) // GRID * GRID + GRID // 2


def frame_around(
    x: Sequence[int] | np.ndarray,
    y: Sequence[int] | np.ndarray,
    *,
    width: int,
    shape: tuple[float, float],
    least: int,
) -> Frame:
    """Fit a window of `width` units around points, with some air.

    `shape` is the least and most height as a share of the width; `least` the smallest width shown,
    in metres.
    """
    left, right, bottom, top = (float(v) for v in (min(x), max(x), min(y), max(y)))
    across, up = max(right - left, least) * AIR, max(top - bottom, least * shape[0]) * AIR
    across = max(across, up / shape[1])
    height = min(max(up / across, shape[0]), shape[1])
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    return Frame(
        left=middle_x - across / 2,
        bottom=middle_y - across * height / 2,
        scale=width / across,
        width=width,
        height=round(width * height),
    )


def lattice(dwellings: pd.DataFrame) -> Lattice:
    """Count dwellings on a lattice fine enough to show the shape of the region, never finer."""
    known = dwellings[["x", "y"]].dropna() if {"x", "y"} <= set(dwellings.columns) else None
    if known is None or known.empty:
        none = np.array([], dtype=np.float64)
        return Lattice(none, none, none, float(GRID))
    x, y = (known[axis].to_numpy(dtype=np.float64) for axis in ("x", "y"))
    low, high = np.quantile(x, [0.005, 0.995])
    column = max((high - low) / LATTICE_COLUMNS, GRID)
    row = np.rint(y / (column * ROW_HEIGHT))
    shift = (row % 2) * column / 2
    middles = pd.DataFrame(
        {"x": np.rint((x - shift) / column) * column + shift, "y": row * column * ROW_HEIGHT}
    )
    counted = middles.groupby(["x", "y"], as_index=False).size()
    return Lattice(
        counted["x"].to_numpy(), counted["y"].to_numpy(), counted["size"].to_numpy(), column
    )


def dots(cells: Lattice, frame: Frame) -> list[tuple[float, str]]:
    """Draw the lattice within a window: per size a stroke width and one path of dots."""
    x = np.rint((cells.x - frame.left) * frame.scale).astype(np.int64)
    y = np.rint(frame.height - (cells.y - frame.bottom) * frame.scale).astype(np.int64)
    inside = (x >= 0) & (x <= frame.width) & (y >= 0) & (y <= frame.height)
    limits = np.quantile(cells.count, CROWDED) if len(cells.count) else np.zeros(len(CROWDED))
    size = np.searchsorted(limits, cells.count, "right")
    step = cells.column * frame.scale
    return [
        (
            round(step * (0.2 + 0.15 * nth), 1),
            "".join(f"M{a} {b}h0" for a, b in zip(xs, ys, strict=True)),
        )
        for nth in range(len(CROWDED) + 1)
        if len(xs := x[inside & (size == nth)].tolist())
        for ys in [y[inside & (size == nth)].tolist()]
    ]


def draw(number: int, chain: Chain, homes: dict[str, Row], frame: Frame) -> Drawing:
    """Draw one chain: an arrow per move from the home left to the home entered."""
    first = place(homes.get(chain.key))
    arrows = [
        arrow
        for step, move in enumerate(chain.moves, 1)
        if (
            arrow := _arrow(
                step, place(homes.get(move.leaves or "")), place(homes.get(move.to)), frame
            )
        )
    ]
    return Drawing(number, len(chain.moves), first and frame.at(*first), tuple(arrows))


def _arrow(step: int, left: Point | None, entered: Point | None, frame: Frame) -> Arrow | None:
    if entered is None:
        return None
    end = frame.at(*entered)
    start = frame.at(*left) if left else end
    return Arrow(step, None if start == end else curve(start, end), end)


def curve(start: Point, end: Point) -> str:
    """Bend a line from start to end a little to the left, so that there and back differ."""
    (x1, y1), (x2, y2) = start, end
    bend_x, bend_y = (
        round((x1 + x2) / 2 - (y2 - y1) * 0.18),
        round((y1 + y2) / 2 + (x2 - x1) * 0.18),
    )
    return f"M{x1} {y1}Q{bend_x} {bend_y} {x2} {y2}"


def places_of(chains: Iterable[Chain], homes: dict[str, Row]) -> list[Point]:
    """Collect the rounded places of all homes in some chains."""
    ids = [home for chain in chains for move in chain.moves for home in (move.to, move.leaves)]
    return [where for home in ids if home and (where := place(homes.get(home)))]
