"""Homes that the list of wishes does not fill in time: let in the usual way, to whom shares say.

A starter, somebody from outside this stock, or another tenant of it, whose home comes free in turn.
With nothing but this the simulation is the absorbing Markov chain of the textbooks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from matching.area.classes import certain_ages
from matching.area.columns import whole
from matching.candidates import every_home, lived_in
from matching.lookup import among, told
from matching.simulate.draws import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from data_contracts.scenario import Portal
    from data_contracts.words import DwellingKind
    from matching.simulate.draws import Chances, Keys
    from matching.simulate.living import Moment
    from matching.state import State

STARTER, OUTSIDE, TENANT = "starter", "outside", "tenant"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who takes a home by the portal: `kind`, and of a tenant the household and the home left.

    `joined` is a household that moves in with it and leaves a home too: two that become one.
    """

    home: str
    kind: str
    household: str | None = None
    leaves: str | None = None
    joined: str | None = None


def entered(
    state: State,
    homes: list[str],
    portal: Portal,
    moment: Moment,
    *,
    busy: Iterable[str],
    oldest: int,
) -> list[Entered]:
    """Say who takes each of these homes. A tenant moves once a month at most.

    A home with a least age is taken by who has it; who is new is `oldest` at most. Where nobody is
    old enough it stays as it is.
    """
    if not homes:
        return []
    tenants, names = _Tenants.of(state, moment, busy), keys(homes)
    drawn = moment.draws.chances("portaal", names, month=moment.number)
    first, second = (_Draw.of(which, names, moment) for which in ("", "_samen"))
    kinds = every_home(state)["kind"].reindex(homes)
    least = least_ages(state, homes)
    told = []
    for at, (home, kind) in enumerate(zip(homes, kinds, strict=True)):
        row = portal.leaves.get(kind)
        freed = _how_many(portal, row, drawn[at])
        left, also = _kind_left(row, first.kind[at]), _kind_left(row, second.kind[at])
        one = tenants.take(left, first.who[at], least[at]) if freed else None
        two = one and freed > 1 and tenants.take(also, second.who[at], 0)
        if one is not None:
            told.append(Entered(home, TENANT, *one, joined=two[0] if two else None))
        elif least[at] <= oldest:
            told.append(Entered(home, _without(portal, first.kind[at]) if not freed else STARTER))
    return told


def least_ages(state: State, homes: Iterable[str]) -> NDArray[np.int64]:
    """Give the age that one must have for each home, by its own label or its complex; 0: none."""
    rows = every_home(state).reindex(homes)
    own = whole(rows["min_age"], 0) * (rows["age_use"] == "SEL").to_numpy(dtype=bool)
    found: NDArray[np.int64] = np.maximum(
        own, whole(state.complexes["min_age"].reindex(rows["complex"]), 0)
    )
    return found


@dataclass(frozen=True, slots=True)
class _Draw:
    """What is drawn about a tenant who enters each home: the kind that is left, and who it is."""

    kind: Chances
    who: Keys

    @classmethod
    def of(cls, which: str, names: Keys, moment: Moment) -> _Draw:
        draws, month = moment.draws, moment.number
        return cls(
            draws.chances(f"portaal_soort{which}", names, month=month),
            draws.numbers(f"portaal_wie{which}", names, month=month),
        )


def _how_many(portal: Portal, row: Mapping[DwellingKind, float] | None, chance: float) -> int:
    """How many homes of this stock come free by who enters: by the row of the kind, or by shares.

    A row that sums to 0.6 frees one with that chance; 1.1 one for certain, and a second one time
    in ten.
    """
    shares = 1 - portal.starters - portal.outside if row is None else sum(row.values())
    mean = max(round(shares, 9), 0.0)  # 1 - 0.9 - 0.1 is no nothing
    return int(mean) + (chance >= 1 - mean % 1)


def _without(portal: Portal, chance: float) -> str:
    """Who frees nothing here: a starter, or somebody from outside, in the ratio of the shares."""
    return OUTSIDE if chance * (portal.starters + portal.outside) < portal.outside else STARTER


def _kind_left(row: Mapping[DwellingKind, float] | None, chance: float) -> str | None:
    """The kind of home that who enters this kind leaves, by the row given; None: any."""
    up_to, aimed = 0.0, chance * sum((row or {}).values())
    for left, share in (row or {}).items():
        up_to += share
        if aimed < up_to:
            return str(left)
    return None


@dataclass(slots=True)
class _Tenants:
    """The tenants who may move, on a ring of numbers: drawing lands on the next one."""

    number: Keys
    household: NDArray[np.object_]
    dwelling: NDArray[np.object_]
    kind: NDArray[np.object_]
    age: NDArray[np.int64]
    taken: set[str]

    @classmethod
    def of(cls, state: State, moment: Moment, busy: Iterable[str]) -> _Tenants:
        lives = lived_in(state, moment.on.date())
        lives = lives[~lives["shared"].to_numpy(dtype=bool)]
        quiet = lives["dwelling"][~among(lives.index, state.wishes.index)]
        number = moment.draws.numbers("kring", keys(quiet.index), month=moment.number)
        order = np.argsort(number, kind="stable")
        kinds = told(every_home(state)["kind"], quiet)
        return cls(
            number[order],
            quiet.index.to_numpy(dtype=object)[order],
            quiet.to_numpy(dtype=object)[order],
            kinds.to_numpy(dtype=object)[order],
            certain_ages(state.households.loc[quiet.index], moment.on.year)[order],
            set(busy),
        )

    def take(self, kind: str | None, where: np.uint64, least: int) -> tuple[str, str] | None:
        """The tenant next on the ring who has not moved, and the home left; nobody left: None.

        Of a `kind` of home, and at `least` so old.
        """
        first = int(np.searchsorted(self.number, where))
        for at in chain(range(first, len(self.number)), range(first)):
            household = self.household[at]
            fits = kind in (None, self.kind[at]) and (not least or self.age[at] >= least)
            if fits and household not in self.taken:
                self.taken.add(household)
                return household, self.dwelling[at]
        return None
