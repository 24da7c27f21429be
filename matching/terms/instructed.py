"""What coaches ask of the plan: this move in it, or never; as far as law and facts leave room.

A pin overrules what the plan would gain, never a hard rule, nor what people already went on with.
What cannot be followed is said, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.words import InstructionKind
from matching.candidates import every_home, these_pairs
from matching.chains import unlink
from matching.criteria import NO, RULES
from matching.rows import rows_with

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.conditions import Pair
    from matching.model import Chain
    from matching.state import State
    from matching.terms.standing import Standing
    from matching.walking import Network

NOT_FOLLOWED = "Aanwijzing niet gevolgd: "
"""How the remark begins about a pin that the plan does not have."""
UNKNOWN = "het huishouden of de woning is niet (meer) bekend, of het huishouden vraagt niets"
WORSE = "het huishouden gaat er volgens het beleid op achteruit"
NOT_FREE = "de woning komt niet vrij"
PROMISED = "met een ander voorstel voor dit huishouden of deze woning is een coach al verder gegaan"
BESIDE = "voor dit huishouden of deze woning staat al een andere verhuizing vast"
NO_PLAN = "geen plan dat aan alle voorwaarden voldoet, heeft deze verhuizing"


@dataclass(frozen=True, slots=True)
class Asked:
    """The pairs that coaches pin, the one asked first in front, and those they forbid."""

    pins: tuple[Pair, ...] = ()
    forbids: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Instructed:
    """What of it the plan is held to, and why the rest is not: a sentence for each such pin."""

    pinned: tuple[Pair, ...] = ()
    forbidden: tuple[Pair, ...] = ()
    refused: tuple[tuple[Pair, str], ...] = ()

    def remarks(self, chains: Iterable[Chain]) -> tuple[str, ...]:
        """Say of every pin that these chains do not have why not."""
        made = {(move.household, move.to) for move in unlink(chains)}
        left = [(pair, NO_PLAN) for pair in self.pinned if pair not in made]
        return tuple(said_of(pair, why) for pair, why in sorted((*left, *self.refused)))


def said_of(pair: Pair, why: str) -> str:
    """Write the remark about a pin that is not followed."""
    return f"{NOT_FOLLOWED}huishouden {pair[0]} naar woning {pair[1]}: {why}."


def asked_of(state: State, on: date) -> Asked:
    """Read what coaches ask on a day. Of two at once the one that was asked first comes first."""
    table = state.instructions
    if table.empty:
        return Asked()
    valid = table[(table["until"].isna() | (table["until"] >= pd.Timestamp(on))).to_numpy()]
    ordered = valid.sort_values(["on", "household", "dwelling"], kind="stable")
    told = [
        (str(household), str(dwelling), asks)
        for household, dwelling, asks in zip(
            ordered["household"], ordered["dwelling"], ordered["asks"], strict=True
        )
    ]
    pins, forbids = (
        tuple((household, dwelling) for household, dwelling, asks in told if asks == kind)
        for kind in (InstructionKind.PIN, InstructionKind.FORBID)
    )
    return Asked(pins, tuple(sorted(forbids)))


def with_pins(
    state: State,
    options: pd.DataFrame,
    pins: tuple[Pair, ...],
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
) -> tuple[pd.DataFrame, tuple[tuple[Pair, str], ...]]:
    """Give the options with every pinned pair that no rule refuses, and why the others cannot be.

    Also a pair where a rule asks the coach, whatever the policy says: it is a coach who pins. And
    one that the household's better options had pushed out.
    """
    _, there = rows_with(options, list(pins)) if pins else (None, ())
    found = {pins[at] for at in there}
    missing = [pair for pair in pins if pair not in found]
    if not missing:
        return options, ()
    homes = every_home(state).index
    known = [
        (household, dwelling)
        for household, dwelling in missing
        if household in state.wishes.index
        and household in state.households.index
        and dwelling in homes
    ]
    refused = [(pair, UNKNOWN) for pair in missing if pair not in known]
    if not known:
        return options, tuple(refused)
    judged = these_pairs(state, known, rules, policy, on, network=network)
    whys = [_why_not(row) for _, row in judged.iterrows()]  # pins are few
    refused += [(pair, why) for pair, why in zip(known, whys, strict=True) if why]
    some = judged[[not why for why in whys]]
    if some.empty:
        return options, tuple(refused)
    both = pd.concat([options, some]).astype(options.dtypes)
    ordered = both.sort_values(["household", "dwelling"], kind="stable")
    return ordered.reset_index(drop=True), tuple(refused)


def _why_not(row: pd.Series) -> str:
    """Say why a judged pair cannot be pinned; nothing when it can."""
    broken = [rule.name for rule in RULES if row[rule.name] == NO]
    if broken:
        return f"de harde regel '{broken[0]}' laat het niet toe"
    return WORSE if row["gain"] < 0 else ""


def instructed(
    asked: Asked,
    options: pd.DataFrame,
    openings: Iterable[str],
    stands: Standing,
    refused: tuple[tuple[Pair, str], ...],
) -> Instructed:
    """Say what the plan is held to: not what people went on with otherwise, nor what is not free.

    What was taken up stays, also where a coach forbids it: first that step must be taken back.
    """
    if asked == Asked():
        return Instructed()
    taken = frozenset(stands.pinned)
    homes = {*openings, *options["leaves"].dropna().unique()}
    cannot = dict(refused)
    held: list[Pair] = []
    for pair in asked.pins:
        if pair in taken or pair in cannot:
            continue
        why = _in_the_way(pair, taken, held, homes)
        if why:
            cannot[pair] = why
        else:
            held.append(pair)
    forbidden = tuple(pair for pair in asked.forbids if pair not in taken)
    return Instructed(tuple(held), _among(options, forbidden), tuple(sorted(cannot.items())))


def _in_the_way(pair: Pair, taken: frozenset[Pair], held: list[Pair], homes: set[str]) -> str:
    if _clash(pair, taken):
        return PROMISED
    if _clash(pair, held):
        return BESIDE
    return "" if pair[1] in homes else NOT_FREE


def _clash(pair: Pair, others: Iterable[Pair]) -> bool:
    return any(pair[0] == other[0] or pair[1] == other[1] for other in others)


def _among(options: pd.DataFrame, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Those of the pairs that are among the options."""
    if not pairs:
        return ()
    _, there = rows_with(options, list(pairs))
    return tuple(pairs[at] for at in sorted(set(there.tolist())))
