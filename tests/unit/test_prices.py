"""Prices of what is asked of worth: a bound counts in 64 bits, however dear they get."""

import numpy as np
import pandas as pd
import pytest

from matching.certificate import BrokenCertificate, bound_of
from matching.conditions import Conditions, Share
from matching.model import Certificate
from matching.optimise.choose import scale_of
from matching.optimise.limits import Limits
from matching.optimise.market import market_of
from matching.optimise.prices import Walks
from matching.optimise.solve import task_of

OPENINGS = ["w1", "w2"]
LIMITS = Limits(3, 2, 0.7)
ASKED = Conditions(shares=(Share("noord", 200), Share("zuid", 50)))
ROWS = [("an", "w1", "w3", 400, "noord"), ("bo", "w2", None, 90, "zuid")]
ROWS += [("bo", "w3", None, 300, "zuid"), ("cy", "w2", "w4", 100, "noord")]
OPTIONS = pd.DataFrame(ROWS, columns=["household", "dwelling", "leaves", "gain", "corporation"])
BEST = 0.7 * 400 + 0.49 * 300 + 0.7 * 100
"""An to w1, Bo to w3, Cy to w2: 350 points for noord and 147 for zuid."""


@pytest.mark.parametrize("digits", range(20))
def test_however_dear_a_share_no_bound_lies_below_a_plan_that_keeps_it(digits):
    certificate = Certificate(1_000_000, conditions=(("share|noord", min(10**digits, 2**62)),))
    try:
        bound = bound_of(
            OPTIONS,
            OPENINGS,
            certificate,
            longest_chain=3,
            longest_ring=2,
            acceptance=0.7,
            conditions=ASKED,
        )
    except BrokenCertificate:
        assert digits > 9
    else:
        assert bound >= BEST


@pytest.mark.parametrize("digits", range(19))
def test_prices_that_a_search_holds_prove_a_bound_however_dear_they_were(digits):
    market = market_of(OPTIONS, OPENINGS, seed=1, conditions=ASKED)
    task = task_of(market, LIMITS, scale=scale_of(market, LIMITS))
    walks = Walks(task)
    price = np.zeros(task.prices, dtype=np.int64)
    price[task.row_prices] = 10**digits
    assert walks.bound(task.held(price)) >= BEST * task.scale
