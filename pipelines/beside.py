"""Questions beside a plan: what else there is for a household, and what it would cost the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from matching.around import Alternative, OtherOptions, PlanB, alternatives, plan_b, standing
from matching.chains import unlink
from matching.rematch import Ways, take_up
from pipelines.conditions_file import read_conditions
from pipelines.steps import read_options, read_plan
from store.installation import LATEST, network_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matching.around import Standing
    from matching.model import Move, Plan
    from matching.state import State
    from pipelines.settings import Settings


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Other homes for a household, cheapest for the plan first; and who comes after it.

    `proposed` is its move in the plan, if any; `instead` who would get that home if it says no.
    """

    household: str
    proposed: Move | None
    others: tuple[Alternative, ...]
    instead: PlanB | None


def elsewhere(plan: Plan, kept: Standing, household: str) -> Elsewhere:
    """Say where else a household could go, and who would come in its place."""
    moves = unlink(plan.chains)
    proposed = next((move for move in moves if move.household == household), None)
    instead = None if proposed is None else plan_b(kept, proposed)
    return Elsewhere(household, proposed, alternatives(kept, household), instead)


def warm(settings: Settings, plan: Plan, state: State, vacant: Iterable[str]) -> Standing:
    """Keep a plan warm with the files of its night; without them, or changed since, from the facts.

    The second takes as long as finding every candidate again.
    """
    folder = settings.data / LATEST
    try:
        if read_plan(folder) == plan:
            conditions = read_conditions(folder)
            return standing(plan, read_options(folder), tuple(vacant), conditions=conditions)
    except (OSError, OtherOptions):
        pass
    policy = policy_from(settings.policy)
    rules = rules_on(plan.receipt.on, folder=settings.rules)
    ways = Ways(rules, policy, network_of(settings))
    return take_up(plan, state, plan.receipt.position, ways).standing
