"""Around a plan: every answer is the difference of two cold solves, on worlds of a few moves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matching.around.alternatives import alternatives
from matching.around.change import NO_CHANGE, Change
from matching.around.facts import facts_of
from matching.around.margin import margin
from matching.around.price import plan_b, price
from matching.around.repair import repair
from matching.around.standing import standing_of
from matching.certificate import bound_of
from matching.chains import link, moves_of, unlink
from matching.conditions import ImpossibleConditions
from matching.optimise import Limits, choose
from tests.brute_force import best_plan
from tests.worlds import KINDS, a_world

WORLDS = 6


def warm(world):
    """The plan of a world, kept warm; None where its conditions leave no plan."""
    limits = Limits(world.longest_chain, world.longest_ring, float(world.acceptance))
    asked = world.conditions
    try:
        choice = choose(world.options, world.openings, limits, seed=1, conditions=asked)
    except ImpossibleConditions:
        return None
    chains = link(moves_of(choice.moves), openings=frozenset(world.openings))
    facts = facts_of(world.options, world.openings, limits, conditions=asked, seed=1)
    return standing_of(facts, chains, certificate=choice.certificate)


def cold(world, change, *, answered=False):
    """The best value after a change by brute force, in whole points; None if there is no plan."""
    table = world.options
    table = table[~table["household"].isin(change.renewed)]
    table = table[~table["dwelling"].isin(change.withdrawn)]
    if change.options is not None:
        told = set(zip(change.options["household"], change.options["dwelling"], strict=True))
        fresh = [p not in told for p in zip(table["household"], table["dwelling"], strict=True)]
        table = pd.concat([table[fresh], change.options], ignore_index=True)
    conditions = replace(
        world.conditions,
        forbidden=world.conditions.forbidden + change.forbidden,
        pinned=world.conditions.pinned + change.pinned,
        seen=tuple(p for p in world.conditions.seen if not answered or p not in change.forbidden),
    )
    openings = [home for home in world.openings if home not in change.withdrawn]
    after = replace(
        world, options=table, openings=[*openings, *change.vacated], conditions=conditions
    )
    found = best_plan(after.options, after.openings, **after.for_brute_force())
    return None if found is None else round(found[0])


def changes(world, seed):
    """One change of every kind, about a random option."""
    table, dice = world.options, np.random.default_rng([seed, 3])
    row = table.iloc[[dice.integers(len(table))]]
    household, dwelling = row["household"].iloc[0], row["dwelling"].iloc[0]
    theirs = table[table["household"] == household]
    yield Change(forbidden=((household, dwelling),))
    yield Change(pinned=((household, dwelling),))
    yield Change(withdrawn=(dwelling,))
    yield Change(vacated=("w0",))
    yield Change(renewed=(household,))
    yield Change(renewed=(household,), options=theirs.assign(gain=theirs["gain"] + 2).iloc[-2:])
    yield Change(options=row.assign(gain=row["gain"] + 5))


def fronts(chain, at):
    """The moves before one in its chain, which stand when it is declined."""
    return () if chain.ring else tuple((m.household, m.to) for m in chain.moves[:at])


def worlds(kind):
    for seed in range(WORLDS):
        world = a_world(seed, kind)
        plan = warm(world)
        if plan is not None:
            yield seed, world, plan


@pytest.mark.parametrize("kind", KINDS)
def test_a_price_is_the_difference_of_two_cold_solves(kind):
    for seed, world, plan in worlds(kind):
        for change in changes(world, seed):
            after = cold(world, change)
            if after is None:
                with pytest.raises(ImpossibleConditions):
                    price(plan, change)
            else:
                told = price(plan, change)
                assert told.points == cold(world, NO_CHANGE) - after, (seed, change)
                assert told.at_least <= told.points <= told.at_most, (seed, change)


@pytest.mark.parametrize("kind", KINDS)
def test_plan_b_is_the_difference_of_two_cold_solves(kind):
    for seed, world, plan in worlds(kind):
        for chain in plan.chains:
            for at, move in enumerate(chain.moves):
                said_no = Change(forbidden=((move.household, move.to),))
                after = cold(world, replace(said_no, pinned=fronts(chain, at)), answered=True)
                if after is None:
                    after = cold(world, said_no, answered=True)
                if after is None:
                    continue
                told = plan_b(plan, move)
                assert told.price.points == cold(world, NO_CHANGE) - after, (seed, move)
                assert told.move is None or told.move.to == move.to
                assert told.move is None or told.move.household != move.household


@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_after_a_repair_is_what_the_certificate_proves_again(kind):
    for seed, world, plan in worlds(kind):
        for change in changes(world, seed):
            try:
                after = repair(plan, change).standing
            except ImpossibleConditions:
                continue
            proven = bound_of(
                after.facts.table(),
                after.facts.openings,
                after.certificate(),
                longest_chain=world.longest_chain,
                longest_ring=world.longest_ring,
                acceptance=world.acceptance,
                conditions=after.facts.conditions,
            )
            assert after.bound == proven, (seed, change)
            assert after.value <= proven, (seed, change)


@pytest.mark.parametrize("kind", KINDS)
def test_a_repair_is_worth_what_brute_force_finds_with_the_fronts_kept(kind):
    for seed, world, plan in worlds(kind):
        for chain in plan.chains:
            for at, move in enumerate(chain.moves):
                said_no = Change(forbidden=((move.household, move.to),))
                after = cold(world, replace(said_no, pinned=fronts(chain, at)), answered=True)
                if after is not None:
                    assert repair(plan, said_no).value == after, (seed, move)


def test_a_margin_never_promises_more_than_the_move_costs():
    proofs = 0
    for seed, world, plan in worlds("pinned"):
        for row in world.options.itertuples():
            told = margin(plan, row.household, row.dwelling)
            if told is None:
                continue
            after = cold(world, Change(pinned=((row.household, row.dwelling),)))
            if after is not None:
                assert told.possible, (seed, row)
                assert told.loses <= plan.value - after, (seed, row)
                assert after <= plan.bound - told.below, (seed, row)
                proofs += told.loses > 0
    assert proofs > 0


def test_alternatives_are_the_cheapest_homes_and_cost_what_they_say():
    for seed, world, plan in worlds("forbidden"):
        proposed = {(move.household, move.to) for move in unlink(plan.chains)}
        pairs = set(zip(world.options["household"], world.options["dwelling"], strict=True))
        for household in sorted(set(world.options["household"])):
            theirs = sorted(pair for pair in pairs - proposed if pair[0] == household)
            after = [cold(world, Change(pinned=(pair,))) for pair in theirs]
            costs = sorted(plan.value - value for value in after if value is not None)
            told = alternatives(plan, household, many=2)
            assert [one.price.points for one in told] == costs[:2], (seed, household)


def test_two_changes_one_after_the_other_are_as_good_as_both_at_once():
    for seed, world, plan in worlds("budgets"):
        dice = np.random.default_rng([seed, 4])
        one, other = (
            Change(options=row.assign(gain=row["gain"] + 3))
            for row in (world.options.iloc[[at]] for at in dice.permutation(len(world.options))[:2])
        )
        apart = repair(repair(plan, one).standing, other)
        assert apart.value == repair(plan, one.and_then(other)).value, seed
