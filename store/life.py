"""The life of a proposal: every step, whether it may be taken now, and the fact that says so.

offered → taken_up → accepted → signed → moved; declined, expired and superseded are ends. Which
step a chain allows is thought out in `matching.carry_out`. What matters to a link changes the link:
when one falls, all that hung on it lapse in the same transaction, so the position of one proposal
is the version of its whole chain.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from data_contracts.words import DeclineReason, ProposalState, VerhuisketenError
from matching.carry_out import NEXT, after, fallen, fronts, passing, refusal
from store import course, log
from store.said import KIND, SOURCE, seen_and_then, tell
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

__all__ = [
    "KIND",
    "SOURCE",
    "NotAllowed",
    "Stale",
    "Unknown",
    "answer",
    "expire",
    "fall_back",
    "find",
    "now",
    "pass_on",
    "tell",
]
_P = ProposalState


class Unknown(VerhuisketenError):
    """Dit voorstel bestaat niet. Haal de lijst met voorstellen opnieuw op."""


class Stale(VerhuisketenError):
    """Dit voorstel is intussen veranderd. Bekijk de nieuwe stand en kies dan opnieuw."""


class NotAllowed(VerhuisketenError):
    """Deze stap kan nu niet. Bekijk hoe ver het voorstel is en kies een stap die daarop volgt."""


def pass_on(  # noqa: PLR0913 - what passes, to where, why, and by whom
    connection: Connection,
    rows: Sequence[Mapping[str, Any]],
    *,
    to: ProposalState,
    on: date,
    reason: DeclineReason | None = None,
    because: Sequence[int] | None = None,
    kind: str | None = None,
    by: str | None = None,
) -> dict[str, int]:
    """Let proposals pass to another state: the facts first, then the rows.

    All pass at one moment. Gives the log positions by proposal. `because` are the positions of
    facts that made them pass, if not their own; `kind` is the kind of fact, where it is not that
    of the state; `by` is the user who let them pass. Nothing rests any more once it passes.
    """
    if not rows:
        return {}
    # The clock of a server may be set back; what is said later must still be later.
    moment = max(now(connection), *(row["at"] + timedelta(microseconds=1) for row in rows))
    said = {"state": to.value, "reason": reason, "kind": kind or KIND[to], "at": moment, "by": by}
    said |= {"held_until": None, "held_because": None}
    said |= {"presented": None} if to is _P.OFFERED else {}
    passed = [dict(row) | said for row in rows]
    positions = tell(connection, passed, on=on)
    known = {} if because is None else {"because": list(because)}
    connection.execute(
        update(proposal_table)
        .where(proposal_table.c.id == bindparam("b_id"))
        .values(
            state=to.value,
            reason=None if reason is None else reason.value,
            at=bindparam("b_at"),
            position=bindparam("b_position"),
            by=by,
            presented=bindparam("b_presented"),
            held_until=None,
            held_because=None,
            **known,
        ),
        [
            {
                "b_id": row["id"],
                "b_at": row["at"],
                "b_position": positions[row["id"]],
                "b_presented": row.get("presented"),
            }
            for row in passed
        ],
    )
    return positions


def now(connection: Connection) -> datetime:
    """Give the moment by the database's clock."""
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def answer(
    connection: Connection,
    proposal: str,
    state: ProposalState,
    *,
    on: date,
    expected_position: int,
    reason: DeclineReason | None = None,
    by: str | None = None,
) -> int:
    """Let a proposal pass to its next state and give the log position of that fact.

    `by` is the user who answers, `expected_position` the proposal's position as it was seen.
    Declining takes a reason, nothing else does. A ring signs and moves as one; when a link falls,
    the proposals that hung on it lapse. The same answer given again has one effect and the same
    result. Raises Unknown, Stale, NotAllowed.
    """
    log.in_turn(connection)
    row = find(connection, proposal)
    if row["position"] != expected_position:
        return _answered(connection, proposal, state, after=expected_position, reason=reason)
    if state not in NEXT[_P(row["state"])]:
        raise NotAllowed
    if (state is _P.DECLINED) != (reason is not None):
        raise NotAllowed("Bij weigeren hoort een reden, en alleen dan. Kies een reden.")
    at, rows = course.around(connection, [row], on=on)
    sentence = refusal(at, proposal, state)
    if sentence is not None:
        raise NotAllowed(sentence)
    passed = passing(at, proposal, state)
    first = [rows[name] for name, to in passed.items() if to is state]
    positions = pass_on(connection, first, to=state, on=on, reason=reason, by=by)
    lapsed = [rows[name] for name, to in passed.items() if to is not state]
    pass_on(connection, lapsed, to=_P.SUPERSEDED, on=on, because=sorted(positions.values()))
    return positions[proposal]


def find(connection: Connection, proposal: str) -> dict[str, Any]:
    """Give the row of a proposal, ours until the end of the transaction. Raises Unknown."""
    rows = connection.execute(
        select(proposal_table).where(proposal_table.c.id == proposal).with_for_update()
    )
    row = rows.mappings().first()
    if row is None:
        raise Unknown
    return dict(row)


def _answered(
    connection: Connection,
    proposal: str,
    state: ProposalState,
    *,
    after: int,
    reason: DeclineReason | None,
) -> int:
    """Give the position of this very answer if it came next after what was seen; else Stale."""
    told = seen_and_then(connection, proposal, after)
    if told is None:
        raise Stale
    seen, then = told
    followed = seen.state is not None and state in NEXT[seen.state]
    if not followed or (then.state, then.reason) != (state, reason):
        raise Stale
    return then.position


def expire(connection: Connection, on: date) -> int:
    """Let proposals whose last day has passed expire, and what hung on them lapse; give how many.

    The number counts those whose day has passed.
    """
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
    late = {row["id"]: dict(row) for row in rows.mappings()}
    if not late:
        return 0
    at, known = course.around(connection, late.values(), on=on)
    then = after(at, dict.fromkeys(late, _P.EXPIRED))
    positions = pass_on(connection, list(late.values()), to=_P.EXPIRED, on=on)
    for name in sorted(fallen(then) - fallen(at)):
        causes = sorted(positions[front] for front in fronts(at, name) & set(late))
        pass_on(connection, [known[name]], to=_P.SUPERSEDED, on=on, because=causes)
    return len(late)


def fall_back(
    connection: Connection,
    *,
    on: date,
    region: str | None = None,
    homes: Iterable[str] | None = None,
    because: Sequence[int] = (),
) -> list[str]:
    """Let every proposal lapse that can no longer be, whatever made it so; name them.

    Its home was withdrawn, its household is gone, or whoever lives there does not leave. Looked at
    are those of a region (None: all), or only those that hang on one of these `homes`. `because`
    are the positions of the facts that told us.
    """
    log.in_turn(connection)
    if homes is None:
        at, rows = course.of_region(connection, region, on=on)
    else:
        at, rows = course.at_homes(connection, homes, on=on)
    falls = sorted(fallen(at))
    pass_on(connection, [rows[name] for name in falls], to=_P.SUPERSEDED, on=on, because=because)
    return falls
