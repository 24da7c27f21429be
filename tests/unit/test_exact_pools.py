"""The bench's kidney pools: drawn as described, read as published; no rule beats the plan."""

import numpy as np
import pytest

from benchmarks.kidney import BLOOD, Pool, heterogeneous, read_wmd, saidman, sparse
from benchmarks.peers import greedy, in_order_of_arrival, uncapped
from matching.optimise import Limits, choose

FILE = """# FILE NAME: 00036-00000999.wmd
# DATA TYPE: wmd
# NUMBER ALTERNATIVES: 3
# NUMBER EDGES: 5
# ALTERNATIVE NAME 1: Pair 1
# ALTERNATIVE NAME 2: Alturist 2
# ALTERNATIVE NAME 3: Pair 3
1,3,1.0
3,1,1.0
1,2,0.0
3,2,0.0
2,3,1.0
"""


def test_a_published_pool_is_read_without_the_arcs_that_close_its_chains(tmp_path):
    path = tmp_path / "00036-00000999.wmd"
    path.write_text(FILE, "utf-8")
    pool = read_wmd(path)
    assert (pool.pairs, pool.altruists) == (2, 1)
    arcs = sorted(zip(pool.giver.tolist(), pool.taker.tolist(), strict=True))
    assert arcs == [(0, 1), (1, 0), (2, 1)]


def test_a_pool_with_broken_weights_is_refused(tmp_path):
    path = tmp_path / "pool.wmd"
    path.write_text(FILE.replace("2,3,1.0", "2,3,0.5"), "utf-8")
    with pytest.raises(SystemExit):
        read_wmd(path)


def test_a_pool_is_a_market_of_vacancies_and_swaps():
    pool = Pool("two", 2, 1, np.array([0, 1, 2]), np.array([1, 0, 1]), np.array([4, 5, 7]))
    options, openings = pool.options()
    assert openings == ["d2"]
    assert choose(options, openings, Limits(0, 2), seed=1).value == 9
    assert choose(options, openings, Limits(2, 0), seed=1).value == 12


def test_nobody_gives_to_the_own_patient_and_nothing_is_given_to_altruists():
    for pool in (saidman(40, 4, seed=1), sparse(40, 4, seed=1), heterogeneous(40, 4, seed=1)):
        assert (pool.giver != pool.taker).all()
        assert pool.taker.max() < pool.pairs
        assert pool.giver.max() >= pool.pairs


def test_pools_are_the_same_every_time():
    one, other = (saidman(30, 3, seed=5).weighted(5) for _ in range(2))
    assert np.array_equal(one.giver, other.giver)
    assert np.array_equal(one.points, other.points)
    assert not np.array_equal(one.points, saidman(30, 3, seed=5).weighted(6).points)


def test_dense_pools_are_as_dense_as_the_published_ones():
    sizes = [saidman(128, 0, seed=seed).size for seed in range(8)]
    assert 3_000 < np.mean(sizes) < 5_500
    assert sum(BLOOD) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_no_rule_beats_the_plan_and_no_plan_beats_the_limit(seed):
    pool = saidman(30, 3, seed=seed).weighted(seed)
    best = choose(*pool.options(), Limits(3, 3), seed=1)
    assert greedy(pool, 3, 3) <= best.value == best.bound <= uncapped(pool)
    assert in_order_of_arrival(pool, 3) <= best.value
    assert choose(*pool.options(), Limits(33, 0), seed=1).value <= uncapped(pool)


def test_without_rings_or_altruists_the_limit_is_what_all_swaps_come_to():
    pool = Pool("ring", 4, 0, np.arange(4), np.roll(np.arange(4), -1), np.full(4, 3))
    assert uncapped(pool) == 12
    assert greedy(pool, 3, 3) == 0
