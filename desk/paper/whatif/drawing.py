"""From a chart to SVG bytes: drawn by matplotlib, made plain, equal on every machine."""

from __future__ import annotations

from desk.paper.whatif.bars import bars
from desk.paper.whatif.canvas import Sheet, rendered, settings
from desk.paper.whatif.dotted import dots
from desk.paper.whatif.lined import lines
from desk.paper.whatif.plain_svg import plain
from desk.paper.whatif.shapes import Chart, Dots, Lines


def drawing(chart: Chart) -> bytes:
    """Draw a chart as an SVG file of its own."""
    with settings():
        drawn = rendered(_sheet(chart))
    return plain(drawn, name=chart.name, title=f"{chart.title}. {chart.said}")


def _sheet(chart: Chart) -> Sheet:
    if isinstance(chart, Lines):
        return lines(chart)
    return dots(chart) if isinstance(chart, Dots) else bars(chart)
