"""What the quick way promises: a plan that can be made, and a bound that no plan exceeds."""

import numpy as np
import pandas as pd
import pytest

from matching.chains import link, moves_of
from matching.conditions import ImpossibleConditions
from matching.optimise import Limits, choose, rough
from matching.optimise.dive import Root, plunge
from matching.optimise.generate import first_columns
from matching.optimise.market import market_of
from matching.optimise.prices import Walks
from matching.optimise.solve import task_of
from tests.counts import count
from tests.worlds import KINDS, a_world


def a_market(seed, *, people=60, vacant=12, wishes=6):
    dice = np.random.default_rng(seed)
    homes = [f"w{i}" for i in range(people)] + [f"o{i}" for i in range(vacant)]
    rows = [
        (f"h{h}", homes[d], f"w{h}" if h % 4 else pd.NA, int(dice.integers(1, 400)))
        for h in range(people)
        for d in dice.choice(len(homes), wishes, replace=False)
    ]
    table = pd.DataFrame(rows, columns=["household", "dwelling", "leaves", "gain"])
    return table.astype({"leaves": "str"}), homes[people:]


@pytest.mark.parametrize("acceptance", [1.0, 0.4])
def test_the_quick_plan_is_one_that_can_be_made_and_lies_under_its_bound(acceptance):
    for seed in range(count(ci=6, soak=400, of="quick plans")):
        table, openings = a_market(seed)
        limits = Limits(5, 0, acceptance)
        quick = rough(table, openings, limits, seed=1)
        exact = choose(table, openings, limits, seed=1)
        chains = link(moves_of(quick.moves), frozenset(openings))
        assert all(not chain.ring and len(chain.moves) <= 5 for chain in chains)
        assert quick.value <= exact.value <= quick.bound


@pytest.mark.parametrize("kind", KINDS)
def test_the_quick_plan_keeps_the_side_conditions(kind):
    for seed in range(count(ci=4, soak=200, of="quick plans with conditions")):
        world = a_world(seed, kind)
        if world.options.empty:
            continue
        limits = Limits(world.longest_chain, world.longest_ring, world.acceptance)
        quick, exact = (_asked(way, world, limits) for way in (rough, choose))
        assert (quick is None) == (exact is None)
        if exact is not None:
            assert quick.value <= exact.value <= quick.bound


def _asked(way, world, limits):
    """The plan of this way; None where no plan keeps the conditions."""
    try:
        return way(world.options, world.openings, limits, seed=1, conditions=world.conditions)
    except ImpossibleConditions:
        return None


def test_a_plunge_that_is_broken_off_leaves_no_move_hanging_in_the_air(monkeypatch):
    monkeypatch.setattr("matching.optimise.dive.TURNS", 0)
    monkeypatch.setattr("matching.optimise.dive.SETTLED", 0.2)
    table, openings = a_market(3)
    limits = Limits(5, 0, 1.0)
    task = task_of(market_of(table, openings, seed=1), limits, scale=1_000)
    walks = Walks(task)
    anchor, front = first_columns(walks, rounds=3)
    columns = front.columns(task)
    use = np.full(columns.size, 0.5)
    use[columns.place.size :] = 0
    use[: columns.place.size][columns.place == 0] = 0.1  # no first move is certain enough
    plan = plunge(task, front, Root(columns, use, anchor.price, anchor.bound))
    assert not len(plan.arc)


def test_nothing_to_choose_from_gives_an_empty_plan():
    table, openings = a_market(1)
    assert len(rough(table.iloc[:0], openings, Limits(5, 0), seed=1).moves) == 0
