"""Marks of reading: which proposals somebody opened at the desk, first and last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from store.tables.adoption import opened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Opened:
    """How somebody read a proposal: first and last when, and how often."""

    proposal: str
    who: str
    first: datetime
    last: datetime
    times: int


def mark(connection: Connection, proposal: str, *, who: str, corporation: str) -> None:
    """Write down that somebody (an opaque id) opened a proposal of this corporation."""
    row = insert(opened).values(corporation=corporation, proposal=proposal, who=who)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[opened.c.corporation, opened.c.proposal, opened.c.who],
            set_={"last": func.clock_timestamp(), "times": opened.c.times + 1},
        )
    )


def of_proposals(
    connection: Connection, proposals: Iterable[str], *, corporation: str
) -> tuple[Opened, ...]:
    """Give who opened these proposals of a corporation, by proposal and then by id."""
    columns = [opened.c[name] for name in ("proposal", "who", "first", "last", "times")]
    chosen = select(*columns).where(
        opened.c.corporation == corporation, opened.c.proposal.in_(sorted(set(proposals)))
    )
    rows = connection.execute(chosen.order_by(opened.c.proposal, opened.c.who))
    return tuple(Opened(*row) for row in rows)
