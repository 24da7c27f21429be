"""What the exact road promises: the optimum proven, ties by lot, and no bound below a plan."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from matching.model import Status
from matching.optimise import Limits, choose
from matching.optimise.exact import FINEST, drawn, step_of
from matching.optimise.generate import BLOCKED, Anchor, converged, first_columns, ring_slack
from matching.optimise.linear import columns_of, whole
from matching.optimise.market import market_of
from matching.optimise.prices import Walks, settled_rings
from matching.optimise.solve import task_of, value_of


def world(people, vacant, *, wishes, seed, most=400):
    """Everyone has a home and wishes drawn among all homes; gains of 1 to `most` points."""
    dice = np.random.default_rng(seed)
    homes = [f"w{i}" for i in range(people)] + [f"o{i}" for i in range(vacant)]
    rows = [
        (f"h{h}", homes[d], f"w{h}", int(dice.integers(1, most + 1)))
        for h in range(people)
        for d in dice.choice(len(homes), wishes, replace=False)
    ]
    return pd.DataFrame(rows, columns=["household", "dwelling", "leaves", "gain"]), homes[people:]


def task(people, vacant, limits, *, wishes=5, seed=1, most=400):
    table, openings = world(people, vacant, wishes=wishes, seed=seed, most=most)
    return task_of(market_of(table, openings, seed=1), limits, scale=1_000)


def optimum(task, limits):
    """The integer solver on every column that can be reached, without prices, fixing or lot."""
    walks = Walks(task)
    walks.bound(np.zeros(task.prices, dtype=np.int64))
    every = walks.slack() < BLOCKED
    found = whole(task, columns_of(every, np.ones(len(task.rings), bool)), nodes=None, gap=0.0)
    return value_of(task, found.columns, limits)


@pytest.mark.parametrize("most", [1, 3, 400])
@pytest.mark.parametrize("limits", [Limits(3, 3), Limits(4, 0), Limits(0, 3), Limits(3, 2, 0.9)])
def test_the_exact_road_finds_what_the_integer_solver_finds_on_everything(most, limits):
    for seed in range(4):
        table, openings = world(30, 5, wishes=5, seed=seed, most=most)
        choice = choose(table, openings, limits, seed=1, small=1)
        best = optimum(task(30, 5, limits, seed=seed, most=most), limits)
        assert (choice.value, choice.bound) == (round(best), round(best)), seed
        assert choice.status is Status.PROVEN, seed


@pytest.mark.parametrize("acceptance", [1, 0.9])
def test_rings_among_many_are_solved_until_proven(acceptance):
    table, openings = world(60, 6, wishes=20, seed=2)
    choice = choose(table, openings, Limits(4, 3, acceptance), seed=1)
    assert choice.status is Status.PROVEN
    assert choice.value == choice.bound <= choice.certificate.bound


def test_where_all_moves_are_worth_the_same_the_optimum_is_proven_too():
    table, openings = world(150, 10, wishes=6, seed=4, most=1)
    choice = choose(table, openings, Limits(4, 3), seed=1)
    assert choice.status is Status.PROVEN
    assert choice.value == len(choice.moves)


def test_a_step_is_what_two_plans_differ_by_at_least_and_never_finer_than_counted():
    assert step_of(Limits(5, 3)) == 1
    assert step_of(Limits(3, 2, 0.9)) == Fraction(1, 1_000)
    assert step_of(Limits(8, 2, 0.95)) == FINEST


def test_the_lot_is_worth_less_than_half_a_step_for_a_whole_plan():
    limits = Limits(3, 3)
    plain = task(40, 5, limits)
    fine = drawn(plain, step_of(limits))
    factor = fine.scale // plain.scale
    lots = [new - old * factor for new, old in zip(fine.worth, plain.worth, strict=True)]
    assert min(lot.min() for lot in lots) >= 0
    assert int(lots[0].max()) * plain.market.households < fine.scale // 2
    assert len(np.unique(lots[0])) > plain.market.size // 2


def test_gains_too_large_for_finer_points_are_left_without_lot():
    limits = Limits(2, 0)
    table = pd.DataFrame(
        [("an", "o1", None, 2**50)], columns=["household", "dwelling", "leaves", "gain"]
    )
    large = task_of(market_of(table, ["o1"], seed=1), limits, scale=10)
    assert drawn(large, step_of(limits)) is None


def test_a_converged_bound_lies_above_every_plan_and_not_above_the_first_one():
    limits = Limits(4, 3)
    made = task(50, 6, limits)
    walks = Walks(made)
    first, front = first_columns(walks, rounds=60)
    anchor, root = converged(walks, front, first, rounds=30, enough=0)
    best = optimum(made, limits)
    assert best * made.scale <= anchor.bound <= first.bound
    assert anchor.bound == walks.bound(anchor.price)
    assert root.use.max() <= 1 + 1e-9


def test_a_column_beyond_the_gap_is_in_no_better_plan():
    limits = Limits(3, 3)
    made = task(25, 4, limits)
    walks = Walks(made)
    anchor, front = first_columns(walks, rounds=60)
    anchor, _ = converged(walks, front, anchor, rounds=30, enough=0)
    best = optimum(made, limits)
    bound = walks.bound(settled_rings(walks, anchor.price))
    within = bound - int(best * made.scale)
    left = columns_of(walks.slack() <= within, ring_slack(walks) <= within)
    found = whole(made, left, nodes=None, gap=0.0, plain=True)
    assert value_of(made, found.columns, limits) == best
    assert left.size < made.places * made.market.size


def test_an_anchor_is_never_traded_for_a_worse_bound():
    limits = Limits(3, 0)
    made = task(30, 5, limits)
    walks = Walks(made)
    _, front = first_columns(walks, rounds=20)
    low = Anchor(np.zeros(made.prices, dtype=np.int64), -1)
    anchor, _ = converged(walks, front, low, rounds=3, enough=0)
    assert anchor == low
