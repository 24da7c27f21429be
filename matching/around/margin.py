"""How much a move that was not chosen would cost the plan at least, read from its prices."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matching.around.neighbourhood import UNREACHED, slack_of
from matching.certificate import whole_points
from matching.explain import Margin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.around.standing import Standing


def margin(
    standing: Standing, household: str, dwelling: str, *, slack: NDArray[np.int64] | None = None
) -> Margin | None:
    """Say how far any plan with this move stays behind; None where it is no option at all.

    With the `slack_of` this very standing nothing of it is touched, so many may ask at once.
    """
    market, scale = standing.market, standing.walks.task.scale
    who = standing.people.get_indexer([household])[0]
    where = standing.homes.get_indexer([dwelling])[0]
    hits = np.flatnonzero((market.household == who) & (market.home == where))
    if who < 0 or where < 0 or not len(hits):
        return None
    left = int((slack_of(standing) if slack is None else slack)[hits].min())
    if left > UNREACHED:
        return Margin(loses=0, below=0, possible=False)
    conditions = standing.facts.conditions
    unkept = conditions.at_stake
    best = Fraction(standing.proven - left, scale) - unkept
    loses = standing.value - whole_points(best, standing.facts.limits.acceptance)
    return Margin(loses=loses, below=left // scale, possible=True)
