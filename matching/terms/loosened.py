"""What gives way, and in which order, when side conditions cannot hold together."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matching.conditions import Conditions, Pair

FEW = 5
"""Up to so many instructions every choice of them is tried; of more, each alone, then none."""

UNFAIR = (
    "Niet elke corporatie kan er in dit plan minstens zo goed uitkomen als alleen: de andere "
    "voorwaarden laten dat niet toe. Het plan is gemaakt zonder die eis."
)
UNPINNED = (
    "Niet elk voorstel dat een coach oppakte, past nog in een plan dat aan alle voorwaarden "
    "voldoet. Het plan houdt er zo veel als kan; bekijk welke zijn vervallen."
)


def loosened(
    conditions: Conditions, instructed: tuple[Pair, ...] = ()
) -> Iterator[tuple[Conditions, tuple[str, ...]]]:
    """Give the conditions, and ever looser ones, each with the sentences that say what gave way.

    First the shares of a pool; then the pins that coaches asked for (`instructed`), as few as can
    be; then those of what was taken up: these stay as proposals that people have seen. What is left
    then (groups, mixes, budgets, norms) always admits a plan, if only the empty one. Which
    instructions give way the plan says itself (`matching.terms.instructed`).
    """
    yield conditions, ()
    said: tuple[str, ...] = ()
    if conditions.shares:
        conditions, said = replace(conditions, shares=()), (UNFAIR,)
        yield conditions, said
    for fewer in _fewer(instructed):
        kept = tuple(pair for pair in conditions.pinned if pair not in fewer)
        yield replace(conditions, pinned=kept), said
    conditions = replace(
        conditions, pinned=tuple(pair for pair in conditions.pinned if pair not in instructed)
    )
    if conditions.pinned:
        seen = tuple(sorted({*conditions.seen, *conditions.pinned}))
        yield replace(conditions, pinned=(), seen=seen), (*said, UNPINNED)


def _fewer(instructed: tuple[Pair, ...]) -> Iterator[frozenset[Pair]]:
    """Which instructions give way: as few as can be, and of equally many those asked for last."""
    most = len(instructed) if len(instructed) <= FEW else 1
    latest_first = instructed[::-1]
    for many in range(1, most + 1):
        for some in combinations(latest_first, many):
            yield frozenset(some)
    if most < len(instructed):
        yield frozenset(instructed)
