"""Supply against wishes: who wants to live in an area, and which of its homes would suit them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.words import Access, Willingness
from matching.area.columns import encoded
from matching.area.inside import inhabited
from matching.area.small import Count, told
from matching.area.suitability import access_codes
from matching.candidates import openings
from matching.criteria.rent import SATISFIES
from matching.lookup import among, places

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.area.inside import Inside
    from matching.state import State

    Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks for a home with a label, or one that is as good, and what there is of it.

    `seekers`: who want to live in the area and need just this label; `homes` of the area that
    satisfy it, and of those what comes `free` within the horizon of the policy.
    """

    access: Access
    seekers: Count
    homes: int
    free: int


def wanted(state: State, inside: Inside, policy: Policy, on: date) -> tuple[Wanted, ...]:
    """Hold the wishes for an area against its homes, per label that is asked.

    Somebody wants to live there whose wish names the neighbourhood, or its district or
    municipality; or names none, and lives in it. Wishes that are over, and who said no, do not
    count.
    """
    offered = access_codes(inside.homes["access"])
    free = among(inside.homes.index, openings(state, policy, on).index)
    needs = access_codes(state.households["access_needed"])
    asked = np.bincount(needs[_who(state, inside, on)], minlength=len(Access))
    told_ = []
    for at, label in enumerate(Access):
        suits = SATISFIES[offered, at]
        counted = told(int(asked[at]))
        told_.append(Wanted(label, counted, int(suits.sum()), int((suits & free).sum())))
    return tuple(told_)


def _who(state: State, inside: Inside, on: date) -> NDArray[np.int64]:
    """Positions of the households that want to live in the area."""
    wishes = state.wishes
    lists, codes = encoded(wishes["areas"], "")
    names = set[str]()
    for level in ("neighbourhood", "district", "municipality"):
        names.update(inside.homes[level].dropna().unique())
    named = np.array([bool(names.intersection(text.split("|"))) for text in lists], dtype=bool)
    none = np.array([not text for text in lists], dtype=bool)
    who = places(state.households.index, wishes.index.to_series())
    holds = ~(wishes["valid_until"].to_numpy() < np.datetime64(on, "D")) & (who >= 0)
    refuses = (state.households["willingness"] == Willingness.NEE).to_numpy(dtype=bool)
    wants = named[codes] | (none[codes] & _lives_here(state, inside, on)[who])
    found: NDArray[np.int64] = who[wants & holds & ~refuses[who]]
    return found


def _lives_here(state: State, inside: Inside, on: date) -> Mask:
    living = inhabited(state, on)
    here = np.zeros(len(state.dwellings), dtype=bool)
    here[inside.where] = True
    lives = np.zeros(len(state.households) + 1, dtype=bool)
    lives[living.household] = here[living.home]
    return lives
