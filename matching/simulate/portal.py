"""Homes that the list of wishes does not fill in time: let in the usual way, to whom shares say.

A starter, somebody from outside this stock, or another tenant of it, whose home comes free in turn.
With nothing but this the simulation is the absorbing Markov chain of the textbooks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from matching.candidates import every_home, lived_in
from matching.lookup import among
from matching.simulate.draws import keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from data_contracts.scenario import Portal
    from matching.simulate.draws import Keys
    from matching.simulate.living import Moment
    from matching.state import State

STARTER, OUTSIDE, TENANT = "starter", "outside", "tenant"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who takes a home by the portal: `kind`, and of a tenant the household and the home left."""

    home: str
    kind: str
    household: str | None = None
    leaves: str | None = None


def entered(
    state: State, homes: list[str], portal: Portal, moment: Moment, *, busy: Iterable[str]
) -> list[Entered]:
    """Say who takes each of these homes. A tenant moves once a month at most."""
    if not homes:
        return []
    names = keys(homes)
    drawn = moment.draws.chances("portaal", names, month=moment.number)
    which = moment.draws.chances("portaal_soort", names, month=moment.number)
    tenants = _Tenants.of(state, moment, busy)
    kinds = every_home(state)["kind"].reindex(homes)
    wheres = moment.draws.numbers("portaal_wie", names, month=moment.number)
    told = []
    for home, kind, chance, sort, where in zip(homes, kinds, drawn, which, wheres, strict=True):
        if chance < portal.starters:
            told.append(Entered(home, STARTER))
        elif chance < portal.starters + portal.outside:
            told.append(Entered(home, OUTSIDE))
        else:
            told.append(tenants.take(home, _kind_left(portal, kind, sort), where))
    return told


def _kind_left(portal: Portal, kind: str, chance: float) -> str | None:
    """The kind of home that who enters this kind leaves, by the shares given; None: any."""
    up_to = 0.0
    for left, share in portal.leaves.get(kind, {}).items():  # type: ignore[call-overload] # a text is its enumeration's value
        up_to += share
        if chance < up_to:
            return str(left)
    return None


@dataclass(slots=True)
class _Tenants:
    """The tenants who may move, on a ring of numbers: drawing lands on the next one."""

    number: Keys
    household: NDArray[np.object_]
    dwelling: NDArray[np.object_]
    kind: NDArray[np.object_]
    taken: set[str]

    @classmethod
    def of(cls, state: State, moment: Moment, busy: Iterable[str]) -> _Tenants:
        lives = lived_in(state, moment.on.date())
        lives = lives[~lives["shared"].to_numpy(dtype=bool)]
        quiet = lives["dwelling"][~among(lives.index, state.wishes.index)]
        number = moment.draws.numbers("kring", keys(quiet.index), month=moment.number)
        order = np.argsort(number, kind="stable")
        homes = every_home(state)["kind"]
        return cls(
            number[order],
            quiet.index.to_numpy(dtype=object)[order],
            quiet.to_numpy(dtype=object)[order],
            homes.reindex(quiet).to_numpy(dtype=object)[order],
            set(busy),
        )

    def take(self, home: str, kind: str | None, where: np.uint64) -> Entered:
        """The tenant next on the ring who has not moved; nobody left: a starter."""
        first = int(np.searchsorted(self.number, where))
        for at in chain(range(first, len(self.number)), range(first)):
            household = self.household[at]
            if household not in self.taken and kind in (None, self.kind[at]):
                self.taken.add(household)
                return Entered(home, TENANT, household, self.dwelling[at])
        return Entered(home, STARTER)
