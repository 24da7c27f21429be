"""What the pages need besides the plan: plain tables, read once into plain rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, Any]
"""A row of a table with plain Python values; what is missing is None."""

WHY_OPEN = {
    "leeg": "staat leeg",
    "opgezegd": "huur is opgezegd",
    "nieuwbouw": "nieuwbouw",
}
"""Why a home opens a chain, in the words a coach uses."""

WHY_BY_STATUS = {"LEE": "leeg", "VEH": "opgezegd", "ONT": "nieuwbouw"}
"""What the status of a home (EENHEIDSTATUS, VERA) says of it, where `why` is not given."""


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """What the pages need besides the plan.

    Attributes:
        dwellings: Indexed by dwelling: x, y (RD metres), kind, rooms, area, floor, lift, access,
            rent, target_rent (eurocents a month), neighbourhood. Columns may be missing.
        households: Indexed by household: persons, aow, mobility, coach, registered.
        openings: Indexed by dwelling: free_on (date) and why (a key of WHY_OPEN); or just the
            dates, as a Series.
        region: The region as the corporation calls it.
        on: The night of the plan.
        coach_week: Proposals one coach can discuss in a week.
        names: Household to name; for the coaches' workbooks only.
        addresses: Dwelling to address; for the coaches' workbooks only.
        summary: What the night did: `steps` (name to seconds), `deliveries` (rows: name or file,
            records, accepted, rejected, duplicates, blank, sentence), `counts` (label to number),
            `notice` (one sentence above everything, as for a made-up region).
    """

    dwellings: pd.DataFrame
    households: pd.DataFrame
    openings: pd.DataFrame | pd.Series
    region: str
    on: date
    coach_week: int
    names: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    ties: pd.DataFrame | None = None


def rows_of(table: pd.DataFrame, ids: Iterable[str]) -> dict[str, Row]:
    """Take the named rows of a table as plain values; ids the table lacks are left out."""
    wanted = table.loc[table.index.isin(sorted(set(ids)))]
    columns = {str(name): [plain(value) for value in wanted[name]] for name in wanted.columns}
    return {
        str(key): {name: values[at] for name, values in columns.items()}
        for at, key in enumerate(wanted.index)
    }


def opening_rows(facts: HandoverFacts, homes: dict[str, Row]) -> dict[str, Row]:
    """Take the openings among some homes: the day each is free, and why."""
    given = facts.openings
    table = given.to_frame("free_on") if isinstance(given, pd.Series) else given
    return {
        home: {"why": WHY_BY_STATUS.get(str(homes.get(home, {}).get("status")))} | row
        for home, row in rows_of(table, homes).items()
    }


def plain(value: Any) -> Any:  # noqa: ANN401 - a cell, of whatever type
    """Make a cell plain Python: None for what is missing, a date for a moment."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value.item() if hasattr(value, "item") else value
