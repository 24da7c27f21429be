"""The slow, obvious optimiser: every legal plan is tried, straight from the definition.

Pure Python, exact fractions; of the product only the nouns of `matching.conditions`. For worlds of
a handful of moves. A plan is a set of pieces: chains and rings that share no household and no home.
"""

from fractions import Fraction
from itertools import combinations, product
from typing import NamedTuple

from matching.conditions import NONE


class Move(NamedTuple):
    """One row of the options: who, where to, what is left (None: nothing), points."""

    household: str
    dwelling: str
    leaves: str | None
    gain: int


class Piece(NamedTuple):
    """A chain or a ring, with what it is expected to be worth."""

    moves: tuple[Move, ...]
    ring: bool
    worth: Fraction


def best_plan(
    options,
    openings,
    *,
    longest_chain,
    longest_ring,
    acceptance=1,
    conditions=NONE,
):
    """The greatest value of any plan (an exact Fraction) and the moves of one plan that has it.

    None when no plan keeps the conditions, not even the empty one. `options`: DataFrame household,
    dwelling, leaves, gain and what the conditions read. A chain starts in an opening, each move
    enters what the move before left, and a home left that is itself an opening ends it; the k-th
    move counts p^k of its gain. A ring enters no opening and closes on the home it began with; n
    moves count p^n. Every open proposal that is dropped costs `change_cost`.
    """
    facts = facts_of(options)
    chance = Fraction(str(acceptance))
    pieces = pieces_of(list(facts), set(openings), longest_chain, longest_ring, chance)
    return _best(plans_of(pieces), facts, conditions, chance)


def worth_of(
    moves,
    openings,
    *,
    longest_chain,
    longest_ring,
    acceptance=1,
    conditions=NONE,
):
    """The value of the plan that makes exactly these moves (rows of the options).

    None when they form no chains and rings that may be, or break a condition. Where two leave one
    home the moves can be linked in more than one way: then the best of these.
    """
    facts = facts_of(moves)
    chance = Fraction(str(acceptance))
    pieces = pieces_of(list(facts), set(openings), longest_chain, longest_ring, chance)
    whole = [plan for plan in plans_of(pieces) if sum(len(p.moves) for p in plan) == len(moves)]
    best = _best(whole, facts, conditions, chance)
    return None if best is None else best[0]


def facts_of(options):
    """Of every move that is one the columns of its row, missing as None."""
    rows = options.astype(object).where(options.notna(), None).to_dict("records")
    facts = {
        Move(row["household"], row["dwelling"], row["leaves"], int(row["gain"])): row
        for row in rows
    }
    return {move: row for move, row in facts.items() if move.dwelling != move.leaves}


def _best(plans, facts, conditions, chance):
    """From the best plan downward, the first that keeps every condition."""
    plans = [(_value(plan, conditions), plan) for plan in plans]
    for value, plan in sorted(plans, key=lambda known: -known[0]):
        if not broken(plan, facts, conditions, chance):
            return value, frozenset(moves_in(plan))
    return None


def _value(plan, conditions):
    worth = sum((piece.worth for piece in plan), Fraction(0))
    if not conditions.change_cost:
        return worth
    made = {(move.household, move.dwelling) for move in moves_in(plan)}
    return worth - conditions.change_cost * len(set(conditions.seen) - made)


def moves_in(plan):
    """All moves of a plan, piece by piece."""
    return [move for piece in plan for move in piece.moves]


# Pieces and plans


def pieces_of(moves, openings, longest_chain, longest_ring, chance):
    """Every chain and every ring (each ring once)."""
    elsewhere = [move for move in moves if move.dwelling not in openings]
    return [
        *_chains(moves, openings, longest_chain, chance),
        *_rings(elsewhere, longest_ring, chance),
    ]


def _chains(moves, openings, longest, chance):
    grown = [(move,) for move in moves if move.dwelling in openings and longest > 0]
    while grown:
        for chain in grown:
            worth = sum(move.gain * chance**k for k, move in enumerate(chain, start=1))
            yield Piece(chain, ring=False, worth=Fraction(worth))
        grown = [
            (*chain, move)
            for chain in grown
            if len(chain) < longest and chain[-1].leaves not in {None, *openings}
            for move in moves
            if move.dwelling == chain[-1].leaves and _fits([*chain, move])
        ]


def _rings(moves, longest, chance):
    stays = [move for move in moves if move.leaves is not None]
    for length in range(2, longest + 1):
        for ring in _paths(stays, length):
            # Of its beginnings, the one at the home whose name comes first.
            if ring[-1].leaves == ring[0].dwelling == min(move.dwelling for move in ring):
                worth = chance**length * sum(move.gain for move in ring)
                yield Piece(ring, ring=True, worth=Fraction(worth))


