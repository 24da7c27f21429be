"""A good plan quickly: prices for some turns, one relaxation, one plunge. Its bound says how good.

For questions that need very many plans, such as a simulation of years. The night never asks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matching.certificate import whole_points
from matching.conditions import NONE
from matching.optimise.choose import COLUMNS, markets, scale_of, solved_part
from matching.optimise.exact import first_plan
from matching.optimise.market import market_of
from matching.optimise.prices import Walks
from matching.optimise.solve import SMALL, Solved, arcs_of, keeps, task_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from matching.conditions import Conditions
    from matching.optimise.limits import Limits
    from matching.optimise.linear import Columns
    from matching.optimise.market import Market

TURNS = 40
"""Of prices: at a month of 10,000 dwellings the plan is then within a thousandth, measured."""


@dataclass(frozen=True, slots=True)
class Rough:
    """Moves (rows of the options), their value, and what no plan can exceed, in whole points."""

    moves: pd.DataFrame
    value: int
    bound: int


def rough(
    options: pd.DataFrame,
    openings: Iterable[object],
    limits: Limits,
    *,
    seed: object,
    conditions: Conditions = NONE,
) -> Rough:
    """Choose moves as `choose` does, but stop at the first good plan.

    Where that comes to nothing, or to less than nine tenths of the bound (side conditions; very
    small markets), the market is solved as the night does it.
    """
    if options.empty:
        return Rough(options[[*COLUMNS]].iloc[:0], 0, 0)
    market = market_of(options, list(openings), seed=seed, conditions=conditions)
    scale = scale_of(market, limits)
    parts = list(markets(market, limits))
    solved = [_solved(part, limits, scale) for part in parts]
    rows = [part.row[answer.arcs] for part, answer in zip(parts, solved, strict=True)]
    unkept = conditions.at_stake
    value = round(sum((answer.value for answer in solved), Fraction(0)) - unkept)
    bound = whole_points(
        sum((answer.bound for answer in solved), Fraction(0)) - unkept, limits.acceptance
    )
    picked = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *rows]))
    return Rough(options.iloc[picked], value, max(value, bound))


def _solved(part: Market, limits: Limits, scale: int) -> Solved:
    if part.rows.always.any():
        return solved_part(part, limits, scale, SMALL)
    task = task_of(part, limits, scale=scale)

    def judge(plan: Columns) -> Fraction | None:
        return value_of(task, plan, limits) if keeps(task, plan, limits) else None

    found = first_plan(Walks(task), limits, judge, turns=TURNS)
    if found.plan is None or found.value * scale * 10 < found.bound * 9:
        return solved_part(part, limits, scale, SMALL)
    return Solved(
        arcs_of(task, found.plan),
        found.value,
        max(found.value, Fraction(found.bound, task.scale)),
        found.price,
    )
