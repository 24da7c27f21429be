"""What is different between two tables of options, as a change of the plan on the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.around.change import Change
from matching.around.facts import columns_of
from matching.candidates import ALONG, differs
from matching.lookup import among

if TYPE_CHECKING:
    from matching.around.facts import Facts
    from matching.conditions import Conditions


def difference(
    facts: Facts,
    options: tuple[pd.DataFrame, pd.DataFrame],
    openings: tuple[tuple[str, ...], tuple[str, ...]],
    conditions: Conditions,
    *,
    again: frozenset[str] | None = None,
) -> Change | None:
    """Say what changed from the first options and openings to the second, and the conditions now.

    `again` are the households of whom options were searched anew (None: everybody's); of others
    only what depends on somebody else's is compared. None when the conditions read a column that
    `facts` do not have.
    """
    if not columns_of(conditions) <= set(facts.options.columns):
        return None
    was, now = options
    old, new = (frozenset(some) for some in openings)
    withdrawn = tuple(sorted(old - new))
    before = facts.conditions
    asked = None if again is None else again | _dependent(was) | _dependent(now)
    if asked is not None:  # what is on offer may be an option for that alone
        shown = {*before.seen, *before.pinned} ^ {*conditions.seen, *conditions.pinned}
        asked |= {household for household, _ in shown}
    renewed = _told_otherwise(_of(was, asked), _of(now, asked))
    renewed |= set(was.loc[among(was["dwelling"], set(withdrawn)), "household"])
    renewed |= {household for household, _ in set(before.forbidden) - set(conditions.forbidden)}
    return Change(
        forbidden=tuple(sorted(set(conditions.forbidden) - set(before.forbidden))),
        pinned=tuple(sorted(set(conditions.pinned) - set(before.pinned))),
        withdrawn=withdrawn,
        vacated=tuple(sorted(new - old)),
        renewed=tuple(sorted(renewed)),
        options=_of(now, renewed).reset_index(drop=True) if renewed else None,
        conditions=None if conditions == before else conditions,
    )


def _dependent(options: pd.DataFrame) -> set[str]:
    """The households whose options depend on where somebody else may go."""
    return set(options.loc[options[ALONG], "household"]) if ALONG in options else set()


def _of(options: pd.DataFrame, households: frozenset[str] | set[str] | None) -> pd.DataFrame:
    if households is None:
        return options
    return options[among(options["household"], set(households))]


def _told_otherwise(was: pd.DataFrame, now: pd.DataFrame) -> set[str]:
    """The households of whom an option came, went, or is told otherwise."""
    keys = [pd.MultiIndex.from_frame(table[["household", "dwelling"]]) for table in (was, now)]
    at = keys[0].get_indexer(keys[1])
    both = np.flatnonzero(at >= 0)
    stays = np.zeros(len(was), dtype=bool)
    stays[at[both]] = True
    found = set(was["household"][~stays]) | set(now["household"][at < 0])
    columns = [name for name in was.columns if name in now.columns]
    other = differs(was[columns].iloc[at[both]], now[columns].iloc[both])
    return found | set(now["household"].iloc[both[other]])
