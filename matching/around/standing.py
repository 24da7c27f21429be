"""A plan kept warm: its market, its prices and its chains, so that a question costs no night.

Built once from a plan and the options it was chosen from (seconds); every change makes a new one
out of it (a fraction of a second).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import VerhuisketenError
from matching.around.facts import Facts, facts_of
from matching.certificate import chance_of, whole_points
from matching.chains import unlink
from matching.conditions import NONE
from matching.model import Certificate
from matching.optimise import Limits
from matching.optimise.choose import scale_of
from matching.optimise.market import market_of
from matching.optimise.prices import Walks, settled_rings
from matching.optimise.solve import task_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matching.conditions import Conditions
    from matching.model import Chain, Move, Plan
    from matching.optimise.market import Market


class OtherOptions(VerhuisketenError):
    """Dit plan hoort niet bij deze mogelijkheden; neem de tabel van dezelfde nacht."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan and all that a question about it needs.

    `price` stands by number as in the market of `walks`, which has been bounded under it: `proven`
    is that bound in 1/scale points. `people` and `homes` name the numbers; `exactly` is what the
    chains are worth: expected gains, less what stability charges.
    """

    facts: Facts
    walks: Walks
    price: NDArray[np.int64]
    proven: int
    people: pd.Index
    homes: pd.Index
    chains: tuple[Chain, ...]
    exactly: Fraction

    @property
    def market(self) -> Market:
        """The moves that are possible."""
        return self.walks.task.market

    @property
    def value(self) -> int:
        """What the plan is worth, in whole points, as `matching.optimise.choose` counts."""
        return round(self.exactly)

    @property
    def bound(self) -> int:
        """What no plan on these facts exceeds by these prices, in whole points."""
        conditions, chance = self.facts.conditions, self.facts.limits.acceptance
        unkept = conditions.at_stake
        return whole_points(Fraction(self.proven, self.walks.task.scale) - unkept, chance)

    def rows_of(self, moves: Iterable[Move]) -> NDArray[np.int64]:
        """In which row of the options each move stands. Raises OtherOptions when in none."""
        known = tuple(moves)
        who = _numbers(self.people, [move.household for move in known])
        where = _numbers(self.homes, [move.to for move in known])
        entered = np.full(self.market.homes + 1, -2, dtype=np.int64)
        entered[where] = who
        hits = np.flatnonzero(entered[self.market.home] == self.market.household)
        row = np.full(self.market.homes + 1, -1, dtype=np.int64)
        row[self.market.home[hits]] = self.market.row[hits]
        if (row[where] < 0).any():
            raise OtherOptions
        return row[where]

    def with_chains(self, chains: Iterable[Chain]) -> Standing:
        """The same market with these chains, by the home each begins with."""
        known = tuple(sorted(chains, key=lambda chain: chain.key))
        return replace(self, chains=known, exactly=worth_of(known, self.facts))

    def under(self, price: NDArray[np.int64]) -> Standing:
        """The same plan under other prices, raised so that no ring is worth more than its own.

        Else the bound would depend on which home is said to lead a ring.
        """
        proven = self.walks.bound(price)
        if (self.walks.ring_value > 0).any():
            price = settled_rings(self.walks, price)
            proven = self.walks.bound(price)
        return replace(self, price=price, proven=proven)

    def certificate(self) -> Certificate:
        """The prices by name, and the bound that they prove."""
        market = self.market
        people, homes, rows = np.split(
            self.price, [market.households, market.households + market.homes]
        )
        return Certificate(
            self.walks.task.scale,
            _named(self.people, people),
            _named(self.homes, homes),
            self.bound,
            tuple(sorted(_nonzero(market.rows.names, rows))),
        )


def standing(
    plan: Plan,
    options: pd.DataFrame,
    openings: Iterable[object],
    *,
    conditions: Conditions = NONE,
) -> Standing:
    """Take up a plan with the options, openings and conditions it was chosen from.

    Raises OtherOptions when the plan makes a move that is not among the options.
    """
    told = plan.receipt
    limits = Limits(told.longest_chain, told.longest_ring, told.acceptance_percent / 100)
    facts = facts_of(options, openings, limits, conditions=conditions, seed=told.seed)
    return standing_of(facts, plan.chains, certificate=plan.certificate)


def standing_of(facts: Facts, chains: tuple[Chain, ...], *, certificate: Certificate) -> Standing:
    """Number the market, look up the prices, find the plan's moves in the options."""
    market = market_of(
        facts.options, facts.openings, seed=facts.seed, conditions=facts.conditions
    ).renumbered()
    priced = bool(certificate.households or certificate.dwellings or certificate.conditions)
    scale = certificate.scale if priced else scale_of(market, facts.limits)
    walks = Walks(task_of(market, facts.limits, scale=scale))
    people, homes = _names(facts.options, market)
    price = _priced(market, people, homes, certificate)
    worth = worth_of(chains, facts)
    made = Standing(facts, walks, price, 0, people, homes, chains, worth).under(price)
    made.rows_of(unlink(chains))
    return made


