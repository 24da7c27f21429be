"""Drawing by share, over whole columns at once; every draw takes its generator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Column = npt.NDArray[Any]
Rng = np.random.Generator


def pick(rng: Rng, shares: Mapping[Any, float], count: int) -> Column:
    """Draw `count` values by their shares (any positive scale); values keep their kind."""
    weights = np.array(list(shares.values()), dtype=float)
    drawn: Column = _values(shares)[rng.choice(len(weights), count, p=weights / weights.sum())]
    return drawn


def pick_by(rng: Rng, group: Column, tables: Sequence[Mapping[Any, float]]) -> Column:
    """Draw a value per row from the table of its group; all tables hold the same values."""
    weights = np.array([list(table.values()) for table in tables], dtype=float)
    steps = weights.cumsum(axis=1) / weights.sum(axis=1, keepdims=True)
    drawn = (rng.random(len(group))[:, None] >= steps[group][:, :-1]).sum(axis=1)
    return np.asarray(_values(tables[0])[drawn])


def _values(shares: Mapping[Any, float]) -> Column:
    values = np.empty(len(shares), dtype=object)
    values[:] = list(shares)
    return values if isinstance(values[0], str) or values[0] is None else values.astype(int)


def choose(rng: Rng, weights: Column, count: int) -> Column:
    """Choose `count` row numbers, each at most once, likelier by weight; in rising order.

    Rows of weight 0 are never chosen, so fewer may come back. Exponential races: the winner of
    a weighted draw is the smallest exponential divided by its weight.
    """
    possible = np.flatnonzero(weights > 0)
    races = rng.exponential(size=len(possible)) / weights[possible]
    return np.sort(possible[np.argsort(races, kind="stable")[:count]])


def chance(rng: Rng, share: Column | float, count: int) -> Column:
    """Say yes or no for each row, with its chance of yes."""
    return rng.random(count) < share


def group_of(values: Column, bounds: Sequence[int]) -> Column:
    """Say in which class a value falls: 0 below the first bound, and so on."""
    return np.searchsorted(np.asarray(bounds), values, side="right")


def identifiers(letter: str, count: int) -> Column:
    """Number things from 1: W-000001 and on."""
    return np.array([f"{letter}-{number:06d}" for number in range(1, count + 1)], dtype=object)


def divide(rng: Rng, total: int, parts: int) -> Column:
    """Divide `total` over `parts` unevenly, each at least 1; `parts` is at most `total`."""
    weights = rng.gamma(4.0, size=parts)
    return np.asarray(1 + rng.multinomial(total - parts, weights / weights.sum()))
