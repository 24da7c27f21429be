"""What the household would pay, and the schemes that may let its old rent move along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data_contracts.words import ACCESS_IMPLIES, Access
from matching.criteria.pairs import UNLIMITED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data_contracts.policy import Policy, Scheme
    from matching.criteria.pairs import Mask, Numbers, Pairs

SATISFIES = np.array([[need in ACCESS_IMPLIES[offer] for need in Access] for offer in Access])
"""Whether an accessibility label (row) satisfies a need (column)."""


def certain_age(pairs: Pairs) -> Numbers:
    """Give the age the oldest surely has: the birthday of this year may still come. -1: unknown."""
    born = pairs.of_seeker("birth_year")
    return np.where(born > 0, pairs.on.year - born - 1, -1).astype(np.int32)


def applies(scheme: Scheme, pairs: Pairs) -> Mask:
    """Whether a scheme holds for each pair; it is for those who leave a home behind."""
    holds = pairs.has_home & (scheme.until is None or pairs.on <= scheme.until)
    if scheme.min_age is not None:
        holds &= certain_age(pairs) >= scheme.min_age
    if scheme.leaves_min_rooms is not None:
        holds &= pairs.of_seeker("home_rooms") >= scheme.leaves_min_rooms
    if scheme.leaves_min_floor is not None:
        holds &= pairs.of_seeker("home_floor", missing=-UNLIMITED) >= scheme.leaves_min_floor
    if scheme.enters_max_rooms is not None:
        holds &= pairs.of_home("rooms") <= scheme.enters_max_rooms
    if scheme.enters_access is not None:
        need = list(Access).index(scheme.enters_access)
        holds &= SATISFIES[pairs.homes.codes("access", Access)[pairs.home], need]
    return holds


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
