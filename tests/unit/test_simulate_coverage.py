"""The 95 % interval of a mean covers the truth in 93 to 97 % of runs, where the truth is known."""

import numpy as np
import pytest

from matching.simulate.interval import interval
from tests.counts import count

EXPERIMENTS = count(ci=4_000, soak=100_000, of="proeven met een bekende waarheid")
REPLICATIONS = 20
CHAINS = 50
CONTINUES = 0.5
"""The chance that a chain goes on: a mean length of two."""


def covered(low, high, truth):
    return float(((low <= truth) & (truth <= high)).mean())


def drawn(seed, replications):
    """The mean length of the chains of every replication, of every experiment (rows)."""
    dice = np.random.default_rng(seed)
    shape = (EXPERIMENTS, replications)
    return 1 + dice.negative_binomial(CHAINS, 1 - CONTINUES, shape) / CHAINS


@pytest.mark.parametrize("replications", [5, REPLICATIONS])
def test_the_interval_of_a_mean_covers_the_truth_in_95_of_100_experiments(replications):
    mean, low, high, n = interval(drawn(1, replications))
    assert set(n) == {replications}
    assert 0.93 < covered(low, high, 2.0) < 0.97
    assert abs(mean.mean() - 2.0) < 0.01


def test_the_interval_of_a_paired_difference_covers_it_too():
    """Whatever two scenarios share (the same fate) falls out of the difference between them."""
    ours, baseline = drawn(2, REPLICATIONS), drawn(3, REPLICATIONS)
    fate = np.random.default_rng(4).normal(0, 5, ours.shape)
    _, low, high, _ = interval((ours + fate) - (baseline + fate) + 0.3)
    assert 0.93 < covered(low, high, 0.3) < 0.97
    assert (high - low).mean() < 1
