"""The optimiser with side conditions, against the slow and obvious one: 2,000 small worlds."""

import os
import sys

import pandas as pd
import pytest

from matching.certificate import bound_of
from matching.conditions import Conditions, ImpossibleConditions, Share
from matching.model import Status
from matching.optimise import Limits, choose
from tests.brute_force import best_plan, worth_of
from tests.worlds import KINDS, a_world

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
BLOCKS = range(50 if LONG else 5)
# Of each of the nine kinds, in every block: 1,440 + 360 + 225 worlds in five blocks.
WORLDS, CROWDED, LARGE = 32, 8, 5


def worlds(kind, block, many, *, of, **changes):
    """Worlds of one kind by their seeds; every kind of test has seeds of its own."""
    first = of * 1_000_000 + block * many
    return [(seed, a_world(seed, kind, **changes)) for seed in range(first, first + many)]


def best_of(world):
    """The greatest value, or None where no plan keeps the conditions."""
    found = best_plan(world.options, world.openings, **world.for_brute_force())
    return None if found is None else found[0]


def chosen(world, **how):
    """What the optimiser chooses, or None where it says that the conditions are impossible."""
    limits = Limits(world.longest_chain, world.longest_ring, world.acceptance)
    try:
        return choose(
            world.options, world.openings, limits, conditions=world.conditions, seed=1, **how
        )
    except ImpossibleConditions:
        return None


def worth(choice, world):
    """What the chosen moves are worth by their definition; None when they break a condition."""
    return worth_of(choice.moves, world.openings, **world.for_brute_force())


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_choice_is_worth_what_brute_force_finds_and_keeps_every_condition(kind, block):
    for seed, world in worlds(kind, block, WORLDS, of=0):
        best, choice = best_of(world), chosen(world)
        assert (choice is None) == (best is None), seed
        if choice is not None:
            assert (choice.value, choice.bound) == (round(best), round(best)), seed
            assert choice.status in {Status.PROVEN, Status.EMPTY}, seed
            assert choice.certificate.bound >= best.__floor__(), seed
            assert worth(choice, world) == best, seed


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("kind", KINDS)
def test_where_two_leave_one_home_the_choice_is_the_best_too(kind, block):
    for seed, world in worlds(kind, block, CROWDED, of=1, crowded=True):
        best, choice = best_of(world), chosen(world)
        assert (choice is None) == (best is None), seed
        if choice is not None:
            assert choice.value == choice.bound == round(best), seed
            assert worth(choice, world) == best, seed


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_road_for_large_markets_keeps_every_condition_too(kind, block):
    for seed, world in worlds(kind, block, LARGE, of=2):
        best, choice = best_of(world), chosen(world, small=0)
        assert (choice is None) == (best is None), seed
        if choice is not None:
            assert round(worth(choice, world)) == choice.value, seed
            assert choice.value <= round(best) <= choice.bound, seed
            assert choice.certificate.bound >= best.__floor__(), seed


@pytest.mark.parametrize("kind", KINDS)
def test_markets_that_share_nothing_keep_their_own_conditions_when_solved_apart(kind, monkeypatch):
    monkeypatch.setattr(sys.modules["matching.optimise.choose"], "TOGETHER", 1)
    for seed, world in worlds(kind, 0, 20, of=4):
        best, choice = best_of(world), chosen(world)
        assert (choice is None) == (best is None), seed
        if choice is not None:
            # Each market has a value of its own; together they are rounded once.
            assert choice.value == choice.bound == round(best), seed
            assert worth(choice, world) == best, seed


def test_a_share_that_falls_short_by_a_hair_is_not_kept():
    """939 points at 0.99^4 are worth 901.9997, not 902."""
    rows = [(f"h{i}", f"w{i}", f"w{i + 1}", 0, "zuid") for i in range(3)]
    table = pd.DataFrame(
        [*rows, ("h3", "w3", None, 939, "noord")],
        columns=["household", "dwelling", "leaves", "gain", "corporation"],
    )
    asked = Conditions(shares=(Share("noord", 902),))
    with pytest.raises(ImpossibleConditions):
        choose(table, ["w0"], Limits(4, 0, 0.99), conditions=asked, seed=1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_certificate_proves_its_bound_again(kind):
    for seed, world in worlds(kind, 0, 20, of=3):
        choice = chosen(world)
        if choice is not None:
            again = bound_of(
                world.options, world.openings, choice.certificate, **world.for_brute_force()
            )
            assert again == choice.certificate.bound, seed
