"""The history of a home and of a household: every fact that speaks of it, in the order of the log.

A fact speaks of a thing that is its subject, or that it refers to; what was said later of the same
tenancy, notice, tie … belongs to it too, also that it ended.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from data_contracts.events import KINDS
from store.tables import proposal
from store.tables.memory import OF_DWELLINGS, OF_HOUSEHOLDS, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

MOST = 500
"""Facts that are shown of one thing: the newest."""
_ABOUT = {"dwelling": ("dwellings", "newbuild"), "household": ("households", "wishes")}
_REFERRING = {"dwelling": OF_DWELLINGS, "household": OF_HOUSEHOLDS}


@dataclass(frozen=True, slots=True)
class Happened:
    """One fact as it was said: its position in the log, when it was known, what it says."""

    position: int
    at: datetime
    kind: str
    subject: str
    data: dict[str, Any]

    @property
    def table(self) -> str:
        """Name the State table it is about."""
        return KINDS[self.kind].table


def of_dwelling(connection: Connection, dwelling: str) -> tuple[Happened, ...]:
    """Give the facts that speak of a home, oldest first, but those of proposals."""
    return _of(connection, "dwelling", dwelling)


def of_household(connection: Connection, household: str) -> tuple[Happened, ...]:
    """Give the facts that speak of a household, oldest first, but those of proposals."""
    return _of(connection, "household", household)


def _of(connection: Connection, field: str, name: str) -> tuple[Happened, ...]:
    referring = _REFERRING[field]
    tables = {KINDS[kind].table for kind in referring}
    # What refers is found by an index of its own; then all that was said of the same subjects.
    found = connection.execute(
        text(
            "SELECT position, at, kind, subject, data FROM log"  # noqa: S608 - our own names
            " WHERE subject = :name AND kind = ANY (:own)"
            " UNION ALL"
            " SELECT l.position, l.at, l.kind, l.subject, l.data FROM log l JOIN ("
            f"  SELECT DISTINCT subject FROM log WHERE (data::jsonb ->> '{field}') = :name"
            f"  AND kind IN ({in_words(referring)})) AS named USING (subject)"
            " WHERE l.kind = ANY (:beside) ORDER BY position DESC LIMIT :most"
        ),
        {
            "name": name,
            "own": [kind for kind, said in KINDS.items() if said.table in _ABOUT[field]],
            "beside": [kind for kind, said in KINDS.items() if said.table in tables],
            "most": MOST,
        },
    )
    return tuple(sorted(map(_happened, found), key=lambda one: one.position))


def _happened(row: Row[Any]) -> Happened:
    return Happened(row.position, row.at, row.kind, row.subject, json.loads(row.data))


def of_proposals(connection: Connection, names: Sequence[str]) -> tuple[Happened, ...]:
    """Give the facts of proposals, oldest first."""
    found = connection.execute(
        text(
            "SELECT position, at, kind, subject, data FROM log WHERE subject = ANY (:names)"
            " AND kind = ANY (:kinds) ORDER BY position"
        ),
        {
            "names": list(names),
            "kinds": [kind for kind, said in KINDS.items() if said.table == "offers"],
        },
    )
    return tuple(map(_happened, found))


def proposals_of(
    connection: Connection, *, household: str | None = None, dwelling: str | None = None
) -> tuple[str, ...]:
    """Name the proposals a household or a home was in, newest first, that the reader may see."""
    chosen = select(proposal.c.id)
    if household is not None:
        chosen = chosen.where(proposal.c.household == household)
    if dwelling is not None:
        chosen = chosen.where((proposal.c.dwelling == dwelling) | (proposal.c.leaves == dwelling))
    newest = chosen.order_by(proposal.c.at.desc(), proposal.c.id).limit(MOST)
    return tuple(connection.execute(newest).scalars())
