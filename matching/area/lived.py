"""Who lives where on a day, as positions in two tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.lookup import places

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from matching.state import State

    Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lived:
    """Households that live in a home of ours: a row each.

    `household` is a position in `state.households`, `home` one in `state.dwellings`; `rent` in
    eurocents a month.
    """

    household: Positions
    home: Positions
    rent: Positions

    def __len__(self) -> int:
        """Count the households."""
        return len(self.household)


def lived(state: State, on: date) -> Lived:
    """Say who lives where; of several tenancies the one that started last, then the last by id."""
    tenancies, day = state.tenancies, np.datetime64(on, "D")
    start, end = tenancies["start"].to_numpy(), tenancies["end"].to_numpy()
    household = places(state.households.index, tenancies["household"])
    home = places(state.dwellings.index, tenancies["dwelling"])
    runs = (start <= day) & ~(end <= day) & (household >= 0) & (home >= 0)
    rows = np.flatnonzero(runs)
    rows = rows[np.lexsort((home[rows], start[rows], household[rows]))]
    whose = household[rows]
    last = np.ones(len(rows), dtype=bool)
    last[:-1] = whose[1:] != whose[:-1]
    rows = rows[last]
    rent = tenancies["rent"].to_numpy(dtype=np.int64, na_value=0)
    return Lived(household[rows], home[rows], rent[rows])
