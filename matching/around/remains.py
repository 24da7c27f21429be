"""What of a plan still stands after a change, and what the change touches. By names only."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from matching.chains import moves_of
from matching.model import Chain, Move

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matching.around.change import Change
    from matching.conditions import Pair


@dataclass(frozen=True, slots=True)
class Remains:
    """Chains that can stand: those `kept` exactly as they were, and pieces of the others.

    `fronts` are the moves before the first that cannot be, in the chains that break. `households`
    and `homes` are those from where the plan may have to be made otherwise.
    """

    kept: tuple[Chain, ...]
    pieces: tuple[Chain, ...]
    fronts: tuple[Pair, ...]
    households: frozenset[str]
    homes: frozenset[str]


def what_stands(chains: Iterable[Chain], change: Change, openings: Iterable[str]) -> Remains:
    """Say what stands of these chains; `openings` as they were before the change."""
    judge = _Judge(change)
    vacant = (frozenset(openings) - frozenset(change.withdrawn)) | frozenset(change.vacated)
    kept: list[Chain] = []
    pieces: list[Chain] = []
    fronts: list[Pair] = []
    touched: list[Move] = []
    households, homes = judge.named()
    plan = tuple(chains)
    made = frozenset((move.household, move.to) for chain in plan for move in chain.moves)
    for chain in plan:
        if not any(move.household in households or move.to in homes for move in chain.moves):
            kept.append(chain)
            continue
        now = [judge.still(move) for move in chain.moves]
        opened = any(move.to in judge.vacated for move in chain.moves)
        if now == list(chain.moves) and not opened:
            kept.append(chain)
            continue
        touched.extend(chain.moves)
        standing = _pieces(chain, now, vacant, opened=opened)
        pieces.extend(standing)
        whole = len(standing) == 1 and len(standing[0].moves) == len(chain.moves)
        if not whole and standing and standing[0].key == chain.key:
            fronts.extend((move.household, move.to) for move in standing[0].moves)
    households, homes = judge.begins(made)
    return Remains(
        tuple(kept),
        tuple(pieces),
        tuple(fronts),
        households | {move.household for move in touched},
        homes | {home for move in touched for home in (move.to, move.leaves) if home is not None},
    )


def _pieces(
    chain: Chain, now: list[Move | None], vacant: frozenset[str], *, opened: bool
) -> list[Chain]:
    """The longest pieces that begin at an opening; a ring stands whole or not at all."""
    if chain.ring:
        moves = tuple(move for move in now if move is not None)
        stands = not opened and len(moves) == len(now) and moves[-1].leaves == moves[0].to
        return [Chain(moves, ring=True)] if stands and _linked(moves) else []
    pieces: list[list[Move]] = []
    last: Move | None = None
    for move in now:
        if move is not None and move.to in vacant:
            pieces.append([move])
        elif move is not None and last is not None and last.leaves == move.to:
            pieces[-1].append(move)
        else:
            move = None  # noqa: PLW2901 - nobody leaves the home it would enter
        last = move
    return [Chain(tuple(piece)) for piece in pieces]


def _linked(moves: tuple[Move, ...]) -> bool:
    return all(one.leaves == two.to for one, two in pairwise(moves))


class _Judge:
    """What the change says of one move."""

    def __init__(self, change: Change) -> None:
        self.forbidden = frozenset(change.forbidden)
        self.withdrawn = frozenset(change.withdrawn)
        self.vacated = frozenset(change.vacated)
        self.renewed = frozenset(change.renewed)
        self.goes_to = dict(change.pinned)
        self.taken_by = {dwelling: household for household, dwelling in change.pinned}
        self.told: dict[Pair, Move] = {}
        if change.options is not None and len(change.options):
            moves = moves_of(change.options.astype({"leaves": object}))
            self.told = {(move.household, move.to): move for move in moves}

    def still(self, move: Move) -> Move | None:
        """The move as it is now, or None when it cannot be."""
        pair = (move.household, move.to)
        shut = pair in self.forbidden or move.to in self.withdrawn
        rival = (
            self.goes_to.get(move.household, move.to) != move.to
            or self.taken_by.get(move.to, move.household) != move.household
        )
        if shut or rival:
            return None
        return self.told.get(pair, None if move.household in self.renewed else move)

    def named(self) -> tuple[frozenset[str], frozenset[str]]:
        """The households and homes of which the change says anything."""
        pairs = (*self.forbidden, *self.goes_to.items(), *self.told)
        households = frozenset(household for household, _ in pairs) | self.renewed
        homes = frozenset(dwelling for _, dwelling in pairs) | self.withdrawn | self.vacated
        return households, homes

    def begins(self, made: frozenset[Pair]) -> tuple[frozenset[str], frozenset[str]]:
        """The households and homes from where something can be better or must be otherwise.

        What is forbidden or withdrawn and was not in the plan changes nothing in it, and what is
        pinned and was in the plan neither.
        """
        asked = frozenset(self.goes_to.items()) - made
        households = frozenset(household for household, _ in asked) | self.renewed
        homes = frozenset(dwelling for _, dwelling in asked) | self.vacated
        for (household, _), move in self.told.items():
            households |= {household}
            homes |= set() if move.leaves is None else {move.leaves}
        return households, homes
