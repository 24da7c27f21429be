"""What is counted each month: everything in `matching.simulate.catalogue`, of nobody by name.

What only changes with a table (which facilities lie near which home) is worked out once and kept
until that table changes; the rest is arrays over the tables of the month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.area.columns import spots, whole
from matching.area.reach import FACILITIES, near
from matching.lookup import among, places
from matching.simulate.counting import Counts
from matching.simulate.happening import count_freed, count_moves, count_norms, movers_of
from matching.simulate.standing import Standing, count_standing

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.scenario import Scenario
    from matching.simulate.model import Happened, World
    from matching.state import State

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_SIDE = 1_000_000
"""More than any RD coordinate, so that two of them make one number."""
NOBODY = pd.Index([], dtype="str")


@dataclass(frozen=True, slots=True)
class _Near:
    """What lies near to which place, and of which facilities that was worked out.

    `places` are all that were asked, each once, sorted; `reached` has a row for each.
    """

    facilities: pd.DataFrame
    places: Codes
    reached: Mask


def _coded(where: Codes) -> Codes:
    """Give each place (RD metres) as one number; nowhere is negative."""
    told: Codes = where[:, 0] * _SIDE + np.maximum(where[:, 1], 0)
    return told


def _nothing_kept() -> pd.DataFrame:
    kinds = {"household": "str", "dwelling": "str", "retained": "int64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


@dataclass(slots=True)
class Measuring:
    """What one run is counted with: it remembers what was near, and who moved with their rent."""

    world: World
    scenario: Scenario
    _near: _Near | None = None
    _kept: pd.DataFrame = field(default_factory=_nothing_kept)

    @classmethod
    def of(cls, world: World, scenario: Scenario) -> Measuring:
        """Begin to count a run."""
        return cls(world, scenario)

    def begun(self, state: State, open_: pd.Index = NOBODY) -> pd.DataFrame:
        """Count what stands before the first month: the stocks alone, as `month` gives them."""
        counts = Counts()
        self._stand(counts, state, self.world.on, open_)
        return counts.table()

    def month(self, happened: Happened) -> pd.DataFrame:
        """Count a month: measure, group (`` for the whole, else `dimension:value`) and value."""
        counts, rules = Counts(), self.world.rules
        movers = movers_of(happened, self.world.policy)
        count_moves(counts, movers)
        count_freed(counts, happened, rules)
        count_norms(counts, movers, rules, happened.on.year)
        standing = self._stand(counts, happened.after, happened.on, happened.open)
        self._cost(counts, happened, standing)
        self._work(counts, happened, standing)
        return counts.table()

    def _stand(self, counts: Counts, state: State, on: date, open_: pd.Index) -> Standing:
        standing = Standing.of(state, self.world.policy, on)
        count_standing(counts, standing, self._reached(state), open_)
        return standing

    def _reached(self, state: State) -> Mask:
        """Which facilities lie near each dwelling.

        A place is looked at once, as long as no facility opens or closes: in most months homes come
        or go, and over a network a look is dear.
        """
        known = self._near
        if known is None or known.facilities is not state.facilities:
            nowhere = np.zeros((0, len(FACILITIES)), dtype=bool)
            known = _Near(state.facilities, np.zeros(0, dtype=np.int64), nowhere)
        asked, at = np.unique(_coded(spots(state.dwellings)), return_inverse=True)
        new = np.setdiff1d(asked, known.places, assume_unique=True)
        if len(new):
            known = self._with(known, new)
        self._near = known
        return known.reached[np.searchsorted(known.places, asked)[at]]

    def _with(self, known: _Near, new: Codes) -> _Near:
        where = np.column_stack(np.divmod(new, _SIDE))
        policy, network = self.world.policy, self.world.network
        found = near(known.facilities, where, policy=policy, network=network)
        places_ = np.concatenate([known.places, new])
        order = np.argsort(places_)
        reached = np.concatenate([known.reached, found])
        return _Near(known.facilities, places_[order], reached[order])

    def _cost(self, counts: Counts, happened: Happened, standing: Standing) -> None:
        """Count grants, and the rent forgone in these months by whoever still lives there."""
        moves = happened.moves
        new = moves.loc[whole(moves["retained"], 0) > 0, list(self._kept.columns)]
        kept = pd.concat([self._kept, new.astype(self._kept.dtypes)], ignore_index=True)
        state, living = happened.after, standing.living
        lives = np.full(len(state.households) + 1, -1, dtype=np.int64)
        lives[living.household] = living.home
        home = places(state.dwellings.index, kept["dwelling"])
        self._kept = kept[
            (home >= 0) & (lives[places(state.households.index, kept["household"])] == home)
        ]
        grants = int(whole(moves["grant"], 0).sum())
        forgone = int(whole(self._kept["retained"], 0).sum()) * self.scenario.step_months
        counts.whole("scheme_cost", grants + forgone)
        counts.whole("scheme_cost", grants, "cost:bijdrage")
        counts.whole("scheme_cost", forgone, "cost:huurbehoud")

    def _work(self, counts: Counts, happened: Happened, standing: Standing) -> None:
        """Count empty days, what coaches did, and what was proposed and declined."""
        empty = among(standing.state.dwellings.index, happened.open)
        days = np.full(len(empty), _days(happened.on, self.scenario.step_months), dtype=np.int64)
        counts.rows("vacancy_days", {"home": standing.home}, empty, worth=days)
        each = self.world.policy.coach_minutes_per_proposal
        minutes = int(whole(happened.moves["coach_minutes"], 0).sum()) + happened.declined * each
        counts.whole("coach_minutes", minutes)
        counts.whole("proposals", happened.proposals)
        counts.whole("declined", happened.declined)


def _days(on: date, months: int) -> int:
    """How many days until the next time is counted: the first of a month, so many months on."""
    first = pd.Timestamp(on).replace(day=1)
    return int((first + pd.DateOffset(months=months) - pd.Timestamp(on)).days)
