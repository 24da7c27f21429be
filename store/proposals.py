"""Proposals: what a published plan offers to the coaches, and what stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import insert, select, update

from data_contracts.words import ProposalState
from store import log, plans
from store.life import NotAllowed, Stale, Unknown, answer, expire, now, pass_on, tell
from store.tables import STANDING
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection, Engine

    from matching.model import Move, Plan

__all__ = [
    "NotAllowed",
    "Offered",
    "Stale",
    "Unknown",
    "answer",
    "expire",
    "of_coach",
    "offer",
    "publish",
]
COLUMNS = (
    *("id", "plan", "chain", "step", "household", "dwelling", "leaves", "coach"),
    *("state", "reason", "offered_on", "until", "position"),
)


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of a plan's moves, in numbers.

    `new` were offered, `kept` stood already and stand, `superseded` stood and lapsed, and
    `held_back` clash with a promise that stands (or hang on one that does), so nobody sees them.
    """

    plan: str
    new: int = 0
    kept: int = 0
    superseded: int = 0
    held_back: int = 0


def publish(  # noqa: PLR0913 - what a plan is published with
    engine: Engine,
    plan: Plan,
    *,
    run: str,
    coaches: Mapping[str, str],
    plan_id: str | None = None,
    fence: int | None = None,
    options: bytes | None = None,
    until: date | None = None,
) -> Offered:
    """Put a plan in force and offer its moves, all or nothing: whatever fails, yesterday stands.

    The plan's number is the run's unless given. Raises Outdated when the lease was lost.
    """
    number = plan_id or run
    with engine.begin() as connection:
        log.in_turn(connection)
        plans.publish(connection, plan, plan_id=number, run=run, fence=fence, options=options)
        return offer(connection, plan, plan_id=number, coaches=coaches, until=until)


def offer(
    connection: Connection,
    plan: Plan,
    *,
    plan_id: str,
    coaches: Mapping[str, str],
    until: date | None = None,
) -> Offered:
    """Offer the moves of a published plan; earlier offers that it does not repeat lapse.

    `coaches` says who goes to see a household. A move that is on offer already keeps its proposal.
    """
    log.in_turn(connection)
    region, on = plan.receipt.region, plan.receipt.on
    standing = _standing(connection, region)
    same = {(row["household"], row["dwelling"], row["leaves"]): row for row in standing}
    steps = _steps(plan)
    kept = {same[_what(step.move)]["id"] for step in steps if _what(step.move) in same}
    claims = [
        row for row in standing if row["state"] != ProposalState.OFFERED or row["region"] != region
    ]
    free = _free(steps, claims, same)
    lapsed = [
        row
        for row in standing
        if row["id"] not in kept
        and row["state"] == ProposalState.OFFERED
        and row["region"] == region
    ]
    pass_on(connection, lapsed, to=ProposalState.SUPERSEDED, on=on)
    rows = [_row(step, plan, plan_id, coaches.get(step.move.household), until) for step in free]
    new = _enter(connection, _unknown(connection, rows), on=on)
    connection.execute(
        update(proposal_table).where(proposal_table.c.id.in_(kept)).values(repeated_by=plan_id)
    )
    held = len(steps) - len(kept) - len(free)
    return Offered(plan_id, new=new, kept=len(kept), superseded=len(lapsed), held_back=held)


@dataclass(frozen=True, slots=True)
class _Step:
    chain: str
    number: int
    move: Move


def _steps(plan: Plan) -> list[_Step]:
    return [
        _Step(chain.key, number, move)
        for chain in plan.chains
        for number, move in enumerate(chain.moves, start=1)
    ]


def _what(move: Move) -> tuple[str, str, str | None]:
    return move.household, move.to, move.leaves


def _standing(connection: Connection, region: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(proposal_table)
        .where(proposal_table.c.state.in_(STANDING))
        .order_by(proposal_table.c.region != region, proposal_table.c.id)
        .with_for_update()
    )
    return [dict(row) for row in rows.mappings()]


def _free(
    steps: list[_Step],
    claims: list[dict[str, Any]],
    same: Mapping[tuple[str, str, str | None], Any],
) -> list[_Step]:
    """Choose the new moves of chains that touch no promise; a chain is offered whole or not."""
    new = [step for step in steps if _what(step.move) not in same]
    people = {row["household"] for row in claims}
    homes = {row["dwelling"] for row in claims}
    clash = {step.chain for step in new if step.move.household in people or step.move.to in homes}
    return [step for step in new if step.chain not in clash]


def _row(
    step: _Step, plan: Plan, plan_id: str, coach: str | None, until: date | None
) -> dict[str, Any]:
    move = step.move
    number = hashlib.sha256(f"{plan_id}|{move.household}".encode()).hexdigest()[:16]
    return {
        "id": f"voorstel-{number}",
        "region": plan.receipt.region,
        "plan": plan_id,
        "repeated_by": plan_id,
        "chain": step.chain,
        "step": step.number,
        "household": move.household,
        "dwelling": move.to,
        "leaves": move.leaves,
        "coach": coach,
        "state": ProposalState.OFFERED.value,
        "reason": None,
        "offered_on": plan.receipt.on,
        "until": until,
    }


def _unknown(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what this very plan offered before: a plan that is offered again adds nothing."""
    found = select(proposal_table.c.id).where(proposal_table.c.id.in_([row["id"] for row in rows]))
    known = set(connection.execute(found).scalars())
    return [row for row in rows if row["id"] not in known]


def _enter(connection: Connection, rows: list[dict[str, Any]], *, on: date) -> int:
    if rows:
        at = now(connection)
        dated = [row | {"at": at} for row in rows]
        positions = tell(connection, dated, on=on)
        connection.execute(
            insert(proposal_table), [row | {"position": positions[row["id"]]} for row in dated]
        )
    return len(rows)


def of_coach(connection: Connection, coach: str | None = None) -> pd.DataFrame:
    """Give the proposals that stand, of one coach or (None) of everybody, chain by chain."""
    chosen = select(*(proposal_table.c[name] for name in COLUMNS)).where(
        proposal_table.c.state.in_(STANDING)
    )
    if coach is not None:
        chosen = chosen.where(proposal_table.c.coach == coach)
    order = [proposal_table.c[name] for name in ("region", "chain", "step", "id")]
    rows = connection.execute(chosen.order_by(*order))
    return pd.DataFrame(rows.all(), columns=["proposal", *COLUMNS[1:]])
