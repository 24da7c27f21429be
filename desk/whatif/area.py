"""What a what-if does per neighbourhood: a table, and a map that says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desk.paper.whatif import cells
from desk.paper.whatif.said import away as away_in_words
from desk.paper.whatif.shapes import NOTHING, words
from desk.whatif.map import Spotted, geojson
from matching.simulate.catalogue import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk.map import Spot
    from desk.paper.whatif.report import Told
    from desk.paper.whatif.shapes import Point

SHOWN = {
    "verhuizingen": "moves",
    "vrijgekomen": "freed",
    "ongeschikt": "older_unsuitable",
}
"""What one may choose to see per neighbourhood: its word in the address, and its measure."""
PREFIX = "neighbourhood:"


class Area(NamedTuple):
    """What there is to see per neighbourhood of one scenario."""

    chosen: str
    choices: list[tuple[str, str]]
    of: str
    scenarios: list[tuple[str, str]]
    title: str
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    drawing: str | None


def area(told: Told, places: Mapping[str, Spot], *, chosen: str, of: str) -> Area:
    """Give what one chose to see; the first of everything where the choice is not known."""
    names = cells.others(told.comparison)
    shown = chosen if chosen in SHOWN else next(iter(SHOWN))
    name = of if of in names else next(iter(names), "")
    measure = MEASURES[SHOWN[shown]]
    here, nothing = (_points(told, measure.name, one) for one in (name, told.comparison.baseline))
    away = _points(told, measure.name, name, difference=True)
    known = sorted(set(nothing) | set(away))
    spotted = [_spotted(one, away.get(one, NOTHING)) for one in known]
    return Area(
        chosen=shown,
        choices=[(word, MEASURES[one].title) for word, one in SHOWN.items()],
        of=name,
        scenarios=[(one, told.titles[one]) for one in names],
        title=measure.title,
        headings=("Buurt", "Niets doen", told.titles.get(name, name), "Verschil"),
        rows=[
            (
                one,
                words(nothing.get(one, NOTHING)),
                words(here.get(one, NOTHING)),
                words(away.get(one, NOTHING), difference=True),
            )
            for one in known
        ],
        drawing=geojson(spotted, places),
    )


def _spotted(neighbourhood: str, point: Point) -> Spotted:
    if point.few or not point.shown:
        return Spotted(neighbourhood, None, words(point), clear=False)
    return Spotted(neighbourhood, point.value, away_in_words(point), clear=point.clear)


def _points(
    told: Told, measure: str, scenario: str, *, difference: bool = False
) -> dict[str, Point]:
    table = told.comparison.totals
    rows = table[
        (table["measure"] == measure)
        & (table["scenario"] == scenario)
        & (table["acceptance"] == told.comparison.acceptance)
        & table["group"].str.startswith(PREFIX)
    ]
    return {
        str(row["group"]).removeprefix(PREFIX) or "onbekend": cells.point(
            row, difference=difference
        )
        for row in rows.to_dict("records")
    }
