"""Where else a household could go, and what each of these homes would cost the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.around.again import SMALL_MARKET
from matching.around.change import Change
from matching.around.neighbourhood import UNREACHED, slack_of
from matching.around.price import price
from matching.chains import moves_of, unlink
from matching.conditions import ImpossibleConditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matching.around.price import Price
    from matching.around.standing import Standing
    from matching.model import Move

SPARE = 2
"""How many more homes than asked for are priced: the prices of the plan rank them nearly right."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another home for a household, and what the plan loses by it."""

    move: Move
    price: Price


def alternatives(
    standing: Standing, household: str, *, many: int = 3, most: int | None = None
) -> tuple[Alternative, ...]:
    """Give the homes that cost the plan least, other than the one proposed, cheapest first.

    The homes that the prices of the plan rank first are worked out, a few more than asked for; in
    a small market until no other can be cheaper. Whoever waits for it says `most` how many.
    """
    found: list[Alternative] = []
    for tries, (move, at_least) in enumerate(_ranked(standing, household)):
        if most is not None and tries >= most:
            break
        known = sorted(one.price.points for one in found)
        proven = len(known) >= many and known[many - 1] <= at_least
        if (
            many < 1
            or proven
            or (tries >= many + SPARE and len(known) >= many and _large(standing))
        ):
            break
        try:
            pin = Change(pinned=((household, move.to),))
            cost = price(standing, pin) if most is None else price(standing, pin, tries=1)
        except ImpossibleConditions:
            continue
        found.append(Alternative(move, cost))
    return tuple(sorted(found, key=lambda one: one.price.points)[: max(0, many)])


def _large(standing: Standing) -> bool:
    return standing.market.size > SMALL_MARKET


def _ranked(standing: Standing, household: str) -> Iterator[tuple[Move, int]]:
    """The household's other moves, least slack first, with what each costs at least."""
    market, scale = standing.market, standing.walks.task.scale
    who = standing.people.get_indexer([household])[0]
    theirs = np.flatnonzero(market.household == who) if who >= 0 else np.zeros(0, dtype=np.int64)
    slack = slack_of(standing)[theirs]
    moves = moves_of(standing.facts.options.iloc[market.row[theirs]])
    proposed = {move for move in unlink(standing.chains) if move.household == household}
    for missed, _, move in sorted(
        (int(missed), move.to, move) for missed, move in zip(slack, moves, strict=True)
    ):
        if move not in proposed and missed < UNREACHED:
            yield move, standing.value - standing.bound + missed // scale
