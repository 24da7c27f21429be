"""Between two nights: read the log from where we were, match again what it touches, offer that.

The log is the trigger of record; whatever wakes us is only a hint. A plan is kept warm in this
process; without one (just started, or another plan came in force) it is taken up first. What fails
leaves the plan in force as it is, and the facts for the next try or the night.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pandas as pd

from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from data_contracts.words import VerhuisketenError
from matching.causes import causes, named_in
from matching.model import PLAN
from matching.rematch import Ways, rematch, take_up, tidied
from matching.state import project
from matching.verify import Reading, verify
from pipelines.logs import logger
from pipelines.steps import walked_again
from store import log, plans, proposals, readers, runs
from store import state as state_store
from store.database import snapshot
from store.installation import network_of
from store.life import SOURCE
from store.turns import turn

if TYPE_CHECKING:
    from matching.model import Plan
    from matching.rematch import Warm
    from matching.state import State
    from matching.verify import Finding
    from pipelines.settings import Settings
    from store.database import Connection, Engine

LOG = logger("listen")
LEASE_SECONDS = 120
QUIET = (
    *("ProposalOffered", "ProposalLapsed"),
    *("ProposalPresented", "ProposalHeld", "ProposalResumed", "VisitPlanned", "VisitCancelled"),
)
"""The kinds of fact of ours that ask for no other plan."""


class Refused(VerhuisketenError):
    """Het bijgewerkte plan is afgekeurd door de keuring en wordt niet aangeboden."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the facts up to a position: how many, and what changed in the plan.

    `loss_at_most`: how many points a plan made anew could be better, at most. `seconds` by step.
    """

    region: str
    position: int
    facts: int
    plan: str | None = None
    new: int = 0
    superseded: int = 0
    held_back: int = 0
    value: int = 0
    bound: int = 0
    seconds: tuple[tuple[str, float], ...] = ()

    @property
    def loss_at_most(self) -> int:
        """In points."""
        return self.bound - self.value


@dataclass(slots=True)
class Rematcher:
    """What keeps a region's plan warm, from event to event. One question at a time."""

    engine: Engine
    settings: Settings
    warm: Warm | None = None
    plan_id: str | None = None
    ways: Ways | None = None
    looked: str | None = None
    read: Reading = field(default_factory=Reading)

    @property
    def region(self) -> str:
        """The region of the policy."""
        return policy_from(self.settings.policy).region

    @property
    def reader(self) -> str:
        """The name under which we book how far we have read."""
        return f"herstel|{self.region}"

    def catch_up(self) -> Outcome | None:
        """Take in all the log has gained; None when there is nothing to do, or others do it.

        Raises Busy while a night runs, Refused when the judge says no.
        """
        with turn(self.engine, self.region) as mine:
            return self._worked() if mine else None

    def _worked(self) -> Outcome | None:
        clock = _Clock()
        with snapshot(self.engine) as connection:
            runs.expect_free(connection, self.region)
            now = plans.in_force(connection, self.region)
            head = log.head(connection)
            if now is None:
                return None  # the first night is still to come, and will read everything
            if now != self.plan_id:
                self.warm = None
            if self.warm is not None and head <= self.warm.position:
                return None
            since = self.warm.position if self.warm else plans.position_of(connection, now)
            told = list(log.read(connection, after=since, up_to=head))
            facts = pd.concat(told) if told else log.nothing()
            if self.warm is not None and only_ours(facts):
                self._booked(head)
                return None
            cold = None if self.warm else _Cold.of(connection, now)
        clock.mark("lezen")
        before, after = self._matched(facts, head, cold)
        clock.mark("plan")
        outcome = Outcome(
            self.region,
            head,
            len(facts),
            value=after.plan.receipt.value,
            bound=after.plan.receipt.bound,
        )
        if (after.plan.chains, after.plan.remarks) == (before.chains, before.remarks):
            self._booked(head)
            self.warm, self.plan_id = replace(after, plan=before), now
            self.looked = now  # a plan that did not change was judged when it was made
            return replace(outcome, seconds=clock.told())
        self._judged(after, clock)
        offered, name = self._published(before, after, facts, now)
        clock.mark("aanbieden")
        self.warm, self.plan_id = after, name
        return replace(
            outcome,
            plan=name,
            new=offered.new,
            superseded=offered.superseded,
            held_back=offered.held_back,
            seconds=clock.told(),
        )

    def _matched(self, facts: pd.DataFrame, head: int, cold: _Cold | None) -> tuple[Plan, Warm]:
        """The plan that is in force, and what it becomes."""
        if cold is None and self.warm is not None and self.ways is not None:
            state = project(facts, self.warm.state)
            return self.warm.plan, rematch(self.warm, state, head, self.ways)
        if cold is None:
            raise Refused
        self.ways = self._ways(cold.plan)
        named = frozenset[str]().union(*named_in(facts).values())
        return cold.plan, take_up(
            cold.plan, cold.state, head, self.ways, name=cold.name, named=named
        )

    def _ways(self, plan: Plan) -> Ways:
        """Law, choices and streets of today; on another page or policy a night must run first."""
        settings = self.settings
        policy = policy_from(settings.policy)
        return Ways(rules_on(plan.receipt.on, folder=settings.rules), policy, network_of(settings))

    def _judged(self, after: Warm, clock: _Clock) -> None:
        """Let the judge read what would be offered: every move by every hard rule."""
        findings = self.judge(after, whole=False)
        clock.mark("keuring")
        if findings:
            self.warm = None
            raise Refused(
                f"Het bijgewerkte plan is afgekeurd ({len(findings)} bevindingen, de eerste: "
                f"{findings[0].rule}). Het plan dat gold, blijft gelden. Draai een nacht."
            )

    def _booked(self, head: int) -> None:
        with self.engine.begin() as connection:
            if readers.position(connection, self.reader) < head:
                readers.advance(connection, self.reader, head)

    def second_look(self) -> tuple[Finding, ...]:
        """When nothing waits: let the judge look at points and proof too, and tidy up."""
        if self.warm is None or self.looked == self.plan_id:
            return ()
        with snapshot(self.engine) as connection:
            if not all(map(only_ours, log.read(connection, after=self.warm.position))):
                return ()
        findings = self.judge(self.warm, whole=True)
        self.looked = self.plan_id
        self.warm = None if findings else tidied(self.warm)
        return findings

    def judge(self, warm: Warm, *, whole: bool) -> tuple[Finding, ...]:
        """Judge the warm plan; `whole` also its points, and the proof of its bound."""
        ways = self.ways
        if ways is None:
            return ()
        return verify(
            warm.plan,
            warm.state,
            ways.rules,
            ways.policy,
            options=warm.options if whole else None,
            conditions=warm.standing.facts.conditions,
            read=self.read,
            network_minutes=walked_again(warm.plan, warm.state, ways.policy, ways.network),
        )

    def _published(
        self, before: Plan, after: Warm, facts: pd.DataFrame, now: str
    ) -> tuple[proposals.Offered, str]:
        region, plan = self.region, after.plan
        name = f"{plan.receipt.on:%Y%m%d}-h{uuid4().hex[:8]}"
        with self.engine.begin() as connection:
            runs.start(connection, name, region=region, on=plan.receipt.on, kind="event")
            runs.take(connection, region, holder=name, seconds=LEASE_SECONDS)
        coaches = after.state.households["coach"].dropna().to_dict()
        days = policy_from(self.settings.policy).proposal_days
        try:
            offered = proposals.revise(
                self.engine,
                plan,
                before,
                run=name,
                repairs=now,
                coaches=coaches,
                because=causes(before, plan, named_in(facts)),
                until=plan.receipt.on + timedelta(days=days),
            )
        except BaseException as error:
            self._finish(name, "failed", _sentence(error), after)
            raise
        self._finish(name, "done", "Het plan is bijgewerkt.", after)
        return offered, name

    def _finish(self, name: str, status: str, sentence: str, after: Warm) -> None:
        told = after.plan.receipt
        summary: dict[str, Any] = {
            "value": told.value,
            "bound": told.bound,
            "position": told.position,
        }
        summary |= {"version": version("verhuisketen")}
        with self.engine.begin() as connection:
            runs.finish(connection, name, status=status, sentence=sentence, summary=summary)
            runs.release(connection, self.region, holder=name)
            if status == "done":
                readers.advance(connection, self.reader, told.position)


def only_ours(facts: pd.DataFrame) -> bool:
    """Whether facts say no more than that we offered: they wait for the next that says something.

    What is on offer weighs in the next plan, but asks for none. What is only marked beside a step
    (it rests, it was put to the household, a visit is planned) changes no plan at all.
    """
    ours = (facts["source"] == SOURCE) & facts["kind"].isin(QUIET)
    return bool(ours.all())


@dataclass(frozen=True, slots=True)
class _Cold:
    """The plan in force, its number, and the State, read anew."""

    name: str
    plan: Plan
    state: State

    @classmethod
    def of(cls, connection: Connection, plan_id: str) -> _Cold:
        state, _ = state_store.load(connection)
        return cls(plan_id, PLAN.validate_json(plans.by_id(connection, plan_id) or ""), state)


def _sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, VerhuisketenError) else type(error).__name__


class _Clock:
    """Seconds by step, in order."""

    def __init__(self) -> None:
        self._last, self._told = time.monotonic(), list[tuple[str, float]]()

    def mark(self, name: str) -> None:
        now = time.monotonic()
        self._told.append((name, round(now - self._last, 3)))
        self._last = now

    def told(self) -> tuple[tuple[str, float], ...]:
        return tuple(self._told)
