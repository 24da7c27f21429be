"""The receipt of a plan is its manifest: from the log alone the same plan is made again.

Nothing else is asked: the State is folded from the facts up to the plan's position, and who had
been passed over is read from the plan before it. `without` leaves one fact out, and shows which
proposals that fact made.

A plan that was repaired between two nights is repaired again, from the plan it repairs and the
facts since. How near its bound is hangs on how often somebody looked meanwhile, which no log
tells: of such a plan the moves are compared, not the bytes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from data_contracts.words import VerhuisketenError
from matching.causes import named_in
from matching.match import Occasion, match
from matching.model import PLAN
from matching.passed_over import earlier_of
from matching.rematch import Ways, take_up
from matching.state import State, project
from pipelines.asking import NothingYet
from store import history, log, plans
from store.database import snapshot
from store.installation import network_of

if TYPE_CHECKING:
    from matching.model import Plan, Receipt
    from pipelines.settings import Settings
    from store.database import Engine
    from store.history import Published


class NoSuchPlan(VerhuisketenError):
    """Dit plan is nooit gepubliceerd. Noem het nummer van een nacht, of niets: het geldende."""


class NoSuchFact(VerhuisketenError):
    """Op deze plaats in het logboek staat geen feit waar dit plan op rust."""


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
    """A plan that was made again: byte for byte the same, or what differs and why it may.

    `repairs` names the plan it repairs; then `same` says that the moves are, whatever the bytes.
    """

    plan: str
    position: int
    same: bool
    moves: int
    receipt: tuple[str, ...]
    differences: tuple[Difference, ...]
    remarks: tuple[str, ...] = ()
    without: str | None = None
    repairs: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the log and the store tell of a published plan: the facts it rests on, by position."""

    published: Published
    plan: Plan
    before: Published | None
    facts: pd.DataFrame
    forgotten: int

    @property
    def since(self) -> int:
        """The position after which facts made this plan: that of the plan it repairs, or 0."""
        if self.published.repairs is None or self.before is None:
            return 0
        return PLAN.validate_json(self.before.json).receipt.position


def replay(
    engine: Engine, settings: Settings, plan_id: str | None = None, *, without: int | None = None
) -> Replayed:
    """Make a published plan anew from the log, and compare; None: the plan in force.

    `without`: the position of a fact that is left out. Raises NoSuchPlan, NoSuchFact.
    """
    told = _told(engine, settings, plan_id)
    again = made_again(told, settings, without=without)
    repairs = told.published.repairs
    text = PLAN.dump_json(again).decode()
    return Replayed(
        plan=told.published.id,
        position=told.plan.receipt.position,
        same=text == told.published.json if repairs is None else again.chains == told.plan.chains,
        moves=told.plan.totals.moves,
        receipt=_receipts_differ(told.plan.receipt, again.receipt),
        differences=differences(told.plan, again),
        remarks=_remarks(told.forgotten),
        without=None if without is None else _named(told, without),
        repairs=repairs,
    )


def made_again(told: Told, settings: Settings, *, without: int | None = None) -> Plan:
    """Make the plan of a night anew, or repair a repaired one again, with one fact less or not."""
    facts = told.facts
    if without is not None:
        _named(told, without)
        facts = facts.drop(index=without)
    if told.published.repairs is None or told.before is None:
        return remade(facts, told.plan.receipt, settings, before=told.before)
    base = PLAN.validate_json(told.before.json)
    return repaired(facts, told.plan.receipt, settings, base=base)


def repaired(facts: pd.DataFrame, receipt: Receipt, settings: Settings, *, base: Plan) -> Plan:
    """Repair a plan again, on these facts (in any order): what was told since is news."""
    rules = rules_on(receipt.on, folder=settings.rules)
    ways = Ways(rules, policy_from(settings.policy), network_of(settings))
    news = facts[facts.index > base.receipt.position]
    named = frozenset[str]().union(*named_in(news).values())
    return take_up(base, project(facts, State()), receipt.position, ways, named=named).plan


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


def _told(engine: Engine, settings: Settings, plan_id: str | None) -> Told:
    with snapshot(engine) as connection:
        region = policy_from(settings.policy).region
        name = plan_id or plans.in_force(connection, region)
        if name is None:
            raise NothingYet
        published = history.published(connection, name)
        if published is None:
            raise NoSuchPlan
        plan = PLAN.validate_json(published.json)
        position = plan.receipt.position
        return Told(
            published,
            plan,
            history.before(connection, published),
            pd.concat([log.nothing(), *log.read(connection, up_to=position)]),
            history.forgotten(connection, up_to=position),
        )


def _named(told: Told, position: int) -> str:
    if position not in told.facts.index or position <= told.since:
        raise NoSuchFact(
            f"Op plaats {position} in het logboek staat geen feit dat plan {told.published.id} zo "
            "maakte. Welke feiten een voorstel veranderden, staat bij dat voorstel."
        )
    fact = told.facts.loc[position]
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
