"""What the prices on the side conditions come to for every option: for the bound, written again.

Every condition has consequences of one shape: of the moves that a plan makes, so many of these
less so many of those are at most a limit. A price on such a consequence is paid per unit by every
move it counts, and brings its limit into the bound. The names are those of `matching.rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from matching.verify.columns import missing, plain
from matching.verify.side_conditions import full, near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from matching.conditions import Budget, Conditions, Group, Mix, Pair, Share, Together

PER = 1_000_000
"""A consequence that counts what moves are worth has its price in millionths."""
TOO_MUCH = 2**60
"""Sums stay below this, so that 64 bits hold them."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One consequence: over the moves of any plan the counts (by option, `at`) sum to ≤ `limit`.

    With `by_worth` the counts are of the worth of a move, and the limit is in points.
    """

    limit: int
    at: NDArray[np.int64]
    count: NDArray[np.int64]
    by_worth: bool = False


@dataclass(frozen=True, slots=True)
class Toll:
    """What all prices come to, in 1/scale points: `total` in the bound, `price` for every option.

    `share`: millionths of its worth that an option counts more. `barred` options do not exist.
    """

    total: int
    price: NDArray[np.int64]
    share: NDArray[np.int64]
    barred: NDArray[np.bool_]


Made = tuple[str, "Callable[[], Counted]"]
"""The name of a consequence, and how it is written out when it has a price."""


def toll_of(
    options: pd.DataFrame, conditions: Conditions, prices: dict[str, int], *, scale: int
) -> Toll | None:
    """Add up what the prices (≥ 0, by name) ask; None when they prove nothing.

    They do not when a name is no consequence of these conditions, when the options miss a column
    that is read, or when a number gets too large.
    """
    if missing(conditions, options):
        return None
    listed = Listed(options, conditions)
    named = list(_named(listed, conditions))
    if set(prices) - {name for name, _ in named}:
        return None
    priced = [(prices[name], make()) for name, make in named if name in prices]
    cost = conditions.change_cost * scale
    if cost >= TOO_MUCH:
        return None
    seen = set(conditions.seen)
    total = -cost * len(seen)
    price = np.where(listed.among(seen), -cost, 0).astype(np.int64)
    share = np.zeros(len(options), dtype=np.int64)
    weight = np.abs(price).astype(np.float64)
    for amount, row in priced:
        if amount * int(np.abs(row.count).max(initial=0)) >= TOO_MUCH:
            return None
        if row.by_worth:
            total += -(-amount * row.limit * scale // PER)
            np.add.at(share, row.at, -amount * row.count)
        else:
            total += amount * row.limit
            np.add.at(price, row.at, amount * row.count)
        np.add.at(weight, row.at, np.abs(amount * row.count).astype(np.float64))
        if weight.max(initial=0) >= TOO_MUCH:
            return None
    return Toll(total, price, share, listed.barred(conditions))


class Listed:
    """The options by position, and the positions of every household that a condition names."""

    def __init__(self, options: pd.DataFrame, conditions: Conditions) -> None:
        self.options = options
        self.homes = options["dwelling"].astype(object).tolist()
        self.theirs: dict[str, list[int]] = {}
        named = {name for group in conditions.groups for name in group.members}
        named |= {name for asked in conditions.together for name in (asked.household, asked.other)}
        named |= {h for h, _ in (*conditions.pinned, *conditions.forbidden, *conditions.seen)}
        household = options["household"].astype(object)
        for at in np.flatnonzero(household.isin(named).to_numpy()).tolist():
            self.theirs.setdefault(str(household.iloc[at]), []).append(at)

    def of(self, household: str) -> list[int]:
        """Where the options of a household stand."""
        return self.theirs.get(household, [])

    def into(self, household: str, homes: Sequence[str]) -> list[int]:
        """Where the options of a household stand that enter one of these homes."""
        return [at for at in self.of(household) if self.homes[at] in homes]

    def cells(self, at: list[int], *columns: str) -> list[dict[str, object]]:
        """What some options say in these columns, missing as None."""
        part = self.options[list(columns)].iloc[at]
        return [
            dict(zip(columns, map(plain, row), strict=True))
            for row in part.itertuples(index=False, name=None)
        ]

    def says(self, column: str, value: str) -> NDArray[np.bool_]:
        """Which options have this value in a column."""
        said: NDArray[np.bool_] = self.options[column].eq(value).fillna(value=False).to_numpy(bool)
        return said

    def among(self, pairs: set[Pair]) -> NDArray[np.bool_]:
        """Which options are one of these pairs of household and home."""
        found = np.zeros(len(self.homes), dtype=bool)
        for household, home in pairs:
            found[self.into(household, [home])] = True
        return found

    def barred(self, conditions: Conditions) -> NDArray[np.bool_]:
        """Which options may not be chosen: forbidden, or another home for who waits on enough."""
        other = np.zeros(len(self.homes), dtype=bool)
        for household in full(conditions):
            other[self.of(household)] = True
        other &= ~self.among(set(conditions.seen))
        barred: NDArray[np.bool_] = other | self.among(set(conditions.forbidden))
        return barred


def _named(listed: Listed, conditions: Conditions) -> Iterator[Made]:
    """Every consequence of the conditions by name."""
    for household, home in conditions.pinned:
        yield f"pin|{household}|{home}", partial(_pin, listed, household, home)
    for budget in conditions.budgets:
        yield f"budget|{budget.name}", partial(_budget, listed, budget)
    for share in conditions.shares:
        yield f"share|{share.corporation}", partial(_share, listed, share)
    for asked in conditions.together:
        name = f"together|{asked.household}|{asked.dwelling}|{asked.other}"
        yield name, partial(_together, listed, asked)
    for group in conditions.groups:
        yield from _all_or_none(listed, group)
        yield from _near_each_other(listed, group)
    for mix in conditions.mixes:
        name, more = f"mix|{mix.complex}|{mix.kind}", max(0, mix.most - mix.now)
        yield f"{name}|most", partial(_mix, listed, mix, 1, more)
        yield f"{name}|least", partial(_mix, listed, mix, -1, max(0, mix.now - mix.least))


def _less(limit: int, these: Sequence[int], those: Sequence[int] = ()) -> Counted:
    """The number of these moves less the number of those is at most the limit."""
    at = np.array([*these, *those], dtype=np.int64)
    return Counted(limit, at, np.repeat(np.array([1, -1]), [len(these), len(those)]))


def _of_column(limit: int, count: NDArray[np.int64], *, by_worth: bool = False) -> Counted:
    at = np.flatnonzero(count)
    return Counted(limit, at, count[at], by_worth)


def _pin(listed: Listed, household: str, home: str) -> Counted:
    return _less(-1, (), listed.into(household, [home]))


def _budget(listed: Listed, budget: Budget) -> Counted:
    count = listed.options[budget.column].fillna(0).to_numpy(dtype=np.int64)
    if budget.where is not None:
        count = np.where(listed.says(*budget.where), count, 0)
    return _of_column(budget.at_most, count)


def _share(listed: Listed, share: Share) -> Counted:
    """Less than nothing of the worth is at most less than what is asked."""
    theirs = listed.says("corporation", share.corporation)
    return _of_column(-share.at_least, -theirs.astype(np.int64), by_worth=True)


def _together(listed: Listed, asked: Together) -> Counted:
    """Entering goes with a move of the other that is allowed; or not with one that is not."""
    enters = listed.into(asked.household, [asked.dwelling])
    close = listed.into(asked.other, asked.allowed)
    if asked.needs:
        return _less(0, enters, close)
    return _less(1, [*enters, *(at for at in listed.of(asked.other) if at not in close)])


def _all_or_none(listed: Listed, group: Group) -> Iterator[Made]:
    """Each member moves as often as the first."""
    for member in group.members[1:]:
        first, theirs = listed.of(group.members[0]), listed.of(member)
        yield f"group|{group.name}|{member}|+", partial(_less, 0, theirs, first)
        yield f"group|{group.name}|{member}|-", partial(_less, 0, first, theirs)


def _near_each_other(listed: Listed, group: Group) -> Iterator[Made]:
    """Who enters a place (a complex, or a home) asks each other member to enter near it."""
    columns = ["complex"] if group.metres is None else ["x", "y"]
    told = {
        member: list(zip(listed.of(member), listed.cells(listed.of(member), *columns), strict=True))
        for member in group.members
    }
    for member in group.members:
        for place, (here, row) in _places(listed, told[member]).items():
            for other in group.members:
                if other == member:
                    continue
                close = [
                    at
                    for at, their in told[other]
                    if near(group, row, their)
                    and (group.metres is None or listed.homes[at] != place)
                ]
                yield f"near|{group.name}|{member}|{other}|{place}", partial(_less, 0, here, close)


def _places(
    listed: Listed, told: list[tuple[int, dict[str, object]]]
) -> dict[str, tuple[list[int], dict[str, object]]]:
    """The places that a member may enter: where its options into each stand, and what it is like.

    A place is the complex where that decides and there is one, else the home itself.
    """
    places: dict[str, tuple[list[int], dict[str, object]]] = {}
    for at, row in told:
        alone = f"woning {listed.homes[at]}" if "complex" in row else listed.homes[at]
        place = row.get("complex") or alone
        places.setdefault(str(place), ([], row))[0].append(at)
    return places


def _mix(listed: Listed, mix: Mix, sign: int, limit: int) -> Counted:
    """How the moves together change the number of this kind in the complex."""
    enters, leaves = listed.says("complex", mix.complex), listed.says("leaves_complex", mix.complex)
    change = enters.astype(np.int64) - leaves.astype(np.int64)
    return _of_column(limit, sign * np.where(listed.says("resident", mix.kind), change, 0))
