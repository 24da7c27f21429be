"""Taking a step back: a new fact that says so, while nobody else in the chain has gone further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from data_contracts.words import ProposalState
from matching.carry_out import BACK, fallen
from store import course, log
from store.life import NotAllowed, Stale, find, pass_on
from store.marked import Marked, mark, resumed
from store.said import before_last, seen_and_then
from store.tables import STANDING
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

    from data_contracts.words import HoldReason
    from matching.carry_out import Course
    from store.said import Told

    Row = Mapping[str, Any]

_P = ProposalState
ACTED = (_P.TAKEN_UP, _P.ACCEPTED, _P.SIGNED, _P.MOVED, _P.DECLINED)
"""The states to which only a step of people leads."""
TAKEN_BACK = "ProposalAnswered"
"""The kind of fact that says a step was taken back: it names the state that holds again."""

NOTHING = "Hier is geen stap om terug te nemen. Kies bij het voorstel een volgende stap."
OTHERS = (
    "Iemand anders in de keten heeft hierna al een stap gezet. Deze stap kan niet meer terug; "
    "overleg met die verhuiscoach."
)
NOT_FREE = (
    "De woning of het huishouden heeft intussen een ander voorstel. Bekijk het nieuwe voorstel."
)
SETTLED = "Deze verhuizing staat al in de administratie en kan hier niet meer terug."


def undo(
    connection: Connection,
    proposal: str,
    *,
    on: date,
    expected_position: int,
    by: str | None = None,
) -> int:
    """Take the last step of a proposal back; give the log position of the fact that says so.

    Nothing is deleted. What was marked beside the state (that it rests, that it was presented) is
    taken back first. A ring takes back its signatures, and its moves, as one. What lapsed because
    of a refusal that is taken back stands again where its home and household are still free.
    Allowed until another party in the chain has taken a step. The same asked again has one effect.
    `by` is the user who does so. Raises Unknown, Stale, NotAllowed.
    """
    log.in_turn(connection)
    row = find(connection, proposal)
    if row["position"] != expected_position:
        return _undone(connection, proposal, after=expected_position)
    if row["held_until"] is not None:
        return resumed(connection, row, on=on, by=by)
    if _presented(row):
        return mark(connection, row, marked=Marked(), kind=TAKEN_BACK, on=on, by=by)
    to = _goes_back_to(connection, row)
    steps = [row, *_with(connection, row)]
    if sentence := _hindered(connection, steps, to, on=on):
        raise NotAllowed(sentence)
    positions = pass_on(connection, steps, to=to, on=on, kind=TAKEN_BACK, by=by)
    _stand_again(connection, row, on=on, because=positions[proposal])
    return positions[proposal]


def hindrance(connection: Connection, row: Row, *, on: date) -> str | None:
    """Say why the last step of a proposal (its row) cannot be taken back now; None when it can."""
    if row["held_until"] is not None or _presented(row):
        return None
    try:
        to = _goes_back_to(connection, row)
    except NotAllowed as nothing:
        return str(nothing)
    return _hindered(connection, [row, *_with(connection, row)], to, on=on)


def _presented(row: Row) -> bool:
    return row["presented"] is not None and row["state"] == _P.TAKEN_UP


def _hindered(
    connection: Connection, steps: Sequence[Row], to: ProposalState, *, on: date
) -> str | None:
    """Say why these proposals, that took their last step together, cannot go back to a state."""
    then = [dict(one) | {"state": to.value} for one in steps]
    at, rows = course.around(connection, then, on=on)
    return (
        _others_acted(connection, steps, rows.values())
        or _no_longer_free(connection, at, then)
        or _settled(at, steps[0])
    )


def _undone(connection: Connection, proposal: str, *, after: int) -> int:
    """Give the position of this very step back if it came next after what was seen; else Stale."""
    told = seen_and_then(connection, proposal, after)
    if told is None:
        raise Stale
    seen, then = told
    refused = seen.state is _P.DECLINED and then.state is not None
    unmarked = seen.state is then.state and then.marks == _less(seen)
    if not (refused or unmarked) and (seen.state is None or BACK.get(seen.state) is not then.state):
        raise Stale
    return then.position


def _less(seen: Told) -> tuple[date | None, date | None, HoldReason | None]:
    """The marks that remain once the last is taken back."""
    return (seen.presented if seen.held_until is not None else None), None, None


def _goes_back_to(connection: Connection, row: Row) -> ProposalState:
    state = _P(row["state"])
    before = before_last(connection, [row["id"]]) if state is _P.DECLINED else BACK
    to = before.get(row["id"] if state is _P.DECLINED else state)
    if to is None:
        raise NotAllowed(NOTHING)
    return to


def _with(connection: Connection, row: Row) -> list[dict[str, Any]]:
    """The other members of a ring that signed or moved with it: at the very same moment."""
    if row["state"] not in (_P.SIGNED, _P.MOVED):
        return []
    table = proposal_table.c
    same = (table.state == row["state"], table.at == row["at"], table.id != row["id"])
    return _followed(connection, row["dwelling"], "leaves", where=same)


def _lapsed_by(connection: Connection, row: Row) -> list[dict[str, Any]]:
    """The proposals that hung on a refused one and lapsed with it, front to back."""
    table = proposal_table.c
    hung = (table.state == _P.SUPERSEDED.value, table.because == [row["position"]])
    return _followed(connection, row["leaves"], "dwelling", where=hung)


def _followed(
    connection: Connection, home: str | None, side: str, *, where: Sequence[ColumnElement[bool]]
) -> list[dict[str, Any]]:
    """Follow a chain from a home: who enters it (side "dwelling") or leaves it, and so on."""
    other = "leaves" if side == "dwelling" else "dwelling"
    found: dict[str, dict[str, Any]] = {}
    homes = {home} - {None}
    while homes:
        rows = connection.execute(
            select(proposal_table).where(proposal_table.c[side].in_(homes), *where)
        )
        new = {row["id"]: dict(row) for row in rows.mappings() if row["id"] not in found}
        found |= new
        homes = {row[other] for row in new.values()} - {None}
    return list(found.values())


def _others_acted(
    connection: Connection, steps: Sequence[Row], rows: Collection[Row]
) -> str | None:
    """Say that another party in the chain took a step after these."""
    mine = {step["id"] for step in steps}
    since = max(step["position"] for step in steps)
    homes = {home for row in rows for home in (row["dwelling"], row["leaves"])} - {None}
    table = proposal_table.c
    refused = connection.execute(
        select(table.id).where(
            table.state == _P.DECLINED.value,
            table.position > since,
            or_(table.dwelling.in_(homes), table.leaves.in_(homes)),
        )
    ).first()
    others = [row for row in rows if row["id"] not in mine]
    acted = [row for row in others if row["state"] in ACTED and row["position"] > since]
    return OTHERS if acted or refused else None


def _no_longer_free(connection: Connection, at: Course, then: Sequence[Row]) -> str | None:
    """Say that a home or household of these proposals has another by now, or cannot be had."""
    names = [row["id"] for row in then]
    table = proposal_table.c
    other = connection.execute(
        select(table.id).where(
            table.state.in_(STANDING),
            table.id.not_in(names),
            or_(
                table.dwelling.in_([row["dwelling"] for row in then]),
                table.household.in_([row["household"] for row in then]),
            ),
        )
    ).first()
    return NOT_FREE if other or fallen(at).intersection(names) else None


def _settled(at: Course, row: Row) -> str | None:
    """Say that the corporation itself already writes the household in its new home."""
    if row["state"] != _P.MOVED:
        return None
    here = at.living.tenants.get(row["dwelling"], frozenset())
    return SETTLED if row["household"] in here else None


def _stand_again(connection: Connection, row: Row, *, on: date, because: int) -> None:
    """Let what lapsed with a refusal stand again, front to back, as far as it still can."""
    if row["state"] != _P.DECLINED:
        return
    lapsed = _lapsed_by(connection, row)
    before = before_last(connection, [one["id"] for one in lapsed])
    for one in lapsed:
        to = before.get(one["id"])
        if to is None:
            return
        then = dict(one) | {"state": to.value}
        at, _ = course.around(connection, [then], on=on)
        if _no_longer_free(connection, at, [then]):
            return
        pass_on(connection, [one], to=to, on=on, because=[because], kind=TAKEN_BACK)
