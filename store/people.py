"""Names, telephones and addresses: kept apart, and never read without a line that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from sqlalchemy import select, text

from data_contracts.record import apart_fields
from data_contracts.records import DELIVERIES
from store import bulk, log, quarantine, state, words
from store.access import Look, note, note_all
from store.tables import address, person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Table

KEPT = {"households": person, "dwellings": address, "newbuild": address}
"""Which table keeps what a delivery says apart."""


def keep(connection: Connection, table: str, apart: pd.DataFrame, *, rows: pd.DataFrame) -> int:
    """Keep the fields apart that a delivery for a State table has; give the number of rows.

    `apart` has the key and the fields of `apart_fields` as columns; `rows` what else was delivered,
    by key, with the corporation that each is of. The latest delivery wins.
    """
    if table not in KEPT or apart.empty:
        return 0
    kept = KEPT[table]
    key = DELIVERIES[table].key
    fields = (*apart_fields(DELIVERIES[table].record), "corporation")
    types = {key: "text"} | {name: "int4" if name == "house_number" else "text" for name in fields}
    named = apart if key in apart.columns else apart.reset_index(names=key)
    whose = named[key].map(rows["corporation"][~rows.index.duplicated(keep="last")])
    rows = named.assign(corporation=whose)
    bulk.stage(connection, "new_apart", rows.drop_duplicates(key, keep="last"), types=types)
    came = select(text(", ".join(types))).select_from(text("new_apart"))
    put = bulk.upsert(kept, came, key=key, columns=list(types))
    return connection.execute(put).rowcount


def names_of(
    connection: Connection,
    households: Sequence[str],
    *,
    who: str,
    purpose: str,
    corporation: str | None = None,
    client: str = "",
) -> dict[str, str]:
    """Give names by household, for a purpose that is written down with the look."""
    look = Look(who, purpose, corporation, client)
    rows = _look(connection, person, households, look)
    return {row.household: row.name for row in rows if row.name is not None}


def contacts_of(
    connection: Connection,
    households: Sequence[str],
    *,
    who: str,
    purpose: str,
    corporation: str | None = None,
    client: str = "",
) -> pd.DataFrame:
    """Give name, phone and email indexed by household, for a purpose that is written down."""
    look = Look(who, purpose, corporation, client)
    rows = [row[:4] for row in _look(connection, person, households, look)]
    return pd.DataFrame(rows, columns=["household", "name", "phone", "email"]).set_index(
        "household"
    )


class Reached(NamedTuple):
    """How somebody is reached: name, phone and email, each None where nobody said."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


def reached(
    connection: Connection, household: str, dwellings: Sequence[str], *, look: Look
) -> tuple[Reached, dict[str, str]]:
    """Say how to reach a household, and the addresses of these homes as one writes them.

    For a page about one case; what was read is written down with the look, in one go.
    """
    who = _read(connection, person, [household], look)
    where = _read(connection, address, dwellings, look)
    note_all(connection, look, {"person": _seen(who, look), "address": _seen(where, look)})
    written = {row.dwelling: _written(row) for row in where}
    people = {row.household: Reached(row.name, row.phone, row.email) for row in who}
    return people.get(household, Reached()), {home: line for home, line in written.items() if line}


def addresses_of(
    connection: Connection,
    dwellings: Sequence[str],
    *,
    who: str,
    purpose: str,
    corporation: str | None = None,
    client: str = "",
) -> dict[str, str]:
    """Give addresses by dwelling as one writes them, for a purpose that is written down."""
    look = Look(who, purpose, corporation, client)
    rows = _look(connection, address, dwellings, look)
    written = {row.dwelling: _written(row) for row in rows}
    return {dwelling: line for dwelling, line in written.items() if line}


def _written(row: Row[Any]) -> str:
    number = f"{row.house_number or ''}{row.house_letter or ''}"
    street = _joined(" ", row.street, _joined("-", number, row.addition))
    postcode = row.postcode or ""
    return _joined(", ", street, _joined(" ", postcode[:4], postcode[4:], row.town))


def _joined(between: str, *parts: str | None) -> str:
    return between.join(part for part in parts if part)


def _look(
    connection: Connection, table: Table, keys: Sequence[str], look: Look
) -> Sequence[Row[Any]]:
    """Read, and write who read whom and why, in one transaction: a line per corporation."""
    rows = _read(connection, table, keys, look)
    note(connection, look, table.name, _seen(rows, look))
    return rows


def _read(
    connection: Connection, table: Table, keys: Sequence[str], look: Look
) -> Sequence[Row[Any]]:
    key = next(iter(table.primary_key.columns))
    chosen = select(table).where(key.in_(sorted(set(keys))))
    if look.corporation is not None:
        chosen = chosen.where(table.c.corporation == look.corporation)
    return connection.execute(chosen.order_by(key)).all()


def _seen(rows: Sequence[Row[Any]], look: Look) -> dict[str | None, list[str]]:
    """What was found, by corporation; who found nothing looked as well."""
    seen: dict[str | None, list[str]] = {} if rows else {look.corporation: []}
    for row in rows:
        seen.setdefault(row.corporation, []).append(row[0])
    return seen


def forget(connection: Connection, household: str) -> int:
    """Forget a household: who it is goes, what was said of it is emptied; give how many facts.

    Positions, counts and digests of the log stay; a proposal still on offer lapses.
    """
    emptied = log.forget(connection, [household])
    state.forget(connection, [household])
    connection.execute(person.delete().where(person.c.household == household))
    words.forget(connection, household)
    quarantine.forget(connection, [household])
    connection.execute(
        text(
            "UPDATE proposal SET state = 'superseded'"
            " WHERE household = :household AND state IN ('offered', 'taken_up')"
        ),
        {"household": household},
    )
    return emptied
