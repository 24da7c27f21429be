"""An empty plan is a claim too: that nobody can be offered anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matching.conditions import NONE, Conditions
from matching.model import Plan, Status
from matching.verify.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pandas as pd


def truly_nothing(
    plan: Plan, conditions: Conditions, options: pd.DataFrame, openings: Collection[str]
) -> Iterator[Finding]:
    """A plan without moves, while there were options, is proven to be the best; else it failed.

    Under side conditions the proof is the solver's. Without them no proof stands against one
    household that gains by a home that is free: that move alone is a chain.
    """
    if plan.chains or options.empty:
        return
    if plan.receipt.status is not Status.EMPTY:
        sentence = "Het plan is leeg, maar niet is bewezen dat er niets voor te stellen is."
        yield Finding("leeg", sentence)
    elif _none_but_seen(conditions):
        free = options[options["dwelling"].isin(openings) & (options["gain"] > 0)]
        for household, home in zip(free["household"][:1], free["dwelling"][:1], strict=True):
            sentence = "Het plan is leeg, maar dit huishouden kan naar een woning die vrij is."
            yield Finding("leeg", sentence, str(household), str(home))


def _none_but_seen(conditions: Conditions) -> bool:
    """Whether nothing but proposals that people have seen, and what changing them costs, counts."""
    return replace(conditions, seen=(), change_cost=0, most_open=None) == NONE and (
        not conditions.full_of()
    )
