"""Whether a plan keeps its side conditions, from what `matching.conditions` says they mean.

Move by move, chain by chain, prefix by prefix: nothing is compiled, nothing is summed that the
condition does not sum itself. What a home or a household is like is read from the options.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

from matching.verify.columns import about, columns_read, missing
from matching.verify.finding import Finding
from matching.verify.structure import worths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from matching.conditions import Budget, Conditions, Group, Mix, Pair, Share, Together
    from matching.model import Chain, Move, Plan
    from matching.verify.columns import Row


@dataclass(frozen=True, slots=True)
class Told:
    """A chain, and what the options say of each of its moves: nothing when it is not among them."""

    chain: Chain
    rows: tuple[Row, ...]


def kept(plan: Plan, conditions: Conditions, options: pd.DataFrame | None) -> Iterator[Finding]:
    """Judge every side condition; without `options` those that need no column of them."""
    moves = [move for chain in plan.chains for move in chain.moves]
    goes = {move.household: move.to for move in moves}
    pairs = {(move.household, move.to) for move in moves}
    yield from _pinned(conditions, pairs)
    yield from _forbidden(conditions, pairs)
    yield from _few_open(conditions, pairs)
    yield from (found for group in conditions.groups for found in _all_or_none(group, goes))
    yield from (found for asked in conditions.together for found in _together(asked, goes))
    if options is None:
        return
    for column in missing(conditions, options):
        sentence = f"De voorwaarden zijn niet na te gaan: de mogelijkheden missen '{column}'."
        yield Finding("kolom_ontbreekt", sentence)
    if not missing(conditions, options):
        known = about(moves, options, columns_read(conditions))
        told = [Told(c, tuple(known.get(move, {}) for move in c.moves)) for c in plan.chains]
        yield from _by_columns(told, conditions, plan.receipt.acceptance_percent)


def full(conditions: Conditions) -> frozenset[str]:
    """Who has as many open proposals as anyone may have."""
    if conditions.most_open is None:
        return frozenset()
    waiting = Counter(household for household, _ in conditions.seen)
    return frozenset(h for h, times in waiting.items() if times >= conditions.most_open)


def cost_of_change(plan: Plan, conditions: Conditions) -> int:
    """The points that a plan loses on proposals that people have seen and that it does not keep."""
    made = {(move.household, move.to) for chain in plan.chains for move in chain.moves}
    return conditions.change_cost * len(set(conditions.seen) - made)


def _pinned(conditions: Conditions, pairs: set[Pair]) -> Iterator[Finding]:
    for pair in conditions.pinned:
        if pair not in pairs:
            yield Finding("vastgezet", "Deze verhuizing is vastgezet maar ontbreekt.", *pair)


def _forbidden(conditions: Conditions, pairs: set[Pair]) -> Iterator[Finding]:
    for pair in conditions.forbidden:
        if pair in pairs:
            yield Finding("uitgesloten", "Deze verhuizing is uitgesloten.", *pair)


def _few_open(conditions: Conditions, pairs: set[Pair]) -> Iterator[Finding]:
    """Who has enough open proposals gets no other."""
    waits = full(conditions)
    for household, home in sorted(pairs):
        if household in waits and (household, home) not in conditions.seen:
            sentence = "Dit huishouden heeft al genoeg openstaande voorstellen."
            yield Finding("open_voorstellen", sentence, household, home)


def _all_or_none(group: Group, goes: dict[str, str]) -> Iterator[Finding]:
    stay = [member for member in group.members if member not in goes]
    if 0 < len(stay) < len(group.members):
        sentence = f"Groep '{group.name}' verhuist samen of niet; dit huishouden blijft achter."
        yield Finding("samen_verhuizen", sentence, stay[0])


def _together(asked: Together, goes: dict[str, str]) -> Iterator[Finding]:
    """When one enters this home, the other stays or comes near; or must come near."""
    if goes.get(asked.household) != asked.dwelling:
        return
    other = goes.get(asked.other)
    if other not in asked.allowed and (asked.needs or other is not None):
        sentence = "Bij deze verhuizing hoort een ander huishouden dat niet dichtbij komt wonen."
        yield Finding("band_verhuist_mee", sentence, asked.household, asked.dwelling)


def _by_columns(told: Sequence[Told], conditions: Conditions, percent: int) -> Iterator[Finding]:
    made = [pair for each in told for pair in zip(each.chain.moves, each.rows, strict=True)]
    for group in conditions.groups:
        yield from _near_each_other(group, made)
    for mix in conditions.mixes:
        yield from _mixed(mix, told)
    for budget in conditions.budgets:
        yield from _within(budget, [row for _, row in made])
    for share in conditions.shares:
        yield from _worth_enough(share, told, Fraction(percent, 100))


def _near_each_other(group: Group, made: Sequence[tuple[Move, Row]]) -> Iterator[Finding]:
    """Every two members that move enter homes near each other."""
    theirs = [(move, row) for move, row in made if move.household in group.members]
    for (_, one), (move, other) in combinations(theirs, 2):
        if not near(group, one, other):
            sentence = f"Groep '{group.name}' komt niet dicht bij elkaar te wonen."
            yield Finding("dicht_bij_elkaar", sentence, move.household, move.to)
            return


def near(group: Group, one: Row, other: Row) -> bool:
    """Whether two homes are: in one complex, or in a straight line at most so far apart."""
    if group.metres is None:
        return one.get("complex") is not None and one["complex"] == other.get("complex")
    places = [row.get(axis) for row in (one, other) for axis in ("x", "y")]
    if None in places:
        return False
    x, y, other_x, other_y = (int(place) for place in places if place is not None)
    return (x - other_x) ** 2 + (y - other_y) ** 2 <= group.metres**2


def _mixed(mix: Mix, told: Sequence[Told]) -> Iterator[Finding]:
    """However far each chain is carried out, the complex keeps its mix, or it gets no worse.

    The worst moments are known: every chain stopped where it adds most, or where it takes most.
    """
    moments = [_moments(each, mix) for each in told]
    most = mix.now + sum(max(chain) for chain in moments)
    least = mix.now + sum(min(chain) for chain in moments)
    name = f"In complex '{mix.complex}' kunnen op enig moment"
    if most > max(mix.most, mix.now):
        sentence = f"{name} {most} huishoudens '{mix.kind}' wonen; hoogstens {mix.most} mag."
        yield Finding("samenstelling", sentence)
    if least < min(mix.least, mix.now):
        sentence = f"{name} {least} huishoudens '{mix.kind}' wonen; minstens {mix.least} moet."
        yield Finding("samenstelling", sentence)


def _moments(told: Told, mix: Mix) -> list[int]:
    """How much the number has changed after 0, 1, 2 … moves; of a ring after none or all."""
    change = [_change(mix, row) for row in told.rows]
    return [0, sum(change)] if told.chain.ring else [0, *accumulate(change)]


def _change(mix: Mix, row: Row) -> int:
    if row.get("resident") != mix.kind:
        return 0
    return (row.get("complex") == mix.complex) - (row.get("leaves_complex") == mix.complex)


def _within(budget: Budget, rows: Sequence[Row]) -> Iterator[Finding]:
    if budget.where is not None:
        column, value = budget.where
        rows = [row for row in rows if row.get(column) == value]
    spent = sum(int(row.get(budget.column) or 0) for row in rows)
    if spent > budget.at_most:
        sentence = f"'{budget.name}' komt uit op {spent}; hoogstens {budget.at_most} mag."
        yield Finding("budget", sentence)


def _worth_enough(share: Share, told: Sequence[Told], chance: Fraction) -> Iterator[Finding]:
    """What the moves of a corporation's households are worth, as in the plan's value."""
    worth = Fraction(0)
    for each in told:
        for row, counts in zip(each.rows, worths(each.chain, chance), strict=True):
            if row.get("corporation") == share.corporation:
                worth += counts
    if worth < share.at_least:
        sentence = (
            f"Corporatie '{share.corporation}' krijgt {math.floor(worth)} punten; minstens "
            f"{share.at_least} moet."
        )
        yield Finding("aandeel", sentence)
