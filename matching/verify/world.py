"""The State as the judge reads it: one plain row at a time, only for whom and what a plan names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from matching.model import Move

Row = dict[str, Any]
"""A row of the State: None where nothing is known, dates as dates."""


class Tables(Protocol):
    """Anything with the tables of a State: DataFrames indexed by id."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables by name."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything the judge looks up, by id, on the day `on`.

    `lives`: household to the tenancies it has that run on the day. `lets`: dwelling to every
    tenancy it ever had. `works` and `offered` by column, then id: works by dwelling and by complex,
    proposals by household and by dwelling. `until`: the last day of the policy's horizon. `goes`:
    household to the home it enters in the plan that is judged. `asked`: what a coach asks of the
    plan on the day (pin, forbid), by household and home.
    """

    on: date
    until: date
    households: dict[str, Row]
    wishes: dict[str, Row]
    dwellings: dict[str, Row]
    newbuild: dict[str, Row]
    complexes: dict[str, Row]
    lives: dict[str, list[Row]]
    lets: dict[str, list[Row]]
    notices: dict[str, list[Row]]
    works: dict[str, dict[str, list[Row]]]
    ties: dict[str, list[Row]]
    offered: dict[str, dict[str, list[Row]]]
    goes: dict[str, str]
    asked: dict[tuple[str, str], str] = field(default_factory=dict)

    def home(self, dwelling: str) -> Row | None:
        """The dwelling, let before or being built; None when nobody knows it."""
        return self.dwellings.get(dwelling) or self.newbuild.get(dwelling)

    def lived_in(self, household: str) -> str | None:
        """The home a household lives in, the one it took last when it has several."""
        latest = self.tenancy_of(household)
        return None if latest is None else str(latest["dwelling"])

    def place_now(self, tie: Row) -> tuple[int, int] | None:
        """Where a tie is: where that household lives now, else the place given; None: unknown."""
        lived_in = self.lived_in(tie["with_household"] or "")
        home = None if lived_in is None else self.home(lived_in)
        if home is not None:
            return place(home)
        return None if tie["x"] is None else place(tie)

    def tenancy_of(self, household: str) -> Row | None:
        """The tenancy by which a household lives where it lives: the one that began last."""
        running = self.lives.get(household, [])
        last = ("start", "dwelling", "tenancy")
        return max(running, key=lambda row: [row[column] for column in last], default=None)

    def tenancies(self, dwelling: str) -> list[Row]:
        """The tenancies of a home that run on the day or start later."""
        return [t for t in self.lets.get(dwelling, []) if not_over(t, self.on)]

    def works_at(self, home: Row) -> list[Row]:
        """Works planned for a home or for the complex it belongs to."""
        return [
            *self.works["dwelling"].get(home["dwelling"], []),
            *self.works["complex"].get(home["complex"], []),
        ]

    def offers_to(self, household: str) -> list[Row]:
        """Every proposal a household ever had."""
        return self.offered["household"].get(household, [])

    def offers_of(self, dwelling: str) -> list[Row]:
        """Every proposal a home was ever in."""
        return self.offered["dwelling"].get(dwelling, [])


def place(row: Row) -> tuple[int, int]:
    """Where a home or a tie is, in RD metres."""
    return int(row["x"]), int(row["y"])


def not_over(tenancy: Row, on: date) -> bool:
    """Whether a tenancy runs on a day or starts after it."""
    return tenancy["end"] is None or tenancy["end"] > on


def world_of(
    state: Tables,
    moves: Iterable[Move],
    on: date,
    *,
    horizon_days: int,
    homes: Collection[str] = (),
    read: Reading | None = None,
) -> World:
    """Read from the State what is known of whom and what these moves name, and of more `homes`.

    `read` remembers what was read for an earlier plan.
    """
    known, tables = tuple(moves), read or Reading()
    tables.now = state.tables
    movers = {move.household for move in known}
    ties = tables.where("ties", household=movers)
    others = {tie["with_household"] for tie in ties} - {None}
    named = {move.to for move in known} | {move.leaves for move in known if move.leaves}
    named |= set(homes)
    theirs = tables.where("tenancies", household=movers | others)
    at_home = named | {tenancy["dwelling"] for tenancy in theirs}
    tenancies = tables.where("tenancies", household=movers | others, dwelling=at_home)
    running = [t for t in tenancies if not_over(t, on) and t["start"] <= on]
    lived_in = named | {t["dwelling"] for t in running}
    asked = movers | {t["household"] for t in tenancies}
    return World(
        on=on,
        until=on + timedelta(days=horizon_days),
        households=tables.by_id("households", movers),
        wishes=tables.by_id("wishes", movers),
        dwellings=tables.by_id("dwellings", lived_in),
        newbuild=tables.by_id("newbuild", lived_in),
        complexes=tables.by_id("complexes", set(state.tables["complexes"].index)),
        lives=_grouped(running, "household"),
        lets=_grouped(tenancies, "dwelling"),
        notices=_grouped(tables.where("notices", dwelling=named), "dwelling"),
        works=_by_column(_rows(state.tables["works"]), "dwelling", "complex"),
        ties=_grouped(ties, "household"),
        offered=_by_column(
            tables.where("offers", household=asked, dwelling=named), "household", "dwelling"
        ),
        goes={move.household: move.to for move in known},
        asked=_asked(state.tables.get("instructions"), on),
    )


def _asked(instructions: pd.DataFrame | None, on: date) -> dict[tuple[str, str], str]:
    """What coaches ask on the day; an instruction holds up to and with its last day."""
    rows = [] if instructions is None else _rows(instructions)
    return {
        (row["household"], row["dwelling"]): row["asks"]
        for row in rows
        if row["until"] is None or row["until"] >= on
    }


class Reading:
    """Reads rows of tables, and reads none twice while its table is the very same."""

    def __init__(self) -> None:
        self.now: Mapping[str, pd.DataFrame] = {}
        self._read: dict[str, tuple[pd.DataFrame, dict[str, Row]]] = {}

    def by_id(self, name: str, wanted: set[str]) -> dict[str, Row]:
        """The rows with these ids, as far as there are, in the order of the table."""
        table = self.now[name]
        return {
            row[str(table.index.name)]: row for row in self._rows(name, _in(table.index, wanted))
        }

    def where(self, name: str, **wanted: set[str]) -> list[Row]:
        """The rows that have one of some names in a column, in the order of the table."""
        table = self.now[name]
        masks = [_in(table[column], names) for column, names in wanted.items()]
        return self._rows(name, np.logical_or.reduce(masks))

    def _rows(self, name: str, which: NDArray[np.bool_]) -> list[Row]:
        table = self.now[name]
        before, known = self._read.get(name, (None, {}))
        if before is not table:
            known = {}
        ids = table.index[which].tolist()
        fresh = table.loc[[id_ for id_ in ids if id_ not in known]]
        known |= {row[str(table.index.name)]: row for row in _rows(fresh)}
        self._read[name] = (table, known)
        return [known[id_] for id_ in ids]


def _in(column: pd.Series | pd.Index, names: set[str]) -> NDArray[np.bool_]:
    wanted = pa.array(sorted(names), type=pa.large_string())
    found: NDArray[np.bool_] = pc.is_in(
        pa.array(column.array, type=pa.large_string(), from_pandas=True), value_set=wanted
    ).to_numpy(zero_copy_only=False)
    return found


def _rows(table: pd.DataFrame) -> list[Row]:
    columns = table.reset_index()
    names = [str(name) for name in columns.columns]
    values = zip(*(_plain(columns[name]) for name in columns.columns), strict=True)
    return [dict(zip(names, row, strict=True)) for row in values]


def _plain(column: pd.Series) -> list[Any]:
    """The cells of any column of any table: None where nothing is known, dates as dates."""
    if str(column.dtype).startswith("datetime"):
        column = column.dt.date
    cells: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return cells


def _by_column(rows: list[Row], *columns: str) -> dict[str, dict[str, list[Row]]]:
    return {
        column: _grouped([row for row in rows if row[column] is not None], column)
        for column in columns
    }


def _grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return dict(groups)