def closest(standing: Standing, certificate: Certificate) -> Standing:
    """The same plan under these prices by name, of the same scale, where they prove more."""
    market = standing.market
    other = standing.under(_priced(market, standing.people, standing.homes, certificate))
    return other if other.proven < standing.proven else standing


def _priced(
    market: Market, people: pd.Index, homes: pd.Index, certificate: Certificate
) -> NDArray[np.int64]:
    return np.concatenate(
        [
            _looked_up(people, certificate.households),
            _looked_up(homes, certificate.dwellings),
            _looked_up(pd.Index(list(market.rows.names), dtype=object), certificate.conditions),
        ]
    )


def with_bonus(
    standing: Standing, people: NDArray[np.int64], told: Iterable[tuple[Conditions, int]]
) -> NDArray[np.int64]:
    """The prices of households with (1) or without (-1) what keeping their proposals adds.

    What keeping a proposal adds is paid by its household: so the bound stays as close as it was.
    """
    made = {(move.household, move.to) for move in unlink(standing.chains)}
    paid = people.copy()
    for conditions, sign in told:
        seen = sorted(set(conditions.seen) & made)
        who = _numbers(standing.people, [household for household, _ in seen])
        bonus = sign * conditions.change_cost * standing.walks.task.scale
        np.add.at(paid, who[who >= 0], bonus)
    return np.maximum(paid, 0)


def worth_of(chains: Iterable[Chain], facts: Facts) -> Fraction:
    """The exact value of a plan of these chains, less what changing seen proposals costs."""
    known = tuple(chains)
    conditions = facts.conditions
    made = {(move.household, move.to) for move in unlink(known)} if conditions.seen else set()
    unkept = sum(pair not in made for pair in conditions.seen)
    total = gains_of(known, facts.limits.acceptance)
    return total - conditions.change_cost * unkept


def gains_of(chains: Iterable[Chain], acceptance: float) -> Fraction:
    """The expected gains: the k-th move of a chain counts p^k, a ring of n moves p^n."""
    chance = chance_of(acceptance)
    if chance == 1:
        return Fraction(sum(move.gain for chain in chains for move in chain.moves))
    total = Fraction(0)
    for chain in chains:
        total += sum(
            move.gain * chance ** (len(chain.moves) if chain.ring else place)
            for place, move in enumerate(chain.moves, start=1)
        )
    return total


def _numbers(names: pd.Index, wanted: list[str]) -> NDArray[np.int64]:
    """Number every name; -1 is none."""
    at: NDArray[np.int64] = names.get_indexer(pd.Index(wanted, dtype=object)).astype(np.int64)
    return at


def _names(options: pd.DataFrame, market: Market) -> tuple[pd.Index, pd.Index]:
    """The id of every number."""
    people = np.full(market.households, "", dtype=object)
    homes = np.full(market.homes, "", dtype=object)
    rows = options.iloc[market.row]
    people[market.household] = rows["household"].to_numpy(dtype=object)
    goes_on = market.frees >= 0
    homes[market.frees[goes_on]] = rows["leaves"].to_numpy(dtype=object)[goes_on]
    homes[market.home] = rows["dwelling"].to_numpy(dtype=object)
    return pd.Index(people, dtype=object), pd.Index(homes, dtype=object)


def _looked_up(names: pd.Index, prices: Iterable[tuple[str, int]]) -> NDArray[np.int64]:
    price = np.zeros(len(names), dtype=np.int64)
    known = tuple(prices)
    at = names.get_indexer(pd.Index([name for name, _ in known], dtype=object))
    price[at[at >= 0]] = np.array([amount for _, amount in known], dtype=np.int64)[at >= 0]
    return price


def _named(names: pd.Index, prices: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
    some = np.flatnonzero(prices)
    return tuple(sorted((str(n), int(p)) for n, p in zip(names[some], prices[some], strict=True)))


def _nonzero(names: tuple[str, ...], prices: NDArray[np.int64]) -> list[tuple[str, int]]:
    return [(n, int(p)) for n, p in zip(names, prices.tolist(), strict=True) if p]
