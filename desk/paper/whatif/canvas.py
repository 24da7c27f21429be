"""The sheet that charts are drawn on: matplotlib figures, measured in pixels from the top.

No state of pyplot, no setting of this machine: the room is measured in the typeface that matplotlib
brings along, the text stays text (`svg.fonttype: none`), so it can be enlarged and read aloud.
"""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator

from desk.paper.whatif.figured import figure
from desk.paper.whatif.look import GRID, INK, PAPER, SOFT, STYLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from desk.paper.whatif.look import Style

WIDTH = 720
INCH = 72
"""Pixels of the drawing (and points of an SVG) to an inch."""
SIZE, SMALL = 13, 12
_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
FINEST = (1, 0.1)
"""Steps along an axis under which one more decimal is needed."""
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "verhuisketen",
    "hatch.linewidth": 0.9,
}
_AS_SHIPPED: dict[Any, Any] = {
    name: value for name, value in mpl.rcParamsDefault.items() if name != "backend"
}
"""Whatever a `matplotlibrc` on this machine says."""
_ONE_AT_A_TIME = Lock()
"""matplotlib keeps its settings for the whole process; the desk draws in several threads."""


def font(size: float = SIZE, *, bold: bool = False) -> FontProperties:
    """Give the typeface to measure with, by its file: no search among those of this machine."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return FontProperties(fname=str(_FONTS / name), size=size, weight="bold" if bold else "normal")


def wide(text: str, size: float = SIZE) -> float:
    """Measure how many pixels a text takes."""
    return float(TextPath((0, 0), text, size=size, prop=font(size)).get_extents().width)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of WIDTH by `height` pixels; places are counted from the top left."""

    figure: Figure
    height: float

    @classmethod
    def of(cls, height: float) -> Sheet:
        """Give an empty sheet."""
        return cls(Figure(figsize=(WIDTH / INCH, height / INCH), dpi=INCH, facecolor=PAPER), height)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Give a quiet field to draw in: an axis below, faint lines, nothing else."""
        bottom = self.height - top - height
        field = self.figure.add_axes(
            (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        )
        field.set_facecolor("none")
        for side in ("top", "right", "left"):
            field.spines[side].set_visible(False)
        field.spines["bottom"].set_color(SOFT)
        field.tick_params(colors=SOFT, labelsize=SMALL, length=3)
        field.set_axisbelow(True)
        return field

    def write(
        self,
        left: float,
        top: float,
        text: str,
        *,
        size: float = SIZE,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """Write text with its middle at this height. A dollar sign is a dollar sign."""
        self.figure.text(
            left / WIDTH,
            1 - top / self.height,
            text,
            fontproperties=font(size, bold=bold),
            color=colour,
            ha=align,
            va="center",
            parse_math=False,
        )

    def mark(self, left: float, top: float, style: Style) -> None:
        """Put the marker and line of a scenario, for a key."""
        x = [left / WIDTH, (left + 14) / WIDTH, (left + 28) / WIDTH]
        y = [1 - top / self.height] * 3
        self.figure.add_artist(Line2D(x, y, **stroke(style), **marker(style), markevery=[1]))

    def key(self, names: list[tuple[str, Style]], top: float) -> None:
        """Say which marker is whose, in one column."""
        for number, (name, style) in enumerate(names):
            self.mark(6, top + 20 * number, style)
            self.write(44, top + 20 * number, name)


def stroke(style: Style) -> dict[str, Any]:
    """Give the settings of a scenario's line."""
    dashes = (0, style.dashes) if style.dashes else "solid"
    return {"color": style.colour, "linewidth": 2, "linestyle": dashes}


def marker(style: Style) -> dict[str, Any]:
    """Give the settings of a scenario's marker."""
    inside = style.colour if style.filled else PAPER
    return {
        "marker": style.marker,
        "markersize": 8,
        "markerfacecolor": inside,
        "markeredgecolor": style.colour,
        "markeredgewidth": 1.8,
    }


def style_of(number: int) -> Style:
    """Give the style of a scenario by its place, the baseline being 0."""
    return STYLES[number]


def scale(field: Axes, *, along: str = "x", most: int = 5, whole: bool = False) -> None:
    """Put Dutch numbers and faint lines along an axis."""
    axis = field.xaxis if along == "x" else field.yaxis
    axis.set_major_locator(MaxNLocator(most, integer=whole))
    low, high = sorted(axis.get_view_interval())
    digits = sum((high - low) / most < finest for finest in FINEST)
    axis.set_major_formatter(FuncFormatter(lambda value, _: figure(value, digits=digits)))
    field.grid(axis="x" if along == "x" else "y", color=GRID, linewidth=0.8)
    lettered(field)


def lettered(field: Axes) -> None:
    """Have the numbers along the axes written in our own typeface."""
    for label in (*field.get_xticklabels(), *field.get_yticklabels()):
        label.set_fontproperties(font(SMALL))
        label.set_color(SOFT)


def rendered(sheet: Sheet) -> bytes:
    """Give a sheet as SVG, as matplotlib writes it."""
    whole = io.BytesIO()
    FigureCanvasSVG(sheet.figure).print_svg(whole, metadata={"Date": None})  # type: ignore[no-untyped-call] # matplotlib ships none here
    return whole.getvalue()


@contextmanager
def settings() -> Iterator[None]:
    """Draw with our own settings, one chart at a time.

    A sign that the typeface lacks is only measured wrongly: whoever opens the drawing has it.
    """
    with (
        _ONE_AT_A_TIME,
        warnings.catch_warnings(),
        mpl.rc_context({**_AS_SHIPPED, **SETTINGS}),
    ):
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
