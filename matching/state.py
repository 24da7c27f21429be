"""`project` folds facts into a State; `changes` says what a delivery changes. Laws in the tests.

A State is a handful of tables indexed by id, whose columns are the fact fields of the records, and
what was `said`: for every row that ever was, who said so last, when, and whether it is gone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from data_contracts.events import FACT_COLUMNS, KINDS, TABLES, appeared, canonical, vanished
from data_contracts.record import dtypes
from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

UTC = "datetime64[us, UTC]"
Known = TypeVar("Known")
VERSION_COLUMNS = {"source": "str", "at": UTC, "data": "str", "gone": "bool"}


class BrokenState(VerhuisketenError):
    """De tabellen van de toestand zijn niet zoals afgesproken."""


def empty_table(table: str) -> pd.DataFrame:
    """Give the State table without rows, with its columns, dtypes and index."""
    record, key = TABLES[table]
    kinds = dtypes(record)
    columns = {name: pd.Series(dtype=kind) for name, kind in kinds.items() if name != key}
    return pd.DataFrame(columns, index=pd.Index([], dtype="str", name=key))


def _nothing_said() -> pd.DataFrame:
    index = pd.Index([], dtype="str", name="key")
    return pd.DataFrame({c: pd.Series(dtype=t) for c, t in VERSION_COLUMNS.items()}, index=index)


@dataclass(frozen=True, slots=True)
class State:
    """What is so, after the facts so far: DataFrames indexed by id, columns as in the records."""

    tables: dict[str, pd.DataFrame] = field(
        default_factory=lambda: {table: empty_table(table) for table in TABLES}
    )
    said: dict[str, pd.DataFrame] = field(
        default_factory=lambda: {table: _nothing_said() for table in TABLES}
    )
    _known: dict[object, tuple[tuple[pd.DataFrame, ...], Any]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def once(self, what: object, make: Callable[[], Known], *, needs: Iterable[str]) -> Known:
        """Give what follows from some tables, worked out the first time.

        A State that differs from this one in other tables only, knows it too.
        """
        asked = [self.tables[name] for name in needs]
        held, known = self._known.get(what, ((), None))
        if len(held) != len(asked) or any(a is not b for a, b in zip(held, asked, strict=True)):
            known = make()
            self._known[what] = (tuple(asked), known)
        found: Known = known
        return found

    def on_another_day(self) -> State:
        """The same, without what was worked out for one day: months on end it would pile up."""
        lasting = {what: held for what, held in self._known.items() if not isinstance(what, tuple)}
        return replace(self, _known=lasting)

    def __getattr__(self, table: str) -> pd.DataFrame:
        """Give a table by name: `state.dwellings`."""
        if table in TABLES:
            return self.tables[table]
        raise AttributeError(table)

    @property
    def versions(self) -> pd.DataFrame:
        """What was said last of every row of every table, indexed by table and key, sorted."""
        return pd.concat({name: self.said[name] for name in sorted(self.said)}, names=["table"])

    def check(self) -> State:
        """Raise BrokenState unless every table has its columns, dtypes and unique ids."""
        for name in TABLES:
            expected = empty_table(name)
            table = self.tables[name]
            if (
                list(table.columns) != list(expected.columns)
                or table.index.name != expected.index.name
            ):
                raise BrokenState(f"De tabel {name} heeft andere kolommen dan afgesproken.")
            if not table.index.is_unique:
                raise BrokenState(f"De tabel {name} noemt een kenmerk tweemaal.")
            if [str(t) for t in table.dtypes] != [str(t) for t in expected.dtypes]:
                raise BrokenState(f"De tabel {name} heeft kolommen van een andere soort.")
        return self


def no_facts() -> pd.DataFrame:
    """Give a table of facts without rows."""
    kinds = dict.fromkeys(FACT_COLUMNS, "str") | {"at": UTC}
    return pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in kinds.items()})


def project(facts: pd.DataFrame, onto: State | None = None) -> State:
    """Fold facts (a table, `FACT_COLUMNS`) into a State; order and repetition do not matter.

    Of all that was said about a row the latest `at` wins; among equals, vanishing last, then the
    data as text, so that no order of arrival can decide.
    """
    state = onto or State()
    known = facts[facts["kind"].isin(KINDS)]
    if len(known) < len(facts):
        strange = sorted(set(facts["kind"]) - set(KINDS))
        raise BrokenState(f"Onbekende soort feit: {', '.join(strange)}.")
    if known.empty:
        return state
    news = pd.DataFrame(
        {
            "key": known["subject"],
            "source": known["source"],
            "at": known["at"].astype(UTC),
            "data": known["data"],
            "gone": known["kind"].map({name: not kind.appears for name, kind in KINDS.items()}),
        }
    )
    tables, said = dict(state.tables), dict(state.said)
    for name, rows in news.groupby(known["kind"].map(lambda kind: KINDS[kind].table)):
        latest = _latest(said[name], rows)
        tables[name] = _fold(name, tables[name], latest)
        said[name] = put(said[name], latest.set_index("key")).astype(VERSION_COLUMNS)
    return replace(state, tables=tables, said=said)


def _latest(said: pd.DataFrame, news: pd.DataFrame) -> pd.DataFrame:
    """Give what was said last of every row that the news speaks of."""
    known = said.index.get_indexer(news["key"].unique())
    known = known[known >= 0]
    if not len(known) and news["key"].is_unique:  # nothing to choose from
        return news
    all_said = pd.concat([said.iloc[known].reset_index(), news], ignore_index=True)
    order = ["key", "at", "gone", "data", "source"]
    return all_said.sort_values(order, kind="stable").drop_duplicates("key", keep="last")


def typed(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Give rows of a table the dtypes of its columns; only what differs is made anew."""
    now, asked = dict(rows.dtypes), dict(table.dtypes)
    return rows.assign(
        **{name: rows[name].astype(asked[name]) for name in rows if now[name] != asked[name]}
    )


