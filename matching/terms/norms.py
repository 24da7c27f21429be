"""The norms of the year, with their running counter: the plan itself keeps each of them.

A norm is over a year, never a ban per case. It is counted from what is known: allocations of this
year, and households whose income was tested this year. An income that was not tested is held
against nobody, so it counts on neither side.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import IncomeClass, Priority
from matching.conditions import Budget
from matching.criteria import YES
from matching.terms.allocated import (
    OF_HOME,
    OF_HOUSEHOLD,
    UNKNOWN,
    allocated,
    tested,
    within_daeb_rent,
)
from matching.terms.table import Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from matching.terms.table import Tonight


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm: its name, where it holds (a column), its share, and what each allocation adds.

    `short` gives per row how much it falls short; at most 0 over a year keeps the norm.
    """

    name: str
    where: str
    share: Fraction
    short: Callable[[pd.DataFrame, Fraction], NDArray[np.int64]]


def norms(tonight: Tonight) -> Term:
    """Hold the plan to passend toewijzen (95 %), to the DAEB norm, and to local binding (50 %).

    Per corporation that lets; local binding per municipality. The shares are figures of the rules
    of the year: one that is not confirmed there is not held. A year behind its norm asks that the
    plan keeps the norm by itself; a year ahead of it leaves the plan that room. Sources: Woningwet
    art. 46 lid 2 and art. 48, Huisvestingswet; see `data_contracts/rules`.
    """
    if not tonight.policy.year_norms or tonight.options.empty:
        return Term()
    planned, done = _planned(tonight), allocated(tonight)
    columns: dict[str, pd.Series] = {}
    budgets: list[Budget] = []
    for norm in _held(tonight):
        short = norm.short(planned, norm.share)
        some = np.flatnonzero(short > 0)
        household = tonight.options["household"].iloc[some].to_numpy()
        places = planned[norm.where].iloc[some].to_numpy()
        worst = pd.Series(short[some]).groupby([places, household])
        found = list(_budgets(norm, worst.max().groupby(level=0).sum(), done))
        if found:
            columns |= {f"norm_{norm.name}": tonight.whole(short), norm.where: planned[norm.where]}
            budgets += found
    return Term(columns, budgets=tuple(budgets))


def _held(tonight: Tonight) -> Iterator[Norm]:
    """The norms of this year that are confirmed, with what each counts."""
    daeb = "norm_met_afspraak" if tonight.policy.daeb_agreement else "norm"
    for name, where, figure, short in (
        ("passend_toewijzen", "landlord", "norm", _passend),
        ("daeb", "landlord", daeb, _daeb),
        ("lokale_binding", "municipality", "norm", _binding),
    ):
        promille = tonight.rules.value(name, figure)
        if promille is not None:
            yield Norm(name, where, Fraction(promille, 1000), short)


def _budgets(norm: Norm, worst: pd.Series, done: pd.DataFrame) -> Iterator[Budget]:
    """One budget for every place where a plan could break the norm.

    `worst`: by place how much a plan falls short at most.
    """
    spent = pd.Series(norm.short(done, norm.share)).groupby(done[norm.where].to_numpy()).sum()
    for value, most in worst.sort_index().items():
        room = max(0, -int(spent.get(value, 0)))
        if most > room:
            where = (norm.where, str(value))
            yield Budget(f"{norm.name}|{value}", f"norm_{norm.name}", room, where)


def _least(counts: pd.Series, meets: pd.Series, share: Fraction) -> NDArray[np.int64]:
    counted = counts.to_numpy(dtype=np.int64)
    met = (counts & meets).to_numpy(dtype=np.int64)
    short: NDArray[np.int64] = share.numerator * counted - share.denominator * met
    return short


def _passend(rows: pd.DataFrame, share: Fraction) -> NDArray[np.int64]:
    """Of low incomes in homes under the DAEB rent limit at least so many within their rent.

    Who asked for the exception of BTIV art. 54a counts, and does not meet it: whether they may be
    left out of the norm is not confirmed, and this is the careful side.
    """
    low = rows["income"] == IncomeClass.PASSEND
    return _least(low & rows["daeb"] & rows["within_limit"], rows["fits"], share)


def _daeb(rows: pd.DataFrame, share: Fraction) -> NDArray[np.int64]:
    """Of DAEB homes at least so many to incomes up to the DAEB limit."""
    return _least(
        rows["daeb"] & (rows["income"] != UNKNOWN), rows["income"] != IncomeClass.BOVEN, share
    )


def _binding(rows: pd.DataFrame, share: Fraction) -> NDArray[np.int64]:
    """Of all homes at most so many to who went first by local binding."""
    bound = rows["binding"].to_numpy(dtype=np.int64)
    over: NDArray[np.int64] = share.denominator * bound - share.numerator
    return over


def _planned(tonight: Tonight) -> pd.DataFrame:
    """Say of every option what a norm asks of an allocation; columns as in `allocated`."""
    homes = tonight.rows_of(tonight.homes[list(OF_HOME)], "dwelling")
    people = tonight.rows_of(tonight.state.households[list(OF_HOUSEHOLD)], "household")
    verdict = tonight.options["passend_toewijzen"].to_numpy()
    return pd.DataFrame(
        {
            "landlord": homes["corporation"].array,
            "municipality": homes["municipality"].array,
            "daeb": homes["daeb"].to_numpy(dtype=bool, na_value=False),
            "within_limit": within_daeb_rent(homes["target_rent"], tonight.rules),
            "income": tested(people, tonight.rules),
            "fits": verdict == YES,
            "binding": (people["priority"] == Priority.BIN).to_numpy(dtype=bool, na_value=False),
        },
        index=tonight.options.index,
    )
