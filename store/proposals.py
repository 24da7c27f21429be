"""Proposals: what a published plan offers to the coaches, and what stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import bindparam, insert, select, update

from data_contracts.words import ProposalState
from store import log, plans
from store.life import NotAllowed, Stale, Unknown, answer, expire, fall_back, now, pass_on, tell
from store.owners import corporations_of
from store.tables import STANDING
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection, Engine

    from matching.model import Chain, Move, Plan

__all__ = [
    "NotAllowed",
    "Offered",
    "Stale",
    "Unknown",
    "answer",
    "causes_of",
    "expire",
    "of_coach",
    "offer",
    "publish",
    "revise",
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


def revise(  # noqa: PLR0913 - what a changed plan is put in force with
    engine: Engine,
    plan: Plan,
    before: Plan,
    *,
    run: str,
    repairs: str,
    coaches: Mapping[str, str],
    because: Mapping[str, Sequence[int]],
    until: date | None = None,
) -> Offered:
    """Put a changed plan in force, and change only the proposals of the chains that changed.

    `because` says by household which facts changed its proposal. Raises Outdated when another plan
    came in force meanwhile.
    """
    with engine.begin() as connection:
        log.in_turn(connection)
        plans.revise(connection, plan, before, plan_id=run, run=run, repairs=repairs)
        return _offer_changed(connection, plan, before, run, coaches, because, until)


def _offer_changed(
    connection: Connection,
    plan: Plan,
    before: Plan,
    plan_id: str,
    coaches: Mapping[str, str],
    because: Mapping[str, Sequence[int]],
    until: date | None,
) -> Offered:
    region, on = plan.receipt.region, plan.receipt.on
    old, new = frozenset(before.chains), frozenset(plan.chains)
    steps = [step for step in _steps(plan.chains) if step.of not in old]
    left = {_what(step.move) for step in _steps(before.chains) if step.of not in new}
    left -= {_what(step.move) for step in steps}
    standing = _standing(connection, region)
    same = {(row["household"], row["dwelling"], row["leaves"]): row for row in standing}
    lapsed = [
        row
        for what, row in same.items()
        if what in left and row["state"] == ProposalState.OFFERED and row["region"] == region
    ]
    for row in lapsed:
        facts = because.get(row["household"], ())
        pass_on(connection, [row], to=ProposalState.SUPERSEDED, on=on, because=list(facts))
    gone = {row["id"] for row in lapsed}
    claims = [row for row in standing if row["id"] not in gone]
    free = _free(steps, claims, same)
    rows = [
        _row(step, plan, plan_id, coaches.get(step.move.household), until)
        | {"because": list(because.get(step.move.household, ()))}
        for step in free
    ]
    new_ones = _enter(connection, _unknown(connection, rows), on=on)
    kept = [step for step in steps if _what(step.move) in same]
    _renumber(connection, [(same[_what(step.move)]["id"], step) for step in kept])
    touched = {home for _, to, leaves in left for home in (to, leaves) if home is not None}
    causes = sorted(set[int]().union(*because.values()))
    fall_back(connection, on=on, homes=touched, because=causes)
    held = len(steps) - len(kept) - len(free)
    return Offered(plan_id, new=new_ones, kept=len(kept), superseded=len(lapsed), held_back=held)


def _renumber(connection: Connection, kept: Sequence[tuple[str, _Step]]) -> None:
    """Say of proposals that stay where they stand in their chain now."""
    if kept:
        connection.execute(
            update(proposal_table)
            .where(proposal_table.c.id == bindparam("b_id"))
            .values(chain=bindparam("b_chain"), step=bindparam("b_step")),
            [{"b_id": name, "b_chain": step.chain, "b_step": step.number} for name, step in kept],
        )


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
    steps = _steps(plan.chains)
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
    fall_back(connection, on=on, region=region)
    held = len(steps) - len(kept) - len(free)
    return Offered(plan_id, new=new, kept=len(kept), superseded=len(lapsed), held_back=held)


@dataclass(frozen=True, slots=True)
class _Step:
    of: Chain
    number: int
    move: Move

    @property
    def chain(self) -> str:
        return self.of.key


def _steps(chains: Iterable[Chain]) -> list[_Step]:
    return [
        _Step(chain, number, move)
        for chain in chains
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
        whose = corporations_of(connection, [row["household"] for row in rows])
        dated = [row | {"at": at, "corporation": whose.get(row["household"])} for row in rows]
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


def causes_of(connection: Connection, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Give by proposal the log positions of the facts that changed it between two nights."""
    chosen = select(proposal_table.c.id, proposal_table.c.because)
    rows = connection.execute(chosen.where(proposal_table.c.id.in_(names)))
    return {row.id: tuple(row.because) for row in rows}
