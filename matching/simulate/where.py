"""Where a change falls in the stock at hand: a place, a complex or a facility, chosen by rule.

What a scenario leaves out is chosen the same way every time: of neighbourhoods and complexes the
one with the most homes that fit, of facilities the nearest; among equals the first by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.candidates.supply import demolished
from matching.lookup import among

if TYPE_CHECKING:
    from data_contracts.scenario import Demolition, FacilityCloses, Place, Renovation
    from matching.state import State

_TURN = np.pi * (3 - np.sqrt(5))
"""The golden angle: points on a spiral that never fall on one another."""
_APART = 12
"""Metres between one new home and the next, about."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in RD metres, with the codes of where it lies and whose homes stand there most."""

    x: int
    y: int
    neighbourhood: str | None
    district: str | None
    municipality: str
    corporation: str


def commonest(values: pd.Series) -> str | None:
    """Give the value there is most of, the first by name among equals; None where there is none."""
    counted = values.dropna().value_counts()
    return str(min(counted.index[counted == counted.iloc[0]])) if len(counted) else None


def homes_of(
    homes: pd.DataFrame,
    *,
    complex_: str | None = None,
    neighbourhood: str | None = None,
    kind: str | None = None,
) -> pd.DataFrame:
    """Give the homes that meet everything that is named."""
    asked = {"complex": complex_, "neighbourhood": neighbourhood, "kind": kind}
    keep = np.ones(len(homes), dtype=bool)
    for column, value in asked.items():
        if value is not None:
            keep &= among(homes[column], [str(value)])
    return homes[keep]


def spot(state: State, place: Place) -> Spot:
    """Give the middle of a neighbourhood's homes, or a point with the codes of the nearest home."""
    homes = state.dwellings
    if place.x is not None and place.y is not None:
        near = _nearest(homes, place.x, place.y)
        around = homes_of(homes, neighbourhood=homes["neighbourhood"].get(near, default=None))
        return _spot(around if len(around) else homes, place.x, place.y, of=homes.loc[near])
    around = homes_of(homes, neighbourhood=place.neighbourhood or commonest(homes["neighbourhood"]))
    return _spot(around, *_middle(around), of=around.iloc[0])


def _spot(around: pd.DataFrame, x: int, y: int, *, of: pd.Series) -> Spot:
    codes = {
        name: None if pd.isna(of[name]) else str(of[name])
        for name in ("neighbourhood", "district", "municipality")
    }
    owner = commonest(around["corporation"])
    return Spot(
        x=x,
        y=y,
        neighbourhood=codes["neighbourhood"],
        district=codes["district"],
        municipality=str(codes["municipality"]),
        corporation=str(owner),
    )


def _middle(homes: pd.DataFrame) -> tuple[int, int]:
    """Give the median place: whole metres."""
    x, y = (int(np.median(homes[axis].dropna().to_numpy(dtype=np.int64))) for axis in "xy")
    return x, y


def _nearest(rows: pd.DataFrame, x: int, y: int) -> str:
    """Name the row nearest to a point, the first by name among equals."""
    placed = rows.dropna(subset=["x", "y"]).sort_index()
    away_x = placed["x"].to_numpy(dtype=np.int64) - x
    away_y = placed["y"].to_numpy(dtype=np.int64) - y
    return str(placed.index[int(np.argmin(away_x**2 + away_y**2))])


def spread(at: Spot, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Spread homes on a spiral around a spot: whole metres, the same for each number."""
    which = np.arange(number)
    away, turn = _APART * np.sqrt(which / np.pi), which * _TURN
    x = at.x + np.rint(away * np.cos(turn)).astype(np.int64)
    y = at.y + np.rint(away * np.sin(turn)).astype(np.int64)
    return x, y


def complex_of(state: State, change: Demolition | Renovation) -> str | None:
    """Name the complex that a change means: by id, or the largest of the homes that fit.

    A complex that will be demolished already is not chosen twice. None where nothing fits.
    """
    if change.complex is not None:
        return change.complex
    homes = state.dwellings
    fit = homes_of(homes, neighbourhood=change.neighbourhood, kind=change.kind)
    return commonest(fit.loc[~among(fit.index, demolished(state)), "complex"])


def facility_of(state: State, change: FacilityCloses) -> str | None:
    """Name the facility that a change means: by id, or the nearest of its kind to the middle."""
    if change.facility is not None:
        return change.facility
    facilities = state.facilities
    fit = facilities[among(facilities["kind"], [str(change.kind)])]
    homes = state.dwellings
    name = change.neighbourhood or commonest(homes["neighbourhood"])
    around = homes_of(homes, neighbourhood=name)
    return _nearest(fit, *_middle(around)) if len(fit) and len(around) else None
