"""One move as the judge puts it on the table: the household, the home, and what it now has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data_contracts.policy import Policy, Scheme
    from data_contracts.rules import Rules
    from matching.model import Move
    from matching.verify.world import Row, World


STRAIGHT = 95
"""Percent of the way as the crow flies: street pieces are in whole metres, some rounded down."""


@dataclass(frozen=True, slots=True)
class Case:
    """A household, its wish, the home it would enter, the home it has, and what it pays there.

    `minutes` on foot by (tie, dwelling), when they are known; else a walk takes at least
    `detour_percent` of the way as the crow flies.
    """

    world: World
    rules: Rules
    policy: Policy
    household: Row
    wish: Row | None
    home: Row
    has: Row | None
    pays: int | None
    minutes: Mapping[tuple[str, str], int] | None
    detour_percent: int

    @property
    def age_this_year(self) -> int | None:
        """The age the oldest reaches in the year of the plan; None when the year is unknown."""
        born = self.household["birth_year"]
        return None if born is None else self.world.on.year - int(born)

    @property
    def certain_age(self) -> int:
        """The age the oldest surely has, for the birthday may still have to come; -1: unknown."""
        return -1 if self.age_this_year is None else self.age_this_year - 1

    @property
    def keeps_its_rent(self) -> bool:
        """Whether a scheme lets the old net rent move along."""
        return any(s.rent_retention and _applies(s, self) for s in self.policy.schemes)

    @property
    def rent_to_pay(self) -> int:
        """The net rent in eurocents: the target rent, or the old one where it may move along."""
        target = int(self.home["target_rent"])
        if self.pays is None or not self.keeps_its_rent:
            return target
        return min(target, self.pays)


def case_of(
    move: Move,
    world: World,
    rules: Rules,
    policy: Policy,
    *,
    minutes: Mapping[tuple[str, str], int] | None = None,
    estimated: bool = True,
) -> Case | None:
    """Put a move on the table; None when the household or the home is not in the State.

    Where streets were walked (not `estimated`) and the minutes are not at hand, all the judge knows
    is that no walk is shorter than the crow flies.
    """
    household, home = world.households.get(move.household), world.home(move.to)
    if household is None or home is None:
        return None
    tenancy = world.tenancy_of(move.household)
    return Case(
        world=world,
        rules=rules,
        policy=policy,
        household=household,
        wish=world.wishes.get(move.household),
        home=home,
        has=None if tenancy is None else world.home(tenancy["dwelling"]),
        pays=None if tenancy is None else int(tenancy["rent"]),
        minutes=minutes,
        detour_percent=policy.detour_percent if estimated else STRAIGHT,
    )


def _applies(scheme: Scheme, case: Case) -> bool:
    """Whether a scheme holds for who leaves a home for another; what is not stated asks nothing."""
    has, home = case.has, case.home
    if has is None or (scheme.until is not None and case.world.on > scheme.until):
        return False
    met = (
        scheme.min_age is None or case.certain_age >= scheme.min_age,
        scheme.leaves_min_rooms is None or int(has["rooms"]) >= scheme.leaves_min_rooms,
        scheme.leaves_min_floor is None or int(has["floor"]) >= scheme.leaves_min_floor,
        scheme.enters_max_rooms is None or int(home["rooms"]) <= scheme.enters_max_rooms,
        scheme.enters_access is None or offers(str(home["access"]), str(scheme.enters_access)),
    )
    return all(met)


OFFERS = {
    "ZON": "ZON",
    "GNV": "GNV ZON",
    "NUL": "NUL GNV ZON",
    "ROG": "ROG GNV ZON",
    "ROA": "ROA ROG NUL GNV ZON",
    "ROL": "ROL ROA ROG NUL GNV ZON",
    "RUI": "RUI ROL ROA ROG NUL GNV ZON",
}
"""What each accessibility label also offers; NUL and ROG do not imply one another.
Source: VERA-referentiedata 2026-06-26, TOEGANKELIJKHEIDSLABEL."""


def offers(label: str, needed: str) -> bool:
    """Whether a home with this accessibility label offers what is needed."""
    return needed in OFFERS[label].split()