def put(table: pd.DataFrame, rows: pd.DataFrame, gone: pd.Index | None = None) -> pd.DataFrame:
    """The sorted table with these rows, sorted; rows of the same id, and those gone, go."""
    stays = np.ones(len(table), dtype=bool)
    at = table.index.get_indexer(rows.index if gone is None else gone)
    stays[at[at >= 0]] = False
    if rows.empty:
        return table if stays.all() else table[stays]
    rows = rows.sort_index()
    if not stays.any():
        return rows
    # A few rows are put in their places: sorting all of them anew takes half as long again.
    kept = np.flatnonzero(stays)
    names = table.index.to_numpy(dtype=object)[kept]
    before = np.searchsorted(names, rows.index.to_numpy(dtype=object))
    order = np.insert(kept, before, len(table) + np.arange(len(rows)))
    return pd.concat([table, rows]).take(order)


def _fold(name: str, table: pd.DataFrame, latest: pd.DataFrame) -> pd.DataFrame:
    alive = latest[~latest["gone"].astype(bool)]
    # One text is parsed several times faster than many small ones.
    rows = table_of(name, json.loads(f"[{','.join(alive['data'])}]"))
    return put(table, rows, gone=pd.Index(latest["key"]))


def table_of(name: str, rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Make a State table from plain rows (as in a fact's data), with its columns and dtypes."""
    record, key = TABLES[name]
    kinds = dtypes(record)
    raw = pd.DataFrame(list(rows), columns=list(kinds), dtype=object)
    columns = {column: _column(raw[column], kind) for column, kind in kinds.items()}
    return pd.DataFrame(columns).set_index(key)


def _column(values: pd.Series, kind: str) -> pd.Series:
    if kind.startswith("datetime"):
        return pd.to_datetime(values, format="%Y-%m-%d").astype(kind)
    return values.astype(kind)


def plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a typed table into rows as in a fact's data: ISO dates, None for what is missing."""
    columns = {}
    for name in rows.columns:
        column = rows[name]
        if str(column.dtype).startswith("datetime"):
            column = column.dt.strftime("%Y-%m-%d")
        columns[name] = column.astype(object).where(column.notna(), None).tolist()
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def changes(
    state: State,
    table: str,
    rows: pd.DataFrame,
    *,
    source: str,
    delivery: str,
    at: datetime,
    unread: Iterable[str] | None = (),
) -> pd.DataFrame:
    """Say as facts what a full delivery changes: what appeared or altered, and what vanished.

    `rows` has the fact fields as columns (the key among them). `delivery` is a name never used
    before, so that (source, id) is unique. `unread` are keys whose row was there but could not be
    read: those did not vanish, yesterday's row stays; None when even their keys are unreadable, and
    nobody can tell what vanished. A delivery that repeats what is known yields no facts. `at` is
    when it was received, or just after what this source said before when that was later.
    """
    key = TABLES[table][1]
    data = pd.Series(
        [canonical(row) for row in plain(rows)], index=rows[key].astype("str"), dtype="str"
    )
    known = state.said[table]
    at = _after_what_it_said(known, source, at)
    before = known["data"].where(~known["gone"]).reindex(data.index)
    appeared_data = data[(before != data).to_numpy() | before.isna().to_numpy()]
    gone = _gone(known, data.index, source=source, unread=unread)
    return pd.concat(
        [
            _facts(appeared(table), appeared_data, source=source, delivery=delivery, at=at),
            _facts(
                vanished(table),
                pd.Series("{}", index=gone, dtype="str"),
                source=source,
                delivery=delivery,
                at=at,
            ),
        ],
        ignore_index=True,
    )


def _after_what_it_said(known: pd.DataFrame, source: str, at: datetime) -> datetime:
    """Give the moment, unless this source said something later: then its clock was set back.

    What a source says last must win, or a delivery would be told and yet not count.
    """
    said = known.loc[known["source"] == source, "at"].max()
    return at if pd.isna(said) or said < at else said + pd.Timedelta(microseconds=1)


def _gone(
    known: pd.DataFrame, delivered: pd.Index, *, source: str, unread: Iterable[str] | None
) -> pd.Index:
    if unread is None:
        return pd.Index([], dtype="str")
    mine = known.index[(known["source"] == source) & ~known["gone"]]
    return mine.difference(delivered).difference(pd.Index(sorted(unread), dtype="str"))


def _facts(kind: str, data: pd.Series, *, source: str, delivery: str, at: datetime) -> pd.DataFrame:
    if data.empty:
        return no_facts()
    subjects = data.index.astype("str")
    return pd.DataFrame(
        {
            "source": source,
            "id": f"{delivery}/" + subjects,
            "kind": kind,
            "subject": subjects,
            "at": pd.Timestamp(at),
            "data": data.to_numpy(),
        }
    ).astype(dict.fromkeys(FACT_COLUMNS, "str") | {"at": UTC})
