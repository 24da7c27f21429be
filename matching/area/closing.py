"""The facility shock: close one facility, and see who has none of its kind left nearby."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.words import FacilityKind, VerhuisketenError
from matching.area.columns import encoded, spots
from matching.area.inside import these
from matching.area.small import Count, told_of, told_sum
from matching.area.squares import Square, squares
from matching.proximity import metres_to_facilities
from matching.walking import UNREACHED

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.area.inside import Inside
    from matching.state import State
    from matching.walking import Network

    Mask = NDArray[np.bool_]


class NoSuchFacility(VerhuisketenError):
    """Deze voorziening kennen wij niet."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Who falls outside in a neighbourhood: homes, older households, and those that need care."""

    neighbourhood: str
    homes: int
    older: Count
    care: Count


@dataclass(frozen=True, slots=True)
class Shock:
    """What closing a facility does: who has none of its kind at rollator distance any more.

    `near`: homes that have it nearby now; `homes` of those fall outside, with `older` and `care`
    households in them, as far as those are told of a neighbourhood; `left` have another one.
    `metres`: what the nearest other one is then, for the home in the middle of those that fall
    outside; None where there is none to be reached. `squares`: the homes that have it nearby now,
    and how many of those keep one.
    """

    facility: str
    kind: FacilityKind
    place: tuple[int, int]
    near: int
    homes: int
    left: int
    older: Count
    care: Count
    metres: int | None
    by_neighbourhood: tuple[Outside, ...]
    squares: tuple[Square, ...]


def shock(
    state: State, policy: Policy, on: date, facility: str, *, network: Network | None = None
) -> Shock:
    """Close a facility. Raises NoSuchFacility."""
    if facility not in state.facilities.index:
        raise NoSuchFacility
    row = state.facilities.loc[facility]
    kind, place = FacilityKind(row["kind"]), (int(row["x"]), int(row["y"]))
    wide = these(state, _around(state, place, policy), policy, on)
    alike = state.facilities[(state.facilities["kind"] == kind).to_numpy(dtype=bool)]
    own, before, after = (
        _metres(some, wide, kind, policy, network)
        for some in (alike.loc[[facility]], alike, alike.drop(index=facility))
    )
    near = own <= policy.rollator_distance
    falls = (before <= policy.rollator_distance) & (after > policy.rollator_distance)
    rows = _by_neighbourhood(wide, falls)
    return Shock(
        facility,
        kind,
        place,
        near=int(near.sum()),
        homes=int(falls.sum()),
        left=int((near & ~falls).sum()),
        older=told_sum([one.older for one in rows]),
        care=told_sum([one.care for one in rows]),
        metres=_middle(after[falls]),
        by_neighbourhood=rows,
        squares=squares(spots(wide.homes)[near], ~falls[near]),
    )


def _by_neighbourhood(wide: Inside, falls: Mask) -> tuple[Outside, ...]:
    """Say of each neighbourhood in which homes fall outside how many, and who lives there."""
    names, codes = encoded(wide.homes["neighbourhood"])
    hit, at = falls[wide.living.home], codes[wide.living.home]
    size = len(names)
    people = wide.people
    homes, live, older, care = (
        np.bincount(one, minlength=size).tolist()
        for one in (codes[falls], at[hit], at[hit & people.older], at[hit & people.care])
    )
    rows = sorted(zip(names, homes, live, older, care, strict=True))
    return tuple(
        Outside(name, many, told_of(old, all_), told_of(asks, all_))
        for name, many, all_, old, asks in rows
        if many
    )


def _around(state: State, place: tuple[int, int], policy: Policy) -> Mask:
    """Homes that may have this place at rollator distance.

    Twice that as the crow flies: streets may be said to be shorter than they are.
    """
    apart = np.abs(spots(state.dwellings) - np.array(place))
    close: Mask = apart.max(axis=1) <= 2 * policy.rollator_distance
    return close


def _metres(
    some: pd.DataFrame, wide: Inside, kind: FacilityKind, policy: Policy, network: Network | None
) -> NDArray[np.int32]:
    metres = metres_to_facilities(some, spots(wide.homes), policy=policy, network=network)
    found: NDArray[np.int32] = metres[:, list(FacilityKind).index(kind)]
    return found


def _middle(metres: NDArray[np.int32]) -> int | None:
    """Give the lower median; None where that is not reached, or nobody falls outside."""
    if not len(metres):
        return None
    middle = int(np.sort(metres)[(len(metres) - 1) // 2])
    return None if middle >= UNREACHED else middle
