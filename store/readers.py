"""How far each of our own readers of the log has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from store.tables import reader

if TYPE_CHECKING:
    from sqlalchemy import Connection


def position(connection: Connection, name: str) -> int:
    """Give the position up to which a reader has read; 0 when it never did."""
    found = connection.execute(select(reader.c.position).where(reader.c.name == name)).scalar()
    return int(found or 0)


def advance(connection: Connection, name: str, to: int) -> None:
    """Book that a reader has read up to a position; it never goes back."""
    row = insert(reader).values(name=name, position=to)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[reader.c.name],
            set_={
                "position": func.greatest(reader.c.position, row.excluded.position),
                "at": func.clock_timestamp(),
            },
        )
    )
