"""What coaches ask of the plan: this move in it, or never; withdrawn whenever they like.

An instruction is named after its household and home, so one stands per pair: a later one takes the
place of an earlier. The plan honours them (`matching.terms.instructed`).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from data_contracts.decided import Instruction, Withdrawn
from data_contracts.words import InstructionKind, VerhuisketenError
from store import log
from store.life import NotAllowed, Stale, now
from store.said import tell_one
from store.tables import instruction as table
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import Connection

KIND = {InstructionKind.PIN: "MovePinned", InstructionKind.FORBID: "MoveForbidden"}
PROMISED = ("taken_up", "accepted", "signed")
"""States in which a coach has gone on with a proposal: then that comes first."""


class UnknownInstruction(VerhuisketenError):
    """Deze aanwijzing bestaat niet. Haal de pagina opnieuw op."""


def name_of(household: str, dwelling: str) -> str:
    """Name the instruction about a household and a home."""
    told = hashlib.sha256(f"{household}|{dwelling}".encode()).hexdigest()[:16]
    return f"aanwijzing-{told}"


def instruct(  # noqa: PLR0913 - who to which home, what, until when, and by whom
    connection: Connection,
    household: str,
    dwelling: str,
    *,
    asks: InstructionKind,
    on: date,
    by: str,
    corporation: str,
    until: date | None = None,
    expected_position: int = 0,
) -> int:
    """Ask this of the plan from now on; give the log position of the fact.

    `expected_position` is that of the instruction about this pair as it was seen, 0 where there was
    none. The same asked again has one effect. Raises Stale, NotAllowed.
    """
    log.in_turn(connection)
    row = _row(connection, corporation, name_of(household, dwelling))
    if row is not None and row["withdrawn"] is None and _same(row, asks, until):
        return int(row["position"])
    if (0 if row is None or row["withdrawn"] is not None else row["position"]) != expected_position:
        raise Stale("Over deze woning is intussen iets anders afgesproken. Bekijk wat er nu staat.")
    if until is not None and until < on:
        raise NotAllowed("Kies een laatste dag die nog komt, of laat de dag leeg.")
    if asks is InstructionKind.FORBID:
        _not_begun(connection, household, dwelling)
    else:
        _nothing_against(connection, corporation, household, dwelling, on)
    said = Instruction(
        instruction=name_of(household, dwelling),
        household=household,
        dwelling=dwelling,
        asks=asks,
        on=on,
        until=until,
        by=by,
    )
    at = now(connection)
    position = tell_one(connection, KIND[asks], said.instruction, said, at)
    _put(connection, said, corporation=corporation, at=at, position=position)
    return position


def _same(row: dict[str, Any], asks: InstructionKind, until: date | None) -> bool:
    return (row["asks"], row["until"]) == (asks.value, until)


def _nothing_against(
    connection: Connection, corporation: str, household: str, dwelling: str, on: date
) -> None:
    """Refuse a pin beside another, or against what people went on with. Raises NotAllowed."""
    c = table.c
    other = select(c.id).where(
        c.corporation == corporation,
        c.asks == InstructionKind.PIN.value,
        c.withdrawn.is_(None),
        or_(c.until.is_(None), c.until >= on),
        or_(c.household == household, c.dwelling == dwelling),
        c.id != name_of(household, dwelling),
    )
    if connection.execute(other).first() is not None:
        raise NotAllowed(
            "Voor dit huishouden of deze woning staat al een andere verhuizing vast. Trek die "
            "aanwijzing eerst in."
        )
    p = proposal_table.c
    busy = select(p.id).where(
        p.state.in_(PROMISED),
        or_(p.household == household, p.dwelling == dwelling),
        ~((p.household == household) & (p.dwelling == dwelling)),
    )
    if connection.execute(busy).first() is not None:
        raise NotAllowed(
            "Met een ander voorstel voor dit huishouden of deze woning is iemand al verder gegaan. "
            "Neem die stap eerst terug, of laat het huishouden weigeren."
        )


def _not_begun(connection: Connection, household: str, dwelling: str) -> None:
    """Refuse to forbid what somebody went on with. Raises NotAllowed."""
    p = proposal_table.c
    begun = select(p.id).where(
        p.state.in_(PROMISED), p.household == household, p.dwelling == dwelling
    )
    if connection.execute(begun).first() is not None:
        raise NotAllowed(
            "Dit voorstel is al opgepakt. Neem die stap eerst terug, of leg vast dat het "
            "huishouden nee zegt."
        )


def _put(
    connection: Connection, said: Instruction, *, corporation: str, at: object, position: int
) -> None:
    put = insert(table).values(
        corporation=corporation,
        id=said.instruction,
        household=said.household,
        dwelling=said.dwelling,
        asks=said.asks.value,
        on=said.on,
        until=said.until,
        by=said.by,
        at=at,
        withdrawn=None,
        position=position,
    )
    names = ("asks", "on", "until", "by", "at", "withdrawn", "position")
    connection.execute(
        put.on_conflict_do_update(
            index_elements=["corporation", "id"],
            set_={name: put.excluded[name] for name in names},
        )
    )


def withdraw(
    connection: Connection, instruction: str, *, on: date, by: str, corporation: str
) -> int:
    """Ask it of the plan no more; give the log position of the fact. Withdrawn stays withdrawn.

    Raises UnknownInstruction.
    """
    log.in_turn(connection)
    row = _row(connection, corporation, instruction)
    if row is None:
        raise UnknownInstruction
    if row["withdrawn"] is not None:
        return int(row["position"])
    at = now(connection)
    said = Withdrawn(on=on, by=by)
    position = tell_one(connection, "InstructionWithdrawn", instruction, said, at)
    connection.execute(
        update(table)
        .where(table.c.corporation == corporation, table.c.id == instruction)
        .values(withdrawn=at, position=position)
    )
    return position


def standing(
    connection: Connection, *, on: date, households: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """Give the instructions that stand on a day, of these households or (None) of all one sees."""
    c = table.c
    chosen = select(table).where(c.withdrawn.is_(None), or_(c.until.is_(None), c.until >= on))
    if households is not None:
        chosen = chosen.where(c.household.in_(sorted(households)))
    rows = connection.execute(chosen.order_by(c.household, c.dwelling))
    return [dict(row) for row in rows.mappings()]


def _row(connection: Connection, corporation: str, name: str) -> dict[str, Any] | None:
    mine = (table.c.corporation == corporation, table.c.id == name)
    rows = connection.execute(select(table).where(*mine).with_for_update())
    row = rows.mappings().first()
    return None if row is None else dict(row)
