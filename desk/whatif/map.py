"""What a what-if does per neighbourhood, as circles in their middles; a table says the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from data_contracts.places import to_wgs84
from desk.map import coarse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from desk.map import Spot
    from desk.thinking import Stand

SMALLEST, LARGEST = 5, 22
"""Pixels of the radius of a circle: for next to nothing, and for the most of all."""
CENTRES = "middens van buurten"


class Spotted(NamedTuple):
    """One neighbourhood: its code, a difference (None: not shown), in words, and if it is clear."""

    neighbourhood: str
    value: float | None
    words: str
    clear: bool


def centres(stand: Stand | None) -> dict[str, Spot]:
    """Give the middle of the homes of every neighbourhood, on a square; nothing without a stand."""
    if stand is None:
        return {}
    return stand.told.once(CENTRES, lambda: _centres(stand))


def _centres(stand: Stand) -> dict[str, Spot]:
    homes = stand.state.dwellings.dropna(subset=["neighbourhood", "x", "y"])
    middles = homes.groupby("neighbourhood")[["x", "y"]].median()
    return {str(row[0]): coarse((int(row[1]), int(row[2]))) for row in middles.itertuples()}


def geojson(spotted: Iterable[Spotted], places: Mapping[str, Spot]) -> str | None:
    """Draw a circle per neighbourhood that has a place; None where there is none at all."""
    found = [one for one in spotted if one.neighbourhood in places]
    most = max((abs(one.value) for one in found if one.value is not None), default=0.0)
    features = [_circle(one, places[one.neighbourhood], most) for one in found]
    if not features:
        return None
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _circle(one: Spotted, place: Spot, most: float) -> dict[str, Any]:
    said = {
        "kind": _kind(one),
        "radius": _radius(one.value, most),
        "label": f"{one.neighbourhood}: {one.words}",
        "dashed": one.value is not None and (one.value < 0 or not one.clear),
    }
    at = list(reversed(to_wgs84(*place)))
    return {
        "type": "Feature",
        "properties": said,
        "geometry": {"type": "Point", "coordinates": at},
    }


def _kind(one: Spotted) -> str:
    """Say how a circle is drawn: what is not shown or may be chance stays empty (`hidden`)."""
    if one.value is None or not one.clear:
        return "hidden"
    return "more" if one.value > 0 else "less"


def _radius(value: float | None, most: float) -> int:
    """Give the radius of a circle: its surface, not its width, goes with the figure."""
    part = 0.0 if value is None or most == 0 else (abs(value) / most) ** 0.5
    return round(SMALLEST + (LARGEST - SMALLEST) * part)
