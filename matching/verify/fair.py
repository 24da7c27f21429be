"""Whether the plan tells the truth about who it passes over, and about every corporation in a pool.

Counted again from the options and the moves. What a corporation comes to alone was found by a
solver and is taken as stated; that the plan gives it no less is counted here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from matching.verify.columns import about
from matching.verify.finding import Finding
from matching.verify.structure import worths

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from data_contracts.policy import Policy
    from matching.conditions import Conditions
    from matching.model import Plan

PASSED, POOL = "overgeslagen", "eerlijke_pool"
"""The names of what is judged here."""
GAVE_WAY = "Niet elke corporatie kan er in dit plan minstens zo goed uitkomen als alleen"
"""So begins the remark of a plan that could not be fair to all."""


def shown_in_time(plan: Plan, policy: Policy) -> Iterator[Finding]:
    """Who was passed over for more nights than the policy says is shown to a person, no other."""
    for one in plan.passed_over:
        first = not plan.receipt.earlier
        if one.nights < 1 or (first and one.nights > 1):
            sentence = f"Nacht {one.nights} op rij volgt niet uit de plannen van eerder."
            yield Finding(PASSED, sentence, one.household, one.dwelling)
        if one.to_show != (one.nights > policy.passed_over_nights):
            sentence = "Het plan vergist zich in wie een medewerker moet zien."
            yield Finding(PASSED, sentence, one.household, one.dwelling)


def true_passed_over(plan: Plan, options: pd.DataFrame) -> Iterator[Finding]:
    """Everybody who fits a filled home best and moves nowhere is on the list, and nobody else."""
    said = {(one.household, one.dwelling, one.chain) for one in plan.passed_over}
    so = _passed_over(plan, options)
    for household, home, _ in sorted(so - said):
        sentence = "Dit huishouden is overgeslagen, maar het plan zegt dat niet."
        yield Finding(PASSED, sentence, household, home)
    for household, home, _ in sorted(said - so):
        sentence = "Het plan noemt dit huishouden overgeslagen bij deze woning; dat is het niet."
        yield Finding(PASSED, sentence, household, home)
    if len(plan.passed_over) != len(said):
        yield Finding(PASSED, "Het plan noemt een overgeslagen huishouden tweemaal.")


def _passed_over(plan: Plan, options: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Household, home and chain: of each home filled the first by id of who gain most by it.

    Once each: at the home that gives the household most, of equals the first by id. Only who could
    enter it whoever else moves.
    """
    if "moves_along" in options:
        options = options[~options["moves_along"]]
    chain_of = {move.to: chain.key for chain in plan.chains for move in chain.moves}
    movers = {move.household for chain in plan.chains for move in chain.moves}
    into = options.loc[options["dwelling"].isin(chain_of), ["household", "dwelling", "gain"]]
    most = into.groupby("dwelling")["gain"].transform("max")
    best = into[into["gain"] == most].groupby("dwelling").min()
    found: dict[str, tuple[int, str]] = {}
    for home, household, gain in best.reset_index().itertuples(index=False, name=None):
        if household not in movers:
            placed = (-int(gain), str(home))
            found[str(household)] = min(placed, found.get(str(household), placed))
    return {(household, home, chain_of[home]) for household, (_, home) in found.items()}


def fair_to_all(plan: Plan, policy: Policy, conditions: Conditions) -> Iterator[Finding]:
    """In a fair pool every corporation gets at least what it has alone, or the plan says it cannot.

    What a corporation has alone is asked of the plan as its share.
    """
    asked = {share.corporation: share.at_least for share in conditions.shares}
    alone = {one.corporation: one.alone for one in plan.pooling if one.alone > 0}
    pooled = policy.fair_pool and policy.pool == "region"
    if plan.pooling and not pooled:
        yield Finding(POOL, "Het plan verdeelt over corporaties; het beleid vraagt dat niet.")
    if not pooled:
        return
    gave_way = not asked and any(said.startswith(GAVE_WAY) for said in plan.remarks)
    if asked != alone and not gave_way:
        sentence = (
            "Wat elke corporatie alleen heeft, is iets anders dan wat van het plan is geëist."
        )
        yield Finding(POOL, sentence)
    for one in plan.pooling:
        if one.together < one.alone and not gave_way:
            sentence = f"Corporatie '{one.corporation}' is slechter af dan alleen."
            yield Finding(POOL, sentence)
        if one.alone > one.alone_bound:
            sentence = f"Corporatie '{one.corporation}' heeft alleen meer dan hoogstens kan."
            yield Finding(POOL, sentence)


def true_pooling(plan: Plan, options: pd.DataFrame) -> Iterator[Finding]:
    """What the plan gives every corporation of a pool is what its moves come to, summed rightly."""
    if not plan.pooling:
        return
    if "corporation" not in options:
        sentence = "De pool is niet na te gaan: de mogelijkheden missen 'corporation'."
        yield Finding(POOL, sentence)
        return
    names = sorted(str(name) for name in options["corporation"].dropna().unique())
    if [one.corporation for one in plan.pooling] != names:
        yield Finding(POOL, "Het plan noemt niet elke corporatie van de pool precies eenmaal.")
    worth = _worth(plan, options)
    for one in plan.pooling:
        points = worth.get(one.corporation, Fraction(0)).__floor__()
        if one.together != points:
            sentence = f"Corporatie '{one.corporation}' krijgt {points}, niet {one.together}."
            yield Finding(POOL, sentence)
    yield from _said_of_all(plan)


def _said_of_all(plan: Plan) -> Iterator[Finding]:
    more = sum(one.together - one.alone for one in plan.pooling)
    if not any(f" {more} punten hoger uit dan ieder apart" in said for said in plan.remarks):
        yield Finding(POOL, f"Het plan zegt niet dat de pool {more} punten oplevert.")
    worse = ", ".join(one.corporation for one in plan.pooling if one.together < one.alone)
    if worse and not any(f"slechter af: {worse}" in said for said in plan.remarks):
        yield Finding(POOL, f"Het plan zegt niet wie slechter af is dan alleen: {worse}.")


def _worth(plan: Plan, options: pd.DataFrame) -> dict[str, Fraction]:
    """What the moves of every corporation's households are worth, as in the plan's value."""
    moves = [move for chain in plan.chains for move in chain.moves]
    rows = about(moves, options, frozenset({"corporation"}))
    chance = Fraction(plan.receipt.acceptance_percent, 100)
    total: dict[str, Fraction] = {}
    for chain in plan.chains:
        for move, counts in zip(chain.moves, worths(chain, chance), strict=True):
            name = rows.get(move, {}).get("corporation")
            if name is not None:
                total[str(name)] = total.get(str(name), Fraction(0)) + counts
    return total
