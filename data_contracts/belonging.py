"""What a fact is about, and what it refers to: for who may write about which home or household."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.events import KINDS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

Thing = tuple[str, str]
"""A sort of thing and its id: `("dwelling", "W-1")`."""
SORTS = {"newbuild": "dwellings", "wishes": "households"}
"""State tables whose rows are about a thing of another table: they share its ids."""
_ASKS = ("wishes",)
REFERS = {
    "dwelling": "dwellings",
    "leaves": "dwellings",
    "household": "households",
    "complex": "complexes",
}
"""Fields that name a thing of somebody. A tie's `with_household` may be anybody's."""


@dataclass(frozen=True, slots=True)
class About:
    """What one fact is about: its subject, what its data refers to, and the corporation it says."""

    subject: Thing
    refers: frozenset[Thing]
    corporation: str | None

    @property
    def things(self) -> frozenset[Thing]:
        """Give the subject and everything referred to."""
        return self.refers | {self.subject}


def sort_of(table: str) -> str:
    """Name the sort of thing the rows of a State table are about."""
    return SORTS.get(table, table)


def about(kind: str, subject: str, data: Mapping[str, Any]) -> About:
    """Say what a fact is about."""
    table = KINDS[kind].table
    refers = {(sort, data[name]) for name, sort in REFERS.items() if name in data}
    return About(
        (sort_of(table), subject),
        frozenset(refers - {(sort_of(table), subject)}),
        data.get("corporation") if "corporation" in TABLES[table][0].model_fields else None,
    )


KINDS_OF: dict[str, tuple[str, ...]] = {
    sort: tuple(name for name, kind in KINDS.items() if sort_of(kind.table) == sort)
    for sort in dict.fromkeys(sort_of(table) for table in TABLES)
}
"""For every sort of thing, the kinds of fact that name one as their subject."""

SAYS_OF: dict[str, tuple[str, ...]] = {
    sort: tuple(name for name in kinds if KINDS[name].appears and KINDS[name].table not in _ASKS)
    for sort, kinds in KINDS_OF.items()
}
"""For every sort of thing, the kinds of fact whose data says whose it is."""
