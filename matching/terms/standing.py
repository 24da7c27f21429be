"""Proposals that stand: which moves must stay in the plan, and which cost something to change.

A proposal that was accepted or signed is outside the plan already: its household does not seek and
its home is not free. One that a coach has taken up is pinned, one that was only offered is kept at
a price. What was declined is no option any more (`matching.criteria.rules.afgewezen`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import ProposalState
from matching.candidates import every_home, these_pairs
from matching.criteria import ASK, RULES, YES
from matching.lookup import among
from matching.rows import rows_with

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.conditions import Pair
    from matching.state import State
    from matching.walking import Network

OPEN = (ProposalState.OFFERED, ProposalState.TAKEN_UP)
"""A proposal in one of these states has been shown to people and has no answer yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Moves that are pinned, and moves that people have seen."""

    pinned: tuple[Pair, ...] = ()
    seen: tuple[Pair, ...] = ()


def standing(
    state: State, options: pd.DataFrame, openings: Iterable[str], policy: Policy
) -> Standing:
    """Say which open proposals are pinned and which are seen; only those still among the options.

    Pinned is what was taken up and can be carried out whatever the rest of the plan is: its chain
    back to an opening, or its whole ring, was taken up too and is not too long.
    """
    open_ones = _open_among(state, options)
    taken_up = open_ones[open_ones["state"] == ProposalState.TAKEN_UP]
    pinned = firm(taken_up, frozenset(openings), policy)
    pairs = zip(open_ones["household"], open_ones["dwelling"], strict=True)
    seen = {(str(household), str(dwelling)) for household, dwelling in pairs} - set(pinned)
    return Standing(pinned, tuple(sorted(seen)))


def _open_among(state: State, options: pd.DataFrame) -> pd.DataFrame:
    """The open proposals that can still be chosen, with what their household leaves now."""
    offers = state.offers
    asked = offers.loc[offers["state"].isin(OPEN), ["household", "dwelling", "state"]]
    asked = asked.sort_values(["state", "household", "dwelling"], ascending=[False, True, True])
    asked = asked.drop_duplicates(["household", "dwelling"])
    rows, _ = rows_with(options, sorted(zip(asked["household"], asked["dwelling"], strict=True)))
    some = options[["household", "dwelling", "leaves"]].iloc[np.sort(rows)]
    return asked.merge(some, on=["household", "dwelling"], how="inner")


def firm(proposals: pd.DataFrame, openings: frozenset[str], policy: Policy) -> tuple[Pair, ...]:
    """Give the proposals (household, dwelling, leaves) that together stand on their own feet.

    Of two for one household or one home only the first counts.
    """
    alone = proposals.drop_duplicates("household").drop_duplicates("dwelling")
    left = alone["leaves"].astype(object).where(alone["leaves"].notna(), None)
    moves = {
        str(dwelling): (str(household), leaves)
        for household, dwelling, leaves in zip(
            alone["household"], alone["dwelling"], left, strict=True
        )
    }
    entered_by_leaver = {leaves: home for home, (_, leaves) in moves.items() if leaves is not None}
    return tuple(
        sorted(
            (household, home)
            for home, (household, _) in moves.items()
            if _stands(home, entered_by_leaver, openings, policy)
        )
    )


def _stands(
    home: str, entered_by_leaver: dict[str, str], openings: frozenset[str], policy: Policy
) -> bool:
    """Whether the moves before this one, back to an opening or round to itself, are there."""
    at, length = home, 1
    while at not in openings:
        before = entered_by_leaver.get(at)
        if before is None:
            return False
        if before == home:
            return length <= policy.longest_ring
        at, length = before, length + 1
    return length <= policy.longest_chain


def with_open_proposals(
    state: State,
    options: pd.DataFrame,
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
) -> pd.DataFrame:
    """Give the options with every open proposal that no rule refuses, also where others gain more.

    A household keeps its best options only; what it was shown must not drop out for that reason.
    """
    missing = _open_elsewhere(state, options)
    if not missing:
        return options
    judged = these_pairs(state, missing, rules, policy, on, network=network)
    names = [rule.name for rule in RULES]
    least = ASK if policy.propose_asks else YES
    allowed = (judged[names] >= least).all(axis=1) & (judged["gain"] > 0)
    both = pd.concat([options, judged[allowed]]).astype(options.dtypes)
    return both.sort_values(["household", "dwelling"], kind="stable").reset_index(drop=True)


def _open_elsewhere(state: State, options: pd.DataFrame) -> list[Pair]:
    """The open proposals that are not among the options, of people and homes that we know."""
    offers = state.offers[state.offers["state"].isin(OPEN)]
    known = offers[
        among(offers["household"], state.wishes.index)
        & among(offers["household"], state.households.index)
        & among(offers["dwelling"], every_home(state).index)
    ]
    asked = sorted(set(zip(known["household"], known["dwelling"], strict=True)))
    _, there = rows_with(options, asked)
    missing = np.setdiff1d(np.arange(len(asked)), there)
    return [asked[at] for at in missing.tolist()]
