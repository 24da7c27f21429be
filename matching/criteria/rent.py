"""What the household would pay, and the schemes that may let its old rent move along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data_contracts.words import ACCESS_IMPLIES, Access
from matching.criteria.pairs import UNLIMITED

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy, Scheme
    from matching.criteria.pairs import Mask, Numbers, Pairs, Side

SATISFIES = np.array([[need in ACCESS_IMPLIES[offer] for need in Access] for offer in Access])
"""Whether an accessibility label (row) satisfies a need (column)."""


def certain_age(seekers: Side, on: date) -> Numbers:
    """Give the age the oldest surely has: the birthday of this year may still come. -1: unknown."""
    born = seekers.numbers("birth_year", missing=-1)
    return np.where(born > 0, on.year - born - 1, -1).astype(np.int32)


def applies(scheme: Scheme, pairs: Pairs) -> Mask:
    """Whether a scheme holds for each pair; it is for those who leave a home behind."""
    if scheme.until is not None and pairs.on > scheme.until:
        return np.zeros(len(pairs), dtype=bool)
    seekers, homes = pairs.seekers, pairs.homes
    leaves, enters = seekers.housed(), np.ones(len(homes), dtype=bool)
    if scheme.min_age is not None:
        leaves &= certain_age(seekers, pairs.on) >= scheme.min_age
    if scheme.leaves_min_rooms is not None:
        leaves &= seekers.numbers("home_rooms", missing=-1) >= scheme.leaves_min_rooms
    if scheme.leaves_min_floor is not None:
        leaves &= seekers.numbers("home_floor", missing=-UNLIMITED) >= scheme.leaves_min_floor
    if scheme.enters_max_rooms is not None:
        enters &= homes.numbers("rooms", missing=-1) <= scheme.enters_max_rooms
    if scheme.enters_access is not None:
        need = list(Access).index(scheme.enters_access)
        enters &= SATISFIES[homes.codes("access", Access), need]
    return leaves[pairs.seeker] & enters[pairs.home]


def schemes_by_name(pairs: Pairs, policy: Policy) -> NDArray[np.object_]:
    """Give the names of the schemes that hold for each pair, joined by commas."""
    names = np.full(len(pairs), "", dtype=object)
    for scheme in policy.schemes:
        holds = applies(scheme, pairs)
        names[holds & (names != "")] += ", "
        names[holds] += scheme.name
    return names


def paid_rent(pairs: Pairs, policy: Policy) -> Numbers:
    """Give the net rent that would be paid, in eurocents.

    The target rent; with rent retention the old rent where that is lower.
    """
    target = pairs.of_home("target_rent")
    retained = np.zeros(len(pairs), dtype=bool)
    for scheme in policy.schemes:
        if scheme.rent_retention:
            retained |= applies(scheme, pairs)
    old = pairs.of_seeker("home_rent", missing=UNLIMITED)
    return np.where(retained, np.minimum(old, target), target)
