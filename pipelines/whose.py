"""Whose rows a delivery holds: each is of the corporation it names, or of that of what it names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from store.quarantine import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data_contracts.feeds import Aside, Parsed
    from matching.state import State

NAMED_BY = (
    ("household", "huishoudencode", ("households",)),
    ("dwelling", "eenheidcode", ("dwellings", "newbuild")),
    ("complex", "complexcode", ("complexes",)),
)
"""By which field a row without a corporation names somebody's thing, and where that is found."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How many rows are of which corporation, and of whom each refused record is ('' unknown)."""

    accepted: Mapping[str, int]
    rejected: Mapping[str, int]
    by_record: Mapping[int, str]


def shares(parsed: Parsed, state: State) -> Shares:
    """Say whose the rows of a delivery are, by the rows and by what is known."""
    owners = _owners(parsed.rows, state)
    accepted = Counter(owners.tolist())
    known = _corporations(state) | (accepted.keys() - {NOBODY})
    only = next(iter(known)) if len(known) == 1 else NOBODY
    records = {one.record: _owner(one, state, known) or only for one in parsed.aside}
    for wrong in parsed.rejects:
        records.setdefault(wrong.record, only)
    if only and accepted[NOBODY]:  # what is nobody's in particular is of the one that there is
        accepted[only] += accepted.pop(NOBODY)
    return Shares(+accepted or Counter({only: 0}), Counter(records.values()), records)


def _owners(rows: pd.DataFrame, state: State) -> pd.Series:
    if "corporation" in rows.columns:
        return rows["corporation"].astype("str")
    owners = pd.Series(None, index=range(len(rows)), dtype="str")
    for column, _, tables in NAMED_BY:
        if column in rows.columns:
            named = rows[column].reset_index(drop=True)
            for owned in _owned(state, tables):
                owners = owners.where(owners.notna(), named.map(owned).astype("str"))
    return owners.fillna(NOBODY)


def _owned(state: State, tables: tuple[str, ...]) -> Iterator[pd.Series]:
    return (state.tables[name]["corporation"] for name in tables)


def _owner(one: Aside, state: State, known: frozenset[str] | set[str]) -> str | None:
    if (said := one.cells.get("corporatie")) in known:
        return said
    for _, column, tables in NAMED_BY:
        named = one.cells.get(column)
        for owned in _owned(state, tables):
            if named is not None and named in owned.index:
                return str(owned[named])
    return None


def _corporations(state: State) -> set[str]:
    return {
        str(corporation)
        for name in ("households", "dwellings")
        for corporation in state.once(
            f"corporations of {name}",
            lambda name=name: state.tables[name]["corporation"].unique(),  # type: ignore[misc] # no type for a default
            needs=(name,),
        )
    }
