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
DIFFERENCES = [name for name in NUMBERS if name.startswith("difference")]


def hidden(size: pd.Series, small: pd.Series, lines: Sequence[NDArray[np.intp]]) -> pd.Series:
    """Say which cells are not to be shown: those that are `small`, and a second one with them.

    `size` is how many people there are in each. Each of `lines` gives by place the cells of which
    any one can be told from the others: a total and its parts, or one number under two names. As
    long as what is hidden of a line could be told from the rest, its smallest shown cell is hidden
    as well: at least two are, and at least SMALL people together. Of equal ones the first.
    """
    people = size.to_numpy(dtype="float64")
    hide = small.to_numpy(dtype="bool", copy=True)
    while sum(_hide_another(people, hide, cells) for cells in lines):
        pass
    return pd.Series(hide, index=size.index)


def lines_of(
    cells: pd.DataFrame, members: pd.DataFrame, of: Sequence[str]
) -> list[NDArray[np.intp]]:
    """Give lines for `hidden`: `members` names a cell per row, by all its columns but `line`.

    A `line` is one per combination of the columns `of`. What is no cell (it is shown, whatever it
    is) is left out. Cells come in the order of `members`.
    """
    keys = [name for name in members if name != "line"]
    at = cells[keys].assign(at=np.arange(len(cells)))
    told = members.merge(at, on=keys)
    places = told["at"].to_numpy()
    return [places[rows] for rows in told.groupby([*of, "line"]).indices.values()]


def _hide_another(
    people: NDArray[np.float64], hide: NDArray[np.bool_], cells: NDArray[np.intp]
) -> bool:
    """Hide one more cell of a line where that is needed; say whether it was."""
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
    table[DIFFERENCES] = table[DIFFERENCES].mask(without)
    return table.assign(suppressed=small.astype("bool"))
