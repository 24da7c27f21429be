"""Homes near where somebody else may go: for a tie that must be near, and that may move too.

The rule `moet_band` judges by where the other lives now. A home near one of the other's possible
homes will do as well, if the other enters such a home in the same plan: `matching.terms.musts` asks
that. Only who has such a tie is judged once more. The points are those of tonight, with the other
where it lives now: that never makes too much of a move that takes both of them away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import Mobility
from matching.candidates.blocking import near
from matching.candidates.demand import seekers
from matching.candidates.search import (
    allowed,
    best_options,
    enterable_of,
    market_of,
    no_counts,
)
from matching.candidates.supply import every_home, lived_in
from matching.criteria import NO, YES
from matching.criteria.rules import wens_gebied
from matching.lookup import among
from matching.proximity import MOBILITIES, Anchors, walks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.criteria import Pairs
    from matching.criteria.pairs import Mask, Positions
    from matching.state import State
    from matching.walking import Network

ALONG = "moves_along"
"""The column that says: only if somebody else moves in the same plan. Absent when nobody may."""


def moving_along(
    state: State,
    options: pd.DataFrame,
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
) -> pd.DataFrame:
    """Give the options with, for who must live near another seeker, homes near where that may go.

    At most the policy's options per household more for each, the best of those that every rule
    allows but for that tie; marked in the column `moves_along`. The search area follows the tie,
    areas that a wish names do not. Without such homes the options come back as they are.
    """
    ties = between_seekers(state, options)
    if ties.empty:
        return options
    loose = state.ties.assign(must=state.ties["must"] & ~among(state.ties.index, ties.index))
    eased = replace(state, tables={**state.tables, "ties": loose})
    everyone = seekers(state, rules, policy, on)  # who seeks does not depend on ties
    people = everyone[among(everyone.index, ties["household"])]
    enterable = enterable_of(state, rules, policy, on)
    market = market_of(eased, people, enterable, policy, on, network)
    nobody = market.run(slice(0, len(people)), policy, network)
    known = every_home(state), lived_in(state, on)["dwelling"]
    theirs = options[among(options["household"], ties["with_household"])]
    tied = [_Tied.of(tie, state, theirs, *known) for _, tie in ties.iterrows()]  # they are few
    inside = _near_where_they_go(nobody, tied, policy, streets=network is not None)
    pairs = allowed(nobody, inside, rules, policy, no_counts())
    pairs = pairs.kept(wens_gebied(pairs, rules, policy) != NO)
    pairs = pairs.kept(_only_along(pairs, tied, policy, network))
    more = best_options(pairs, rules, policy, no_counts())
    return _with_more(options, more) if len(more) else options


def between_seekers(state: State, options: pd.DataFrame) -> pd.DataFrame:
    """Give the ties that must be near, of somebody with a wish to another who has options."""
    ties = state.ties
    seeking = pd.Index(options["household"].unique())
    others = (ties["household"] != ties["with_household"]).to_numpy(dtype=bool, na_value=False)
    both = among(ties["household"], state.wishes.index) & among(ties["with_household"], seeking)
    must = ties["must"].to_numpy(dtype=bool, na_value=False) & both & others
    return ties[must].sort_index()


@dataclass(frozen=True, slots=True)
class _Tied:
    """A tie that must be near, with where the other lives now (RD metres; -1 where nobody knows).

    `may_enter` are the homes that the other may enter, at `places`.
    """

    household: str
    minutes: int
    mobility: Mobility
    now: NDArray[np.int64]
    may_enter: NDArray[np.object_]
    places: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        tie: pd.Series,
        state: State,
        options: pd.DataFrame,
        known: pd.DataFrame,
        lives: pd.Series,
    ) -> _Tied:
        theirs = options.loc[options["household"] == tie["with_household"], "dwelling"]
        return cls(
            household=str(tie["household"]),
            minutes=int(tie["minutes"]),
            mobility=mobility_of(state, str(tie["household"])),
            now=place_now(tie, known, lives),
            may_enter=theirs.to_numpy(dtype=object),
            places=known.loc[theirs, ["x", "y"]].to_numpy(dtype=np.int64),
        )

    def near(
        self, entered: pd.DataFrame, policy: Policy, network: Network | None
    ) -> tuple[Mask, Mask]:
        """Whether each home entered is near where the other lives now, or may live then."""
        there = np.concatenate([self.now, self.places])
        here = entered[["x", "y"]].to_numpy(dtype=np.int64)
        near = self.minutes >= minutes_between(
            there, here, most=self.minutes, mobility=self.mobility, policy=policy, network=network
        )
        another = self.may_enter[:, None] != entered.index.to_numpy(dtype=object)[None, :]
        unknown = self.now[0, 0] < 0
        return near[0] | unknown, (near[1:] & another).any(axis=0)


def mobility_of(state: State, household: str) -> Mobility:
    """Say how somebody walks; who has not told walks."""
    return Mobility(state.households["mobility"].get(household, Mobility.LOPEND))


def place_now(tie: pd.Series, known: pd.DataFrame, lives: pd.Series) -> NDArray[np.int64]:
    """Where a tie is tonight, a row of x and y: where that household lives, else the place given.

    -1 where nobody knows.
    """
    home = lives.get(tie["with_household"])
    place = known.loc[home] if home in known.index else tie
    x, y = (-1 if pd.isna(place[axis]) else int(place[axis]) for axis in ("x", "y"))
    return np.array([[x, y]], dtype=np.int64)


def minutes_between(
    there: NDArray[np.int64],
    here: NDArray[np.int64],
    *,
    most: int,
    mobility: Mobility,
    policy: Policy,
    network: Network | None,
) -> NDArray[np.int32]:
    """Give the minutes from places (rows) to homes (columns), both in RD metres.

    As far as `most` they are measured, as the rule `moet_band` does.
    """
    many = len(there)
    anchors = Anchors(
        places=there,
        mobility=np.full(many, MOBILITIES.index(mobility), dtype=np.intp),
        weight=np.zeros(many, dtype=np.int32),
        minutes=np.full(many, most, dtype=np.int32),
        must=np.ones(many, dtype=bool),
        back=np.zeros(many, dtype=bool),
        first=np.array([0, many], dtype=np.intp),
    )
    measured = walks(anchors, here, policy=policy, network=network)
    rows, columns = np.indices((many, len(here)))
    return measured.minutes(rows.ravel(), columns.ravel()).reshape(many, len(here))


def _near_where_they_go(nobody: Pairs, tied: list[_Tied], policy: Policy, *, streets: bool) -> Mask:
    """Block: which homes lie within the crow's reach of where a tie of each seeker may go."""
    homes = nobody.homes.places()
    inside = np.zeros((len(nobody.seekers), len(homes)), dtype=bool)
    for seeker, one in _among_seekers(nobody, tied):
        reach = one.minutes * policy.metres_per_minute[one.mobility]
        reach = reach if streets else reach * 100 // policy.detour_percent + 1
        for _, reached in near(one.places, np.full(len(one.places), reach), homes):
            inside[seeker] |= reached.any(axis=0)
    return inside


