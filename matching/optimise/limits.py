"""How long chains and rings may be, and how often a household says yes."""

from __future__ import annotations

from dataclasses import dataclass

from data_contracts.words import VerhuisketenError


class ImpossibleLimits(VerhuisketenError):
    """De grenzen kloppen niet: lengtes zijn 0 of meer, de kans op ja is meer dan 0, hoogstens 1."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most moves in a chain and in a ring (0: no rings), and the chance of a yes per move.

    With `acceptance` p the k-th move of a chain counts p^k of its gain, a ring of n moves p^n of
    its sum. Raises ImpossibleLimits.
    """

    longest_chain: int
    longest_ring: int
    acceptance: float = 1.0

    def __post_init__(self) -> None:
        """Refuse lengths below zero and chances that are none."""
        if min(self.longest_chain, self.longest_ring) < 0 or not 0 < self.acceptance <= 1:
            raise ImpossibleLimits