def _paths(moves, length):
    paths = [(move,) for move in moves]
    for _ in range(length - 1):
        paths = [
            (*path, move)
            for path in paths
            for move in moves
            if move.dwelling == path[-1].leaves and _fits([*path, move])
        ]
    return paths


def _fits(moves):
    """Nobody moves twice and no home receives two."""
    people = {move.household for move in moves}
    homes = {move.dwelling for move in moves}
    return len(people) == len(homes) == len(moves)


def plans_of(pieces):
    """Every set of pieces that share no household and no home; the empty one too."""
    yield ()
    for at, piece in enumerate(pieces):
        people = {move.household for move in piece.moves}
        homes = {move.dwelling for move in piece.moves}
        apart = [
            other
            for other in pieces[at + 1 :]
            if not any(move.household in people or move.dwelling in homes for move in other.moves)
        ]
        for more in plans_of(apart):
            yield (piece, *more)


# Conditions


def broken(plan, facts, conditions, chance=Fraction(1)):
    """The names of the conditions that a plan does not keep, one by one from their definitions."""
    if conditions == NONE:
        return []
    moves = moves_in(plan)
    made = {(move.household, move.dwelling) for move in moves}
    goes = {move.household: move.dwelling for move in moves}
    rows = [facts[move] for move in moves]
    worth = _worth_per_corporation(plan, facts, chance)
    return [
        *(f"pinned {pair}" for pair in conditions.pinned if pair not in made),
        *(f"forbidden {pair}" for pair in conditions.forbidden if pair in made),
        *(f"most open {name}" for name in _asked_too_much(conditions, made)),
        *(f"budget {b.name}" for b in conditions.budgets if _spent(b, rows) > b.at_most),
        *(f"together {t}" for t in conditions.together if not _minds(t, goes)),
        *(f"group {g.name}" for g in conditions.groups if not _moves_as_one(g, rows)),
        *(
            f"share {s.corporation}"
            for s in conditions.shares
            if worth.get(s.corporation, 0) < s.at_least
        ),
        *(
            f"mix {m.complex} {m.kind}"
            for m in conditions.mixes
            if not all(_within(m, held) for held in _ever_held(m, plan, facts))
        ),
    ]


def _asked_too_much(conditions, made):
    """Who has as many open proposals as may be, and yet gets another."""
    if conditions.most_open is None:
        return []
    open_now = {
        name: sum(household == name for household, _ in conditions.seen)
        for name, _ in conditions.seen
    }
    return [
        household
        for household, dwelling in made
        if open_now.get(household, 0) >= conditions.most_open
        and (household, dwelling) not in conditions.seen
    ]


def _spent(budget, rows):
    counted = [
        row for row in rows if budget.where is None or row[budget.where[0]] == budget.where[1]
    ]
    return sum(row[budget.column] or 0 for row in counted)


def _minds(asked, goes):
    """Whether the other, when `household` enters `dwelling`, does as that asks."""
    if goes.get(asked.household) != asked.dwelling:
        return True
    if asked.other not in goes:
        return not asked.needs
    return goes[asked.other] in asked.allowed


def _moves_as_one(group, rows):
    """Nobody, or everybody into homes every two of which are near each other."""
    theirs = [row for row in rows if row["household"] in group.members]
    if not theirs:
        return True
    everybody = {row["household"] for row in theirs} == set(group.members)
    return everybody and all(_near(one, other, group) for one, other in combinations(theirs, 2))


def _near(one, other, group):
    if group.metres is None:
        return one["complex"] is not None and one["complex"] == other["complex"]
    apart = (one["x"] - other["x"]) ** 2 + (one["y"] - other["y"]) ** 2
    return apart <= group.metres**2


def _worth_per_corporation(plan, facts, chance):
    worth = {}
    for piece in plan:
        for place, move in enumerate(piece.moves, start=1):
            whose = facts[move].get("corporation")
            power = len(piece.moves) if piece.ring else place
            worth[whose] = worth.get(whose, Fraction(0)) + move.gain * chance**power
    return worth


def _ever_held(mix, plan, facts):
    """How many of its kind the complex may come to hold: any part of every chain carried out."""
    stops = [(0, len(piece.moves)) if piece.ring else range(len(piece.moves) + 1) for piece in plan]
    for stop in product(*stops):
        done = [
            facts[move] for piece, end in zip(plan, stop, strict=True) for move in piece.moves[:end]
        ]
        theirs = [row for row in done if row["resident"] == mix.kind]
        enter = sum(row["complex"] == mix.complex for row in theirs)
        leave = sum(row["leaves_complex"] == mix.complex for row in theirs)
        yield mix.now + enter - leave


def _within(mix, held):
    """In the band; or, where it was outside already, no further out."""
    return min(mix.least, mix.now) <= held <= max(mix.most, mix.now)
