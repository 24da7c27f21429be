"""The receipt of a plan is its manifest: from the log alone the same plan is made again.

Nothing else is asked: the State is folded from the facts up to the plan's position, and who had
been passed over is read from the plan before it. `without` leaves one fact out, and shows which
proposals that fact made.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from data_contracts.words import VerhuisketenError
from matching.match import Occasion, match
from matching.model import PLAN
from matching.passed_over import earlier_of
from matching.state import State, project
from pipelines.asking import NothingYet
from pipelines.steps import network_of
from store import history, log
from store.database import snapshot

if TYPE_CHECKING:
    from matching.model import Plan, Receipt
    from pipelines.settings import Settings
    from store.database import Connection, Engine
    from store.history import Published


class NoSuchPlan(VerhuisketenError):
    """Dit plan is nooit gepubliceerd. Noem het nummer van een nacht, of niets: het geldende."""


class NoSuchFact(VerhuisketenError):
    """Op deze plaats in het logboek staat geen feit waar dit plan op rust."""


class Repaired(VerhuisketenError):
    """Dit plan is tussen twee nachten hersteld; speel het plan na dat het herstelt."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What becomes of one household in the published plan, and in the plan that was made anew.

    A home, or None: the household moves nowhere.
    """

    household: str
    published: str | None
    replayed: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A plan that was made again: byte for byte the same, or what differs and why it may."""

    plan: str
    position: int
    same: bool
    moves: int
    receipt: tuple[str, ...]
    differences: tuple[Difference, ...]
    remarks: tuple[str, ...] = ()
    without: str | None = None


def replay(
    engine: Engine, settings: Settings, plan_id: str | None = None, *, without: int | None = None
) -> Replayed:
    """Make a published plan anew from the log, and compare the bytes; None: the plan in force.

    `without`: the position of a fact that is left out. Raises NoSuchPlan, NoSuchFact, Repaired.
    """
    with snapshot(engine) as connection:
        plan = _published(connection, settings, plan_id)
        told = PLAN.validate_json(plan.json)
        facts = pd.concat([*log.read(connection, up_to=told.receipt.position)])
        before = history.before(connection, plan)
        forgotten = history.forgotten(connection, up_to=told.receipt.position)
    left_out = None
    if without is not None:
        left_out = _named(facts, without, plan)
        facts = facts.drop(index=without)
    again = remade(facts, told.receipt, settings, before=before)
    return Replayed(
        plan=plan.id,
        position=told.receipt.position,
        same=PLAN.dump_json(again).decode() == plan.json,
        moves=told.totals.moves,
        receipt=_receipts_differ(told.receipt, again.receipt),
        differences=differences(told, again),
        remarks=_remarks(forgotten),
        without=left_out,
    )


def remade(
    facts: pd.DataFrame, receipt: Receipt, settings: Settings, *, before: Published | None
) -> Plan:
    """Make a plan from these facts (in any order) on the occasion that a receipt tells of."""
    earlier = earlier_of(None if before is None else PLAN.validate_json(before.json))
    occasion = Occasion(
        receipt.region, receipt.on, receipt.position, receipt.seed, receipt.code_version
    )
    return match(
        project(facts, State()),
        rules_on(receipt.on, folder=settings.rules),
        policy_from(settings.policy),
        occasion,
        network=network_of(settings),
        earlier=earlier,
    ).plan


def differences(published: Plan, replayed: Plan) -> tuple[Difference, ...]:
    """Say of every household whose move is another one in the two plans what became of it."""
    one, other = _goes(published), _goes(replayed)
    return tuple(
        Difference(household, one.get(household), other.get(household))
        for household in sorted(one.keys() | other.keys())
        if one.get(household) != other.get(household)
    )


def _goes(plan: Plan) -> dict[str, str]:
    return {move.household: move.to for chain in plan.chains for move in chain.moves}


def _published(connection: Connection, settings: Settings, plan_id: str | None) -> Published:
    if plan_id is None:
        plan = history.in_force(connection, policy_from(settings.policy).region)
        if plan is None:
            raise NothingYet
    else:
        plan = history.published(connection, plan_id)
        if plan is None:
            raise NoSuchPlan
    if plan.repairs is not None:
        raise Repaired(
            f"Plan {plan.id} is tussen twee nachten hersteld en rust op plan {plan.repairs}. "
            f"Speel dat na met: verhuisketen replay {plan.repairs}"
        )
    return plan


def _named(facts: pd.DataFrame, position: int, plan: Published) -> str:
    if position not in facts.index:
        raise NoSuchFact(
            f"Op plaats {position} in het logboek staat geen feit waar plan {plan.id} op rust. "
            "Welke feiten een voorstel veranderden, staat bij dat voorstel."
        )
    fact = facts.loc[position]
    return f"{fact['kind']} {fact['subject']}"


def _receipts_differ(published: Receipt, replayed: Receipt) -> tuple[str, ...]:
    one, other = asdict(published), asdict(replayed)
    return tuple(name for name in one if one[name] != other[name])


def _remarks(forgotten: int) -> tuple[str, ...]:
    if not forgotten:
        return ()
    sentence = (
        f"Sinds dit plan zijn {forgotten} feiten leeggemaakt omdat mensen vergeten wilden worden. "
        "Wat op die feiten rustte, is niet meer na te spelen."
    )
    return (sentence,)
