"""The small map of a proposal as GeoJSON: coarse points of its own, no network, no address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from data_contracts.places import SQUARE, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk.reading import NearRow, ProposalView

Spot = tuple[int, int]
"""A place in RD metres."""


def geojson(view: ProposalView) -> str | None:
    """Draw home now and then, people and places, and the move as a line; None without any place.

    Homes are put in the middle of their 100 m square, as ties are: a picture of a move must not
    tell an address. A table beside the map says the same.
    """
    if view.then is None or view.then.place is None:
        return None
    then = coarse(view.then.place)
    now = None if view.now is None or view.now.place is None else coarse(view.now.place)
    near = () if view.near is None else view.near.rows
    features = [
        *([_line("move", [now, then])] if now is not None and now != then else []),
        *(_point("tie" if row.most else "facility", row.place, row.what) for row in _placed(near)),
        *([_point("now", now, "Nu")] if now is not None else []),
        _point("then", then, "Straks" if now != then else "Nu en straks"),
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def coarse(spot: Spot) -> Spot:
    """Give the middle of the square a place lies in."""
    x, y = (axis // SQUARE * SQUARE + SQUARE // 2 for axis in spot)
    return x, y


def _placed(rows: Sequence[NearRow]) -> list[NearRow]:
    return [row for row in rows if row.place is not None]


def _point(kind: str, spot: Spot | None, label: str) -> dict[str, Any]:
    at = _degrees([spot] if spot is not None else [])
    return _feature(kind, {"type": "Point", "coordinates": at[0]}, label=label)


def _line(kind: str, spots: list[Spot]) -> dict[str, Any]:
    return _feature(kind, {"type": "LineString", "coordinates": _degrees(spots)}, dashed=True)


def _feature(kind: str, geometry: dict[str, Any], **said: str | bool) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"kind": kind, **said}, "geometry": geometry}


def _degrees(spots: Sequence[Spot]) -> list[list[float]]:
    return [list(reversed(to_wgs84(x, y))) for x, y in spots]
