"""The plan of one simulated month: by the quick way of the optimiser, and how good that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matching.optimise import choose, rough

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from matching.conditions import Conditions
    from matching.optimise import Limits


SAMPLE = 24
"""In one of so many months the exact optimiser is asked too, to say how far the quick one is."""
NOT_ASKED = -1


@dataclass(frozen=True, slots=True)
class Planned:
    """The moves of a plan (rows of the options, under their own index), its value and bound.

    `exact`: the value of the exact optimiser on the same month; -1 where it was not asked.
    """

    moves: pd.DataFrame
    value: int
    bound: int
    exact: int


def planned(
    options: pd.DataFrame,
    openings: Sequence[str],
    limits: Limits,
    conditions: Conditions,
    *,
    month: int,
    seed: int,
) -> Planned:
    """Choose the moves of a month; in some months the exact optimiser is asked beside it."""
    lot = f"{seed}/{month}"
    quick = rough(options, openings, limits, seed=lot, conditions=conditions)
    exact = NOT_ASKED
    if month % SAMPLE == SAMPLE // 2:
        exact = choose(options, openings, limits, seed=lot, conditions=conditions).value
    return Planned(quick.moves, quick.value, quick.bound, exact)
