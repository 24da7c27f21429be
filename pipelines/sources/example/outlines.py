"""Neighbourhood codes from outlines that somebody names: CBS buurten as TopoJSON in WGS84."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

from data_contracts.places import to_rd
from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.sources.example.drawing import Column


class BadOutlines(VerhuisketenError):
    """Het bestand met buurten is niet te lezen."""


def neighbourhoods(path: Path, place: Column) -> Column:
    """Give the CBS code (BU…) of every place (RD metres, one row each).

    A place in no outline takes the code of the nearest place that is in one. Raises BadOutlines.
    """
    codes = np.full(len(place), None, dtype=object)
    try:
        for code, rings in _outlines(json.loads(path.read_text("utf-8")), place):
            codes[_inside(place, rings)] = code
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise BadOutlines(
            f"{path.name} is niet te lezen. Verwacht: TopoJSON met CBS-buurten (statcode, WGS84)."
        ) from error
    found = codes != None  # noqa: E711 - element by element
    if not found.any():
        raise BadOutlines(f"{path.name} bevat geen buurt waarin een van de adressen ligt.")
    return np.asarray(codes[found][cKDTree(place[found]).query(place)[1]])


def _outlines(topology: dict[str, Any], place: Column) -> Iterator[tuple[str, list[Column]]]:
    """Give code and rings of every neighbourhood that may hold a place."""
    arcs = _arcs(topology)
    low, high = place.min(axis=0), place.max(axis=0)
    for shape in (s for layer in topology["objects"].values() for s in layer["geometries"]):
        code = shape.get("properties", {}).get("statcode", shape.get("id"))
        if shape["type"] not in {"Polygon", "MultiPolygon"} or not str(code).startswith("BU"):
            continue
        parts = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings = [np.concatenate([_along(arcs, i) for i in ring]) for part in parts for ring in part]
        points = np.concatenate(rings)
        if (points.max(axis=0) >= low).all() and (points.min(axis=0) <= high).all():
            yield str(code), rings


def _arcs(topology: dict[str, Any]) -> list[Column]:
    """Undo the delta coding, and bring all arcs to RD at once."""
    lines = [np.asarray(arc, dtype=float)[:, :2] for arc in topology["arcs"]]
    if "transform" in topology:
        scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
        lines = [line.cumsum(axis=0) * scale + shift for line in lines]
    points = np.concatenate(lines)
    x, y = to_rd(points[:, 1].tolist(), points[:, 0].tolist())
    ends = np.cumsum([len(line) for line in lines])[:-1]
    return np.split(np.column_stack([x, y]), ends)


def _along(arcs: list[Column], number: int) -> Column:
    # ~number is the same arc the other way round; to the even-odd rule the direction is all one.
    return arcs[number if number >= 0 else ~number]


def _inside(place: Column, rings: list[Column]) -> Column:
    """Say which places lie within, by the even-odd rule: a ray crosses an odd number of sides."""
    start = np.concatenate(rings)
    end = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    x, y = place[:, :1], place[:, 1:]
    crosses = (start[:, 1] > y) != (end[:, 1] > y)
    rise = np.where(end[:, 1] == start[:, 1], 1, end[:, 1] - start[:, 1])
    at = start[:, 0] + (y - start[:, 1]) / rise * (end[:, 0] - start[:, 0])
    return np.asarray((crosses & (x < at)).sum(axis=1) % 2 == 1)
