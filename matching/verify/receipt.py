"""Whether the receipt tells the truth: value, bound, status, rules, policy, options."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.words import Verdict
from matching.model import Status
from matching.verify import fair
from matching.verify.finding import Finding
from matching.verify.side_conditions import cost_of_change
from matching.verify.structure import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.conditions import Conditions
    from matching.model import Plan

READ = {"coach", "coach_minutes", "complex", "corporation", "landlord", "leaves_complex"}
READ |= {"moves_along", "municipality", "resident", "x", "y"}
"""What is told of the options for side conditions; and what counts for a norm: `norm_…`."""


def true_receipt(
    plan: Plan, rules: Rules, policy: Policy, conditions: Conditions
) -> Iterator[Finding]:
    """The plan rests on these rules, this policy and their limits, and these side conditions.

    What the policy asks for who is passed over, and for a fair pool, was done.
    """
    receipt = plan.receipt
    said = {
        "het jaar van de regels": (receipt.rules_year, rules.year),
        "de regels": (receipt.rules_hash, rules.hash),
        "het beleid": (receipt.policy_hash, policy.hash),
        "de langste keten": (receipt.longest_chain, policy.longest_chain),
        "de langste ruil": (receipt.longest_ring, policy.longest_ring),
        "de kans op aanvaarden": (receipt.acceptance_percent, policy.acceptance_percent),
        "de voorwaarden": (receipt.conditions, conditions.hash),
    }
    for what, (claimed, known) in said.items():
        if claimed != known:
            yield Finding("verantwoording", f"Het plan rust niet op deze gegevens: {what}.")
    if receipt.rules_year != receipt.on.year:
        yield Finding("verantwoording", "De regels zijn niet die van het jaar van het plan.")
    yield from fair.shown_in_time(plan, policy)
    yield from fair.fair_to_all(plan, policy, conditions)


def true_value(plan: Plan, conditions: Conditions) -> Iterator[Finding]:
    """The value follows from the moves, less what changing seen proposals costs.

    No bound lies under it, and the status fits.
    """
    receipt, cost = plan.receipt, cost_of_change(plan, conditions)
    value = value_of(plan.chains, acceptance_percent=receipt.acceptance_percent, cost=cost)
    if receipt.value != value:
        yield Finding("waarde", f"De waarde is {value}, niet {receipt.value}.")
    if receipt.bound < value:
        yield Finding("grens", f"De grens {receipt.bound} ligt onder de waarde {value}.")
    if receipt.status is Status.PROVEN and receipt.bound - value >= 1:
        yield Finding("status", "Het plan heet bewezen optimaal, maar waarde en grens verschillen.")
    if receipt.status is Status.EMPTY and plan.chains:
        yield Finding("status", "Het plan heet leeg, maar er zijn verhuizingen.")


def true_options(plan: Plan, options: pd.DataFrame) -> Iterator[Finding]:
    """Every move is one of the options, with its gain, and these are the options of the receipt.

    Who they say is passed over is named, and what they say a corporation gets is so.
    """
    if plan.receipt.options_hash != _hash(options) or plan.receipt.options != len(options):
        yield Finding("verantwoording", "Het plan rust niet op deze lijst met mogelijkheden.")
    gains = _gains(plan, options)
    for chain in plan.chains:
        for move in chain.moves:
            known = gains.get((move.household, move.to, move.leaves))
            if known is None:
                sentence = "Deze verhuizing staat niet in de lijst met mogelijkheden."
                yield Finding("mogelijkheid", sentence, move.household, move.to)
            elif move.gain != known:
                sentence = f"Deze verhuizing levert {known} punten op, niet {move.gain}."
                yield Finding("punten", sentence, move.household, move.to)
    yield from fair.true_passed_over(plan, options)
    yield from fair.true_pooling(plan, options)


def _gains(plan: Plan, options: pd.DataFrame) -> dict[tuple[str, str, str | None], int]:
    """The best gain of every option by which somebody enters the home that the plan gives them."""
    goes = {move.household: move.to for chain in plan.chains for move in chain.moves}
    theirs = options[(options["household"].map(goes) == options["dwelling"]).to_numpy()]
    gains: dict[tuple[str, str, str | None], int] = {}
    columns = (theirs["household"], theirs["dwelling"], theirs["leaves"], theirs["gain"])
    for household, home, leaves, gain in zip(*columns, strict=True):
        key = (household, home, None if pd.isna(leaves) else leaves)
        gains[key] = max(int(gain), gains.get(key, 0))
    return gains


def _hash(options: pd.DataFrame) -> str:
    """Of who could go where and for what gain, and of every column a side condition may read."""
    always = ["household", "dwelling", "leaves", "gain"]
    more = [name for name in options.columns if name in READ or str(name).startswith("norm_")]
    parts = []
    for name in [*always, *sorted(more)]:
        column = options[name]
        parts.append(name.encode() + b"\n")
        if str(column.dtype) in {"str", "object"}:
            words = column.astype(object).where(column.notna(), "").tolist()
            parts.append("\n".join(map(str, words)).encode())
        else:
            parts.append(column.to_numpy(dtype="int64", na_value=-(2**63)).astype("<i8").tobytes())
    return hashlib.sha256(b"".join(parts)).hexdigest()


def true_bound(plan: Plan, proved: int | None) -> Iterator[Finding]:
    """The multipliers prove the bound that certificate and receipt claim; the plan stays under."""
    claimed, told = plan.certificate.bound, plan.receipt
    if proved is None:
        yield Finding("bewijs", "Het bewijs van de grens is onbruikbaar.")
    elif claimed < proved:
        yield Finding("bewijs", f"Het bewijs geeft een grens van {proved}, niet {claimed}.")
    elif proved < told.value:
        yield Finding("bewijs", "Het bewijs spreekt de waarde van het plan tegen.")
    elif told.bound != claimed:
        yield Finding("bewijs", "De genoemde grens is een andere dan die van het bewijs.")


def true_reasons(plan: Plan) -> Iterator[Finding]:
    """Every move is explained, nothing else is, and no reason says that a rule forbids it."""
    moves = {(move.household, move.to) for chain in plan.chains for move in chain.moves}
    explained = {(told.household, told.dwelling) for told in plan.reasons}
    for household, home in sorted(moves ^ explained):
        sentence = (
            "Bij deze verhuizing ontbreekt de uitleg, of de uitleg hoort bij geen verhuizing."
        )
        yield Finding("uitleg", sentence, household, home)
    for told in plan.reasons:
        if any(reason.verdict is Verdict.NO for reason in told.reasons):
            sentence = "De uitleg noemt een regel die deze verhuizing verbiedt."
            yield Finding("uitleg", sentence, told.household, told.dwelling)
