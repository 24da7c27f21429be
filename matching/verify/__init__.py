"""The plan's judge: every hard rule and the bound, written again from the rules.

Shares nothing with what made the plan: stdlib, numpy, pandas, arrow, the words and the nouns only.
Slow and obvious on purpose. A plan that has a finding is never published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.words import Verdict
from matching.conditions import NONE
from matching.verify import instructed, nothing, receipt, side_conditions, structure
from matching.verify.case import case_of
from matching.verify.columns import true_columns
from matching.verify.finding import Finding
from matching.verify.law import HARD_RULES, place_of
from matching.verify.proof import Terms, reproved_bound
from matching.verify.world import Reading, world_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.conditions import Conditions
    from matching.model import Move, Plan
    from matching.verify.case import Case
    from matching.verify.world import Tables, World

__all__ = ["Finding", "Reading", "verify", "walks_to_judge"]

WALK = ["tie", "dwelling", "minutes", "mobility", "x", "y", "home_x", "home_y"]


def verify(  # noqa: PLR0913 - all that a plan rests on
    plan: Plan,
    state: Tables,
    rules: Rules,
    policy: Policy,
    *,
    options: pd.DataFrame | None = None,
    network_minutes: Mapping[tuple[str, str], int] | None = None,
    conditions: Conditions = NONE,
    read: Reading | None = None,
) -> tuple[Finding, ...]:
    """Judge a plan against the State, the rules of the year and the policy; no finding: it passes.

    With `options` (what the plan was chosen from) the points of every move and the bound are proved
    again too. `network_minutes` by (tie, dwelling) replaces crow-flies x detour where streets were
    walked; without them a plan that is not marked as estimated is held to the straight line only.
    `conditions` are the side conditions it was made under; what they ask of a column (the mix of a
    complex, a budget …) is judged with `options` only. Pure: the day is the receipt's.
    Who judges plan after plan keeps a `Reading`: rows of tables that stayed as they were are not
    read again.
    """
    moves = [move for chain in plan.chains for move in chain.moves]
    named = set() if options is None else set(options["dwelling"].astype(object))
    world = world_of(
        state, moves, plan.receipt.on, horizon_days=policy.horizon_days, homes=named, read=read
    )
    found = [
        *_shape(plan, moves, world, policy),
        *_lawful(_cases(plan, world, rules, policy, network_minutes), policy, world),
        *instructed.followed(plan, moves, world),
        *structure.true_totals(plan),
        *side_conditions.kept(plan, conditions, options),
        *receipt.true_receipt(plan, rules, policy, conditions),
        *receipt.true_value(plan, conditions),
        *receipt.true_reasons(plan),
    ]
    if options is not None:
        openings = {home for home in named if structure.is_opening(home, world)}
        found += [
            *receipt.true_options(plan, options),
            *true_columns(moves, options, conditions, world),
            *_proved(plan, options, openings, conditions),
            *nothing.truly_nothing(plan, conditions, options, openings),
        ]
    return tuple(dict.fromkeys(found))


def walks_to_judge(plan: Plan, state: Tables, policy: Policy) -> pd.DataFrame:
    """Say which walks decide whether movers come near enough to a tie that must be near.

    A row per tie and dwelling: `x`, `y` of the tie and `home_x`, `home_y` in RD metres, `mobility`
    of who walks, and the most `minutes`. Hand it to `matching.proximity.walked_minutes` and the
    answer to `verify`, so that others measure but the judge says what.
    """
    moves = [move for chain in plan.chains for move in chain.moves]
    world = world_of(state, moves, plan.receipt.on, horizon_days=policy.horizon_days)
    found = []
    for move in moves:
        household, home = world.households.get(move.household), world.home(move.to)
        for tie in world.ties.get(move.household, []):
            place = place_of(tie, world)
            if household is None or home is None or place is None or not tie["must"]:
                continue
            who = (tie["tie"], move.to, int(tie["minutes"]), household["mobility"])
            found.append((*who, *place, int(home["x"]), int(home["y"])))
    return pd.DataFrame(found, columns=WALK)


def _shape(plan: Plan, moves: list[Move], world: World, policy: Policy) -> Iterator[Finding]:
    yield from structure.everybody_once(moves)
    for chain in plan.chains:
        yield from structure.linked(chain)
        yield from structure.short_enough(
            chain, longest_chain=policy.longest_chain, longest_ring=policy.longest_ring
        )
        yield from structure.begins_vacant(chain, world)
    left = structure.leavers(moves)
    for move in moves:
        yield from structure.leaves_its_home(move, world)
        yield from structure.still_seeks(move, world)
        yield from structure.comes_free(move, world, left)


def _cases(
    plan: Plan,
    world: World,
    rules: Rules,
    policy: Policy,
    minutes: Mapping[tuple[str, str], int] | None,
) -> Iterator[tuple[Move, Case | None]]:
    estimated = not plan.receipt.network
    for chain in plan.chains:
        for move in chain.moves:
            yield (
                move,
                case_of(move, world, rules, policy, minutes=minutes, estimated=estimated),
            )


def _lawful(
    cases: Iterable[tuple[Move, Case | None]], policy: Policy, world: World
) -> Iterator[Finding]:
    """Every hard rule; where one asks the coach, the policy lets it pass or a coach pinned it."""
    for move, case in cases:
        if case is None:
            sentence = "Dit huishouden of deze woning komt niet voor in de gegevens."
            yield Finding("onbekend", sentence, move.household, move.to)
            continue
        asks = policy.propose_asks or world.asked.get((move.household, move.to)) == "pin"
        for rule in HARD_RULES:
            verdict = rule(case)
            if verdict is Verdict.NO or (verdict is Verdict.ASK and not asks):
                sentence = f"De verhuizing mag niet van de harde regel '{rule.__name__}'."
                yield Finding(rule.__name__, sentence, move.household, move.to)


def _proved(
    plan: Plan, options: pd.DataFrame, openings: set[str], conditions: Conditions
) -> Iterator[Finding]:
    told = plan.receipt
    terms = Terms(told.longest_chain, told.longest_ring, told.acceptance_percent)
    proved = reproved_bound(options, openings, plan.certificate, terms, conditions=conditions)
    yield from receipt.true_bound(plan, proved)
