"""What a plan is chosen from, kept as it changes: rows are added and fall, positions stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.lookup import among
from matching.optimise.market import plain_ids
from matching.shadow import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matching.around.change import Change
    from matching.conditions import Conditions, Pair
    from matching.optimise import Limits

IDS = ("household", "dwelling", "leaves")
READ = ("resident", "complex", "leaves_complex", "x", "y", "corporation")
"""Columns that side conditions read, besides those of a budget."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The options (every row that ever counted; `alive` those that do now), and what else decides.

    `options` has text ids, gain, the columns that the conditions read, and the measures.
    """

    options: pd.DataFrame
    alive: NDArray[np.bool_]
    openings: tuple[str, ...]
    limits: Limits
    conditions: Conditions
    seed: object

    def table(self) -> pd.DataFrame:
        """The options that count now."""
        return self.options if self.alive.all() else self.options[self.alive]

    def where(self, column: str, ids: Iterable[str]) -> NDArray[np.bool_]:
        """Which rows have one of these ids in a column."""
        return among(self.options[column], set(ids)).copy()


def facts_of(
    options: pd.DataFrame,
    openings: Iterable[object],
    limits: Limits,
    *,
    conditions: Conditions,
    seed: object,
) -> Facts:
    """Take what a plan was chosen from, as `matching.optimise.choose` takes it."""
    wanted = {*IDS, "gain", *READ, *MEASURES} | columns_of(conditions)
    table = _plain(options[[name for name in options.columns if name in wanted]])
    vacant = plain_ids(pd.Series(list(openings), dtype=object))
    return Facts(
        table,
        np.ones(len(table), dtype=bool),
        tuple(sorted({str(home) for home in vacant})),
        limits,
        conditions,
        seed,
    )


def facts_after(
    facts: Facts, change: Change, *, answered: bool, let_go: tuple[Pair, ...] = ()
) -> Facts:
    """The facts once something has changed.

    `answered`: it has happened, so a proposal that fell no longer stands open, and nobody is held
    to it; of what is only supposed both remain. The moves `let_go` are no longer pinned.
    """
    gone = facts.where("household", change.renewed) | facts.where("dwelling", change.withdrawn)
    options, alive = facts.options, facts.alive & ~gone
    if change.options is not None and len(change.options):
        rows = _plain(change.options).reindex(columns=options.columns)
        alive = alive & ~_same_pairs(facts, rows)
        options = pd.concat([options, rows], ignore_index=True)
        alive = np.concatenate([alive, np.ones(len(rows), dtype=bool)])
    conditions = _conditions_after(facts.conditions, change, answered=answered)
    pinned = tuple(pair for pair in conditions.pinned if pair not in let_go)
    vacant = (set(facts.openings) - set(change.withdrawn)) | set(change.vacated)
    return replace(
        facts,
        options=options,
        alive=alive,
        openings=tuple(sorted(vacant)),
        conditions=replace(conditions, pinned=pinned),
    )


def _conditions_after(conditions: Conditions, change: Change, *, answered: bool) -> Conditions:
    """What is forbidden and pinned besides; after an answer, without what fell by it."""
    renewed, conditions = change.conditions is not None, change.conditions or conditions
    kept = _Fallen(change).spares if answered and not renewed else (lambda _: True)
    pinned = (*filter(kept, conditions.pinned), *change.pinned)
    return replace(
        conditions,
        forbidden=tuple(dict.fromkeys((*conditions.forbidden, *change.forbidden))),
        pinned=tuple(dict.fromkeys(pinned)),
        seen=tuple(filter(kept, conditions.seen)),
    )


class _Fallen:
    """The moves that a change makes impossible, so that nobody can hold to them."""

    def __init__(self, change: Change) -> None:
        self.change = change
        rows = change.options
        told = () if rows is None else zip(rows["household"], rows["dwelling"], strict=True)
        self.told = frozenset((str(household), str(dwelling)) for household, dwelling in told)

    def spares(self, pair: Pair) -> bool:
        """Whether this move can still be."""
        change = self.change
        shut = pair in change.forbidden or pair[1] in change.withdrawn
        return not shut and (pair[0] not in change.renewed or pair in self.told)


def _same_pairs(facts: Facts, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows are told anew."""
    told = facts.where("household", rows["household"])
    pairs = set(zip(rows["household"], rows["dwelling"], strict=True))
    some = np.flatnonzero(told)
    theirs = facts.options[["household", "dwelling"]].iloc[some]
    told[some] = [pair in pairs for pair in theirs.itertuples(index=False, name=None)]
    return told


def _plain(options: pd.DataFrame) -> pd.DataFrame:
    """The same rows, numbered from 0, with ids as text and a missing one as missing."""
    text = {
        name: options[name].array
        if isinstance(options[name].dtype, pd.StringDtype)
        else plain_ids(options[name]).astype("str").array
        for name in IDS
    }
    return options.reset_index(drop=True).assign(**text)


def columns_of(conditions: Conditions) -> set[str]:
    """The columns of the options that budgets read."""
    budgets = conditions.budgets
    return {b.column for b in budgets} | {b.where[0] for b in budgets if b.where is not None}
