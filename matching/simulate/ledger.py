"""The book of chains: which home came free because of which, and why a chain went no further."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from matching.simulate.model import CHAINS

if TYPE_CHECKING:
    from collections.abc import Iterable

BEFORE = -1
"""The month of what was so before the first."""


class Cause(StrEnum):
    """Why the first home of a chain came free."""

    EMPTY = "leeg"  # it stood empty when the simulation began
    NOTICE = "opzegging"  # its tenant had given notice before that
    LEFT = "vertrek"
    DEATH = "overlijden"
    CARE = "zorg"
    BUILT = "nieuwbouw"
    RETURNED = "renovatie"  # it comes back into letting
    REHOUSED = "sloop"  # of who leaves a home that will go: nothing comes free
    MOVE = "verhuizing"  # never a first home: freed by a move in the chain


OF_HOMES = frozenset({Cause.EMPTY, Cause.BUILT, Cause.RETURNED, Cause.REHOUSED})
"""Causes that say nothing of people: how often they began a chain is for everybody to know."""


class End(StrEnum):
    """Why a chain went no further."""

    STARTER = "starter"  # who came in left no home behind
    STAYED = "achterblijver"  # somebody else stays in the home that was left
    OUTSIDE = "van buiten"  # who came in left a home outside this stock
    SALE = "verkoop"
    DEMOLITION = "sloop"
    WITHDRAWN = "uit verhuur"
    OPEN = "nog open"


OF_PEOPLE = frozenset({End.STARTER, End.STAYED, End.OUTSIDE})
"""Ends that say something of who moved in last."""


@dataclass(slots=True)
class _Chain:
    cause: str
    home: str
    neighbourhood: str
    opened: int
    vacancies: int = 1
    open: int = 1
    moves: int = 0
    older: int = 0
    end: str = End.OPEN
    closed: int = BEFORE


@dataclass(slots=True)
class Ledger:
    """Every home that stands empty, with its chain and the month since which it does."""

    chains: list[_Chain] = field(default_factory=list)
    vacant: dict[str, tuple[int, int]] = field(default_factory=dict)

    def begin(self, homes: Iterable[str], cause: Cause, month: int, what: pd.DataFrame) -> None:
        """Begin a chain at each home; `what` gives its `home` class and `neighbourhood`."""
        for home in homes:
            told = what.loc[home]
            self.vacant[home] = (len(self.chains), month)
            self.chains.append(
                _Chain(cause.value, str(told["home"]), str(told["neighbourhood"]), month)
            )

    def moved(
        self, to: str, freed: str | None, month: int, *, older: bool, end: End = End.STARTER
    ) -> None:
        """Book a move into an empty home, and what it frees; nothing freed is an end, `end`."""
        number, _ = self.vacant.pop(to)
        chain = self.chains[number]
        chain.moves += 1
        chain.older += older
        chain.open -= 1
        if freed is None:
            self._ended(chain, end, month)
        else:
            chain.vacancies += 1
            chain.open += 1
            self.vacant[freed] = (number, month)

    def withdrawn(self, home: str, end: End, month: int) -> None:
        """Book that an empty home will not be let again."""
        number, _ = self.vacant.pop(home)
        chain = self.chains[number]
        chain.open -= 1
        self._ended(chain, end, month)

    def also_freed(self, of: int, home: str, month: int) -> None:
        """Book that a move in a chain freed one more home: two households that became one."""
        chain = self.chains[of]
        chain.vacancies += 1
        chain.open += 1
        chain.end, chain.closed = End.OPEN, BEFORE
        self.vacant[home] = (of, month)

    def _ended(self, chain: _Chain, end: End, month: int) -> None:
        if not chain.open:
            chain.end, chain.closed = end, month

    def since(self, home: str) -> int:
        """Say since which month a home stands empty."""
        return self.vacant[home][1]

    def table(self) -> pd.DataFrame:
        """Give the chains as a table with the columns of CHAINS."""
        rows = {
            name: [
                number if name == "chain" else getattr(chain, name)
                for number, chain in enumerate(self.chains)
            ]
            for name in CHAINS
        }
        return pd.DataFrame(rows).astype(CHAINS)
