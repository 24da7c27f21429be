"""Side conditions as rows: of the moves that a plan makes, a weighted sum stays under a limit.

One table of coefficients for the optimiser and for the certificate. Everything but the mix of a
complex at every moment is a row; of the mix, what holds when all chains are done is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.conditions import ImpossibleConditions
from matching.lookup import among, places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from matching.conditions import Budget, Conditions, Group, Mix, Pair, Share, Together

PER = 1_000_000
"""A row over worth has a price in millionths: so many points per million points."""

PIN = "pin|"


def _none() -> NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows sum(coefficient x move) ≤ limit over moves, as triplets (row, arc, coefficient).

    Of a row that is `by_worth` the coefficient counts the worth of a move, and the limit is in
    points. A row that holds `always` is kept at every moment while chains are carried out: of every
    chain its greatest sum over first moves counts (none: 0), of a ring its whole sum or 0. Where a
    move is a position depends on who made the rows: in the options, or in a market.
    """

    names: tuple[str, ...] = ()
    limit: NDArray[np.int64] = field(default_factory=_none)
    by_worth: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    always: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    row: NDArray[np.int64] = field(default_factory=_none)
    arc: NDArray[np.int64] = field(default_factory=_none)
    coefficient: NDArray[np.int64] = field(default_factory=_none)

    def __len__(self) -> int:
        """How many rows."""
        return len(self.names)

    def over(self, arcs: NDArray[Any]) -> Rows:
        """The same rows over other moves: `arcs` names of each new move the old one, or -1.

        What is not among the new moves is not made, so it drops out. Raises ImpossibleConditions
        when a row that needs moves is left without.
        """
        if not len(self):
            return self
        top = max(int(self.arc.max(initial=-1)), int(arcs.max(initial=-1))) + 1
        new = np.full(top + 1, -1, dtype=np.int64)
        new[arcs] = np.arange(len(arcs))
        new[-1] = -1
        at = new[self.arc]
        inside = at >= 0
        kept = replace(
            self, row=self.row[inside], arc=at[inside], coefficient=self.coefficient[inside]
        )
        helped = np.zeros(len(self), dtype=bool)
        helped[kept.row[kept.coefficient < 0]] = True
        if (~helped & (self.limit < 0)).any():
            raise ImpossibleConditions
        return kept

    def charges(
        self, price: NDArray[np.int64], moves: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What each of so many moves pays under row prices: flat (1/scale), and per worth (1/PER).

        Prices of rows over worth are millionths, of other rows 1/scale point a unit.
        """
        flat, factor = np.zeros(moves, dtype=np.int64), np.zeros(moves, dtype=np.int64)
        worthy = self.by_worth[self.row]
        paid = price[self.row] * self.coefficient
        np.add.at(flat, self.arc[~worthy], paid[~worthy])
        np.add.at(factor, self.arc[worthy], paid[worthy])
        return flat, factor

    def allowance(self, price: NDArray[np.int64], scale: int) -> int:
        """What the limits of all rows come to under row prices (1/scale points), rounded up."""
        worthy = self.by_worth
        total = int((price * self.limit)[~worthy].sum())
        for paid, points in zip(price[worthy].tolist(), self.limit[worthy].tolist(), strict=True):
            total -= (-paid * points * scale) // PER
        return total

    @property
    def pins(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows that pin one move, and that move."""
        alone = np.bincount(self.row, minlength=len(self)) == 1
        pinned = np.array([name.startswith(PIN) for name in self.names], dtype=bool) & alone
        here = np.flatnonzero(pinned[self.row])
        return self.row[here], self.arc[here]

    def only(self, wanted: NDArray[np.bool_]) -> Rows:
        """Some of the rows, numbered anew."""
        number = np.cumsum(wanted) - 1
        inside = wanted[self.row]
        return Rows(
            tuple(name for name, keep in zip(self.names, wanted, strict=True) if keep),
            self.limit[wanted],
            self.by_worth[wanted],
            self.always[wanted],
            number[self.row[inside]],
            self.arc[inside],
            self.coefficient[inside],
        )

    def and_rows(self, more: Rows) -> Rows:
        """These rows and others over the same moves."""
        return Rows(
            self.names + more.names,
            np.concatenate([self.limit, more.limit]),
            np.concatenate([self.by_worth, more.by_worth]),
            np.concatenate([self.always, more.always]),
            np.concatenate([self.row, more.row + len(self)]),
            np.concatenate([self.arc, more.arc]),
            np.concatenate([self.coefficient, more.coefficient]),
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its moves (positions in the options) with their coefficients."""

    name: str
    limit: int
    arc: NDArray[np.int64]
    coefficient: NDArray[np.int64]
    by_worth: bool = False
    always: bool = False


def rows_of(options: pd.DataFrame, conditions: Conditions) -> Rows:
    """Write the conditions as rows over the options (by position)."""
    table = _Table(options, conditions)
    rows = [
        *(_pinned(table, pair) for pair in conditions.pinned),
        *(_budget(table, budget) for budget in conditions.budgets),
        *(_share(table, share) for share in conditions.shares),
        *(_together(table, asked) for asked in conditions.together),
        *(row for group in conditions.groups for row in _group(table, group)),
        *(row for mix in conditions.mixes for row in _mixed(table, mix)),
    ]
    if not rows:
        return Rows()
    return Rows(
        tuple(row.name for row in rows),
        np.array([row.limit for row in rows], dtype=np.int64),
        np.array([row.by_worth for row in rows], dtype=bool),
        np.array([row.always for row in rows], dtype=bool),
        np.repeat(np.arange(len(rows)), [len(row.arc) for row in rows]),
        np.concatenate([row.arc for row in rows]).astype(np.int64),
        np.concatenate([row.coefficient for row in rows]).astype(np.int64),
    )


def barred(options: pd.DataFrame, conditions: Conditions) -> NDArray[np.bool_]:
    """Which options may not be chosen: forbidden, or another home for who has enough proposals."""
    shut = _among(options, conditions.forbidden)
    full = conditions.full_of()
    if full:
        shut |= among(options["household"], full) & ~_among(options, conditions.seen)
    return shut


def kept_bonus(options: pd.DataFrame, conditions: Conditions) -> NDArray[np.int64]:
    """What keeping an option that people have been shown adds, in points."""
    return _among(options, conditions.seen).astype(np.int64) * conditions.change_cost


def _among(options: pd.DataFrame, pairs: Iterable[Pair]) -> NDArray[np.bool_]:
    found = np.zeros(len(options), dtype=bool)
    rows, _ = rows_with(options, sorted(frozenset(pairs)))
    found[rows] = True
    return found


def rows_with(
    options: pd.DataFrame, pairs: Sequence[Pair]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find these pairs of household and dwelling: positions of rows, and which pair each is."""
    people = pd.Index(sorted({household for household, _ in pairs}), dtype="str")
    homes = pd.Index(sorted({dwelling for _, dwelling in pairs}), dtype="str")
    if not len(people):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    who = places(people, options["household"])
    rows = np.flatnonzero(who >= 0)
    where = places(homes, options["dwelling"].iloc[rows])
    rows, where = rows[where >= 0], where[where >= 0]
    asked = people.get_indexer([one for one, _ in pairs]) * len(homes)
    asked += homes.get_indexer([one for _, one in pairs])
    order = np.argsort(asked, kind="stable")
    told = who[rows] * len(homes) + where
    at = np.searchsorted(asked[order], told)
    found = (at < len(order)) & (asked[order[np.minimum(at, len(order) - 1)]] == told)
    return rows[found].astype(np.int64), order[at[found]].astype(np.int64)


class _Table:
    """The options, with the rows of every household that a condition names at hand."""

    def __init__(self, options: pd.DataFrame, conditions: Conditions) -> None:
        self.options = options
        named = {h for h, _ in conditions.pinned} | {
            name for asked in conditions.together for name in (asked.household, asked.other)
        }
        named |= {name for group in conditions.groups for name in group.members}
        household = options["household"].to_numpy(dtype=object)
        at = np.flatnonzero(among(options["household"], named)) if named else _none()
        self.at: dict[str, list[int]] = {}
        for position in at.tolist():
            self.at.setdefault(str(household[position]), []).append(position)
        self.dwelling = options["dwelling"].to_numpy(dtype=object)

    def of(self, household: str) -> NDArray[np.int64]:
        """The positions of a household's options."""
        return np.array(self.at.get(household, []), dtype=np.int64)

    def into(self, household: str, dwellings: Iterable[str]) -> NDArray[np.int64]:
        """The positions of a household's options that enter one of these homes."""
        wanted = frozenset(dwellings)
        rows = self.at.get(household, [])
        return np.array([at for at in rows if str(self.dwelling[at]) in wanted], dtype=np.int64)

    def column(self, name: str, at: NDArray[np.int64]) -> list[Any]:
        """A column at some positions, missing as None."""
        values = self.options[name].iloc[at].astype(object)
        return list(values.where(values.notna(), None))

    def whole(self, name: str) -> NDArray[np.int64]:
        """A column of whole numbers, missing as 0."""
        column: NDArray[np.int64] = self.options[name].fillna(0).to_numpy(dtype=np.int64)
        return column

    def says(self, name: str, value: str) -> NDArray[np.bool_]:
        """Which options have this value in a column; missing is no value."""
        said: NDArray[np.bool_] = (
            (self.options[name] == value).fillna(value=False).to_numpy(dtype=bool)
        )
        return said


def _ones(arcs: NDArray[np.int64], sign: int = 1) -> NDArray[np.int64]:
    return np.full(len(arcs), sign, dtype=np.int64)


def _pinned(table: _Table, pair: Pair) -> _Row:
    household, dwelling = pair
    arcs = table.into(household, [dwelling])
    if not len(arcs):
        raise ImpossibleConditions(
            f"De vastgezette verhuizing van huishouden {household} naar woning {dwelling} kan niet "
            "(meer). Laat haar los, of kijk bij 'waarom niet' welke regel haar verbiedt."
        )
    return _Row(f"{PIN}{household}|{dwelling}", -1, arcs, _ones(arcs, -1))


def _budget(table: _Table, budget: Budget) -> _Row:
    amount = table.whole(budget.column)
    if budget.where is not None:
        amount = np.where(table.says(*budget.where), amount, 0)
    arcs = np.flatnonzero(amount)
    return _Row(f"budget|{budget.name}", budget.at_most, arcs, amount[arcs])


def _share(table: _Table, share: Share) -> _Row:
    arcs = np.flatnonzero(table.says("corporation", share.corporation))
    name = f"share|{share.corporation}"
    return _Row(name, -share.at_least, arcs, _ones(arcs, -1), by_worth=True)


def _together(table: _Table, asked: Together) -> _Row:
    """If it enters, the other may not move elsewhere; or must move to one of those allowed."""
    enters = table.into(asked.household, [asked.dwelling])
    near = table.into(asked.other, asked.allowed)
    name = f"together|{asked.household}|{asked.dwelling}|{asked.other}"
    if asked.needs:
        arcs, signs = [enters, near], [_ones(enters), _ones(near, -1)]
        return _Row(name, 0, np.concatenate(arcs), np.concatenate(signs))
    away = np.setdiff1d(table.of(asked.other), near)
    arcs = [enters, away]
    return _Row(name, 1, np.concatenate(arcs), _ones(np.concatenate(arcs)))


def _group(table: _Table, group: Group) -> Iterator[_Row]:
    """All or none; and who enters a home asks every other member to enter one near it."""
    if not group.members:
        return
    first = table.of(group.members[0])
    for member in group.members[1:]:
        theirs = table.of(member)
        both = np.concatenate([theirs, first])
        signs = np.concatenate([_ones(theirs), _ones(first, -1)])
        yield _Row(f"group|{group.name}|{member}|+", 0, both, signs)
        yield _Row(f"group|{group.name}|{member}|-", 0, both, -signs)
    for member in group.members:
        for other in group.members:
            if other != member:
                yield from _near(table, group, member, other)


def _near(table: _Table, group: Group, member: str, other: str) -> Iterator[_Row]:
    """One row for every place (complex, or home) that a member may enter."""
    mine, theirs = table.of(member), table.of(other)
    places, reached = _places(table, group, mine, theirs)
    for place in dict.fromkeys(places):
        here = mine[[at == place for at in places]]
        near = theirs[[place in near for near in reached]]
        signs = np.concatenate([_ones(here), _ones(near, -1)])
        name = f"near|{group.name}|{member}|{other}|{place}"
        yield _Row(name, 0, np.concatenate([here, near]), signs)


def _places(
    table: _Table, group: Group, mine: NDArray[np.int64], theirs: NDArray[np.int64]
) -> tuple[list[str], list[frozenset[str]]]:
    """Of my options the place, and of theirs the places they are near to."""
    if group.metres is None:
        complexes = table.column("complex", mine)
        # A home may bear the name of a complex.
        homes = [f"woning {table.dwelling[at]}" for at in mine]
        places = [home if c is None else str(c) for home, c in zip(homes, complexes, strict=True)]
        reached = [
            frozenset[str]() if c is None else frozenset([str(c)])
            for c in table.column("complex", theirs)
        ]
        return places, reached
    x, y = table.whole("x"), table.whole("y")
    apart = (x[theirs][:, None] - x[mine]) ** 2 + (y[theirs][:, None] - y[mine]) ** 2
    near = apart <= group.metres**2
    homes = [str(table.dwelling[at]) for at in mine]
    return homes, [
        frozenset(home for home, close in zip(homes, row, strict=True) if close)
        - {str(table.dwelling[at])}
        for at, row in zip(theirs, near.tolist(), strict=True)
    ]


def change_of(options: pd.DataFrame, mix: Mix) -> NDArray[np.int64]:
    """Of every option how it changes the number that a mix counts: -1, 0 or 1."""
    table = options[["resident", "complex", "leaves_complex"]]
    kind = (table["resident"] == mix.kind).fillna(value=False).to_numpy(dtype=bool)
    enters = (table["complex"] == mix.complex).fillna(value=False).to_numpy(dtype=bool)
    leaves = (table["leaves_complex"] == mix.complex).fillna(value=False).to_numpy(dtype=bool)
    change: NDArray[np.int64] = kind * (enters.astype(np.int64) - leaves.astype(np.int64))
    return change


def room_of(mix: Mix) -> tuple[int, int]:
    """How many more, and how many fewer, of its kind a complex may hold; never below 0."""
    return max(0, mix.most - mix.now), max(0, mix.now - mix.least)


def _mixed(table: _Table, mix: Mix) -> Iterator[_Row]:
    change = change_of(table.options, mix)
    arcs = np.flatnonzero(change)
    more, fewer = room_of(mix)
    yield _Row(f"mix|{mix.complex}|{mix.kind}|most", more, arcs, change[arcs], always=True)
    yield _Row(f"mix|{mix.complex}|{mix.kind}|least", fewer, arcs, -change[arcs], always=True)
