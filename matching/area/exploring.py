"""Area exploration (gebiedsverkenning): what there is in a neighbourhood now, in one look.

Homes are counted as they are. People are counted by tens and never below ten (`area.small`):
nothing here says anything of a household.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from data_contracts.words import Access
from matching.area.classes import AGE_BANDS, HOME_CLASSES, RENT_CLASSES, age_codes, rent_codes
from matching.area.columns import spots
from matching.area.facilities import FacilityNear, KindNear, per_facility, per_kind
from matching.area.inside import inside, these
from matching.area.reach import everything_near, in_zone, near
from matching.area.small import Count, told, told_least, told_most, told_of, told_parts
from matching.area.squares import Square, squares
from matching.area.suitability import access_codes, unsuitable
from matching.area.wanted import Wanted, wanted
from matching.area.zones import Zone, best_zones
from matching.candidates import openings
from matching.lookup import among

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.area.inside import Inside
    from matching.state import State
    from matching.walking import Network

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]


Name = TypeVar("Name")
NEEDS = ("niets opgegeven", "gelijkvloers of nultreden", "rollator of rolstoel")
"""What a household needs, told apart no finer: of most labels few ask just that one."""
# Unknown is the band after the last: told with the first, for it would be a small cell of its own.
AGES = ("tot 45, of onbekend", *AGE_BANDS[1:-1])


@dataclass(frozen=True, slots=True)
class HomesOf:
    """Homes of a class: how many, how many step-free inside (GNV or better), how many come free."""

    name: str
    homes: int
    step_free: int
    free: int


@dataclass(frozen=True, slots=True)
class Area:
    """A neighbourhood as it is: homes exactly, people by tens and never fewer than ten.

    `classes`, `labels` and `rents` are its homes by class, accessibility label and rent class;
    `needs` and `ages` its households by what they need (NEEDS) and the age of the oldest (AGES).
    `unsuitable` is a range: older people in a home that does not suit them (low, central, high;
    `area.suitability`), the low end rounded down and the high end up. `daily`: homes with all that
    one needs daily at rollator distance (`area.reach.DAILY`). `zoned`: homes in a woonzorgzone.
    `distance` is that of the policy (m); `estimate`: walked as the crow flies times a detour.
    """

    neighbourhood: str
    homes: int
    free: int
    classes: tuple[HomesOf, ...]
    labels: tuple[tuple[Access, int], ...]
    rents: tuple[tuple[str, int], ...]
    households: Count
    needs: tuple[tuple[str, Count], ...]
    ages: tuple[tuple[str, Count], ...]
    older: Count
    unsuitable: tuple[Count, Count, Count]
    care_inside: Count
    care_outside: Count
    daily: int
    zoned: int
    kinds: tuple[KindNear, ...]
    facilities: tuple[FacilityNear, ...]
    wishes: tuple[Wanted, ...]
    zones: tuple[Zone, ...]
    squares: tuple[Square, ...]
    distance: int
    estimate: bool


def explore(
    state: State,
    rules: Rules,
    policy: Policy,
    on: date,
    neighbourhood: str,
    *,
    network: Network | None = None,
) -> Area:
    """Look at a neighbourhood as it is on a day. Raises NoSuchArea."""
    here = inside(state, neighbourhood, policy, on)
    wide, mine = _wide(state, here, policy, on)
    reached = near(state.facilities, spots(wide.homes), policy=policy, network=network)
    zoned = in_zone(state.complexes, wide.homes, reached)
    free = among(here.homes.index, openings(state, policy, on).index)
    daily, here_zoned = everything_near(reached[mine]), zoned[mine]
    everybody, lives = len(here.households), here.living.home
    older = unsuitable(here.people, here.homes, here.classes, here.living)
    inside_, outside = (
        int((here.people.care & one[lives]).sum()) for one in (here_zoned, ~here_zoned)
    )
    care = told_parts((inside_, outside, everybody - inside_ - outside))
    return Area(
        neighbourhood=neighbourhood,
        homes=len(here.homes),
        free=int(free.sum()),
        classes=_classes(here, free),
        labels=_counted(tuple(Access), access_codes(here.homes["access"])),
        rents=_counted(RENT_CLASSES, rent_codes(here.homes["target_rent"], rules)),
        households=told(everybody),
        needs=_by(NEEDS, np.where(here.people.wheels, 2, here.people.needs > 0)),
        ages=_by(AGES, age_codes(here.people.age) % len(AGES)),
        older=told_of(int(here.people.older.sum()), everybody),
        unsuitable=(
            told_of(int(older.low.sum()), everybody, say=told_least),
            told_of(int(older.central.sum()), everybody),
            told_of(int(older.high.sum()), everybody, say=told_most),
        ),
        care_inside=care[0],
        care_outside=care[1],
        daily=int(daily.sum()),
        zoned=int(here_zoned.sum()),
        kinds=per_kind(reached[mine]),
        facilities=per_facility(state.facilities, here.homes, policy=policy, network=network),
        wishes=wanted(state, here, policy, on),
        zones=best_zones(wide, mine, zoned, policy=policy, network=network),
        squares=squares(spots(here.homes), daily),
        distance=policy.rollator_distance,
        estimate=network is None,
    )


def _wide(state: State, here: Inside, policy: Policy, on: date) -> tuple[Inside, Mask]:
    """The area with what lies within rollator distance of its homes; which homes are its own."""
    place, own = spots(state.dwellings), spots(here.homes)
    own = own[own[:, 0] >= 0]
    chosen = np.zeros(len(place), dtype=bool)
    if len(own):
        low, high = own.min(axis=0), own.max(axis=0)
        margin = policy.rollator_distance
        chosen = ((place >= low - margin) & (place <= high + margin)).all(axis=1)
    chosen[here.where] = True
    wide = these(state, chosen, policy, on)
    return wide, np.isin(wide.where, here.where)


def _classes(here: Inside, free: Mask) -> tuple[HomesOf, ...]:
    size = len(HOME_CLASSES)
    level = access_codes(here.homes["access"]) > 0
    each = zip(
        HOME_CLASSES,
        np.bincount(here.classes, minlength=size).tolist(),
        np.bincount(here.classes[level], minlength=size).tolist(),
        np.bincount(here.classes[free], minlength=size).tolist(),
        strict=True,
    )
    return tuple(HomesOf(*row) for row in each)


def _counted(names: Sequence[Name], codes: Codes) -> tuple[tuple[Name, int], ...]:
    return tuple(zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True))


def _by(names: Sequence[Name], codes: Codes) -> tuple[tuple[Name, Count], ...]:
    counted = np.bincount(codes, minlength=len(names)).tolist()
    return tuple(zip(names, told_parts(counted), strict=True))
