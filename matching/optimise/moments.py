"""Conditions that hold at every moment: whichever chains are carried out however far.

In a small market all chains and rings are listed and chosen from whole, each with the most that it
asks of a condition on its way. A larger market is solved with what holds when all is done; where
the plan breaks a condition on its way, again with a row that is surely enough: who leaves makes
room only for who enters the very home, because that one always comes after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matching.certificate import chance_of
from matching.conditions import ImpossibleConditions
from matching.optimise.linear import Columns, Side, columns_of, relaxed, whole
from matching.optimise.prices import Walks, settled_rings
from matching.optimise.solve import Solved, solve, task_of
from matching.rows import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.optimise.limits import Limits
    from matching.optimise.market import Market
    from matching.optimise.prices import Task

MOST_PIECES = 20_000
TURNS = 4  # with careful rows for what was broken; in the last for everything that holds always


@dataclass(frozen=True, slots=True)
class Pieces:
    """Every chain and ring of a market: a row each, its moves in order, -1 where it is shorter."""

    moves: NDArray[np.int64]
    ring: NDArray[np.bool_]

    def sums(self, of: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of each piece the sum over its first 1, 2, ... moves; a shorter one stays what it is."""
        summed: NDArray[np.int64] = np.where(self.moves >= 0, of[self.moves], 0).cumsum(axis=1)
        return summed

    def asks(self, of: NDArray[np.int64]) -> NDArray[np.int64]:
        """What each piece asks at most on its way: a chain step by step, a ring all at once."""
        sums = self.sums(of)
        most = np.where(self.ring, sums[:, -1], sums.max(axis=1, initial=0))
        asked: NDArray[np.int64] = np.maximum(most, 0)
        return asked


def solve_at_every_moment(market: Market, limits: Limits, *, scale: int, small: int) -> Solved:
    """The best plan for a market with conditions that hold at every moment, and its bound."""
    task = task_of(market, limits, scale=scale)
    listed = pieces_of(task, limits, most=MOST_PIECES if small else 0)
    if listed is not None:
        return _best_of(task, listed, limits)
    first = found = solve(task, limits, small=small)
    careful = np.zeros(len(market.rows), dtype=bool)
    for turn in range(TURNS):
        broken = _broken(market, found.arcs)
        if not broken.any():
            return replace(first, arcs=found.arcs, value=found.value)
        careful |= broken if turn + 2 < TURNS else market.rows.always
        rows = market.rows.and_rows(_surely_enough(market, careful))
        found = solve(task_of(replace(market, rows=rows), limits, scale=scale), limits, small=small)
    raise ImpossibleConditions


def pieces_of(task: Task, limits: Limits, *, most: int) -> Pieces | None:
    """All chains and rings, or None when there are more than `most`."""
    market = task.market
    width = max(limits.longest_chain, task.rings.shape[1], 1)
    found = [_wide(task.rings, width)] if task.all_rings else []
    ends = np.searchsorted(market.home, np.arange(market.homes + 1))
    grown = np.flatnonzero(market.opening[market.home])[:, None]
    if not found or limits.longest_chain == 0:
        grown = grown[:0]
    for _ in range(limits.longest_chain):
        found.append(_wide(grown, width))
        if sum(map(len, found)) > most:
            return None
        at = market.frees[grown[:, -1]]
        count = np.where(at >= 0, ends[at + 1] - ends[at], 0)
        first = np.repeat(ends[at] - (np.cumsum(count) - count), count)
        after = first + np.arange(int(count.sum()))
        grown = np.column_stack([np.repeat(grown, count, axis=0), after])
        fresh = market.household[grown[:, :-1]] != market.household[after][:, None]
        fresh &= market.home[grown[:, :-1]] != market.home[after][:, None]
        grown = grown[fresh.all(axis=1)]
    if not task.all_rings or sum(map(len, found)) > most:
        return None
    ring = np.arange(sum(map(len, found))) < len(task.rings)
    return Pieces(np.concatenate(found), ring)


