"""The shadow: the plan that registration order would have made, measured like ours.

One vacancy at a time, in the order in which they come free; the household registered longest among
those who are eligible gets it; the home it leaves joins the queue. Eligible are exactly those for
whom the home is among the options the plan was chosen from: no hard rule says no, they gain by it,
and it is one of their best. So chains arise here too, of any length, but nobody looks further than
the next home, and nobody swaps.
"""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.chains import link, moves_of, unlink
from matching.model import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from matching.model import Chain
    from matching.state import State

AT_ONCE = pd.Timestamp("1900-01-01")
"""A home that stands empty is free before any that still has to come free."""
NO_NOTICE = ("AFG", "GEA")
"""Refused or cancelled notices (VERA HUUROPZEGGINGSTATUS)."""
LAST = pd.Timestamp("9999-12-31")


def shadow(options: pd.DataFrame, openings: Iterable[str], state: State) -> Totals:
    """Say what registration order comes to on the same options and openings."""
    vacant = tuple(openings)
    chosen = registration_order(options, vacant, state)
    return totals(link(moves_of(chosen), vacant), options)


def registration_order(
    options: pd.DataFrame, openings: Sequence[str], state: State
) -> pd.DataFrame:
    """Give the rows of options that registration order picks, each household and home once.

    Of equal registration dates the first id goes, and of homes that come free on one day too.
    """
    waiting = _by_home_and_wait(options, state)
    homes, begins = np.unique(waiting["dwelling"].to_numpy(dtype=object), return_index=True)
    ends = [*begins[1:], len(waiting)][: len(homes)]
    rows = dict(zip(homes, zip(begins, ends, strict=True), strict=True))
    person, people = pd.factorize(waiting["household"])
    leaves = waiting["leaves"].astype(object).where(waiting["leaves"].notna(), None).tolist()
    queue = sorted(zip(free_from(openings, state), openings, strict=True))
    known, moved, picked = set(openings), np.zeros(len(people), dtype=bool), []
    while queue:
        day, home = heapq.heappop(queue)
        first, end = rows.get(home, (0, 0))
        row = _longest_waiting(first, end, person, moved)
        if row is None:
            continue
        picked.append(row)
        moved[person[row]] = True
        if leaves[row] is not None and leaves[row] not in known:
            known.add(leaves[row])
            heapq.heappush(queue, (day, leaves[row]))
    return waiting.iloc[picked]


def _longest_waiting(
    first: int, end: int, person: NDArray[np.intp], moved: NDArray[np.bool_]
) -> int | None:
    """The first row of a home whose household still waits; rows are in order of registration."""
    still = ~moved[person[first:end]]
    return int(first + still.argmax()) if still.any() else None


def _by_home_and_wait(options: pd.DataFrame, state: State) -> pd.DataFrame:
    registered = state.tables["households"]["registered"].reindex(options["household"])
    return (
        options.assign(registered=registered.fillna(LAST).to_numpy())
        .sort_values(["dwelling", "registered", "household"], kind="stable")
        .reset_index(drop=True)
    )


def free_from(openings: Sequence[str], state: State) -> list[pd.Timestamp]:
    """Say of each opening the day it comes free; what stands empty without a date goes first."""
    notices, homes = state.tables["notices"], state.tables["dwellings"]
    ends = notices[~notices["status"].isin(NO_NOTICE)].groupby("dwelling")["ends"].min()
    wanted = pd.Index(list(openings), dtype="str")
    days = ends.reindex(wanted).fillna(state.tables["newbuild"]["completed"].reindex(wanted))
    empty = (homes["status"] == "LEE").reindex(wanted, fill_value=False)
    days = days.mask(empty, homes["available"].reindex(wanted))
    return list(days.fillna(AT_ONCE).astype("datetime64[s]"))


def totals(chains: Iterable[Chain], options: pd.DataFrame) -> Totals:
    """Say what chains come to: `chains` counts open ones, `by_length` both open ones and rings.

    The measures of the moves are columns of `options`; minutes are negative when people come
    nearer to those who matter.
    """
    known = tuple(chains)
    moves = unlink(known)
    rings = sum(chain.ring for chain in known)
    rows = _rows_of([(move.household, move.to) for move in moves], options)
    return Totals(
        moves=len(moves),
        chains=len(known) - rings,
        rings=rings,
        starters=sum(move.leaves is None for move in moves),
        older_to_suitable=int((rows["older_to_suitable"] > 0).sum()),
        minutes_to_ties=int(rows["minutes_change"].sum()),
        family_homes_freed=int((rows["family_home_freed"] > 0).sum()),
        by_length=tuple(sorted(Counter(len(chain.moves) for chain in known).items())),
    )


MEASURES = ("older_to_suitable", "minutes_change", "family_home_freed")
"""What is counted over moves, by column of options; a column that is missing counts nothing."""


def _rows_of(pairs: list[tuple[str, str]], options: pd.DataFrame) -> pd.DataFrame:
    moved = pd.DataFrame(pairs, columns=["household", "dwelling"], dtype="str")
    measured = options.reindex(columns=["household", "dwelling", *MEASURES]).fillna(
        dict.fromkeys(MEASURES, 0)
    )
    return moved.merge(measured.drop_duplicates(["household", "dwelling"]), how="left")
