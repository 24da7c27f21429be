"""Homes that come free find their households: a plan is made, answered, and carried out in part.

Of a chain the front up to the first no stands. The home that was declined is offered to the next
best who are still free, as a coach does with her plan B; what is left waits for the next month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.scenario import Allocation
from matching.chains import link, moves_of
from matching.optimise import Limits
from matching.simulate.draws import keys
from matching.simulate.planned import planned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from data_contracts.policy import Policy
    from matching.simulate.draws import Draws
    from matching.simulate.living import Moment
    from matching.simulate.planned import Planned
    from matching.terms import Terms

DOWNSIZER = 1_000
"""Points that put a household that leaves a family home before any other, when they go first."""


@dataclass(frozen=True, slots=True)
class Let:
    """Who moves this month, in order: rows of options; what was proposed, and how often declined.

    `refused`: the pairs (numbers) that said no.
    """

    moves: pd.DataFrame
    proposals: int = 0
    refused: tuple[int, ...] = ()
    planned: Planned | None = None
    openings: int = 0
    options: int = 0


@dataclass(slots=True)
class _Round:
    """The asking of one month: who is taken, what was asked."""

    household: list[str]
    yes: list[bool]
    pair: list[int]
    at_most: int
    budget: float
    busy: set[str] = field(default_factory=set)
    picked: list[int] = field(default_factory=list)
    proposals: int = 0
    refused: list[int] = field(default_factory=list)

    def asks(self, row: int) -> bool:
        """Put an option to its household, while the coaches have hours; whether it moves."""
        if self.proposals >= self.budget:
            return False
        self.proposals += 1
        if not self.yes[row]:
            self.refused.append(self.pair[row])
            return False
        self.picked.append(row)
        self.busy.add(self.household[row])
        return True

    def offers(self, rows: Sequence[int], *, asked: int = 0) -> bool:
        """Offer a home to one after another until somebody moves, or the month is over."""
        for row in rows:
            if asked >= self.at_most:
                return False
            if self.household[row] not in self.busy:
                if self.asks(row):
                    return True
                asked += 1
        return False


@dataclass(frozen=True, slots=True)
class Way:
    """How homes are let: to whom first, to how many one after another, who registered when.

    `proposals`: as many as there are hours for in this step; None: no limit.
    """

    how: Allocation
    offers: int
    registered: pd.Series
    proposals: int | None = None


def let(asked: Terms, openings: Sequence[str], policy: Policy, way: Way, moment: Moment) -> Let:
    """Let what comes free this month. `asked.options` carry `says_yes` and `pair`."""
    options = asked.options
    if options.empty:
        return Let(options)
    round_ = _Round(
        options["household"].tolist(),
        options["says_yes"].tolist(),
        options["pair"].tolist(),
        way.offers,
        np.inf if way.proposals is None else way.proposals,
    )
    plan = None
    if way.how in (Allocation.ENGINE, Allocation.DOWNSIZERS):
        limits = Limits(policy.longest_chain, 0, policy.acceptance_percent / 100)
        plan = planned(
            _favoured(options, way.how),
            openings,
            limits,
            asked.conditions,
            month=moment.number,
            seed=moment.draws.seed,
        )
        _carried_out(round_, options, plan.moves, openings)
    else:
        order = _order(options, way, moment.draws)
        for rows in _by_lot(order, openings, moment):
            round_.offers(rows)
    return Let(
        options.iloc[round_.picked],
        round_.proposals,
        tuple(round_.refused),
        plan,
        len(openings),
        len(options),
    )


def _favoured(options: pd.DataFrame, how: Allocation) -> pd.DataFrame:
    if how is not Allocation.DOWNSIZERS:
        return options
    first = (options["family_home_freed"] > 0).to_numpy() * DOWNSIZER
    return options.assign(gain=options["gain"] + first)


def _carried_out(
    round_: _Round, options: pd.DataFrame, moves: pd.DataFrame, openings: Sequence[str]
) -> None:
    """Ask along each chain until somebody says no; then the next best for the home declined."""
    row_of = dict(
        zip(zip(moves["household"], moves["dwelling"], strict=True), moves.index, strict=True)
    )
    declined: list[str] = []
    for chain in link(moves_of(moves), frozenset(openings)):
        for move in chain.moves:
            if not round_.asks(row_of[move.household, move.to]):
                declined.append(move.to)
                break
    best = options.assign(row=np.arange(len(options)))
    best = best[best["dwelling"].isin(declined)]
    best = best.sort_values(["dwelling", "gain", "pair"], ascending=[True, False, True])
    refused = set(round_.refused)
    rows = {
        home: [
            row for row, pair in zip(part["row"], part["pair"], strict=True) if pair not in refused
        ]
        for home, part in best.groupby("dwelling", sort=True)
    }
    for home in declined:
        round_.offers(rows.get(home, []), asked=1)


def _order(options: pd.DataFrame, way: Way, draws: Draws) -> pd.DataFrame:
    """Every option with its row, in the order in which a home is offered."""
    told = options[["household", "dwelling"]].assign(row=np.arange(len(options)))
    if way.how is Allocation.REGISTRATION:
        since = way.registered.reindex(options["household"]).to_numpy()
        return told.assign(turn=since).sort_values(["dwelling", "turn", "household"], kind="stable")
    lot = draws.numbers("loting", keys(options["household"]), other=keys(options["dwelling"]))
    return told.assign(turn=lot).sort_values(["dwelling", "turn"], kind="stable")


def _by_lot(order: pd.DataFrame, openings: Sequence[str], moment: Moment) -> Iterator[list[int]]:
    """The rows of each opening in turn; which home goes first is drawn by lot."""
    rows = {home: part["row"].tolist() for home, part in order.groupby("dwelling", sort=False)}
    homes = np.array(openings, dtype=object)
    lot = moment.draws.numbers("volgorde", keys(homes), month=moment.number)
    for home in homes[np.argsort(lot, kind="stable")]:
        yield rows.get(home, [])
