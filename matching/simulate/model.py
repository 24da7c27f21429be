"""What goes into a simulation and what comes out of it: a world, one run, its months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.state import State
    from matching.walking import Network

FIGURES = {"month": "int64", "measure": "str", "group": "str", "value": "int64"}
"""One row per month, measure and group (`kind:EIN`, or empty for the whole): a whole number."""
CHAINS = {
    "chain": "int64",  # number, in order of beginning
    "cause": "str",  # a Cause: why its first home came free
    "home": "str",  # what its first home is: a home class (`matching.simulate.classes`)
    "neighbourhood": "str",
    "opened": "int64",  # the month in which it came free, from 0; before the first: -1
    "vacancies": "int64",  # links: homes that came free in it, the first one counted
    "moves": "int64",  # households that moved in it, a starter at the end counted
    "older": "int64",  # of those moves: older people who went to a suitable home
    "end": "str",  # an End: why it went no further
    "closed": "int64",  # the month of the last move; -1 where it still stands open
}
"""One row per chain that began, or was open at the start."""
FREED = {
    "month": "int64",
    "rent": "str",  # a rent class (`matching.area.classes`)
    "rooms": "int64",
    "access": "str",
    "neighbourhood": "str",
    "cause": "str",
    "homes": "int64",
}
"""How many homes came free, by month and by what they are."""
STEPS = {
    "month": "int64",
    "openings": "int64",
    "options": "int64",
    "value": "int64",
    "bound": "int64",
    "exact": "int64",  # what the exact optimiser reaches on the same month; -1 where not asked
}
"""How far each month's plan is from the best that can be."""


@dataclass(frozen=True, slots=True)
class World:
    """What is so on the day a simulation begins, and what the matching goes by."""

    state: State
    rules: Rules
    policy: Policy
    on: date
    network: Network | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One run: which replication, with which acceptance (percent)."""

    replication: int
    acceptance: int


@dataclass(frozen=True, slots=True)
class Run:
    """What one replication of one scenario came to: tables of counts, and of nobody.

    `figures`, `chains`, `freed` and `steps` have the columns of FIGURES, CHAINS, FREED and STEPS.
    """

    scenario: str
    asked: Asked
    figures: pd.DataFrame
    chains: pd.DataFrame
    freed: pd.DataFrame
    steps: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Happened:
    """One month: the State before and after it, and what happened in between.

    `moves`: one row per household that moved, with `household`, `dwelling`, `leaves` (missing: a
    starter or somebody from outside), `channel` (`match` or `portal`), `kind` (an entrant kind:
    `tenant`, `starter`, `outside`), `rent_before`, `rent_after` (eurocents, missing where unknown),
    `minutes_change`, `facilities_change`, `older_to_suitable`, `family_home_freed`, `passend`
    (missing: the norm does not apply) and `retained` (eurocents a month that a scheme keeps off the
    rent), `grant` (eurocents once), `coach_minutes`.
    `freed`: one row per home that came free, with `dwelling` and `cause`.
    `open`: the homes that stand empty at the end of the month.
    """

    number: int
    on: date
    before: State
    after: State
    moves: pd.DataFrame
    freed: pd.DataFrame
    open: pd.Index
    proposals: int = 0
    declined: int = 0
