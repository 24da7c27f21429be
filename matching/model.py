"""Move, Chain, Plan, Reason, Receipt: the four nouns and what the plan rested on.

Frozen dataclasses; `PLAN` (a pydantic TypeAdapter) writes, reads and describes the very same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - pydantic reads it
from enum import StrEnum
from itertools import pairwise

from pydantic import TypeAdapter

from data_contracts.words import Verdict, VerhuisketenError


class BrokenChain(VerhuisketenError):
    """Deze verhuizingen maken elkaar geen woning vrij en vormen dus geen keten."""


class Status(StrEnum):
    """How good a plan is known to be."""

    PROVEN = "bewezen optimaal"
    BOUNDED = "begrensd"
    EMPTY = "niets voor te stellen"


@dataclass(frozen=True, slots=True)
class Move:
    """One household enters one home and frees one, or none (a starter); gain in whole points."""

    household: str
    to: str
    leaves: str | None
    gain: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Moves that free one another; a ring closes on the home it opens."""

    moves: tuple[Move, ...]
    ring: bool = False

    def __post_init__(self) -> None:
        """Refuse to exist unless each move enters what the one before leaves."""
        linked = bool(self.moves) and all(a.leaves == b.to for a, b in pairwise(self.moves))
        closed = bool(self.moves) and self.moves[-1].leaves == self.moves[0].to
        if not linked or None in [m.leaves for m in self.moves[:-1]] or (self.ring and not closed):
            raise BrokenChain

    @property
    def opens(self) -> str | None:
        """The vacancy the chain begins with; None for a ring."""
        return None if self.ring else self.moves[0].to

    @property
    def closes(self) -> str | None:
        """The home that is free when all have moved; None after a starter and for a ring."""
        return None if self.ring else self.moves[-1].leaves

    @property
    def key(self) -> str:
        """A name for the chain that says where it starts: its first home entered."""
        return self.moves[0].to


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of an explanation: a rule's verdict, or a preference's points (then verdict None)."""

    criterion: str
    verdict: Verdict | None
    points: int
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this household to this home."""

    household: str
    dwelling: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a plan comes to; minutes are summed over ties, negative when people come nearer."""

    moves: int = 0
    chains: int = 0
    rings: int = 0
    starters: int = 0
    older_to_suitable: int = 0
    minutes_to_ties: int = 0
    family_homes_freed: int = 0
    by_length: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """Integer multipliers that prove the bound: 1/`scale` point each, by household and dwelling.

    `conditions` prices the rows of the side conditions by name (`matching.rows`), per unit of the
    row. `bound` is in whole points. A verifier recomputes it from the options, without a solver.
    """

    scale: int = 1
    households: tuple[tuple[str, int], ...] = ()
    dwellings: tuple[tuple[str, int], ...] = ()
    bound: int = 0
    conditions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the plan rested on; two equal receipts mean two equal plans.

    `bound` is what the certificate proves, `network` the hash of the streets that were walked,
    empty where minutes are crow-flies times the detour of the policy, `conditions` that of the
    side conditions, empty when there are none, `earlier` that of who was passed over before.
    """

    region: str
    on: date
    position: int
    rules_year: int
    rules_hash: str
    policy_hash: str
    code_version: str
    seed: int
    longest_chain: int
    longest_ring: int
    acceptance_percent: int
    openings: int
    options: int
    options_hash: str
    status: Status
    value: int
    bound: int
    network: str = ""
    conditions: str = ""
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A household that fitted a home best of all, while the plan gives that home to another.

    `nights` counts the nights in a row, tonight included; `chain` is the key of the chain that
    takes the home. `to_show`: this has lasted so long that a person must look at it.
    """

    household: str
    dwelling: str
    chain: str
    nights: int
    to_show: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Pooled:
    """What the moves of one corporation's households are worth in a pool, and alone, in points.

    `alone` is what its own households in its own homes come to, and `alone_bound` the most that
    could have been; `together` is what the plan gives them.
    """

    corporation: str
    alone: int
    alone_bound: int
    together: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Chains with their reasons, what they come to, and what they rested on. Never None.

    `passed_over` is counted from night to night: the plan of the night before says what was.
    `pooling` is filled where a regional pool is kept fair.
    """

    chains: tuple[Chain, ...]
    reasons: tuple[Explanation, ...]
    totals: Totals
    receipt: Receipt
    shadow: Totals = field(default_factory=Totals)
    certificate: Certificate = field(default_factory=Certificate)
    remarks: tuple[str, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    pooling: tuple[Pooled, ...] = ()


PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)
"""Writes, reads and describes a plan: `PLAN.dump_json(plan)`, `PLAN.validate_json(text)`."""
