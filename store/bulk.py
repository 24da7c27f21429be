"""Many rows at once: COPY into a temporary table, then one statement of SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pandas as pd
from psycopg import Cursor, sql
from sqlalchemy.dialects.postgresql import Insert, insert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Select, Table

ROWS_AT_ONCE = 50_000
STANDS_STILL = "SET LOCAL statement_timeout = '10min'"
"""Who stops halfway a COPY is not idle in the server's eyes, and would block others for ever."""


def cursor(connection: Connection) -> Cursor[Any]:
    """Give psycopg's own cursor, in the same transaction."""
    return cast("Cursor[Any]", connection.connection.cursor())


def stage(
    connection: Connection, name: str, rows: pd.DataFrame, *, types: Mapping[str, str]
) -> None:
    """Put the columns named in `types` (with their SQL types) into a temporary table `name`.

    What is missing becomes NULL. The table goes at the end of the transaction.
    """
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(cast("Any", kind)))
        for column, kind in types.items()
    )
    table = sql.Identifier("pg_temp", name)
    names = sql.SQL(", ").join(map(sql.Identifier, types))
    with cursor(connection) as bulk:
        bulk.execute(sql.SQL(STANDS_STILL))
        bulk.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
        bulk.execute(
            sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(
                sql.Identifier(name), columns
            )
        )
        copy_in = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(table, names)
        with bulk.copy(copy_in) as copy:
            copy.set_types(list(types.values()))
            for row in _rows(rows[list(types)]):
                copy.write_row(row)
        bulk.execute(sql.SQL("ANALYZE {}").format(table))


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(table), ROWS_AT_ONCE):
        part = table.iloc[start : start + ROWS_AT_ONCE]
        yield from zip(*(_plain(part[column]) for column in part.columns), strict=True)


def _plain(column: pd.Series) -> list[Any]:
    """Give a column as plain Python values, None for what is missing."""
    values: list[Any] = column.tolist()
    if not column.hasnans:
        return values
    missing = column.isna().tolist()
    return [None if gone else value for value, gone in zip(values, missing, strict=True)]


def microseconds(moments: pd.Series) -> pd.Series:
    """Give moments (with a time zone) as microseconds since 1970, for SQL's `moment()`."""
    return moments.astype("datetime64[us, UTC]").astype("int64")


def moments(microseconds_: list[int]) -> pd.Series:
    """Give microseconds since 1970 as moments."""
    return pd.to_datetime(pd.Series(microseconds_, dtype="int64"), unit="us", utc=True).astype(
        "datetime64[us, UTC]"
    )


def upsert(table: Table, came: Select[Any], *, key: str, columns: list[str]) -> Insert:
    """Insert what came, or overwrite the row that has its key."""
    put = insert(table).from_select(columns, came)
    newer = {name: put.excluded[name] for name in columns if name != key}
    return put.on_conflict_do_update(index_elements=[key], set_=newer)
