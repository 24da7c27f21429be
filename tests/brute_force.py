"""The slow, obvious optimiser: every legal plan is tried, straight from the definition.

Pure Python, exact fractions, no shared code with the product. For worlds of a handful of moves.
"""

from fractions import Fraction

import pandas as pd


def best_plan(options, openings, *, longest_chain, longest_ring, acceptance=1):
    """The greatest value of any plan (an exact Fraction) and the moves of one plan that has it.

    `options`: DataFrame household, dwelling, leaves, gain. A move is (household, dwelling, leaves,
    gain). A chain starts in an opening and each move enters what the move before left; the k-th
    move counts p^k of its gain. A ring enters no opening and closes on the home it began with; n
    moves count p^n.
    """
    chance = Fraction(str(acceptance))
    moves = [
        (row.household, row.dwelling, None if pd.isna(row.leaves) else row.leaves, int(row.gain))
        for row in options.itertuples()
    ]
    moves = [move for move in dict.fromkeys(moves) if move[1] != move[2]]
    pieces = [
        (frozenset(piece), worth)
        for piece, worth in [
            *_chains(moves, set(openings), longest_chain, chance),
            *_rings([m for m in moves if m[1] not in set(openings)], longest_ring, chance),
        ]
    ]
    return _best(_best_of_equals(pieces))


def _chains(moves, openings, longest, chance):
    """Every chain of 1 … longest moves, with its worth."""
    grown = [([move], move[3] * chance) for move in moves if move[1] in openings and longest > 0]
    while grown:
        yield from grown
        grown = [
            ([*chain, move], worth + move[3] * chance ** (len(chain) + 1))
            for chain, worth in grown
            if len(chain) < longest
            for move in moves
            if chain[-1][2] is not None and move[1] == chain[-1][2] and _fits([*chain, move])
        ]


def _rings(moves, longest, chance):
    """Every ring of 2 … longest moves (once for each of its beginnings), with its worth."""
    grown = [[move] for move in moves if move[2] is not None]
    for length in range(2, longest + 1):
        grown = [
            [*ring, move]
            for ring in grown
            for move in moves
            if move[1] == ring[-1][2] and move[2] is not None and _fits([*ring, move])
        ]
        for ring in grown:
            if ring[-1][2] == ring[0][1]:
                yield ring, chance**length * sum(move[3] for move in ring)


def _fits(moves):
    """Nobody moves twice and no home receives two."""
    people = {move[0] for move in moves}
    homes = {move[1] for move in moves}
    return len(people) == len(homes) == len(moves)


def _best_of_equals(pieces):
    """Of pieces with the very same moves, the one worth most."""
    best = {}
    for piece, worth in pieces:
        best[piece] = max(worth, best.get(piece, worth))
    return sorted(best.items(), key=lambda item: (-item[1], sorted(map(str, item[0]))))


def _best(pieces):
    """The best set of pieces that share no household and no home; tries them all."""
    if not pieces:
        return Fraction(0), frozenset()
    (piece, worth), rest = pieces[0], pieces[1:]
    without = _best_bounded(rest, worth)
    people = {move[0] for move in piece}
    homes = {move[1] for move in piece}
    free = [
        (other, value)
        for other, value in rest
        if not any(move[0] in people or move[1] in homes for move in other)
    ]
    value, chosen = _best(free)
    taken = (value + worth, chosen | piece)
    return max(taken, without, key=lambda plan: plan[0])


def _best_bounded(pieces, at_least):
    """As `_best`, unless all that is left together is worth no more than `at_least`."""
    if sum(worth for _, worth in pieces) <= at_least:
        return Fraction(0), frozenset()
    return _best(pieces)
