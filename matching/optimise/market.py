"""The market as integers: which household may enter which home, what it frees, what that gains."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_contracts.words import VerhuisketenError
from matching.conditions import NONE
from matching.rows import Rows, barred, kept_bonus, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matching.conditions import Conditions

NOBODY = -1


class UnusableOptions(VerhuisketenError):
    """De tabel met mogelijke verhuizingen mist een kolom of een geheel, niet-negatief puntental."""


@dataclass(frozen=True, slots=True)
class Market:
    """Arcs sorted by the home entered, then by lot; households and homes are numbered by lot.

    `row` is the position in the options table, `lot` the drawn number that decides a tie. `frees`
    is the home a chain or ring goes on with: -1 for a starter, and where the home left is itself an
    opening, because there a new chain starts at the first place. `bonus` is what a move adds in
    points because people have been shown it; `rows` are the side conditions over the arcs.
    """

    row: NDArray[np.int64]
    household: NDArray[np.int64]
    home: NDArray[np.int64]
    frees: NDArray[np.int64]
    gain: NDArray[np.int64]
    lot: NDArray[np.uint64]
    opening: NDArray[np.bool_]
    households: int
    bonus: NDArray[np.int64]
    rows: Rows

    @property
    def homes(self) -> int:
        """How many homes can be entered or left."""
        return len(self.opening)

    @property
    def size(self) -> int:
        """How many moves are possible."""
        return len(self.row)

    @property
    def onward(self) -> NDArray[np.int64]:
        """As `frees`, with `homes` (one past the last) for none."""
        return np.where(self.frees < 0, self.homes, self.frees)

    def part(self, arcs: NDArray[Any]) -> Market:
        """The market of some arcs only (a mask or positions), same numbering.

        Raises ImpossibleConditions when a condition needs a move that drops out.
        """
        kept = np.arange(self.size)[arcs]
        return Market(
            row=self.row[arcs],
            household=self.household[arcs],
            home=self.home[arcs],
            frees=self.frees[arcs],
            gain=self.gain[arcs],
            lot=self.lot[arcs],
            opening=self.opening,
            households=self.households,
            bonus=self.bonus[arcs],
            rows=self.rows.over(kept),
        )

    def renumbered(self) -> Market:
        """The same market with the numbers that no arc uses squeezed out; order is kept."""
        people, household = np.unique(self.household, return_inverse=True)
        homes = np.unique(np.concatenate([self.home, self.frees[self.frees >= 0]]))
        frees = np.where(self.frees < 0, NOBODY, np.searchsorted(homes, self.frees))
        return Market(
            row=self.row,
            household=household.astype(np.int64),
            home=np.searchsorted(homes, self.home),
            frees=frees,
            gain=self.gain,
            lot=self.lot,
            opening=self.opening[homes],
            households=len(people),
            bonus=self.bonus,
            rows=self.rows,
        )


def market_of(
    options: pd.DataFrame,
    openings: Iterable[object],
    *,
    seed: object,
    conditions: Conditions = NONE,
) -> Market:
    """Number the options by lot and keep what can be part of a chain or a ring.

    Of equal (household, dwelling, leaves) the best gain counts; a move into the home one leaves is
    no move; a home that nobody leaves and that is not vacant cannot be entered. Raises
    UnusableOptions and ImpossibleConditions.
    """
    gain = _gains(options)
    household, people = pd.factorize(plain_ids(options["household"]))
    left = plain_ids(options["leaves"])
    vacant = plain_ids(pd.Series(list(openings), dtype=object))
    codes, homes = pd.factorize(
        pd.concat([plain_ids(options["dwelling"]), left, vacant], ignore_index=True)
    )
    entered, frees = codes[: len(options)], codes[len(options) : 2 * len(options)]
    opening = np.zeros(len(homes) + 1, dtype=bool)
    opening[codes[2 * len(options) :]] = True
    opening[-1] = False
    usable = (opening[entered] | np.isin(entered, frees[frees >= 0])) & (entered != frees)
    usable &= (household >= 0) & (entered >= 0) & ~barred(options, conditions)
    kept = _best_of_equals(
        np.flatnonzero(usable), household, entered, frees, gain, labels=options.index
    )
    lot = lots_of(people[household[kept]], homes[entered[kept]], seed=seed)
    order = np.lexsort((frees[kept], lot))
    drawn = _drawn(kept[order], household, entered, frees, gain, lot[order], opening[:-1])
    return replace(
        drawn,
        bonus=kept_bonus(options, conditions)[drawn.row],
        rows=rows_of(options, conditions).over(drawn.row),
    )


def lots_of(
    households: Iterable[object], dwellings: Iterable[object], *, seed: object
) -> NDArray[np.uint64]:
    """The drawn number of every move: the first 64 bits of sha256(seed | household | dwelling)."""
    draw = hashlib.sha256
    pairs = zip(households, dwellings, strict=True)
    digests = b"".join(draw(f"{seed}|{h}|{d}".encode()).digest()[:8] for h, d in pairs)
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)


def plain_ids(ids: pd.Series) -> pd.Series:
    """Ids as plain objects, so that 12, 12.0 and np.int64(12) are one id and missing is None."""
    if pd.api.types.is_float_dtype(ids.dtype):
        ids = ids.astype("Int64")
    plain = ids.astype(object)
    return plain.where(plain.notna(), None)


def _gains(options: pd.DataFrame) -> NDArray[np.int64]:
    missing = {"household", "dwelling", "leaves", "gain"} - set(options.columns)
    if missing:
        raise UnusableOptions
    gain = pd.to_numeric(options["gain"], errors="coerce")
    if gain.isna().any() or (gain < 0).any() or (gain % 1 != 0).any():
        raise UnusableOptions
    whole: NDArray[np.int64] = gain.to_numpy(dtype=np.int64)
    return whole


def _best_of_equals(
    usable: NDArray[np.int64], *keys: NDArray[Any], labels: pd.Index
) -> NDArray[np.int64]:
    """Of rows with equal keys the one with the last key (the gain) highest, then lowest label."""
    household, entered, frees, gain = (key[usable] for key in keys)
    order = np.lexsort((-gain, frees, entered, household))
    same = np.zeros(len(order), dtype=bool)
    for key in (household, entered, frees):
        same |= np.diff(key[order], prepend=key[order[:1]] - 1) != 0
    if not same.all() and labels.is_unique:
        rank = np.argsort(np.argsort(labels.map(str)))[usable]
        order = np.lexsort((rank, -gain, frees, entered, household))
    best: NDArray[np.int64] = usable[order[same]]
    return best


def _drawn(
    kept: NDArray[np.int64],
    household: NDArray[np.int64],
    entered: NDArray[np.int64],
    frees: NDArray[np.int64],
    gain: NDArray[np.int64],
    lot: NDArray[np.uint64],
    opening: NDArray[np.bool_],
) -> Market:
    """Number households and homes in the order in which the lot meets them, sort by home."""
    person, _ = pd.factorize(household[kept])
    both = np.concatenate([entered[kept], frees[kept][frees[kept] >= 0]])
    code, met = pd.factorize(both)
    number = np.full(len(opening) + 1, NOBODY)
    number[met] = np.arange(len(met))
    home = code[: len(kept)]
    order = np.lexsort((lot, home))
    vacant = opening[met]
    goes_on = number[frees[kept]]
    goes_on[(goes_on >= 0) & vacant[goes_on]] = NOBODY
    return Market(
        row=kept[order],
        household=person[order].astype(np.int64),
        home=home[order].astype(np.int64),
        frees=goes_on[order],
        gain=gain[kept][order],
        lot=lot[order],
        opening=vacant,
        households=int(person.max(initial=-1)) + 1,
        bonus=np.zeros(len(order), dtype=np.int64),
        rows=Rows(),
    )
