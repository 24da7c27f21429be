"""Whose things a row speaks of, by what is known now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

NAMED_BY = {
    "household": ("households",),
    "with_household": ("households",),
    "dwelling": ("dwellings", "newbuild"),
    "complex": ("complexes",),
}
"""Which State tables say whose the thing is that a row names."""
_OWNERS = text(
    "SELECT DISTINCT data::jsonb ->> 'corporation' FROM state_row"
    " WHERE state_table = ANY (:tables) AND key = ANY (:keys) AND NOT gone"
)
_AS_IT_WAS = text(
    "SELECT data FROM state_row WHERE state_table = :state_table AND key = :key AND NOT gone"
)


def corporations_named(
    connection: Connection, state_table: str, key: str, row: Mapping[str, Any]
) -> frozenset[str]:
    """Name every corporation that a row speaks of: by its own word, by the things it names.

    `row` has the fields of a fact. What the row said before, under this key, counts too: whoever
    corrects a row must not take a thing over from another.
    """
    before = connection.execute(_AS_IT_WAS, {"state_table": state_table, "key": key}).scalar()
    found: set[str] = set()
    for said in (row, json.loads(before) if before else {}):
        found |= {said["corporation"]} if said.get("corporation") else set()
        for name, tables in NAMED_BY.items():
            if said.get(name):
                asked = {"tables": list(tables), "keys": [said[name]]}
                found |= set(connection.execute(_OWNERS, asked).scalars()) - {None}
    return frozenset(found)
