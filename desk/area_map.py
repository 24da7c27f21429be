"""The map of an area as GeoJSON: squares of homes, facilities, and places for a zone.

Squares of 100 m, no home and no household; the tables on the page say the same.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from data_contracts.places import SQUARE, to_wgs84
from desk.reading.words import FACILITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matching.area import Area, Square

Spot = tuple[int, int]
HALF = SQUARE // 2
CORNERS = ((-HALF, -HALF), (HALF, -HALF), (HALF, HALF), (-HALF, HALF), (-HALF, -HALF))


def drawn(area: Area) -> str | None:
    """Draw an area; None where nobody knows where its homes are."""
    if not area.squares:
        return None
    features = [
        *(_square(one) for one in area.squares),
        *(_point("facility", one.place, FACILITIES[one.kind]) for one in area.facilities),
        *(_point("tie", one.place, f"Plek {at}") for at, one in enumerate(area.zones, 1)),
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _square(one: Square) -> dict[str, Any]:
    """A square of homes: whole where most have all nearby, dashed where they have not."""
    x, y = one.place
    ring = _degrees([(x + east, y + north) for east, north in CORNERS])
    most = 2 * one.near >= one.homes
    said = {"kind": "then"} if most else {"kind": "now", "dashed": True}
    return _feature({"type": "Polygon", "coordinates": [ring]}, said)


def _point(kind: str, spot: Spot, label: str) -> dict[str, Any]:
    at = _degrees([spot])[0]
    return _feature({"type": "Point", "coordinates": at}, {"kind": kind, "label": label})


def _feature(geometry: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": said, "geometry": geometry}


def _degrees(spots: Sequence[Spot]) -> list[list[float]]:
    return [list(reversed(to_wgs84(x, y))) for x, y in spots]
