"""Facilities, and the people and places that matter to those who seek."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data_contracts.words import FacilityKind, TieKind
from pipelines.sources.example import figures as f
from pipelines.sources.example.drawing import Column, Rng, chance, identifiers, pick, pick_by

_METRES = {TieKind.BUUR: 70.0, TieKind.SCHOOL: 500.0, TieKind.WERK: 1_800.0}
_FARTHEST = 6_000.0
_SQUARE = 100  # metres: a tie's place is the middle of such a square
_ONCE = frozenset(TieKind) - {TieKind.KIND, TieKind.VRIEND, TieKind.FAMILIE}
_WEIGHTS = {
    TieKind.KIND: (6, 10),
    TieKind.MANTELZORGER: (8, 10),
    TieKind.MANTELONTVANGER: (7, 10),
    TieKind.HUISARTS: (2, 6),
}


def facilities(blocks: pd.DataFrame, middles: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Spread facilities: shops and care at the busiest centres, stops everywhere."""
    homes = int(blocks["homes"].sum())
    parts = []
    for kind, per in f.PER_FACILITY.items():
        count = max(1, round(homes / per))
        stop = kind is FacilityKind.HALTE
        among = blocks if stop else middles
        row = rng.integers(0, len(among), count) if stop else np.arange(count) % len(among)
        shift = rng.normal(0, 60 if stop else 90, (count, 2))
        place = np.rint(among[["x", "y"]].to_numpy(float)[row] + shift).astype(int)
        parts.append(pd.DataFrame({"kind": kind.value, "x": place[:, 0], "y": place[:, 1]}))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(facility=identifiers("V", len(table)))


def ties(
    found: pd.DataFrame, tenants: pd.DataFrame, services: pd.DataFrame, *, rng: Rng
) -> pd.DataFrame:
    """Tie every seeker to 0 to 4 people or places, at a coarse place or at another household.

    `found` and `tenants` have the columns household, x, y (where they live, or look from).
    """
    # A starter has no home to search around: at least one tie.
    number = np.maximum(pick(rng, f.TIES, len(found)), found["starter"].to_numpy().astype(int))
    rows = found.loc[np.repeat(found.index, number)].reset_index(drop=True)
    group = np.where(rows["starter"], 0, np.where(rows["age"] < 65, 1, 2))  # noqa: PLR2004 - older
    rows = rows[["household", "x", "y"]].assign(kind=pick_by(rng, group, f.TIE_KINDS))
    twice = rows.duplicated(["household", "kind"]) & rows["kind"].isin(_ONCE)
    rows = rows[~twice].reset_index(drop=True)
    there = _where(rows, services, rng)
    at, other = _at_homes(there, rows, tenants, rng)
    coarse = np.floor(at / _SQUARE).astype(int) * _SQUARE + _SQUARE // 2
    nobody = pd.isna(other)
    must = _must(rows, rng)
    minutes = pick(rng, f.MINUTES, len(rows))
    return pd.DataFrame(
        {
            "tie": identifiers("B", len(rows)),
            "household": rows["household"],
            "kind": rows["kind"],
            "weight": _weights(rows["kind"], rng),
            "minutes": np.where(must, np.maximum(minutes, 20), minutes),
            "must": must,
            "with_household": other,
            "x": pd.Series(coarse[:, 0]).where(pd.Series(nobody)).astype("Int64"),
            "y": pd.Series(coarse[:, 1]).where(pd.Series(nobody)).astype("Int64"),
        }
    )


def _where(rows: pd.DataFrame, services: pd.DataFrame, rng: Rng) -> Column:
    """Draw a place at a lognormal distance from home; the huisarts is the nearest one."""
    count = len(rows)
    median = rows["kind"].map(_METRES).astype(float).fillna(f.TIE_METRES).to_numpy()
    metres = np.minimum(rng.lognormal(np.log(median), f.TIE_SPREAD, count), _FARTHEST)
    turn = rng.random(count) * 2 * np.pi
    home = rows[["x", "y"]].to_numpy(float)
    place: Column = home + metres[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    surgery = services.loc[services["kind"] == FacilityKind.HUISARTS, ["x", "y"]].to_numpy(float)
    doctor = (rows["kind"] == TieKind.HUISARTS).to_numpy()
    place[doctor] = surgery[cKDTree(surgery).query(home[doctor])[1]]
    return place


def _at_homes(
    there: Column, rows: pd.DataFrame, tenants: pd.DataFrame, rng: Rng
) -> tuple[Column, Column]:
    """Put people where homes are, and make some of them a household of this stock.

    The place of other things stays, unless it lies outside the town: then it moves to its edge.
    """
    place = tenants[["x", "y"]].to_numpy(float)
    spots, size = np.unique(place, axis=0, return_counts=True)
    order = np.lexsort((place[:, 1], place[:, 0]))  # tenants of one spot stand together
    starts = size.cumsum() - size
    far, spot = cKDTree(spots).query(there)
    person = rows["kind"].isin(f.PEOPLE_TIES).to_numpy()
    moved = np.where((person | (far > 300))[:, None], spots[spot], there)  # noqa: PLR2004 - out of town
    neighbour = order[starts[spot] + (rng.random(len(rows)) * size[spot]).astype(int)]
    name = tenants["household"].to_numpy(object)[neighbour]
    share = np.where(rows["kind"].isin(f.CARE_TIES), 3 * f.TIE_TENANT, f.TIE_TENANT)
    nobody = np.full(len(rows), None, dtype=object)
    known = person & chance(rng, share, len(rows)) & (name != rows["household"].to_numpy(object))
    other: Column = np.where(known, name, nobody)
    return moved, other


def _must(rows: pd.DataFrame, rng: Rng) -> Column:
    """Make one tie of some households a condition: the first to a person."""
    person = rows["kind"].isin(f.PEOPLE_TIES)
    first = person & ~rows[person].duplicated("household").reindex(rows.index, fill_value=True)
    return np.asarray(first) & chance(rng, f.TIE_MUST, len(rows))


def _weights(kinds: pd.Series, rng: Rng) -> Column:
    low = kinds.map({kind: pair[0] for kind, pair in _WEIGHTS.items()}).fillna(3).to_numpy(int)
    high = kinds.map({kind: pair[1] for kind, pair in _WEIGHTS.items()}).fillna(8).to_numpy(int)
    return np.asarray(rng.integers(low, high, endpoint=True))
