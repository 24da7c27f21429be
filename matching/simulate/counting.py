"""Counts of one month as they are gathered: a whole, and the same by group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

WHOLE = ""


class Dimension(NamedTuple):
    """What rows are told apart by: its values, and which of them each row has."""

    values: Sequence[str]
    codes: Codes

    def of(self, rows: NDArray[np.int64] | Mask) -> Dimension:
        """Give the same of some rows."""
        return Dimension(self.values, self.codes[rows])


@dataclass(slots=True)
class Counts:
    """The figures of a month, in the order in which they are counted."""

    measure: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    value: list[int] = field(default_factory=list)

    def whole(self, measure: str, value: int, group: str = WHOLE) -> None:
        """Tell one figure."""
        self.measure.append(measure)
        self.group.append(group)
        self.value.append(int(value))

    def rows(
        self,
        measure: str,
        dimensions: dict[str, Dimension],
        which: Mask | None = None,
        *,
        worth: Codes | None = None,
    ) -> None:
        """Count rows (`which` of them), or add up what they are `worth`: the whole, and by group.

        A group that comes to nothing is not told.
        """
        any_one = next(iter(dimensions.values()))
        chosen = np.ones(len(any_one.codes), dtype=bool) if which is None else which
        told = None if worth is None else worth[chosen]
        self.whole(measure, int(chosen.sum()) if told is None else int(told.sum()))
        for name, dimension in dimensions.items():
            codes = dimension.codes[chosen]
            summed = np.bincount(codes, weights=told, minlength=len(dimension.values))
            # float64 sums of whole numbers below 2^53 are exact
            for at in np.flatnonzero(summed).tolist():
                self.whole(measure, int(summed[at]), f"{name}:{dimension.values[at]}")

    def table(self) -> pd.DataFrame:
        """Give the figures as a table of measure, group and value."""
        columns = {"measure": self.measure, "group": self.group, "value": self.value}
        kinds = {"measure": "str", "group": "str", "value": "int64"}
        return pd.DataFrame({n: pd.Series(v, dtype=kinds[n]) for n, v in columns.items()})
