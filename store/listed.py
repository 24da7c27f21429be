"""Proposals page by page, in the order in which something last changed about them.

Who keeps the last cursor and asks again hears what changed since: a proposal that changes moves to
the end. Called in a transaction of `store.tenants.reading`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

MOST = 100
"""Proposals on one page, at most."""


def page(
    connection: Connection,
    households: Collection[str],
    *,
    after: int = 0,
    many: int = MOST,
    states: Collection[str] = (),
    chain: str | None = None,
    dwelling: str | None = None,
) -> list[dict[str, Any]]:
    """Give the proposals of these households that changed after a position, oldest change first."""
    c = proposal_table.c
    chosen = select(proposal_table).where(c.household.in_(list(households)), c.position > after)
    if states:
        chosen = chosen.where(c.state.in_(list(states)))
    if chain is not None:
        chosen = chosen.where(c.chain == chain)
    if dwelling is not None:
        chosen = chosen.where(c.dwelling == dwelling)
    rows = connection.execute(chosen.order_by(c.position).limit(min(many, MOST)))
    return [dict(row) for row in rows.mappings()]
