"""The charts of a what-if: pure functions from a comparison to what is drawn, told and tabled.

`svg(chart)` draws it, `told(chart)` says it in one sentence, `table(chart)` gives its figures. The
desk's pages and the report show the very same ones. `titles` says what each scenario is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.paper.whatif import cells, said
from desk.paper.whatif.dimensions import value_in_words
from desk.paper.whatif.look import SERIES_MOST
from desk.paper.whatif.shapes import (
    NOTHING,
    Chart,
    Dots,
    Line,
    Lines,
    Panel,
    Point,
    Row,
    Shares,
    Table,
    table,
    told,
)
from matching.simulate.catalogue import MEASURES
from matching.simulate.comparison import WHOLE

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from matching.simulate.comparison import Comparison

__all__ = [
    "Chart",
    "Point",
    "Table",
    "as_told",
    "beside",
    "differences",
    "ends",
    "freed",
    "lengths",
    "of_comparison",
    "over_time",
    "svg",
    "sweep",
    "table",
    "told",
]
MOST_LINES, BETWEEN = 42, 2.6
"""So many lines of dots fit a page, and so many go into the room between two panels.

What is left out stands in a table or in the workbook, and the note names it."""
DIFFERING = (
    *("moves", "moves_starters", "family_homes_freed"),
    *("older_to_suitable", "older_unsuitable"),
    *("scheme_cost", "coach_minutes", "vacancy_days"),
)
"""What the chart of differences shows, in the order of the report; the table has all."""
RANGED = {"older_unsuitable": ("older_unsuitable_low", "older_unsuitable_high")}
"""Estimates that are read low and high (`domain.md` §5)."""
FREED = {"rent": "huurklasse", "rooms": "aantal kamers", "access": "toegankelijkheid"}
REST = "overig"
"""Ends of too few chains to tell apart, put together."""
ENDS = (
    *("starter", "van buiten", "achterblijver", "verkoop", "sloop", "uit verhuur", "nog open"),
    REST,
)


def svg(chart: Chart) -> bytes:
    """Draw a chart as SVG: equal charts give equal bytes, on every machine."""
    # Whoever only reads the figures never loads matplotlib.
    from desk.paper.whatif.drawing import drawing  # noqa: PLC0415 - matplotlib is slow

    return drawing(chart)


def as_told(chart: Chart) -> dict[str, Any]:
    """Give what a page says beside the drawing of a chart, by name."""
    headings, rows = table(chart)
    return {
        "name": chart.name,
        "title": chart.title,
        "said": told(chart),
        "note": chart.note,
        "headings": headings,
        "rows": rows,
    }


def of_comparison(comparison: Comparison, titles: Mapping[str, str]) -> dict[str, Chart]:
    """Give all charts that this comparison can fill, by name, in the order of the report."""
    found: tuple[Chart | None, ...] = (
        differences(comparison, titles),
        over_time(comparison, titles),
        over_time(comparison, titles, measure="moves"),
        lengths(comparison, titles),
        ends(comparison, titles),
        *(freed(comparison, titles, dimension=one) for one in FREED),
        sweep(comparison, titles),
        sweep(comparison, titles, measure="older_to_suitable"),
    )
    return {chart.name: chart for chart in found if chart is not None}


def over_time(
    comparison: Comparison, titles: Mapping[str, str], *, measure: str = "older_unsuitable"
) -> Lines | None:
    """Draw a measure through the years: intervals, and the range where it can be read otherwise."""
    found = cells.yearly(comparison, measure)
    away = cells.yearly(comparison, measure, difference=True)
    known = MEASURES[measure]
    years = sorted({year for _, year in found if year or known.kind == "stock"})
    if not years:
        return None
    least, most = (cells.yearly(comparison, one) for one in RANGED.get(measure, (measure, measure)))

    def through(points: Mapping[tuple[str, int], Point], name: str) -> tuple[Point, ...]:
        return tuple(points.get((name, year), NOTHING) for year in years)

    ranged = measure in RANGED
    lines = tuple(
        Line(
            titles.get(name, name),
            through(found, name),
            () if name == comparison.baseline else through(away, name),
            through(least, name) if ranged else (),
            through(most, name) if ranged else (),
        )
        for name in comparison.scenarios
    )
    return Lines(
        name=f"{measure.replace('_', '-')}-per-jaar",
        title=f"{known.title}, per jaar",
        unit=cells.unit_of(measure)[0],
        axis="jaren vanaf nu",
        places=tuple(years),
        marks=tuple("nu" if year == 0 else str(year) for year in years),
        lines=lines,
        said=said.over_time(known, lines, years[-1]),
        note=_range_note(lines) if ranged else said.INTERVAL_NOTE,
    )


def _range_note(lines: Iterable[Line]) -> str:
    hidden = any(point.few for line in lines for point in line.least)
    return said.RANGE_NOTE + (said.FROM_ZERO if hidden else "")


def differences(comparison: Comparison, titles: Mapping[str, str]) -> Dots | None:
    """Draw what differs from doing nothing: a dot with its interval, around zero."""
    return beside([(comparison, titles)])


def beside(several: Sequence[tuple[Comparison, Mapping[str, str]]]) -> Dots | None:
    """Draw what differs from doing nothing in several comparisons, each from its own.

    None where nothing differs, and for more scenarios than one can tell apart (SERIES_MOST).
    """
    names = [(one, name) for one, _ in several for name in cells.others(one)]
    series = tuple(titles.get(name, name) for one, titles in several for name in cells.others(one))
    if len(names) > SERIES_MOST:
        return None
    panels = []
    for measure in DIFFERING:
        points = tuple(
            cells.whole(one, measure, difference=True).get(name, NOTHING) for one, name in names
        )
        if any(point.value or point.low or point.few for point in points):
            known = MEASURES[measure]
            row = Row(known.title, points)
            panels.append(Panel(known.title, cells.unit_of(measure)[0], (row,)))
    if not panels:
        return None
    shown = _fitting(panels, len(names))
    horizons = {one.years for one, _ in several}
    after = f", na {said.years(*horizons)}" if len(horizons) == 1 else ""
    return Dots(
        name="verschillen",
        title=f"Verschil met niets doen{after}",
        series=series,
        panels=shown,
        said=said.differences(series, shown),
        note=said.ZERO_NOTE + said.left_out(_titles(panels, shown), "de tabellen"),
        around_zero=True,
    )


def lengths(comparison: Comparison, titles: Mapping[str, str]) -> Dots | None:
    """Draw how many moves a chain has, by why it began and with what kind of home."""
    found = cells.lengths(comparison, "moves", "cause+home")
    away = cells.lengths(comparison, "moves", "cause+home", difference=True)
    names = comparison.scenarios
    seen = {(cause, home) for (_, cause, home), point in found.items() if point.shown}
    counts = cells.lengths(comparison, "chains", "cause")
    causes = sorted({cause for cause, _ in seen}, key=lambda one: _weight(counts, one))
    panels = []
    for cause in causes:
        rows = tuple(
            _beside(home, [(name, cause, home) for name in names], found, away)
            for home in sorted(home for why, home in seen if why == cause)
        )
        panels.append(Panel(f"Ketens door {cause}", "verhuizingen per keten", rows))
    shown = _fitting(panels, len(names))
    if not shown:
        return None
    series = tuple(titles.get(name, name) for name in names)
    return Dots(
        name="ketenlengte",
        title="Hoe lang een keten is",
        series=series,
        panels=shown,
        said=said.lengths(
            series,
            cells.of_all(cells.chain_lengths(comparison, WHOLE), names),
            cells.of_all(cells.chain_lengths(comparison, WHOLE, difference=True), names),
        ),
        note=said.LENGTH_NOTE
        + (said.HIDDEN_KINDS if {key[1:] for key in found} - seen else "")
        + said.left_out(_titles(panels, shown), "het werkboek"),
        shared=True,
    )


def _beside(
    label: str,
    keys: Sequence[Hashable],
    found: Mapping[Any, Point],
    away: Mapping[Any, Point],
) -> Row:
    """Put figures of scenarios and their differences in a row; `keys` is one for each scenario."""
    figures, differing = (tuple(one.get(key, NOTHING) for key in keys) for one in (found, away))
    return Row(label, figures, differing)


def _weight(counts: Mapping[tuple[str, str, str], Point], cause: str) -> tuple[bool, float, str]:
    """Order causes: what a planner builds first, then by how many chains they begin."""
    every = [p.value or 0 for (_, why, _), p in counts.items() if why == cause]
    return cause != cells.BUILT, -sum(every), cause


def _titles(panels: Sequence[Panel], shown: Sequence[Panel]) -> list[str]:
    """Name the panels that are not shown."""
    return [one.title for one in panels[len(shown) :]]


def _fitting(panels: Iterable[Panel], series: int) -> tuple[Panel, ...]:
    shown: list[Panel] = []
    room: float = MOST_LINES
    for panel in panels:
        room -= len(panel.rows) * series + BETWEEN
        if room < 0 and shown:
            break
        shown.append(panel)
    return tuple(shown)


def ends(comparison: Comparison, titles: Mapping[str, str]) -> Shares | None:
    """Draw how chains end: a bar of a hundred percent per scenario."""
    found = cells.ends(comparison)
    names = [name for name in comparison.scenarios if any(s == name for s, _ in found)]
    parts = [end for end in ENDS if any(found.get((name, end), (0, 0))[0] for name in names)]
    parts += sorted({end for _, end in found} - set(ENDS))
    if not names or not parts:
        return None
    rows = tuple(
        (titles.get(name, name), tuple(found.get((name, end), (0, 0.0))[0] for end in parts))
        for name in names
    )
    return Shares(
        name="keteneinden",
        title="Hoe ketens eindigen",
        parts=tuple(parts),
        rows=rows,
        said=said.ends(tuple(parts), rows),
        note=said.ENDS_NOTE + (said.REST_NOTE if REST in parts else ""),
        of=tuple(sum(n for (s, _), (_, n) in found.items() if s == name) for name in names),
    )


def freed(
    comparison: Comparison, titles: Mapping[str, str], *, dimension: str = "rent"
) -> Dots | None:
    """Draw which homes come free, by one thing at a time: rent class, rooms or accessibility."""
    found = cells.freed(comparison, dimension)
    away = cells.freed(comparison, dimension, difference=True)
    names = comparison.scenarios
    kinds = said.ordered(dimension, {kind for _, kind in found})
    if not kinds:
        return None
    rows = tuple(
        _beside(value_in_words(dimension, kind), [(name, kind) for name in names], found, away)
        for kind in kinds
    )
    series = tuple(titles.get(name, name) for name in names)
    return Dots(
        name=f"vrijgekomen-{FREED[dimension].replace('aantal ', '')}",
        title=f"Vrijgekomen woningen naar {FREED[dimension]}",
        series=series,
        panels=(Panel(f"Na {said.years(comparison.years)}", "woningen", rows),),
        said=said.freed(FREED[dimension], series, rows),
        note=said.INTERVAL_NOTE,
    )


def sweep(
    comparison: Comparison, titles: Mapping[str, str], *, measure: str = "moves"
) -> Lines | None:
    """Draw a difference from doing nothing over the band of how often a proposal goes through."""
    levels = sorted({int(one) for one in comparison.totals["acceptance"]})
    names = cells.others(comparison)
    found = {
        level: cells.whole(comparison, measure, difference=True, acceptance=level)
        for level in levels
    }
    lines = tuple(
        Line(titles.get(n, n), tuple(found[level].get(n, NOTHING) for level in levels))
        for n in names
    )
    shown: list[Any] = [point for line in lines for point in line.points if point.shown]
    if len(levels) == 1 or not shown:
        return None
    known = MEASURES[measure]
    return Lines(
        name=f"slaagkans-{measure.replace('_', '-')}",
        title=f"{known.title}: wat de slaagkans van een voorstel uitmaakt",
        unit=f"{cells.unit_of(measure)[0]}, verschil met niets doen",
        axis="kans dat een voorstel doorgaat (%)",
        places=tuple(levels),
        marks=tuple(f"{level} %" for level in levels),
        lines=lines,
        said=said.sweep(known, lines, levels),
        note=said.sweep_note(cells.replications(comparison, names[0])),
        zero=True,
    )
