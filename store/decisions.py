"""What a coach decides beside the steps of a chain: put it to the household, let it rest, visit.

Each is a fact with who and when, each moves the position of its proposal on, and each can be taken
back (`store.undo`). What somebody writes in own words is kept apart (`store.words`).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Text, cast, func, insert, select, text, update

from data_contracts.decided import Visit, Withdrawn
from data_contracts.words import HoldReason, ProposalState
from store import log
from store.life import NotAllowed, Stale, Unknown, find, now
from store.marked import Marked, mark
from store.said import seen_and_then, tell_one
from store.tables import STANDING
from store.tables import proposal as proposal_table
from store.tables import visit as visit_table
from store.today import today

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

_P = ProposalState
MOST_DAYS = 90
"""How long a proposal may rest, in days: a vacant home costs rent every month."""
AFTERWARDS = 7
"""Days that somebody has to answer once a proposal has rested."""
AHEAD = timedelta(days=365)
"""How far ahead a visit may be planned."""
FIRST = "Pak het voorstel eerst op; daarna kan dit."
VISITED = (_P.OFFERED, _P.TAKEN_UP, _P.ACCEPTED, _P.SIGNED)


def present(
    connection: Connection, proposal: str, *, on: date, expected_position: int, by: str
) -> int:
    """Book that a proposal was put to its household; give the log position of that fact.

    Only what was taken up. The same asked again has one effect. Raises Unknown, Stale, NotAllowed.
    """
    row, earlier = _seen(connection, proposal, expected_position)
    if earlier is not None:
        return _again(earlier, held=None, presented=True)
    _only_taken_up(row)
    if row["presented"] is not None:
        raise NotAllowed("Dit voorstel is al aan het huishouden voorgelegd.")
    kept = Marked(on, row["held_until"], _reason(row))
    return mark(connection, row, marked=kept, kind="ProposalPresented", on=on, by=by)


def hold(
    connection: Connection,
    proposal: str,
    *,
    until: date,
    because: HoldReason,
    on: date,
    expected_position: int,
    by: str,
) -> int:
    """Let a proposal rest until a day, for a reason; give the log position of that fact.

    Only what was taken up, so the plan holds on to it; afterwards the household has a week to
    answer. Raises Unknown, Stale, NotAllowed.
    """
    row, earlier = _seen(connection, proposal, expected_position)
    if earlier is not None:
        return _again(earlier, held=(until, because), presented=False)
    _only_taken_up(row)
    if not on < until <= on + timedelta(days=MOST_DAYS):
        raise NotAllowed(
            f"Kies een dag na vandaag, hoogstens {MOST_DAYS} dagen vooruit. Duurt het langer, "
            "overleg dan of het huishouden dit voorstel nog wil."
        )
    last = until + timedelta(days=AFTERWARDS)
    rests = Marked(row["presented"], until, because)
    lasts = last if row["until"] is None else max(last, row["until"])
    return mark(connection, row, marked=rests, kind="ProposalHeld", on=on, by=by, until=lasts)


def _reason(row: dict[str, Any]) -> HoldReason | None:
    said = row["held_because"]
    return None if said is None else HoldReason(said)


def _seen(
    connection: Connection, proposal: str, position: int
) -> tuple[dict[str, Any], Sequence[Any] | None]:
    """The row of a proposal, ours; and the facts since, when it is not as it was seen."""
    log.in_turn(connection)
    row = find(connection, proposal)
    if row["position"] == position:
        return row, None
    told = seen_and_then(connection, proposal, position)
    if told is None:
        raise Stale
    return row, told


def _again(told: Sequence[Any], *, held: tuple[date, HoldReason] | None, presented: bool) -> int:
    """Give the position of this very mark if it came next after what was seen; else Stale."""
    seen, then = told
    same = seen.state is then.state and (
        (held is not None and (then.held_until, then.held_because) == held)
        or (presented and seen.presented is None and then.presented is not None)
    )
    if not same:
        raise Stale
    return int(then.position)


def _only_taken_up(row: dict[str, Any]) -> None:
    if row["state"] == _P.OFFERED:
        raise NotAllowed(FIRST)
    if row["state"] != _P.TAKEN_UP:
        raise NotAllowed("Dit voorstel is hier al voorbij. Bekijk hoe ver het is.")


def plan_visit(
    connection: Connection,
    proposal: str,
    *,
    moment: datetime,
    minutes: int,
    asked: datetime,
    by: str,
    corporation: str,
) -> str:
    """Plan a visit about a proposal that stands; give its id. `asked` is now, for whoever asks.

    The same moment planned again is the same visit. Raises Unknown, NotAllowed.
    """
    log.in_turn(connection)
    row = find(connection, proposal)
    at = now(connection)
    when = moment.astimezone(UTC).replace(second=0, microsecond=0)
    if row["state"] not in VISITED:
        raise NotAllowed("Dit voorstel loopt niet meer. Plan een bezoek bij een lopend voorstel.")
    if not asked < when <= asked + AHEAD:
        raise NotAllowed("Kies een moment dat nog komt, hoogstens een jaar vooruit.")
    name = _visit_id(proposal, when)
    said = Visit(
        visit=name,
        proposal=proposal,
        household=row["household"],
        moment=f"{when:%Y-%m-%dT%H:%M:%SZ}",
        minutes=minutes,
        on=today(asked),
        by=by,
    )
    standing = select(visit_table.c.id).where(
        visit_table.c.corporation == corporation,
        visit_table.c.id == name,
        visit_table.c.cancelled.is_(None),
    )
    if connection.execute(standing).first() is not None:
        return name
    position = tell_one(connection, "VisitPlanned", name, said, at)
    c = visit_table.c
    connection.execute(visit_table.delete().where(c.corporation == corporation, c.id == name))
    connection.execute(
        insert(visit_table).values(
            corporation=corporation,
            id=name,
            proposal=proposal,
            household=row["household"],
            coach=row["coach"],
            moment=when,
            minutes=minutes,
            by=by,
            position=position,
        )
    )
    return name


def cancel_visit(
    connection: Connection, visit: str, *, on: date, by: str, corporation: str
) -> None:
    """Call a visit off; one that is off stays off. Raises Unknown."""
    log.in_turn(connection)
    c = visit_table.c
    mine = (c.corporation == corporation, c.id == visit)
    row = connection.execute(select(visit_table).where(*mine)).mappings().first()
    if row is None:
        raise Unknown("Deze afspraak bestaat niet. Haal de pagina opnieuw op.")
    if row["cancelled"] is not None:
        return
    at = now(connection)
    position = tell_one(connection, "VisitCancelled", visit, Withdrawn(on=on, by=by), at)
    connection.execute(update(visit_table).where(*mine).values(cancelled=at, position=position))


def visits_of(connection: Connection, proposals: Sequence[str]) -> list[dict[str, Any]]:
    """Give the visits that stand for these proposals, soonest first."""
    c = visit_table.c
    chosen = select(visit_table).where(c.proposal.in_(proposals), c.cancelled.is_(None))
    return [dict(row) for row in connection.execute(chosen.order_by(c.moment, c.id)).mappings()]


def visits_of_coach(
    connection: Connection, coach: str, *, since: datetime, cancelled: bool = False
) -> list[dict[str, Any]]:
    """Give the visits of a coach from a moment on, soonest first; those called off if asked."""
    c = visit_table.c
    chosen = select(visit_table).where(c.coach == coach, c.moment >= since)
    if not cancelled:
        chosen = chosen.where(c.cancelled.is_(None))
    return [dict(row) for row in connection.execute(chosen.order_by(c.moment, c.id)).mappings()]


def visits_to(
    connection: Connection, households: Sequence[str], *, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Give the visits that stand to these households from a moment until another, soonest first.

    Whoever planned them: a household that got another coach is hers to see.
    """
    c = visit_table.c
    chosen = select(visit_table).where(
        c.household == func.any(cast(list(households), ARRAY(Text))),
        c.moment >= since,
        c.moment < until,
        c.cancelled.is_(None),
    )
    return [dict(row) for row in connection.execute(chosen.order_by(c.moment, c.id)).mappings()]