def _wide(moves: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    wide = np.full((len(moves), width), -1, dtype=np.int64)
    wide[:, : moves.shape[1]] = moves[:, :width]
    return wide


def _best_of(task: Task, pieces: Pieces, limits: Limits) -> Solved:
    """Choose whole chains and rings; prices for the certificate come from the relaxation."""
    market = task.market
    worth = _worth(task, pieces, market.gain)
    bonus = pieces.sums(market.bonus)[:, -1] * task.scale
    bare = replace(
        task,
        market=replace(market, rows=Rows()),
        worth=(),
        rings=pieces.moves,
        ring_worth=np.rint(worth + bonus).astype(np.int64),
    )
    nothing = np.zeros(0, dtype=np.int64)
    columns = Columns(nothing, nothing, np.arange(len(pieces.moves)))
    side = _side(task, pieces)
    found = whole(bare, columns, side, nodes=None, gap=0.0, lottery=True)
    if found.broken:
        raise ImpossibleConditions
    chosen = found.columns.ring
    moves = pieces.moves[chosen]
    value = _value(market, moves, pieces.ring[chosen], limits)
    price, bound = _proved(task)
    known = value if found.proven else Fraction(bound, task.scale)
    return Solved(moves[moves >= 0], value, max(value, known), price)


def _worth(task: Task, pieces: Pieces, gain: NDArray[np.int64]) -> NDArray[np.int64]:
    """The worth of each piece in 1/scale points: by place in a chain, by length in a ring."""
    inside = pieces.moves >= 0
    weights = np.array([*task.weights, 0])[: pieces.moves.shape[1]]
    length = inside.sum(axis=1)
    by_place = np.broadcast_to(weights, pieces.moves.shape)
    by_length = np.array([0, *task.weights])[length][:, None]
    weight = np.where(pieces.ring[:, None], by_length, by_place)
    total: NDArray[np.int64] = np.where(inside, gain[pieces.moves] * weight, 0).sum(axis=1)
    return total


def _side(task: Task, pieces: Pieces) -> Side:
    """Every condition over whole chains and rings; one that holds always by the most they ask."""
    rows, market = task.market.rows, task.market
    table = []
    for number in range(len(rows)):
        of = _over(market, number)
        if rows.always[number]:
            table.append(pieces.asks(of).astype(np.float64))
        elif rows.by_worth[number]:
            table.append(_worth(task, pieces, market.gain * of) / task.scale)
        else:
            table.append(pieces.sums(of)[:, -1].astype(np.float64))
    dense = np.array(table).reshape(len(rows), len(pieces.moves))
    row, column = np.nonzero(dense)
    return Side(row, column, dense[row, column], rows.limit.astype(np.float64))


def _value(
    market: Market, moves: NDArray[np.int64], ring: NDArray[np.bool_], limits: Limits
) -> Fraction:
    """The exact worth of chosen chains and rings, with what keeping proposals adds."""
    chance, total = chance_of(limits.acceptance), Fraction(0)
    for piece, round_about in zip(moves, ring, strict=True):
        arcs = piece[piece >= 0]
        for place, arc in enumerate(arcs):
            times = len(arcs) if round_about else place + 1
            total += int(market.gain[arc]) * chance**times + int(market.bonus[arc])
    return total


def _proved(task: Task) -> tuple[NDArray[np.int64], int]:
    """Prices from the relaxation by place, and the bound they prove."""
    walks = Walks(task)
    price = np.zeros(task.prices, dtype=np.int64)
    walks.bound(price)
    columns = columns_of(walks.slack() < 2**57, np.ones(len(task.rings), bool))
    root = relaxed(task, columns)
    price = settled_rings(walks, price if root is None else root.price)
    return price, walks.bound(price)


def _broken(market: Market, arcs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which conditions that hold always a plan breaks on its way."""
    rows, pieces = market.rows, _linked(market, arcs)
    broken = np.zeros(len(rows), dtype=bool)
    for number in np.flatnonzero(rows.always):
        asked = int(pieces.asks(_over(market, int(number))).sum())
        broken[number] = asked > int(rows.limit[number])
    return broken


def _over(market: Market, number: int) -> NDArray[np.int64]:
    """The coefficients of one row, for every move of the market."""
    rows = market.rows
    mine = rows.row == number
    of = np.zeros(market.size, dtype=np.int64)
    np.add.at(of, rows.arc[mine], rows.coefficient[mine])
    return of


def _linked(market: Market, arcs: NDArray[np.int64]) -> Pieces:
    """The chains and rings that these moves form, chains first."""
    entering = {int(market.home[arc]): int(arc) for arc in arcs}
    begins = sorted(home for home in entering if market.opening[home])
    chains = [_followed(market, entering, home) for home in begins]
    homes = sorted(entering)
    rings = [_followed(market, entering, home) for home in homes if home in entering]
    width = max(map(len, [*chains, *rings]), default=1)
    moves = np.full((len(chains) + len(rings), width), -1, dtype=np.int64)
    for at, piece in enumerate([*chains, *rings]):
        moves[at, : len(piece)] = piece
    return Pieces(moves, np.arange(len(moves)) >= len(chains))


def _followed(market: Market, entering: dict[int, int], home: int) -> list[int]:
    piece = []
    while home in entering:
        piece.append(entering.pop(home))
        home = int(market.frees[piece[-1]])
    return piece


def _surely_enough(market: Market, careful: NDArray[np.bool_]) -> Rows:
    """Rows that keep these conditions on the way, too; what makes room counts where it must come.

    Who enters a home comes after who left it. So the room that a leaver makes is put down to who
    enters (and all the leaver's moves count one more, so that nothing is counted twice); what then
    still makes room counts for nothing.
    """
    numbers = np.flatnonzero(careful)
    table = [_counted(market, _over(market, int(number))) for number in numbers]
    dense = np.array(table, dtype=np.int64).reshape(len(numbers), market.size)
    row, arc = np.nonzero(dense)
    nothing = np.zeros(len(numbers), dtype=bool)
    return Rows(
        tuple(f"{market.rows.names[number]}|careful" for number in numbers),
        market.rows.limit[numbers],
        by_worth=nothing,
        always=nothing,
        row=row,
        arc=arc,
        coefficient=dense[row, arc],
    )


def _counted(market: Market, of: NDArray[np.int64]) -> NDArray[np.int64]:
    people = market.households
    moves = np.bincount(market.household, minlength=people)
    making_room = np.bincount(market.household[of < 0], minlength=people)
    stays = market.frees >= 0
    left = np.unique(np.column_stack([market.frees[stays], market.household[stays]]), axis=0)
    alone = np.bincount(left[:, 0], minlength=market.homes)[left[:, 0]] == 1
    home, leaver = left[alone].T
    moved = np.zeros(people, dtype=np.int64)
    moved[leaver] = (2 * making_room >= moves)[leaver] & (making_room > 0)[leaver]
    after = np.zeros(market.homes, dtype=np.int64)
    after[home] = moved[leaver]
    counted: NDArray[np.int64] = of + moved[market.household] - after[market.home]
    return np.maximum(counted, 0)
