"""The random worlds bite: conditions cost something in many of them, and in some are impossible."""

from fractions import Fraction

import pytest

from matching.conditions import NONE
from tests.brute_force import (
    Piece,
    best_plan,
    broken,
    facts_of,
    moves_in,
    pieces_of,
    plans_of,
)
from tests.worlds import KINDS, a_world

MANY = 60
# Per cent of the worlds in which, at least, the conditions lower the value, or leave no plan.
COSTLY = {
    "pinned": 30,
    "forbidden": 40,
    "shown": 50,
    "groups": 50,
    "mixes": 30,
    "budgets": 40,
    "together": 20,
    "shares": 10,
    "all": 30,
}
IMPOSSIBLE = {"pinned": 5, "budgets": 1, "shares": 5, "all": 15}


def best(world):
    found = best_plan(world.options, world.openings, **world.for_brute_force())
    return None if found is None else found[0]


def percent(cases):
    return 100 * sum(cases) / MANY


@pytest.mark.parametrize("kind", KINDS)
def test_the_worlds_of_every_kind_bite(kind):
    worlds = [a_world(seed, kind) for seed in range(MANY)]
    kept = [(best(world), best(world.under(NONE))) for world in worlds]
    assert percent(value is not None and value < free for value, free in kept) >= COSTLY[kind]
    assert percent(value is None for value, _ in kept) >= IMPOSSIBLE.get(kind, 0)
    assert percent(value is not None for value, _ in kept) >= 50


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_world(kind):
    one, other = a_world(5, kind), a_world(5, kind)
    assert one.options.equals(other.options)
    assert (one.openings, one.conditions) == (other.openings, other.conditions)


def test_some_mixes_go_wrong_only_while_a_chain_is_under_way():
    """When all have moved the number is right; it was not when half of them had."""
    worlds = [a_world(seed, "mixes") for seed in range(MANY)]
    assert percent(best_by_the_end_only(world) > best(world) for world in worlds) >= 5


def best_by_the_end_only(world):
    """The greatest value when nobody looks at the mix before all have moved."""
    facts = facts_of(world.options)
    chance = Fraction(str(world.acceptance))
    limits = (world.longest_chain, world.longest_ring, chance)
    plans = plans_of(pieces_of(list(facts), set(world.openings), *limits))
    kept = [plan for plan in plans if not broken(at_once(plan), facts, world.conditions)]
    return max(sum(piece.worth for piece in plan) for plan in kept)


def at_once(plan):
    """All moves in one go, as in a ring."""
    return (Piece(tuple(moves_in(plan)), ring=True, worth=Fraction(0)),)


def test_without_conditions_every_plan_is_kept():
    world = a_world(3, "all")
    facts = facts_of(world.options)
    pieces = pieces_of(list(facts), set(world.openings), 4, 3, 1)
    assert not any(broken(plan, facts, NONE) for plan in plans_of(pieces))