def _visit_id(proposal: str, moment: datetime) -> str:
    told = hashlib.sha256(f"{proposal}|{moment:%Y%m%d%H%M}".encode()).hexdigest()[:16]
    return f"bezoek-{told}"


def looked_at(connection: Connection, region: str, position: int) -> bool:
    """Whether the plan in force was made, or looked at again, after a position of the log."""
    given = {"reader": f"herstel|{region}", "region": region}
    looked = connection.execute(_LOOKED, given).scalar()
    return looked is not None and looked >= position


_LOOKED = text(
    "SELECT greatest((SELECT position FROM reader WHERE name = :reader), (SELECT p.position"
    " FROM current_plan c JOIN plan p ON p.id = c.plan WHERE c.region = :region))"
)


def standing_around(connection: Connection, row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give what stands around a proposal that fell: rows by where they are.

    `front` leaves the home it would have entered, `tail` enters it now, `other` is of the same
    household. Whoever's: what is shown of it is for the reader to say.
    """
    c = proposal_table.c
    where = {
        "front": (c.leaves == row["dwelling"]),
        "tail": (c.dwelling == row["dwelling"]),
        "other": (c.household == row["household"]),
    }
    found = {}
    for side, condition in where.items():
        chosen = select(proposal_table).where(condition, c.state.in_(STANDING), c.id != row["id"])
        one = connection.execute(chosen.order_by(c.position.desc()).limit(1)).mappings().first()
        if one is not None:
            found[side] = dict(one)
    return found
