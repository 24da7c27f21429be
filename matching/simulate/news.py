"""What happens in a month, gathered as rows per table and told as facts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.events import FACT_COLUMNS, TABLES, appeared, canonical, vanished
from matching.lookup import among
from matching.state import UTC, no_facts, plain, put

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matching.state import State

SOURCE = "urn:nld:oin:00000000000000000000:systeem:wat-als"
"""Who says what has not happened."""


@dataclass(slots=True)
class News:
    """Rows that appear or change, and keys that vanish, by table; the last word counts."""

    rows: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    gone: dict[str, list[pd.Index]] = field(default_factory=dict)

    def say(self, table: str, rows: pd.DataFrame) -> None:
        """Say that these rows (indexed by key, the columns of the State table) are so."""
        if len(rows):
            self.rows.setdefault(table, []).append(rows)

    def drop(self, table: str, names: Iterable[str]) -> None:
        """Say that these rows are gone."""
        index = pd.Index(names, dtype="str")
        if len(index):
            self.gone.setdefault(table, []).append(index)

    def rows_of(self, table: str) -> pd.DataFrame | None:
        """Give what was said of a table, the last word of every row."""
        if table not in self.rows:
            return None
        said = pd.concat(self.rows[table])
        return said[~said.index.duplicated(keep="last")]

    def onto(self, state: State) -> State:
        """Fold it into a State: what `project` makes of its facts, without writing them down.

        Only the tables are kept up: what was said by whom matters to nobody in a simulation.
        """
        tables = dict(state.tables)
        for table in sorted({*self.rows, *self.gone}):
            rows, lost = self.rows_of(table), self._lost(table)
            if rows is None:
                tables[table] = put(tables[table], tables[table].iloc[:0], gone=lost)
            else:
                rows = rows[~among(rows.index, lost)].rename_axis(tables[table].index.name)
                tables[table] = put(tables[table], rows, gone=rows.index.union(lost))
        return replace(state, tables=tables)

    def _lost(self, table: str) -> pd.Index:
        if table not in self.gone:
            return pd.Index([], dtype="str")
        return self.gone[table][0].append(self.gone[table][1:]).unique()

    def facts(self, at: pd.Timestamp) -> pd.DataFrame:
        """Tell it as facts, at one moment. What vanished is not told to be there as well."""
        told = []
        at = at if at.tzinfo else at.tz_localize("UTC")
        for table in TABLES:
            lost = self._lost(table)
            if len(lost):
                told.append(_facts(vanished(table), lost, ["{}"] * len(lost), at))
            rows = self.rows_of(table)
            if rows is not None:
                rows = rows[~among(rows.index, lost)]
                keyed = rows.rename_axis(TABLES[table][1]).reset_index()
                data = [canonical(row) for row in plain(keyed)]
                told.append(_facts(appeared(table), rows.index, data, at))
        return pd.concat(told, ignore_index=True) if told else no_facts()


def _facts(kind: str, names: pd.Index, data: list[str], at: pd.Timestamp) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": SOURCE,
            "id": f"{at.isoformat()}/{kind}/" + names.astype("str"),
            "kind": kind,
            "subject": names.astype("str"),
            "at": at,
            "data": data,
        }
    ).astype(dict.fromkeys(FACT_COLUMNS, "str") | {"at": UTC})
