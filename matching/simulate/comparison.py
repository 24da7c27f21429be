"""What many runs say together: tables of means with intervals, each beside doing nothing.

Every mean is over replications, every interval a 95 % one (Student t), every difference that of a
scenario from the baseline, paired by replication. What cannot be said is missing (NaN): an
interval of one replication, a difference of the baseline from itself, and everything of a small
cell (`suppressed`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.scenario import NOTHING

if TYPE_CHECKING:
    import pandas as pd

BASELINE = NOTHING
"""The scenario that all others are compared with."""
SMALL = 10
"""Fewer than so many people in a cell are not shown."""
WHOLE = ""
"""The group, cause, home or neighbourhood that stands for all of them."""
OF = {"scenario": "str", "acceptance": "int64"}
MEAN = {
    "mean": "float64",
    "low": "float64",  # of its interval; missing with one replication
    "high": "float64",
    "difference": "float64",  # from the baseline, missing for the baseline itself
    "difference_low": "float64",
    "difference_high": "float64",
    "replications": "int64",  # over which the mean is
    "pairs": "int64",  # over which the difference is
    "suppressed": "bool",  # a small cell: all of the numbers above are missing
}
TOTALS = {**OF, "measure": "str", "group": "str", **MEAN}
"""Over the whole horizon: a flow summed, a stock at the end. Every acceptance level that was run.

`group` is WHOLE or `dimension:value`, as in FIGURES.
"""
YEARLY = {**OF, "measure": "str", "group": "str", "year": "int64", **MEAN}
"""Per year from 1: a flow summed, a stock at the end (year 0: where it began).

All groups but calendar years. A flow that is small in a year is hidden in all years, a stock in
that year.

Only the acceptance level that was asked for; so are all tables below.
"""
RATIOS = {**OF, "ratio": "str", "year": "int64", **MEAN}
"""Percentages that a norm or a reader goes by (`SHARES` in `matching.simulate.ratios`).

Year 0 is the whole horizon, another one a calendar year, by which norms are judged. Of each
replication first the percentage, then the mean of those. Where too few are outside the norm it is
in whole percents.
"""
LENGTHS = {
    **OF,
    "by": "str",  # which of the next three are told apart: BY, as `home+neighbourhood`, or WHOLE
    "cause": "str",  # WHOLE: all
    "home": "str",
    "neighbourhood": "str",
    "measure": "str",  # one of LENGTH_MEASURES
    **MEAN,
}
"""Of chains that began in the horizon. See LENGTH_MEASURES for what is counted."""
BY = (
    "",
    "cause",
    "home",
    "neighbourhood",
    "cause+home",
    "cause+neighbourhood",
    "home+neighbourhood",
)
LENGTH_MEASURES = (
    "moves",  # moves per chain that ended
    "vacancies",  # homes that came free per chain that ended, its first one counted
    "older",  # moves of older people to a suitable home, per chain that ended
    "chains",  # how many began, per replication
    "open",  # how many of those stood open at the end
    "open_moves",  # moves so far per chain that stood open
)
ENDS = {
    **OF,
    "by": "str",
    "cause": "str",
    "home": "str",
    "neighbourhood": "str",
    "end": "str",  # an End (`matching.simulate.ledger`), in which standing open is one; or OTHER
    "chains": "float64",  # mean per replication
    "tenths": "int64",  # of a percent; of one by, cause, home and neighbourhood together 1000
}
"""How chains end. Groups of chains that are suppressed in LENGTHS are not in it.

Ends of too few people are told together as OTHER, with another end where those are still too few,
or where they could be told from other groups.
"""
OTHER = "overig"
FREED = {
    **OF,
    "rent": "str",
    "rooms": "int64",
    "access": "str",
    "neighbourhood": "str",
    "month": "int64",
    **MEAN,
}
"""Homes that came free by what they are, per month: 0 is the one in which the simulation begins.

Of homes, so never suppressed.
"""
FREED_YEARLY = {"year" if name == "month" else name: kind for name, kind in FREED.items()}
"""The same per year, from 1."""
FREED_BY = {**OF, "dimension": "str", "kind": "str", **MEAN}
"""The same over the whole horizon, by one thing at a time: `rent`, `rooms`, `access`, …

`dimension` is also `cause` (small cells suppressed), `year`, or WHOLE; `kind` is always text.
"""
DISTANCE = {
    **OF,
    "months": "int64",  # plans made, over all replications
    "mean_gap": "float64",  # percent that a plan could be better at most, by its own proven bound
    "worst_gap": "float64",
    "sampled": "int64",  # plans that the exact optimiser was asked for too
    "mean_from_exact": "float64",  # percent below the exact optimum; missing where none was sampled
    "worst_from_exact": "float64",
}
"""How far the plans inside the runs are from the best there is."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the runs of some scenarios say, side by side; all tables are sorted and of nobody.

    `scenarios` has the baseline first, `runs` says per scenario and acceptance how many
    replications there are (`scenario`, `acceptance`, `replications`). The tables have the columns
    of the constants above: `totals` TOTALS, and so on.
    """

    baseline: str
    acceptance: int
    years: int
    scenarios: tuple[str, ...]
    runs: pd.DataFrame
    totals: pd.DataFrame
    yearly: pd.DataFrame
    ratios: pd.DataFrame
    lengths: pd.DataFrame
    ends: pd.DataFrame
    freed: pd.DataFrame
    freed_yearly: pd.DataFrame
    freed_by: pd.DataFrame
    distance: pd.DataFrame
