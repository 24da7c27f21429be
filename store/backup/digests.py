"""Every table in numbers: its rows, and a digest that is the same wherever the same rows are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import errors, sql
from sqlalchemy import text

from data_contracts.words import VerhuisketenError
from store import bulk

if TYPE_CHECKING:
    from psycopg import Cursor
    from sqlalchemy import Connection

TABLES = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
    " AND relnamespace = 'public'::regnamespace ORDER BY relname COLLATE \"C\""
)
KEY = (
    "SELECT a.attname, a.attcollation <> 0 FROM pg_index i"
    " CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place)"
    " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number"
    " WHERE i.indisprimary AND i.indrelid = to_regclass(%s) ORDER BY k.place"
)
SPOKEN_ALIKE = (
    "SET LOCAL row_security = off",  # rows that are hidden from us are an error, never left out
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
)


class Hidden(VerhuisketenError):
    """Deze gebruiker van de database ziet niet alle rijen; een kopie zou stil onvolledig zijn.

    Maak de kopie met een gebruiker die alles mag lezen (BYPASSRLS).
    """

    def __init__(self) -> None:
        super().__init__(
            "Deze gebruiker van de database mag niet alle rijen lezen. Maak de kopie met een "
            "gebruiker die alles mag lezen (in PostgreSQL: pg_read_all_data en BYPASSRLS)."
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """A table in numbers: how many rows, and the sha256 of them all in the order of their key."""

    rows: int
    digest: str


def tables(connection: Connection) -> list[str]:
    """Name every table there is, ours or not."""
    return list(connection.execute(TABLES).scalars())


def count(connection: Connection) -> dict[str, Counted]:
    """Count and digest every table, within this transaction. Raises Hidden."""
    for setting in SPOKEN_ALIKE:
        connection.execute(text(setting))
    names = tables(connection)
    with bulk.cursor(connection) as rows:
        try:
            return {name: _count(rows, name) for name in names}
        except errors.InsufficientPrivilege as error:
            raise Hidden from error


def _count(rows: Cursor[tuple[str, bool]], name: str) -> Counted:
    table = sql.Identifier("public", name)
    key = rows.execute(KEY, (f'public."{name}"',)).fetchall()
    order = sql.SQL(", ").join(
        sql.SQL('{} COLLATE "C"' if is_text else "{}").format(sql.Identifier(column))
        for column, is_text in key
    )
    whole = sql.SQL("COPY (SELECT * FROM {} ORDER BY {}) TO STDOUT").format(table, order)
    digest, number = hashlib.sha256(), 0
    with rows.copy(whole) as copied:
        for part in copied:
            said = bytes(part)
            digest.update(said)
            number += said.count(b"\n")  # within a value a line break is written as \n
    return Counted(number, digest.hexdigest())
