"""What the terms are worked out from: tonight's options beside the State they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from matching.candidates import every_home, lived_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.conditions import Budget, Group, Mix, Pair, Together
    from matching.state import State


@dataclass(frozen=True, slots=True)
class Term:
    """What one kind of term asks: side conditions, and the columns of the options they read."""

    columns: Mapping[str, pd.Series] = field(default_factory=dict)
    forbidden: tuple[Pair, ...] = ()
    groups: tuple[Group, ...] = ()
    mixes: tuple[Mix, ...] = ()
    budgets: tuple[Budget, ...] = ()
    together: tuple[Together, ...] = ()


@dataclass(frozen=True, slots=True)
class Tonight:
    """The options and openings of a night, and what they rest on.

    `homes`: every home by id; `lives`: the home each household lives in, by household.
    """

    state: State
    options: pd.DataFrame
    openings: tuple[str, ...]
    rules: Rules
    policy: Policy
    on: date
    homes: pd.DataFrame
    lives: pd.Series
    names: dict[str, tuple[NDArray[np.intp], pd.Index]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(
        cls,
        state: State,
        options: pd.DataFrame,
        openings: tuple[str, ...],
        *,
        rules: Rules,
        policy: Policy,
        on: date,
    ) -> Tonight:
        """Look up the homes and who lives where."""
        lives = lived_in(state, on)["dwelling"]
        return cls(state, options, openings, rules, policy, on, every_home(state), lives)

    def of_household(self, column: str) -> pd.Series:
        """Give a column of the households, a value per option."""
        return self._per_option(self.state.households[column], "household")

    def of_home(self, column: str) -> pd.Series:
        """Give a column of the homes entered, a value per option."""
        return self._per_option(self.homes[column], "dwelling")

    def of_home_left(self, column: str) -> pd.Series:
        """Give a column of the homes lived in now, a value per option; missing for a starter."""
        left = self.lives.reindex(self._named("household")[1])
        there = self.homes[column].reindex(left).set_axis(left.index)
        return self._per_option(there, "household")

    def whole(self, numbers: NDArray[np.int64]) -> pd.Series:
        """Make a column of whole numbers, a value per option."""
        return pd.Series(numbers, index=self.options.index, dtype="int64")

    def _per_option(self, values: pd.Series, key: str) -> pd.Series:
        codes, names = self._named(key)
        return values.reindex(names).take(codes).set_axis(self.options.index)

    def rows_of(self, table: pd.DataFrame, key: str) -> pd.DataFrame:
        """Give the rows of a table by the id in a column of the options, a row per option."""
        codes, names = self._named(key)
        return table.reindex(names).take(codes)

    def _named(self, key: str) -> tuple[NDArray[np.intp], pd.Index]:
        """The ids in a column of the options, each once, and which each option has."""
        if key not in self.names:
            codes, names = pd.factorize(self.options[key])
            self.names[key] = (codes, pd.Index(names))
        return self.names[key]
