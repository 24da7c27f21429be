"""Link moves into chains and rings; unlink them again. Order of input never matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from matching.model import BrokenChain, Chain, Move

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


def moves_of(table: pd.DataFrame) -> tuple[Move, ...]:
    """Read rows of options (household, dwelling, leaves, gain) as moves, in the order of the rows.

    A missing `leaves` is a starter.
    """
    columns = (table["household"], table["dwelling"], table["leaves"], table["gain"])
    return tuple(
        Move(str(household), str(to), None if pd.isna(leaves) else str(leaves), int(gain))
        for household, to, leaves, gain in zip(*columns, strict=True)
    )


def link(moves: Iterable[Move], openings: Collection[str] | None = None) -> tuple[Chain, ...]:
    """Link moves into chains and rings, sorted by the home each begins with.

    A home in `openings` always begins a chain of its own, also when a mover leaves it. Without
    `openings` a chain begins at every home that is entered and that no mover leaves. Where two
    movers leave one home, the chain that comes there in the fewest moves goes on. Raises
    BrokenChain when a household moves twice, two enter one home, or a home entered is neither
    vacant nor left.
    """
    entering = _entering(moves)
    left = {move.leaves for move in entering.values()}
    begins = set(entering) - left if openings is None else set(entering) & set(openings)
    chains = _followed([[entering.pop(home)] for home in sorted(begins)], entering)
    rings = list(_rings(entering))
    linked = [Chain(tuple(chain)) for chain in chains]
    linked += [Chain(tuple(ring), ring=True) for ring in rings]
    return tuple(sorted(linked, key=lambda chain: chain.key))


def unlink(chains: Iterable[Chain]) -> tuple[Move, ...]:
    """Give the moves of all chains, chain by chain and in order."""
    return tuple(move for chain in chains for move in chain.moves)


def _entering(moves: Iterable[Move]) -> dict[str, Move]:
    """Say who enters each home; households and homes at most once."""
    known = tuple(moves)
    entering = {move.to: move for move in known}
    if len(entering) < len(known):
        raise BrokenChain("Twee huishoudens zouden dezelfde woning betrekken; kies er één.")
    if len({move.household for move in known}) < len(known):
        raise BrokenChain("Een huishouden zou tweemaal verhuizen; kies één woning.")
    return entering


def _followed(chains: list[list[Move]], entering: dict[str, Move]) -> list[list[Move]]:
    """Lengthen all chains by one move at a time, taking from `entering`, until none goes on."""
    growing = chains
    while growing:
        onward = [(chain, _next(chain[-1], entering)) for chain in growing]
        growing = []
        for chain, move in onward:
            if move is not None:
                chain.append(move)
                growing.append(chain)
    return chains


def _next(move: Move, entering: dict[str, Move]) -> Move | None:
    return None if move.leaves is None else entering.pop(move.leaves, None)


def _rings(entering: dict[str, Move]) -> Iterator[list[Move]]:
    """Give the rings among moves that no chain reaches, each from its first home on."""
    for home in sorted(entering):
        if home in entering:
            ring = _followed([[entering.pop(home)]], entering)[0]
            if ring[-1].leaves != home:
                raise BrokenChain(
                    f"Niemand laat woning {home} achter en zij staat niet leeg; begin de keten "
                    "bij een woning die vrijkomt."
                )
            yield ring
