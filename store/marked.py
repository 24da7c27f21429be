"""What is marked beside the state of a proposal: put to its household, resting until a day."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from store.life import now, tell
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection

    from data_contracts.words import HoldReason


@dataclass(frozen=True, slots=True)
class Marked:
    """Everything that is marked beside a state."""

    presented: date | None = None
    held_until: date | None = None
    held_because: HoldReason | None = None


def mark(
    connection: Connection,
    row: Mapping[str, Any],
    *,
    marked: Marked,
    kind: str,
    on: date,
    by: str | None,
    until: date | None = None,
) -> int:
    """Mark a proposal (its row, locked) and leave it in its state; give the position of the fact.

    `until` is its last day from now on, where that changes.
    """
    moment = max(now(connection), row["at"] + timedelta(microseconds=1))
    told = dict(row) | asdict(marked) | {"kind": kind, "at": moment, "by": by}
    position = tell(connection, [told], on=on)[row["id"]]
    held = marked.held_because
    connection.execute(
        update(proposal_table)
        .where(proposal_table.c.id == row["id"])
        .values(
            at=moment,
            position=position,
            by=by,
            until=until or row["until"],
            presented=marked.presented,
            held_until=marked.held_until,
            held_because=None if held is None else held.value,
        )
    )
    return position


def resumed(
    connection: Connection, row: Mapping[str, Any], *, on: date, by: str | None = None
) -> int:
    """Let a proposal that rests be looked at again; give the position of the fact."""
    awake = Marked(presented=row["presented"])
    return mark(connection, row, marked=awake, kind="ProposalResumed", on=on, by=by)
