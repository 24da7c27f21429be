"""The same plan to the byte: over workers, orders of rows, processes; with and without conditions.

A region is checked as a night would solve it: quarters that are markets of their own, too large for
the integer solver to take whole.
"""

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from matching.conditions import NONE, ImpossibleConditions
from matching.optimise import Limits, choose
from tests.worlds import KINDS, a_town, a_world

SMALL = [(kind, seed) for kind in KINDS for seed in range(2)]


def chosen(world, **how):
    """The moves by household, value, bound and certificate; or that there is no plan."""
    limits = Limits(world.longest_chain, world.longest_ring, world.acceptance)
    given = {"conditions": world.conditions, "seed": 1} | how
    try:
        choice = choose(world.options, world.openings, limits, **given)
    except ImpossibleConditions as impossible:
        return repr(impossible)
    moves = choice.moves.sort_values("household").to_csv(index=False)
    return moves, choice.value, choice.bound, choice.status, choice.certificate


@cache
def town(*, conditions):
    world = a_town(1)
    return world if conditions else world.under(NONE)


@cache
def town_by_one_worker(*, conditions):
    return chosen(town(conditions=conditions))


def shuffled(world, seed):
    """The same world told in another order, with other labels."""
    dice = np.random.default_rng(seed)
    order = dice.permutation(len(world.options))
    rows = world.options.iloc[order].set_axis([f"rij {n}" for n in range(len(order))])
    return type(world)(**{**vars(world), "options": rows, "openings": world.openings[::-1]})


def digest(*answers):
    return hashlib.sha256(repr(answers).encode()).hexdigest()


def all_answers():
    """What a process of its own says of every small world and of the town."""
    small = [chosen(a_world(seed, kind)) for kind, seed in SMALL]
    large = [chosen(a_world(seed, kind), small=0) for kind, seed in SMALL]
    return digest(*small, *large, *(chosen(town(conditions=asked)) for asked in (True, False)))


def test_the_town_has_a_plan_with_the_conditions_and_another_without():
    kept, free = (town_by_one_worker(conditions=asked) for asked in (True, False))
    assert len(kept[0].splitlines()) > 50
    assert kept[0] != free[0]


@pytest.mark.parametrize("workers", [2, 8])
@pytest.mark.parametrize("conditions", [True, False])
def test_more_workers_choose_the_same_plan(conditions, workers):
    alone = town_by_one_worker(conditions=conditions)
    assert chosen(town(conditions=conditions), workers=workers) == alone


@pytest.mark.parametrize("conditions", [True, False])
def test_the_order_of_the_rows_does_not_matter_to_a_town(conditions):
    other = chosen(shuffled(town(conditions=conditions), seed=9))
    assert other == town_by_one_worker(conditions=conditions)


@pytest.mark.parametrize("small", [1_500, 0])
@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_the_rows_does_not_matter_to_a_small_world(kind, small):
    for seed in range(6):
        world = a_world(seed, kind)
        told = {chosen(shuffled(world, seed=n), small=small) for n in range(3)}
        assert told == {chosen(world, small=small)}, seed


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.property.test_determinism import all_answers
print(all_answers())
"""


@pytest.mark.parametrize("salt", ["0", "1", "4294967295"])
def test_a_process_with_another_hash_seed_chooses_the_same(salt):
    root = str(Path(__file__).parents[2])
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT, root],
        env={**os.environ, "PYTHONHASHSEED": salt},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.strip() == all_answers_here()


@cache
def all_answers_here():
    return all_answers()
