"""What an instruction would come to: supposed as a fact that has not happened, and priced.

The difference of two solves: the plan as it can be, and the plan with what is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.words import InstructionKind
from matching.around import price
from matching.around.difference import difference
from matching.around.repair import TRIES
from matching.conditions import ImpossibleConditions
from matching.state import table_of
from matching.terms import terms
from matching.terms.instructed import NO_PLAN

if TYPE_CHECKING:
    from datetime import date

    from matching.around import Change, Price
    from matching.conditions import Pair
    from matching.rematch import Warm, Ways
    from matching.state import State
    from matching.terms import Terms

SUPPOSED = "aanwijzing-in-gedachten"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an instruction would cost the plan; or, without a price, why it cannot be followed.

    `already`: the plan does so as it is.
    """

    price: Price | None
    why: str = ""
    already: bool = False


def outlook(
    warm: Warm,
    ways: Ways,
    household: str,
    dwelling: str,
    *,
    asks: InstructionKind,
    tries: int = TRIES,
) -> Outlook:
    """Say what pinning or forbidding a move would come to on the facts of now.

    Never against a hard rule: then the outlook says which. Whoever asks holds the plan's turn, and
    asks for one of the `tries` where somebody waits: what is not proven then the price says.
    """
    pair = (household, dwelling)
    asked = _asked(warm, ways, pair, asks)
    why = dict(asked.instructed.refused).get(pair)
    if asks is InstructionKind.PIN and why is not None:
        return Outlook(None, why)
    made = {(move.household, move.to) for chain in warm.standing.chains for move in chain.moves}
    already = (pair in made) is (asks is InstructionKind.PIN)
    try:
        change = _change(warm, asked, pair)
        cost = None if change is None else price(warm.standing, change, tries=tries)
        return Outlook(cost, "", already)
    except ImpossibleConditions:
        return Outlook(None, NO_PLAN)


def _asked(warm: Warm, ways: Ways, pair: Pair, asks: InstructionKind) -> Terms:
    """The terms as they would be with this instruction, whatever was asked of the pair before."""
    on = warm.plan.receipt.on
    state, found = supposing(warm.state, pair, asks, on=on), warm.search.found
    return terms(state, found, ways.rules, ways.policy, on, network=ways.network)


def supposing(state: State, pair: Pair, asks: InstructionKind, *, on: date) -> State:
    """Give the State with an instruction that nobody gave yet, instead of what the pair had."""
    household, dwelling = pair
    known = state.instructions
    same = (known["household"] == household) & (known["dwelling"] == dwelling)
    row = {
        "instruction": SUPPOSED,
        "household": household,
        "dwelling": dwelling,
        "asks": str(asks),
        "on": on.isoformat(),
    }
    kept = known[~same.to_numpy(dtype=bool, na_value=False)]
    fresh = table_of("instructions", [row])
    both = pd.concat([kept, fresh]).sort_index() if len(kept) else fresh
    return replace(state, tables={**state.tables, "instructions": both})


def _change(warm: Warm, asked: Terms, pair: Pair) -> Change | None:
    """What the instruction changes; other pins only as far as the plan has them."""
    conditions = asked.as_made(warm.standing.chains)
    if pair in asked.instructed.pinned:
        pinned = tuple(sorted({*conditions.pinned, pair}))
        conditions = replace(conditions, pinned=pinned)
    return difference(
        warm.standing.facts,
        (warm.options, asked.options),
        (warm.openings, warm.openings),
        conditions,
        again=frozenset([pair[0]]),
    )
