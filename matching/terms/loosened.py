"""What gives way, and in which order, when side conditions cannot hold together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matching.conditions import Conditions

UNFAIR = (
    "Niet elke corporatie kan er in dit plan minstens zo goed uitkomen als alleen: de andere "
    "voorwaarden laten dat niet toe. Het plan is gemaakt zonder die eis."
)
UNPINNED = (
    "Niet elk voorstel dat een coach oppakte, past nog in een plan dat aan alle voorwaarden "
    "voldoet. Het plan houdt er zo veel als kan; bekijk welke zijn vervallen."
)


def loosened(conditions: Conditions) -> Iterator[tuple[Conditions, tuple[str, ...]]]:
    """Give the conditions, and ever looser ones, each with the sentences that say what gave way.

    First the shares of a pool, then the pins: those stay as proposals that people have seen. What
    is left then (groups, mixes, budgets, norms) always admits a plan, if only the empty one.
    """
    yield conditions, ()
    said: tuple[str, ...] = ()
    if conditions.shares:
        conditions, said = replace(conditions, shares=()), (UNFAIR,)
        yield conditions, said
    if conditions.pinned:
        seen = tuple(sorted({*conditions.seen, *conditions.pinned}))
        yield replace(conditions, pinned=(), seen=seen), (*said, UNPINNED)
