"""Rent now and then, and what the corporation's own schemes do for who moves on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data_contracts.policy import Policy


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """A scheme that holds for this move: what it does, and whose it is. `grant` in eurocents."""

    name: str
    source: str
    keeps_rent: bool
    grant: int
    max_per_year: int | None


@dataclass(frozen=True, slots=True)
class RentChange:
    """Net rents in eurocents a month: paid now, paid then, asked of any new tenant (`target`)."""

    now: int | None
    then: int | None
    target: int | None
    limit: int | None
    year: int
    schemes: tuple[SchemeLine, ...]

    @property
    def change(self) -> int | None:
        """What is paid more (below zero: less) a month."""
        return None if self.now is None or self.then is None else self.then - self.now

    @property
    def kept(self) -> bool:
        """Whether the old rent moves along."""
        lower = self.then is not None and self.target is not None and self.then < self.target
        return lower and any(scheme.keeps_rent for scheme in self.schemes)


def schemes_of(policy: Policy, names: str) -> tuple[SchemeLine, ...]:
    """Give the schemes the engine says hold (names joined by commas), as the policy has them."""
    holding = set(filter(None, names.split(", ")))
    return tuple(
        SchemeLine(one.name, one.source, one.rent_retention, one.grant, one.max_per_year)
        for one in policy.schemes
        if one.name in holding
    )
