"""The life of a proposal: which state may follow which, and the fact that says so.

offered → taken_up → accepted → signed → moved; declined, expired and superseded are ends.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import bindparam, func, select, text, update

from data_contracts.events import Offer, canonical
from data_contracts.words import DeclineReason, ProposalState, VerhuisketenError
from store import log
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

SOURCE = "urn:nld:oin:00000099000000000000:systeem:verhuisketen"
"""Who says the facts of this module: we do (a test OIN until a corporation has its own)."""

_P = ProposalState
NEXT: dict[ProposalState, frozenset[ProposalState]] = {
    _P.OFFERED: frozenset({_P.TAKEN_UP, _P.DECLINED, _P.EXPIRED, _P.SUPERSEDED}),
    _P.TAKEN_UP: frozenset({_P.ACCEPTED, _P.DECLINED, _P.EXPIRED}),
    _P.ACCEPTED: frozenset({_P.SIGNED, _P.DECLINED}),
    _P.SIGNED: frozenset({_P.MOVED}),
    _P.DECLINED: frozenset(),
    _P.EXPIRED: frozenset(),
    _P.SUPERSEDED: frozenset(),
    _P.MOVED: frozenset(),
}
"""What may follow what. Somebody who accepted may still think better of it, until the contract."""
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


class Unknown(VerhuisketenError):
    """Dit voorstel bestaat niet. Haal de lijst met voorstellen opnieuw op."""


class Stale(VerhuisketenError):
    """Dit voorstel is intussen veranderd. Bekijk de nieuwe stand en kies dan opnieuw."""


class NotAllowed(VerhuisketenError):
    """Deze stap kan nu niet. Bekijk hoe ver het voorstel is en kies een stap die daarop volgt."""


def pass_on(
    connection: Connection,
    rows: Sequence[Mapping[str, Any]],
    *,
    to: ProposalState,
    on: date,
    reason: DeclineReason | None = None,
) -> None:
    """Let proposals pass to another state: the facts first, then the rows."""
    if not rows:
        return
    moment = now(connection)
    # The clock of a server may be set back; what is said later must still be later.
    passed = [
        dict(row)
        | {"state": to.value, "reason": reason}
        | {"at": max(moment, row["at"] + timedelta(microseconds=1))}
        for row in rows
    ]
    positions = tell(connection, passed, on=on)
    connection.execute(
        update(proposal_table)
        .where(proposal_table.c.id == bindparam("b_id"))
        .values(
            state=to.value,
            reason=None if reason is None else reason.value,
            at=bindparam("b_at"),
            position=bindparam("b_position"),
        ),
        [{"b_id": r["id"], "b_at": r["at"], "b_position": positions[r["id"]]} for r in passed],
    )


def now(connection: Connection) -> datetime:
    """Give the moment by the database's clock."""
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def tell(connection: Connection, rows: Iterable[Mapping[str, Any]], *, on: date) -> dict[str, int]:
    """Write the fact of each proposal's state; give the log positions by proposal."""
    facts = pd.DataFrame([_fact(row, on) for row in rows])
    log.append(connection, facts)
    told = connection.execute(
        text("SELECT subject, position FROM log WHERE source = :source AND id = ANY (:ids)"),
        {"source": SOURCE, "ids": facts["id"].tolist()},
    )
    return {row.subject: row.position for row in told}


def _fact(row: Mapping[str, Any], on: date) -> dict[str, Any]:
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
    )
    return {
        "source": SOURCE,
        "id": f"{row['id']}/{row['state']}",
        "kind": KIND[_P(row["state"])],
        "subject": row["id"],
        "at": row["at"],
        "data": canonical(said.model_dump(mode="json")),
    }


def answer(
    connection: Connection,
    proposal: str,
    state: ProposalState,
    *,
    on: date,
    expected_position: int,
    reason: DeclineReason | None = None,
) -> int:
    """Let a proposal pass to its next state and give the log position of that fact.

    `expected_position` is the proposal's position as whoever answers saw it. Declining takes a
    reason, nothing else does. Raises Unknown, Stale, NotAllowed.
    """
    log.in_turn(connection)
    row = (
        connection.execute(
            select(proposal_table).where(proposal_table.c.id == proposal).with_for_update()
        )
        .mappings()
        .first()
    )
    if row is None:
        raise Unknown
    if row["position"] != expected_position:
        raise Stale
    if state not in NEXT[_P(row["state"])]:
        raise NotAllowed
    if (state is _P.DECLINED) != (reason is not None):
        raise NotAllowed("Bij weigeren hoort een reden, en alleen dan. Kies een reden.")
    pass_on(connection, [dict(row)], to=state, on=on, reason=reason)
    return log.head(connection)


def expire(connection: Connection, on: date) -> int:
    """Let proposals whose last day has passed expire; give how many."""
    log.in_turn(connection)
    rows = connection.execute(
        select(proposal_table)
        .where(
            proposal_table.c.state.in_([_P.OFFERED.value, _P.TAKEN_UP.value]),
            proposal_table.c.until < on,
        )
        .order_by(proposal_table.c.id)
        .with_for_update()
    )
    late = [dict(row) for row in rows.mappings()]
    pass_on(connection, late, to=_P.EXPIRED, on=on)
    return len(late)
