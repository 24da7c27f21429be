"""What homes are put together with in a simulation: their class, rent class and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from matching.area.classes import UNKNOWN, HomeClass, home_class, rent_class
from matching.lookup import places
from matching.simulate.model import FREED

if TYPE_CHECKING:
    from data_contracts.rules import Rules
    from matching.simulate.model import Happened

__all__ = ["HomeClass", "freed", "home_class", "known_homes", "rent_class"]

COLUMNS = ["kind", "rooms", "floor", "lift", "access", "neighbourhood", "target_rent"]
COLUMNS += ["daeb", "municipality"]
"""What is asked of a home that came free or was entered."""
_KEYS = [name for name in FREED if name != "homes"]


def known_homes(happened: Happened, these: pd.Series) -> pd.DataFrame:
    """Give what each of these homes is, in their order (COLUMNS): as it is after the month.

    A home that is gone by then is described as it was before, one that is still being built as it
    will be; of a home nobody knows everything is missing.
    """
    after, before = happened.after, happened.before
    asked, told = pd.Index(these, dtype="str"), []
    wanted = asked.unique()
    for table in (after.dwellings, after.newbuild, before.dwellings, before.newbuild):
        at = places(table.index, wanted.to_series())
        told.append(table[COLUMNS].take(at[at >= 0]))
        wanted = wanted[at < 0]
        if wanted.empty:
            break
    known = pd.concat([part for part in told if len(part)] or told[:1])
    return known if known.index.equals(asked) else known.reindex(asked)


def freed(happened: Happened, rules: Rules) -> pd.DataFrame:
    """Count the homes that came free this month by what they are; columns as in FREED.

    The rent class goes by the rent that a new tenant pays, and by the limits of `rules`, also when
    the simulation is years further: limits and rents rise together, and nobody knows how much.
    """
    homes = known_homes(happened, happened.freed["dwelling"])
    told = pd.DataFrame(
        {
            "month": happened.number,
            "rent": rent_class(homes, rules).to_numpy(),
            "rooms": homes["rooms"].fillna(0).to_numpy(),
            "access": homes["access"].fillna(UNKNOWN).to_numpy(),
            "neighbourhood": homes["neighbourhood"].fillna(UNKNOWN).to_numpy(),
            "cause": happened.freed["cause"].to_numpy(),
            "homes": 1,
        }
    )
    return told.groupby(_KEYS, as_index=False, sort=True)["homes"].sum().astype(FREED)
