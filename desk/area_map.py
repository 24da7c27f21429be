"""The maps of an area and of a shock as GeoJSON: squares of homes, facilities, places for a zone.

Squares of 100 m, no home and no household; the tables on the page say the same.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from data_contracts.places import SQUARE, to_wgs84
from desk.reading.words import FACILITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matching.area import Area, FacilityNear, Shock, Square

Spot = tuple[int, int]
HALF = SQUARE // 2
CORNERS = ((-HALF, -HALF), (HALF, -HALF), (HALF, HALF), (-HALF, HALF), (-HALF, -HALF))


def drawn(area: Area) -> str | None:
    """Draw an area; None where nobody knows where its homes are."""
    points = [
        *(_point("facility", one.place, called(one)) for one in area.facilities),
        *(_point("tie", one.place, f"Plek {at}") for at, one in enumerate(area.zones, 1)),
    ]
    return _drawn(area.squares, points)


def closed(shock: Shock) -> str | None:
    """Draw what a shock does to the homes around the facility; None where there are none."""
    return _drawn(shock.squares, [_point("facility", shock.place, called(shock))])


def called(one: FacilityNear | Shock) -> str:
    """Say which facility this is, in the same words on the map and in a table."""
    return f"{FACILITIES[one.kind]} {one.facility}"


def _drawn(squares: Sequence[Square], points: Sequence[dict[str, Any]]) -> str | None:
    if not squares:
        return None
    features = [*(_square(one) for one in squares), *points]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _square(one: Square) -> dict[str, Any]:
    """A square of homes: whole where most have it nearby, dashed where they have not."""
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
