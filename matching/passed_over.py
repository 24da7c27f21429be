"""Who was passed over: best placed for a home, while the plan gives that home to another.

The whole plan is worth more so, and that is a reason for once. When it goes on for more nights than
the policy says, a person must look at it: nobody is skipped for ever by a sum.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from matching.candidates import ALONG
from matching.lookup import among
from matching.model import PassedOver

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import pandas as pd

    from matching.model import Chain, Plan


@dataclass(frozen=True, slots=True)
class Earlier:
    """Who had been passed over before tonight, and in which night that was said."""

    on: date | None = None
    nights: tuple[tuple[str, int], ...] = ()

    @property
    def hash(self) -> str:
        """The sha256 of all of it, first 16 characters; empty when nobody had been."""
        if not self.nights:
            return ""
        text = json.dumps(asdict(self), default=str, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


NOBODY = Earlier()


def earlier_of(plan: Plan | None) -> Earlier:
    """Read from the plan of the night before who had been passed over."""
    if plan is None:
        return NOBODY
    nights = tuple(sorted((one.household, one.nights) for one in plan.passed_over))
    return Earlier(plan.receipt.on, nights)


def passed_over(
    chains: Iterable[Chain],
    options: pd.DataFrame,
    *,
    on: date,
    earlier: Earlier = NOBODY,
    after: int,
) -> tuple[PassedOver, ...]:
    """Name the households that fitted a filled home best of all and move nowhere tonight.

    Best is the greatest gain of all options into that home; of equals the first by id. Each
    household once, with the home it would gain most by. A home that somebody may enter only if
    another moves too counts for the others. Nights count in a row; a second plan in one night
    counts once. More than `after` nights is for a person to see.
    """
    takes = {move.to: (chain.key, move.household) for chain in chains for move in chain.moves}
    moving = {household for _, household in takes.values()}
    before = dict(earlier.nights)
    again = 1 if earlier.on is None or earlier.on < on else 0
    return tuple(
        _one(
            household, dwelling, takes[dwelling][0], max(1, before.get(household, 0) + again), after
        )
        for household, dwelling in _best_placed(by_themselves(options), set(takes), moving)
    )


def by_themselves(options: pd.DataFrame) -> pd.DataFrame:
    """Keep the options that need no other household to move."""
    return options[~options[ALONG]] if ALONG in options else options


def _best_placed(
    options: pd.DataFrame, filled: set[str], moving: set[str]
) -> list[tuple[str, str]]:
    """The household that gains most by each filled home, if it does not move; sorted."""
    some = options.loc[among(options["dwelling"], filled), ["household", "dwelling", "gain"]]
    best = some.sort_values(["gain", "household", "dwelling"], ascending=[False, True, True])
    first = best.drop_duplicates("dwelling")
    left = first[~among(first["household"], moving)].drop_duplicates("household")
    pairs = zip(left["household"], left["dwelling"], strict=True)
    return sorted((str(household), str(dwelling)) for household, dwelling in pairs)


def _one(household: str, dwelling: str, chain: str, nights: int, after: int) -> PassedOver:
    times = "Dit is de eerste nacht." if nights == 1 else f"Dit is nacht {nights} op rij."
    sentence = (
        f"Van iedereen past dit huishouden het best in woning {dwelling}. Toch gaat die woning "
        f"naar een ander, in de keten die begint met woning {chain}: zo komt het hele plan "
        f"hoger uit. {times}"
    )
    return PassedOver(household, dwelling, chain, nights, nights > after, sentence)
