"""Who looked at a household, with what they are called where we know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store.access import looks_at
from store.tables import person, proposal

if TYPE_CHECKING:
    from sqlalchemy import Connection


def at_household(connection: Connection, household: str) -> tuple[dict[str, Any], ...] | None:
    """Give the looks at a household, the newest first; None for one the reader may not see.

    Read it by `store.tenants.reading`. A household nobody looked at is known by its own row.
    """
    seen = looks_at(connection, household)
    if seen or _known(connection, household):
        return seen
    return None


def _known(connection: Connection, household: str) -> bool:
    asked = (
        select(person.c.household)
        .where(person.c.household == household)
        .union_all(select(proposal.c.household).where(proposal.c.household == household))
    )
    return connection.execute(asked.limit(1)).first() is not None
