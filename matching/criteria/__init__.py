"""Criteria: every rule and preference, one function, one sentence and one source each.

`judge` gives a column per rule, `score` a column per preference, `figures` the numbers that the
sentences name. The optimiser decides by the very columns that the explanation reads aloud.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.criteria.catalogue import PREFERENCES, RULES
from matching.criteria.figures import MONEY, OF_NOW, figures
from matching.criteria.pairs import ASK, NO, YES, Pairs, Side
from matching.criteria.preferences import Preference
from matching.criteria.rules import Rule

if TYPE_CHECKING:
    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.criteria.pairs import Mask, Numbers

__all__ = [
    "ASK",
    "MONEY",
    "NO",
    "OF_NOW",
    "PREFERENCES",
    "RULES",
    "YES",
    "Pairs",
    "Preference",
    "Rule",
    "Side",
    "asks_that_cost",
    "figures",
    "judge",
    "score",
]


def judge(pairs: Pairs, rules: Rules, policy: Policy) -> pd.DataFrame:
    """Give a column per rule (int8: 0 no, 1 ask the coach, 2 yes) and a row per pair."""
    return pd.DataFrame({rule.name: rule.judge(pairs, rules, policy) for rule in RULES})


def asks_that_cost(judged: pd.DataFrame) -> Numbers:
    """Count per pair the rules that ask the coach at a cost: not those about an untested income."""
    cost = [rule.name for rule in RULES if rule.costs]
    asks: Mask = judged[cost].to_numpy() == ASK
    count: Numbers = asks.sum(axis=1, dtype=np.int32)
    return count


def score(pairs: Pairs, policy: Policy) -> pd.DataFrame:
    """Give a column of whole points per preference (int32) and a row per pair.

    `pairs.asks` must be filled for the last of them to count.
    """
    return pd.DataFrame({wish.name: wish.points(pairs, policy) for wish in PREFERENCES})
