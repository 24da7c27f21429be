"""Small cells: too few people to show, and a second one where a total would give the first away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.simulate.comparison import MEAN, SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NUMBERS = [name for name, kind in MEAN.items() if kind == "float64"]
"""What is not said of a small cell."""


def hidden(size: pd.Series, lines: Sequence[pd.Series]) -> pd.Series:
    """Say which cells are too small to show, by how many people there are in each (`size`).

    Each of `lines` names per cell a total it is a part of (missing: none). As long as what is
    hidden of a total could be told from the rest, its smallest shown cell is hidden as well: at
    least two are, and at least SMALL people together. Of equal ones the first.
    """
    people = size.to_numpy(dtype="float64")
    hide = people < SMALL
    parts = [cells for line in lines for cells in line.groupby(line).indices.values()]
    while any(_hide_another(people, hide, cells) for cells in parts):
        pass
    return pd.Series(hide, index=size.index)


def _hide_another(
    people: NDArray[np.float64], hide: NDArray[np.bool_], cells: NDArray[np.intp]
) -> bool:
    """Hide one more cell of a total where that is needed; say whether it was."""
    gone, shown = cells[hide[cells]], cells[~hide[cells]]
    enough = len(gone) > 1 and people[gone].sum() >= SMALL
    if not len(gone) or not len(shown) or enough:
        return False
    hide[shown[np.argmin(people[shown])]] = True
    return True


def suppress(table: pd.DataFrame, small: pd.Series, without: pd.Series) -> pd.DataFrame:
    """Take away the numbers of small cells, and the differences from a baseline that is `without`.

    `small` and `without` say so per row of the table, which has the columns of MEAN.
    """
    table = table.copy()
    table[NUMBERS] = table[NUMBERS].mask(small)
    differences = [name for name in NUMBERS if name.startswith("difference")]
    table[differences] = table[differences].mask(without)
    return table.assign(suppressed=small.astype("bool"))
