"""Pairs of a household and a home, as positions in two tables: nothing is merged, columns are.

A criterion asks `pairs.of_home("rooms")` and gets one number per pair. The tables are small, the
pairs are many: whatever depends on the household alone is computed per household, then gathered.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from matching.lookup import places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from matching.proximity import Walks

Numbers = NDArray[np.int32]
Positions = NDArray[np.intp]
Mask = NDArray[np.bool_]
Column = NDArray[np.int8]

NO, ASK, YES = np.int8(0), np.int8(1), np.int8(2)
"""What a rule's column says of a pair; `ask the coach` lies between no and yes."""
UNLIMITED = 1_000_000_000
"""Stands in an upper limit for: no limit."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two tables, with its columns as plain arrays, each made once.

    `metres` holds the metres to the nearest facility of each kind (rows by kinds).
    """

    frame: pd.DataFrame
    metres: Numbers
    _made: dict[tuple[str, object], NDArray[Any]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.frame)

    def numbers(self, column: str, *, missing: int) -> Numbers:
        """Give a column of whole numbers as int32."""
        key = (column, missing)
        if key not in self._made:
            values = self.frame[column].to_numpy(dtype=np.int64, na_value=missing)
            self._made[key] = values.astype(np.int32)
        return self._made[key]

    def flags(self, column: str) -> Mask:
        """Give a column of yes and no; missing is no."""
        key = (column, "flags")
        if key not in self._made:
            self._made[key] = self.frame[column].to_numpy(dtype=bool, na_value=False)
        return self._made[key]

    def days(self, column: str, *, missing: date) -> NDArray[np.datetime64]:
        """Give a column of dates as datetime64[D]."""
        key = (column, missing)
        if key not in self._made:
            days = self.frame[column].to_numpy().astype("datetime64[D]")
            self._made[key] = np.where(np.isnat(days), np.datetime64(missing, "D"), days)
        return self._made[key]

    def codes(self, column: str, words: Iterable[str]) -> Positions:
        """Give a column of codes as positions in `words`; -1 for what is missing."""
        known = tuple(str(word) for word in words)
        key = (column, known)
        if key not in self._made:
            self._made[key] = places(pd.Index(known, dtype="str"), self.frame[column])
        return self._made[key]

    def bits(self, column: str, words: Iterable[str]) -> Numbers:
        """Give a column of joined codes (`A|B`) as int32, a bit for each of `words`."""
        known = tuple(str(word) for word in words)
        key = (column, ("bits", known))
        if key not in self._made:
            joined = pd.Index(self.frame[column].fillna(""))
            lists, which = np.unique(joined.to_numpy(dtype=object), return_inverse=True)
            bit = {word: 1 << number for number, word in enumerate(known)}
            sets = [sum(bit[code] for code in set(text.split("|")) - {""}) for text in lists]
            self._made[key] = np.array(sets, dtype=np.int32)[which]
        return self._made[key]

    def names(self, column: str) -> tuple[str, ...]:
        """Give the different values of a column of text, sorted."""
        key = (column, "names")
        if key not in self._made:
            self._made[key] = np.array(sorted(self.frame[column].dropna().unique()), dtype=object)
        return tuple(self._made[key])

    def housed(self) -> Mask:
        """Whether each household lives in a home we know; no for a starter."""
        return self.numbers("home_rooms", missing=-1) >= 0

    def checksums(self) -> NDArray[np.uint64]:
        """Give a number per row that follows from its id alone, 0 to 2^32."""
        key = ("", "checksums")
        if key not in self._made:
            sums = [zlib.crc32(str(name).encode()) for name in self.frame.index]
            self._made[key] = np.array(sums, dtype=np.uint64)
        return self._made[key]

    def places(self, prefix: str = "") -> NDArray[np.int64]:
        """Give the places in RD metres, rows of x and y; -1 where there is none."""
        xy = [self.numbers(f"{prefix}{axis}", missing=-1) for axis in ("x", "y")]
        return np.column_stack(xy).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Households by homes, as positions (same length) in `seekers` and `homes`.

    `walks` knows the minutes: its last rows are the homes the seekers live in. `declined` holds
    seeker x homes + home of every pair that was declined, sorted. `asks` is filled once the rules
    were judged: how many of them ask the coach at a cost.
    """

    seekers: Side
    homes: Side
    seeker: Positions
    home: Positions
    on: date
    walks: Walks
    declined: NDArray[np.int64]
    asks: Numbers | None = None

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.seeker)

    def at(self, seeker: Positions, home: Positions) -> Pairs:
        """Give other pairs of the same tables."""
        return replace(self, seeker=seeker, home=home, asks=None)

    def within(self, inside: Mask) -> Pairs:
        """Give the pairs that a table of all seekers (rows) by all homes (columns) marks.

        Nothing has been asked of the coach yet.
        """
        pair = np.flatnonzero(inside)
        seeker = pair // max(len(self.homes), 1)
        found = self.at(seeker, pair - seeker * len(self.homes))
        return replace(found, asks=np.zeros(len(found), dtype=np.int32))

    def kept(self, which: Mask | Positions) -> Pairs:
        """Keep some of the pairs: a mask or positions."""
        asks = None if self.asks is None else self.asks[which]
        return replace(self, seeker=self.seeker[which], home=self.home[which], asks=asks)

    def of_seeker(self, column: str, *, missing: int = -1) -> Numbers:
        """Give a number of the household for each pair."""
        return self.seekers.numbers(column, missing=missing)[self.seeker]

    def of_home(self, column: str, *, missing: int = -1) -> Numbers:
        """Give a number of the home for each pair."""
        return self.homes.numbers(column, missing=missing)[self.home]

    def is_home(self, column: str) -> Mask:
        """Give a yes or no of the home for each pair."""
        return self.homes.flags(column)[self.home]

    def same(self, seeker_column: str, home_column: str) -> Mask:
        """Whether household and home have the same text in these columns; missing is not."""
        names = self.homes.names(home_column)
        of_seeker = self.seekers.codes(seeker_column, names)[self.seeker]
        alike: Mask = of_seeker == self.homes.codes(home_column, names)[self.home]
        return alike & (of_seeker >= 0)

    @property
    def has_home(self) -> Mask:
        """Whether the household lives in a home we know; no for a starter."""
        return self.seekers.housed()[self.seeker]

    def with_anchors(self, selected: Mask) -> tuple[Positions, Positions]:
        """Give every pair with every selected anchor of its household: two position arrays."""
        first = self.walks.anchors.first
        upto = np.concatenate([[0], np.cumsum(selected)])
        begin, count = upto[first[:-1]], upto[first[1:]] - upto[first[:-1]]
        times = count[self.seeker]
        pair = np.repeat(np.arange(len(self)), times)
        ahead = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
        anchor = np.flatnonzero(selected)[np.repeat(begin[self.seeker], times) + ahead]
        return pair, anchor

    def minutes_now(self) -> Numbers:
        """Give the minutes to every anchor from where its household lives now.

        FAR for a starter, who comes from nowhere we know.
        """
        owner = self.walks.anchors.seeker
        return self.walks.minutes(np.arange(len(owner)), len(self.homes) + owner)

    def minutes_then(self, pair: Positions, anchor: Positions) -> Numbers:
        """Give the minutes from the home entered, for pairs with an anchor each."""
        return self.walks.minutes(anchor, self.home[pair])


def verdicts(*, no: Mask, ask: Mask | None = None) -> Column:
    """Make a rule's column: NO where `no`, else ASK where `ask`, else YES.

    Reckoned, not chosen: five times as fast, and every pair passes here for every rule.
    """
    out = ~no * YES
    if ask is not None:
        out -= (ask & ~no) * (YES - ASK)
    return out
