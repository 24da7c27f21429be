"""What side conditions leave to one neighbourhood, once all other chains stay as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matching.around.standing import gains_of
from matching.chains import unlink
from matching.conditions import NONE, Mix
from matching.rows import change_of, room_of

if TYPE_CHECKING:
    import pandas as pd

    from matching.around.standing import Standing
    from matching.conditions import Budget, Conditions, Pair, Share, Together
    from matching.model import Chain, Move


def conditions_left(
    standing: Standing, fixed: tuple[Chain, ...], options: pd.DataFrame
) -> Conditions:
    """The conditions for the households of `options`, when the chains `fixed` stay.

    Households of one group, and households that a tie binds, are fixed or free together.
    """
    all_of = standing.facts.conditions
    if all_of == NONE:
        return NONE
    rest = _Fixed(standing, fixed)
    inside = frozenset(options["household"])
    together = tuple(t for t in all_of.together if rest.open(t) and t.household in inside)
    return replace(
        all_of,
        pinned=tuple(pair for pair in all_of.pinned if pair not in rest.goes_to.items()),
        forbidden=_within(all_of.forbidden, inside) + rest.shut_out(all_of.together, options),
        seen=_within(all_of.seen, inside),
        groups=tuple(g for g in all_of.groups if inside & set(g.members)),
        mixes=tuple(rest.mix(mix) for mix in all_of.mixes if _concerns(mix, options)),
        budgets=tuple(rest.budget(budget) for budget in all_of.budgets),
        together=together,
        shares=tuple(rest.share(share) for share in all_of.shares),
    )


def _within(pairs: tuple[Pair, ...], inside: frozenset[str]) -> tuple[Pair, ...]:
    return tuple(pair for pair in pairs if pair[0] in inside)


def _concerns(mix: Mix, options: pd.DataFrame) -> bool:
    columns = options[["complex", "leaves_complex"]]
    return bool((columns == mix.complex).fillna(value=False).any(axis=None))


class _Fixed:
    """The chains that stay, and the rows of the options in which their moves stand."""

    def __init__(self, standing: Standing, chains: tuple[Chain, ...]) -> None:
        moves = unlink(chains)
        self.chains = chains
        self.acceptance = standing.facts.limits.acceptance
        self.goes_to = {move.household: move.to for move in moves}
        self.rows = standing.facts.options.iloc[standing.rows_of(moves)]
        lengths = [len(chain.moves) for chain in chains]
        self.chain = np.repeat(np.arange(len(chains)), lengths)
        self.ring = np.repeat([chain.ring for chain in chains], lengths).astype(bool)

    def budget(self, budget: Budget) -> Budget:
        """What is left of a budget."""
        amount = self.rows[budget.column].fillna(0)
        if budget.where is not None:
            column, value = budget.where
            amount = amount[(self.rows[column] == value).fillna(value=False).to_numpy(dtype=bool)]
        return replace(budget, at_most=budget.at_most - int(amount.sum()))

    def share(self, share: Share) -> Share:
        """What is still missing of a corporation's share, in whole points, rounded up."""
        theirs = (self.rows["corporation"] == share.corporation).fillna(value=False)
        part = iter(theirs.to_numpy(dtype=bool).tolist())
        own = [
            replace(chain, moves=tuple(_counted(move, next(part)) for move in chain.moves))
            for chain in self.chains
        ]
        return replace(share, at_least=(share.at_least - gains_of(own, self.acceptance)).__ceil__())

    def mix(self, mix: Mix) -> Mix:
        """The room that is left at every moment: every chain takes the most it takes on its way."""
        change = change_of(self.rows, mix)
        more, fewer = room_of(mix)
        return replace(
            mix,
            most=mix.now + more - self._on_the_way(change),
            least=mix.now - fewer + self._on_the_way(-change),
        )

    def _on_the_way(self, change: np.ndarray) -> int:
        """The sum over chains of the greatest sum of their first moves; of a ring its total."""
        taken = 0
        for number in np.unique(self.chain[change != 0]).tolist():
            here = self.chain == number
            sums = change[here].cumsum()
            taken += max(0, int(sums[-1] if self.ring[here][0] else sums.max()))
        return taken

    def open(self, asked: Together) -> bool:
        """Whether it is still to be seen if both keep to it."""
        return asked.household not in self.goes_to and asked.other not in self.goes_to

    def shut_out(self, asked: tuple[Together, ...], options: pd.DataFrame) -> tuple[Pair, ...]:
        """The moves that are no longer possible beside what is fixed."""
        shut: list[Pair] = []
        for one in asked:
            if self.goes_to.get(one.household) == one.dwelling and one.other not in self.goes_to:
                theirs = options.loc[options["household"] == one.other, "dwelling"]
                shut += [(one.other, str(to)) for to in theirs if to not in one.allowed]
            elif one.other in self.goes_to and self.goes_to[one.other] not in one.allowed:
                shut.append((one.household, one.dwelling))
        return tuple(shut)


def _counted(move: Move, theirs: bool) -> Move:  # noqa: FBT001 - whose move it is
    return move if theirs else replace(move, gain=0)
