"""What the log says of proposals: one fact for every state that each passed to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import text

from data_contracts.decided import Offer
from data_contracts.events import canonical
from data_contracts.words import DeclineReason, HoldReason, ProposalState
from store import log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from pydantic import BaseModel
    from sqlalchemy import Connection

_P = ProposalState
SOURCE = "urn:nld:oin:00000099000000000000:systeem:verhuisketen"
"""Who says the facts of this module: we do (a test OIN until a corporation has its own)."""

KIND = {
    _P.OFFERED: "ProposalOffered",
    _P.TAKEN_UP: "ProposalAnswered",
    _P.ACCEPTED: "ProposalAnswered",
    _P.DECLINED: "ProposalAnswered",
    _P.EXPIRED: "ProposalLapsed",
    _P.SUPERSEDED: "ProposalLapsed",
    _P.SIGNED: "ContractSigned",
    _P.MOVED: "HouseholdMoved",
}
MARKS = {
    "ProposalPresented": "presented",
    "ProposalHeld": "held",
    "ProposalResumed": "resumed",
}
"""The kinds of fact that leave a proposal in its state and mark something beside it."""


def tell(connection: Connection, rows: Iterable[Mapping[str, Any]], *, on: date) -> dict[str, int]:
    """Write the fact of each proposal's state; give the log positions by proposal."""
    told = list(rows)
    times = _told_before(connection, [row["id"] for row in told])
    facts = pd.DataFrame([_fact(row, times.get((row["id"], _named(row)), 0), on) for row in told])
    log.append(connection, facts)
    found = connection.execute(
        text("SELECT subject, position FROM log WHERE source = :source AND id = ANY (:ids)"),
        {"source": SOURCE, "ids": facts["id"].tolist()},
    )
    return {row.subject: row.position for row in found}


def tell_one(connection: Connection, kind: str, subject: str, said: BaseModel, at: datetime) -> int:
    """Write one fact of ours about a thing other than a proposal; give its position.

    What is said later of a thing is later, also when a clock was set back. Ours must be the turn.
    """
    before = connection.execute(
        text(
            "SELECT count(*) AS times, max(at) AS last FROM log"
            " WHERE source = :source AND subject = :subject"
        ),
        {"source": SOURCE, "subject": subject},
    ).one()
    moment = at if before.last is None else max(at, before.last + timedelta(microseconds=1))
    name = f"{subject}/{before.times + 1}"
    data = canonical(said.model_dump(mode="json"))
    written = log.append_few(connection, [(SOURCE, name, kind, subject, moment, data)])
    return written[SOURCE, name]


def _named(row: Mapping[str, Any]) -> str:
    """How a fact is told apart from others of the proposal: by its state, or by what was marked."""
    return MARKS.get(row.get("kind", "")) or str(row["state"])


def _told_before(connection: Connection, proposals: Sequence[str]) -> dict[tuple[str, str], int]:
    """How often each proposal was said to be so: more than once after a step back."""
    rows = connection.execute(
        text(
            "SELECT subject, split_part(id, '/', 2) AS state, count(*) AS times FROM log"
            " WHERE source = :source AND subject = ANY (:proposals) GROUP BY 1, 2"
        ),
        {"source": SOURCE, "proposals": list(proposals)},
    )
    return {(row.subject, row.state): row.times for row in rows}


def _fact(row: Mapping[str, Any], times: int, on: date) -> dict[str, Any]:
    said = Offer(
        proposal=row["id"],
        plan=row["plan"],
        chain=row["chain"],
        position=row["step"],
        household=row["household"],
        dwelling=row["dwelling"],
        leaves=row["leaves"],
        coach=row["coach"],
        state=row["state"],
        reason=row["reason"],
        on=on,
        by=row.get("by"),
        presented=row.get("presented"),
        held_until=row.get("held_until"),
        held_because=row.get("held_because"),
    )
    again = f"/{times + 1}" if times else ""
    return {
        "source": SOURCE,
        "id": f"{row['id']}/{_named(row)}{again}",
        "kind": row.get("kind", KIND[_P(row["state"])]),
        "subject": row["id"],
        "at": row["at"],
        "data": canonical(said.model_dump(mode="json")),
    }


@dataclass(frozen=True, slots=True)
class Told:
    """What one fact said of a proposal; without a state once it was forgotten."""

    position: int
    state: ProposalState | None
    reason: DeclineReason | None
    presented: date | None = None
    held_until: date | None = None
    held_because: HoldReason | None = None

    @property
    def marks(self) -> tuple[date | None, date | None, HoldReason | None]:
        """What stands beside the state."""
        return self.presented, self.held_until, self.held_because


def seen_and_then(connection: Connection, proposal: str, position: int) -> tuple[Told, Told] | None:
    """Give the fact of a proposal at a position and the one after it; None without these two."""
    rows = connection.execute(
        text(
            "SELECT position, data FROM log WHERE source = :source AND subject = :proposal"
            " AND position >= :position ORDER BY position LIMIT 2"
        ),
        {"source": SOURCE, "proposal": proposal, "position": position},
    ).all()
    told = [_told(row.position, row.data) for row in rows]
    if len(told) == len(("seen", "then")) and told[0].position == position:
        return told[0], told[1]
    return None


def _told(position: int, data: str) -> Told:
    said = json.loads(data)
    if "state" not in said:
        return Told(position, None, None)
    offer = Offer.model_validate(said)
    return Told(
        position,
        offer.state,
        offer.reason,
        offer.presented,
        offer.held_until,
        offer.held_because,
    )


def before_last(connection: Connection, proposals: Sequence[str]) -> dict[str, ProposalState]:
    """Give the state in which each proposal was before the one it is in; those that we know."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT ON (l.subject) l.position, l.subject, l.data FROM log l"
            " JOIN proposal p ON p.id = l.subject AND l.position < p.position"
            " WHERE l.source = :source AND l.subject = ANY (:proposals)"
            " ORDER BY l.subject, l.position DESC"
        ),
        {"source": SOURCE, "proposals": list(proposals)},
    )
    told = {row.subject: _told(row.position, row.data).state for row in rows}
    return {name: state for name, state in told.items() if state is not None}
