"""The moves on the terms that can be kept: as asked, or as little looser as makes a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matching.conditions import ImpossibleConditions
from matching.optimise import choose
from matching.terms.loosened import loosened

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from matching.conditions import Conditions, Pair
    from matching.optimise import Choice, Limits


@dataclass(frozen=True, slots=True)
class Agreed:
    """The choice, the conditions it keeps, and what had to give way, in sentences."""

    chosen: Choice
    conditions: Conditions
    remarks: tuple[str, ...] = ()


def agree(
    options: pd.DataFrame,
    openings: Iterable[str],
    limits: Limits,
    conditions: Conditions,
    *,
    seed: int,
    instructed: tuple[Pair, ...] = (),
) -> Agreed:
    """Choose on these terms; what cannot hold together gives way (`loosened`).

    Raises ImpossibleConditions when not even the loosest terms admit a plan.
    """
    free = tuple(openings)
    trouble = ImpossibleConditions()
    for looser, remarks in loosened(conditions, instructed):
        try:
            chosen = choose(options, free, limits, seed=seed, conditions=looser)
        except ImpossibleConditions as impossible:
            trouble = impossible
        else:
            return Agreed(chosen, looser, remarks)
    raise trouble
