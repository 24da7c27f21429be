"""Where something is: RD metres (EPSG:28992), and for a person's network only coarsely."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

SQUARE = 100
"""Metres: the side of the square to which the place of a tie is coarsened."""


@cache
def _wgs84_to_rd() -> Transformer:
    return Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)


def to_rd(lat: Sequence[float], lon: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Turn WGS84 degrees into RD metres, whole ones (source: EPSG:28992, pyproj)."""
    x, y = _wgs84_to_rd().transform(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    return np.floor(x + 0.5).astype(np.int64), np.floor(y + 0.5).astype(np.int64)


@cache
def _rd_to_wgs84() -> Transformer:
    return Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)


def to_wgs84(x: Sequence[int], y: Sequence[int]) -> tuple[list[float], list[float]]:
    """Turn RD metres into WGS84 degrees, six decimals of them: latitudes, longitudes."""
    lon, lat = _rd_to_wgs84().transform(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    return np.round(lat, 6).tolist(), np.round(lon, 6).tolist()


def place(rows: pd.DataFrame, *, coarse: bool) -> pd.DataFrame:
    """Fill x and y from lat and lon where they lack, drop lat and lon, coarsen when asked."""
    rows = rows.copy()
    lacking = (rows["x"].isna() | rows["y"].isna()) & rows["lat"].notna() & rows["lon"].notna()
    if lacking.any():
        x, y = to_rd(rows.loc[lacking, "lat"].tolist(), rows.loc[lacking, "lon"].tolist())
        rows.loc[lacking, "x"], rows.loc[lacking, "y"] = x, y
    if coarse:
        for axis in ("x", "y"):
            rows[axis] = rows[axis] // SQUARE * SQUARE + SQUARE // 2
    return rows.drop(columns=["lat", "lon"])
