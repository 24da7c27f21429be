"""A plan that was changed between two nights, told as what changed: the rest is as it was said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from matching.model import (
    Certificate,
    Chain,
    Explanation,
    PassedOver,
    Plan,
    Pooled,
    Receipt,
    Totals,
)

Prices = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """What makes one plan of another.

    The chains named in `dropped` (by key) go, `chains` come, with their `reasons`. Of the
    certificate only other prices are told: 0 takes a price away. All else is told whole.
    """

    dropped: tuple[str, ...]
    chains: tuple[Chain, ...]
    reasons: tuple[Explanation, ...]
    totals: Totals
    receipt: Receipt
    scale: int
    households: Prices = ()
    dwellings: Prices = ()
    conditions: Prices = ()
    remarks: tuple[str, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    unpassed: tuple[str, ...] = ()
    pooling: tuple[Pooled, ...] = ()


REVISION: TypeAdapter[Revision] = TypeAdapter(Revision)
"""Writes, reads and describes a revision."""


def revision_of(before: Plan, after: Plan) -> Revision:
    """Say what makes the second plan of the first; `revised` undoes nothing else."""
    known, now = frozenset(before.chains), frozenset(after.chains)
    fresh = tuple(chain for chain in after.chains if chain not in known)
    moved = {(move.household, move.to) for chain in fresh for move in chain.moves}
    old, new = before.certificate, after.certificate
    over = frozenset(before.passed_over)
    return Revision(
        dropped=tuple(chain.key for chain in before.chains if chain not in now),
        chains=fresh,
        reasons=tuple(one for one in after.reasons if (one.household, one.dwelling) in moved),
        totals=after.totals,
        receipt=after.receipt,
        scale=new.scale,
        households=_other(old.households, new.households),
        dwellings=_other(old.dwellings, new.dwellings),
        conditions=_other(old.conditions, new.conditions),
        remarks=after.remarks,
        passed_over=tuple(one for one in after.passed_over if one not in over),
        unpassed=tuple(
            sorted({one.household for one in over} - {one.household for one in after.passed_over})
        ),
        pooling=after.pooling,
    )


def revised(plan: Plan, revision: Revision) -> Plan:
    """Give the plan as it is after a revision."""
    dropped = frozenset(revision.dropped)
    kept = [chain for chain in plan.chains if chain.key not in dropped]
    chains = tuple(sorted([*kept, *revision.chains], key=lambda chain: chain.key))
    told = {(one.household, one.dwelling): one for one in (*plan.reasons, *revision.reasons)}
    moves = [(move.household, move.to) for chain in chains for move in chain.moves]
    certificate = Certificate(
        revision.scale,
        _put(plan.certificate.households, revision.households),
        _put(plan.certificate.dwellings, revision.dwellings),
        revision.receipt.bound,
        _put(plan.certificate.conditions, revision.conditions),
    )
    over = {one.household: one for one in (*plan.passed_over, *revision.passed_over)}
    gone = frozenset(revision.unpassed)
    return replace(
        plan,
        chains=chains,
        reasons=tuple(told[move] for move in moves if move in told),
        totals=revision.totals,
        receipt=revision.receipt,
        certificate=certificate,
        remarks=revision.remarks,
        passed_over=tuple(over[name] for name in sorted(over) if name not in gone),
        pooling=revision.pooling,
    )


def _other(old: Prices, new: Prices) -> Prices:
    """The prices that are new or other; 0 for those that are no more."""
    gone = tuple((name, 0) for name in dict(old).keys() - dict(new).keys())
    return tuple(sorted((*(frozenset(new) - frozenset(old)), *gone)))


def _put(old: Prices, other: Prices) -> Prices:
    prices = dict(old) | dict(other)
    return tuple(sorted((name, price) for name, price in prices.items() if price))