def _only_along(pairs: Pairs, tied: list[_Tied], policy: Policy, network: Network | None) -> Mask:
    """Which homes are near enough only if somebody else moves, and can be so for every tie."""
    needs, possible = np.zeros(len(pairs), dtype=bool), np.ones(len(pairs), dtype=bool)
    for seeker, one in _among_seekers(pairs, tied):
        mine: Positions = np.flatnonzero(pairs.seeker == seeker)
        entered = pairs.homes.frame.iloc[pairs.home[mine]]
        now, then = one.near(entered, policy, network)
        needs[mine] |= ~now
        possible[mine] &= now | then
    return needs & possible


def _among_seekers(pairs: Pairs, tied: list[_Tied]) -> Iterator[tuple[int, _Tied]]:
    """The ties of who seeks tonight, each with the position of that household."""
    position = pairs.seekers.frame.index.get_indexer([one.household for one in tied])
    for seeker, one in zip(position.tolist(), tied, strict=True):
        if seeker >= 0:
            yield seeker, one


def _with_more(options: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Both as one table of options; of what is added the tie that moves makes the search area."""
    told = options.assign(**{ALONG: False})
    added = more.assign(**{ALONG: True, "zoekgebied": YES})
    both = pd.concat([told, added]).astype(told.dtypes)
    return both.sort_values(["household", "dwelling"], kind="stable").reset_index(drop=True)
