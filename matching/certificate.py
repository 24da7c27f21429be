"""The bound, proven again: integers and dynamic programming over places in a chain; no solver.

For any prices ≥ 0 per household (and per home that could be promised twice) no plan is worth more
than: all prices together, plus for every vacancy the best walk of at most `longest_chain` moves
with each gain lowered by the price of who moves, plus for every home the best ring it leads,
lowered likewise. Walks may pass a household twice, which only makes the bound higher.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_contracts.words import VerhuisketenError
from matching.conditions import NONE
from matching.rows import PER, barred, kept_bonus, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matching.conditions import Conditions
    from matching.model import Certificate
    from matching.rows import Rows

ROOM = 2**62
"""Above this a sum of two no longer fits in 64 bits."""
MOST_RINGS = 2_000_000
MOST_PATHS = 200_000_000
PATHS_AT_ONCE = 2_000_000


class BrokenCertificate(VerhuisketenError):
    """Het bewijs bij dit plan is onbruikbaar: een prijs is negatief of een getal is te groot."""


def bound_of(
    options: pd.DataFrame,
    openings: Iterable[object],
    certificate: Certificate,
    *,
    longest_chain: int,
    longest_ring: int,
    acceptance: float | Fraction = 1,
    conditions: Conditions = NONE,
) -> int:
    """The most points any plan that keeps the conditions can be worth, in whole points.

    `options` and `openings` as for `matching.optimise.choose`. The certificate's own `bound` is not
    read. Raises BrokenCertificate for a negative price, or one on a condition that there is not.
    """
    prices, homes_priced, asked = map(
        dict, (certificate.households, certificate.dwellings, certificate.conditions)
    )
    paid = (*prices.values(), *homes_priced.values(), *asked.values())
    rows = rows_of(options, conditions)
    if certificate.scale < 1 or min(paid, default=0) < 0 or not set(asked) <= set(rows.names):
        raise BrokenCertificate
    table = _table(options)
    allowed = (table["dwelling"] != table["leaves"]).to_numpy() & ~barred(options, conditions)
    kept = np.flatnonzero(allowed)
    table = table.iloc[kept].reset_index(drop=True)
    flat, factor, allowance = _asked(rows, asked, kept, certificate.scale)
    bonus = kept_bonus(options, conditions)[kept] * certificate.scale
    codes, homes = pd.factorize(np.concatenate([table["dwelling"], table["leaves"]]))
    home, frees = codes[: len(table)], codes[len(table) :]
    frees = np.where(table["leaves"].to_numpy() == "", -1, frees)
    price = table["household"].map(prices).fillna(0).to_numpy(dtype=np.int64)
    price = price + table["dwelling"].map(homes_priced).fillna(0).to_numpy(dtype=np.int64)
    price = price + flat - bonus
    gain = table["gain"].to_numpy(dtype=np.int64)
    vacant = np.isin(homes, list({_plain(o) for o in openings}))
    # Who leaves a vacancy ends a chain: whoever enters there may as well begin a new one.
    onward = np.where((frees >= 0) & vacant[frees], -1, frees)
    longest = max(longest_chain, longest_ring, 2)
    weights = weights_of(acceptance, longest, scale=certificate.scale)
    shared = np.abs(factor).astype(np.float64) * gain
    most = max(int(gain.max(initial=0)) * longest, float(shared.max(initial=0)))
    if most * weights[0] >= ROOM:
        raise BrokenCertificate
    # What one move nets when a point counts `weight`: worth, less its prices.
    nets = {weight: gain * weight - price - (factor * (gain * weight)) // PER for weight in weights}
    total = sum(prices.values()) + sum(homes_priced.values()) + allowance
    total += _walks(home, onward, [nets[weight] for weight in weights[:longest_chain]], vacant)
    household, _ = pd.factorize(table["household"])
    total += _rings(home, onward, household, [nets[weight] for weight in weights], longest_ring)
    points = Fraction(total, certificate.scale) - conditions.at_stake
    return whole_points(points, acceptance)


def _asked(
    rows: Rows, prices: dict[str, int], kept: NDArray[np.int64], scale: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """What the moves kept pay for the side conditions, and what the limits of these allow."""
    price = np.array([prices.get(name, 0) for name in rows.names], dtype=np.int64)
    flat, factor = rows.charges(price, max(int(rows.arc.max(initial=-1)), kept.max(initial=-1)) + 1)
    return flat[kept], factor[kept], rows.allowance(price, scale)


def weights_of(acceptance: float | Fraction, longest: int, *, scale: int) -> list[int]:
    """What one point counts at places 1, 2, …, in 1/`scale` points, rounded up so bounds hold."""
    chance = chance_of(acceptance)
    return [-((-scale * chance**k) // 1) for k in range(1, longest + 1)]


def chance_of(acceptance: float | Fraction) -> Fraction:
    """The chance that a household says yes, exactly as written: 0.9 is nine tenths."""
    return acceptance if isinstance(acceptance, Fraction) else Fraction(str(acceptance))


def whole_points(points: Fraction, acceptance: float | Fraction) -> int:
    """A bound in whole points: rounded as values are, or down where every value is whole."""
    return points.__floor__() if chance_of(acceptance) == 1 else round(points)


def rings_of(
    home: NDArray[Any], frees: NDArray[Any], household: NDArray[Any], *, longest: int
) -> tuple[NDArray[np.int64], bool]:
    """Every ring of 2 … `longest` moves once, by position of its moves, and whether that is all.

    Row: the moves in order, -1 where the ring is shorter; the first enters its lowest home, and
    rows are grouped by that leader. A market with too many rings gives only those of fewer moves,
    and False: the caller then needs a looser bound.
    """
    found = np.full((0, max(longest, 1)), -1, dtype=np.int64)
    for length in range(2, longest + 1):
        rings = _rings_of_length(home, frees, household, length)
        if rings is None or len(found) + len(rings) > MOST_RINGS:
            return _by_leader(found, home), False
        wide = np.full((len(rings), found.shape[1]), -1, dtype=np.int64)
        wide[:, :length] = rings
        found = np.concatenate([found, wide])
    return _by_leader(found, home), True


def _by_leader(rings: NDArray[np.int64], home: NDArray[Any]) -> NDArray[np.int64]:
    return rings[np.argsort(home[rings[:, 0]], kind="stable")] if len(rings) else rings


def _table(options: pd.DataFrame) -> pd.DataFrame:
    """The options as text ids ("" for nobody's home)."""
    return pd.DataFrame(
        {
            "household": _texts(options["household"]),
            "dwelling": _texts(options["dwelling"]),
            "leaves": _texts(options["leaves"]),
            "gain": pd.to_numeric(options["gain"]).astype("int64").to_numpy(),
        },
    )


def _texts(ids: pd.Series) -> NDArray[np.object_]:
    if pd.api.types.is_float_dtype(ids.dtype):
        ids = ids.astype("Int64")
    texts: NDArray[np.object_] = ids.astype(object).map(_plain).to_numpy(dtype=object)
    return texts


def _plain(identifier: object) -> str:
    if identifier is None or identifier is pd.NA or identifier != identifier:  # noqa: PLR0124 - NaN
        return ""
    whole = isinstance(identifier, float) and identifier.is_integer()
    return str(int(identifier)) if whole else str(identifier)  # type: ignore[call-overload] # float


def _walks(
    home: NDArray[Any],
    onward: NDArray[Any],
    nets: list[NDArray[np.int64]],
    vacant: NDArray[np.bool_],
) -> int:
    """The best priced walk out of every vacancy, where it is worth anything, summed."""
    best = np.zeros(len(vacant) + 1, dtype=np.int64)
    for net in reversed(nets):
        through = net + best[onward]
        best = np.zeros(len(vacant) + 1, dtype=np.int64)
        np.maximum.at(best, home, through)
    return int(best[:-1][vacant].sum())


def _rings(
    home: NDArray[Any],
    frees: NDArray[Any],
    household: NDArray[Any],
    nets: list[NDArray[np.int64]],
    longest: int,
) -> int:
    """The best priced ring of every leader, summed; of too many rings, of every home entered."""
    rings, complete = rings_of(home, frees, household, longest=longest)
    best = np.zeros(int(home.max(initial=-1)) + 1, dtype=np.int64)
    if complete:
        length = (rings >= 0).sum(axis=1)
        for moves in range(2, longest + 1):
            some = rings[length == moves][:, :moves]
            np.maximum.at(best, home[some[:, 0]], nets[moves - 1][some].sum(axis=1))
    else:
        stays = frees >= 0
        np.maximum.at(best, home[stays], nets[1][stays])
    return int(best.sum())


def _rings_of_length(
    home: NDArray[Any], frees: NDArray[Any], household: NDArray[Any], length: int
) -> NDArray[np.int64] | None:
    """Rings of exactly `length` moves, or None when looking would take too long."""
    arcs = np.flatnonzero(frees >= 0)
    many = np.int64(max(int(home.max(initial=0)), int(frees.max(initial=0))) + 1)
    order = arcs[np.argsort(home[arcs] * many + frees[arcs], kind="stable")]
    key = home[order] * many + frees[order]
    starts = np.flatnonzero(frees[order] > home[order])
    found, seen = [], 0
    # A block of first moves at a time, so that memory stays small whatever the market.
    reach = len(order) // max(1, len(np.unique(home[order]))) + 1
    block = max(1, PATHS_AT_ONCE // reach ** (length - 2))
    for first in range(0, len(starts), block):
        paths = order[starts[first : first + block]][:, None]
        for _ in range(length - 2):
            low = np.searchsorted(key, frees[paths[:, -1]] * many + home[paths[:, 0]] + 1)
            high = np.searchsorted(key, (frees[paths[:, -1]] + 1) * many)
            paths = _extended(paths, order, low, high)
            paths = paths[_fresh(paths, home) & _fresh(paths, household)]
            seen += len(paths)
            if seen > MOST_PATHS:
                return None
        closing = frees[paths[:, -1]] * many + home[paths[:, 0]]
        low, high = (np.searchsorted(key, closing, side=side) for side in ("left", "right"))
        rings = _extended(paths, order, low, high)
        found.append(rings[_fresh(rings, household)])
        if sum(map(len, found)) > MOST_RINGS:
            return None
    return np.concatenate([*found, np.empty((0, length), dtype=np.int64)])


def _extended(
    paths: NDArray[np.int64], order: NDArray[np.int64], low: NDArray[Any], high: NDArray[Any]
) -> NDArray[np.int64]:
    """Every path once for each next move, which lie at low … high in `order`."""
    count = np.maximum(high - low, 0)
    before = np.cumsum(count) - count
    after = np.repeat(low - before, count) + np.arange(int(count.sum()))
    return np.column_stack([np.repeat(paths, count, axis=0), order[after]]).astype(np.int64)


def _fresh(paths: NDArray[np.int64], of: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether the last move of each path meets someone (or some home) not yet on the path."""
    met = of[paths]
    fresh: NDArray[np.bool_] = (met[:, :-1] != met[:, -1:]).all(axis=1)
    return fresh
