"""What people and complexes agreed among themselves: groups, mixed complexes, ties between seekers.

Only on request: a region without them is the one whose figures are published. All shares assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import TieKind
from pipelines.sources.example import figures as f
from pipelines.sources.example.drawing import Column, Rng, chance, identifiers, pick

if TYPE_CHECKING:
    from collections.abc import Mapping

Tables = dict[str, pd.DataFrame]


def agree(tables: Mapping[str, pd.DataFrame], rng: Rng) -> Tables:
    """Add groups to the wishes, roles to the households, bands to complexes, and ties."""
    households, wishes = tables["households"], tables["wishes"]
    near = _neighbours(tables)
    changed = {
        "households": households.assign(resident=_roles(len(households), rng)),
        "complexes": _bands(tables["complexes"], rng),
        "wishes": _groups(wishes, near, rng),
        "ties": _ties(tables["ties"], near, rng),
    }
    return {**tables, **changed}


def _neighbours(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Pairs of seekers (one, other) who follow each other in a neighbourhood; nobody twice."""
    homes = tables["dwellings"].set_index("dwelling")["neighbourhood"]
    lives = tables["tenancies"].drop_duplicates("household", keep="last")
    lives = lives.set_index("household")["dwelling"]
    seekers = tables["wishes"][["household"]].assign(
        area=homes.reindex(lives.reindex(tables["wishes"]["household"])).to_numpy()
    )
    known = seekers.dropna().sort_values(["area", "household"], kind="stable")
    place = known.groupby("area").cumcount().to_numpy()
    first = np.flatnonzero((place[:-1] % 2 == 0) & (place[1:] == place[:-1] + 1))
    names = known["household"].to_numpy(object)
    return pd.DataFrame({"one": names[first], "other": names[first + 1]})


def _roles(count: int, rng: Rng) -> Column:
    return pick(rng, f.ROLES, count)


def _bands(complexes: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Give some complexes a band: not too many who ask, not too few who give."""
    mixed = chance(rng, f.MIXED_COMPLEXES, len(complexes))
    return complexes.assign(
        most_vragend=_where(mixed, f.MOST_VRAGEND), least_dragend=_where(mixed, f.LEAST_DRAGEND)
    )


def _where(rows: Column, value: int) -> pd.Series:
    return pd.Series(value, index=range(len(rows))).where(pd.Series(rows)).astype("Int64")


def _groups(wishes: pd.DataFrame, near: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Let some neighbours ask to move together, in one complex or within some metres."""
    some = near[chance(rng, f.GROUPED, len(near))].reset_index(drop=True)
    names = identifiers("G", len(some))
    metres = np.where(chance(rng, 0.5, len(some)), f.GROUP_METRES, 0)
    group = pd.concat([pd.Series(names, index=some[side]) for side in ("one", "other")])
    apart = pd.concat([pd.Series(metres, index=some[side]) for side in ("one", "other")])
    asked = apart.reindex(wishes["household"]).to_numpy()
    return wishes.assign(
        group=group.reindex(wishes["household"]).to_numpy(),
        group_metres=pd.Series(asked, index=wishes.index).where(asked > 0).astype("Int64"),
    )


def _ties(ties: pd.DataFrame, near: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Let some seekers have to stay near another who seeks too: a carer, near whom is cared for."""
    some = near[chance(rng, f.CARED_FOR, len(near))].reset_index(drop=True)
    more = pd.DataFrame(
        {
            "tie": [f"M-{number:06d}" for number in range(1, len(some) + 1)],
            "household": some["one"],
            "kind": str(TieKind.MANTELONTVANGER),
            "weight": 9,
            "minutes": f.CARE_MINUTES,
            "must": True,
            "with_household": some["other"],
        }
    )
    return pd.concat([ties, more], ignore_index=True) if len(more) else ties
