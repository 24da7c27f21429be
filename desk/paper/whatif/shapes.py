"""What a chart holds, before anybody draws it: titles, figures and what there is to say.

The drawing, the sentence for who cannot see it and the table behind it all come from these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from desk.paper.whatif.figured import FEW, UNKNOWN, as_printed, between, figure, known, signed


@dataclass(frozen=True, slots=True)
class Point:
    """A figure with its 95 % interval; without a value there is nothing that may be shown."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    few: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is a figure to draw."""
        return known(self.value)

    @property
    def clear(self) -> bool:
        """Whether the interval, as it is printed, leaves zero out."""
        if self.low is None or self.high is None:
            return False
        return as_printed(self.low) > 0 or as_printed(self.high) < 0


NOTHING = Point()


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario through time or over a sweep: a point per place on the axis.

    `least` and `most` are how low and how high it can be by another reading of the same facts
    (`domain.md` §5): a range of meaning, which is no interval of chance. `away` are the differences
    from doing nothing, of which doing nothing itself has none.
    """

    title: str
    points: tuple[Point, ...]
    away: tuple[Point, ...] = ()
    least: tuple[Point, ...] = ()
    most: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over an axis: years, or a share that is swept."""

    name: str
    title: str
    unit: str
    axis: str
    places: tuple[int, ...]
    marks: tuple[str, ...]
    lines: tuple[Line, ...]
    said: str
    note: str = ""
    zero: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A label and a point per scenario; `away` as in Line, one per scenario too."""

    label: str
    points: tuple[Point, ...]
    away: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows on one axis."""

    title: str
    unit: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Dots:
    """Dots with intervals, in panels that each have an axis of their own or share one."""

    name: str
    title: str
    series: tuple[str, ...]
    panels: tuple[Panel, ...]
    said: str
    note: str = ""
    around_zero: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Shares:
    """One bar of a hundred percent per scenario, in parts (tenths of a percent)."""

    name: str
    title: str
    parts: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    said: str
    note: str = ""
    of: tuple[float, ...] = field(default=())


Chart: TypeAlias = Lines | Dots | Shares
Table: TypeAlias = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Headings, and rows of text."""
WHOSE, RANGED, AWAY = "Scenario", "Strenge tot ruime lezing", "Verschil met niets doen"
"""Headings of a row per scenario: beside one another they would not fit a sheet of paper."""


def told(chart: Chart) -> str:
    """Say the main thing of a chart in one sentence."""
    return chart.said


def table(chart: Chart) -> Table:
    """Give the figures behind a chart as headings and rows of text, suppressed ones as such."""
    if isinstance(chart, Lines):
        return _of_lines(chart)
    return _of_dots(chart) if isinstance(chart, Dots) else _of_shares(chart)


def words(point: Point, *, difference: bool = False) -> str:
    """Write a point: `34 (20 tot 48)`, `+34 (20 tot 48)`, `niet getoond`, or a dash."""
    if point.few:
        return FEW
    if not point.shown:
        return UNKNOWN
    said = signed(point.value) if difference else figure(point.value)
    chance = between(point.low, point.high)
    return f"{said} ({chance})" if chance else said


def _of_lines(chart: Lines) -> Table:
    places = range(len(chart.places))
    if chart.zero:
        rows = [
            (chart.marks[at], *(words(line.points[at], difference=True) for line in chart.lines))
            for at in places
        ]
        return (chart.axis, *(line.title for line in chart.lines)), rows
    ranged = any(line.least for line in chart.lines)
    span = (RANGED,) if ranged else ()
    long = [
        (
            *(chart.marks[at], line.title, words(line.points[at])),
            *((reach(line, at),) if ranged else ()),
            _away(line.away, at),
        )
        for at in places
        for line in chart.lines
    ]
    return (chart.axis, WHOSE, chart.unit, *span, AWAY), long


def _away(points: tuple[Point, ...], at: int) -> str:
    return words(points[at], difference=True) if points else UNKNOWN


def reach(line: Line, at: int) -> str:
    """Write a range of meaning: `13 tot 82,5`, or `niet getoond tot 78`; a dash without one."""
    if not line.least:
        return UNKNOWN
    least, most = line.least[at], line.most[at]
    if most.few:
        return FEW
    if least.few and most.shown:
        return f"{FEW} tot {figure(most.value)}"
    return between(least.value, most.value) or UNKNOWN


def _of_dots(chart: Dots) -> Table:
    several = chart.shared or len(chart.panels) > 1
    named = not several or any(len(panel.rows) > 1 for panel in chart.panels)
    first = (*(("Onderdeel",) if several else ()), *(("Wat",) if named else ()))
    rows: list[tuple[str, ...]] = []
    for panel in chart.panels:
        title = f"{panel.title} ({panel.unit})" if panel.unit else panel.title
        for row in panel.rows:
            begin = (*((title,) if several else ()), *((row.label,) if named else ()))
            if chart.around_zero:
                rows.append((*begin, *(words(point, difference=True) for point in row.points)))
            else:
                rows += [
                    (*begin, name, words(point), _away(row.away, at))
                    for at, (name, point) in enumerate(zip(chart.series, row.points, strict=True))
                ]
    rest = chart.series if chart.around_zero else (WHOSE, "Aantal", AWAY)
    return (*first, *rest), rows


def _of_shares(chart: Shares) -> Table:
    headings = ("Scenario", *chart.parts, *(("Aantal",) if chart.of else ()))
    counts = chart.of or (None,) * len(chart.rows)
    rows = [
        (
            title,
            *(f"{figure(tenths / 10, digits=1)} %" for tenths in parts),
            *(() if count is None else (figure(count),)),
        )
        for (title, parts), count in zip(chart.rows, counts, strict=True)
    ]
    return headings, rows
