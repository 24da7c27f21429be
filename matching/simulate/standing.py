"""What stands at the end of a month: homes, who lives in them, and how that suits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.words import ResidentKind, Willingness
from matching.area.classes import AGE_BANDS, HOME_CLASSES, age_codes, class_codes
from matching.area.columns import encoded, whole
from matching.area.lived import lived
from matching.area.reach import FACILITIES, everything_near, in_zone
from matching.area.suitability import people_of, unsuitable
from matching.lookup import among, places
from matching.simulate.counting import Counts, Dimension

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.area.lived import Lived
    from matching.area.suitability import People
    from matching.state import State

    Mask = NDArray[np.bool_]

BANDS = [f"{side}_{kind.lower()}" for kind in ResidentKind for side in ("least", "most")]
"""The columns of a complex in which its bands are."""
EVERY = 1_000_000
"""Stands in a band for: no upper limit."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A State on a day as arrays: its homes, its people, and who lives where."""

    state: State
    on: date
    living: Lived
    people: People
    home: Dimension
    neighbourhood: Dimension

    @classmethod
    def of(cls, state: State, policy: Policy, on: date) -> Standing:
        """Read a State once."""
        homes = state.dwellings
        return cls(
            state,
            on,
            lived(state, on),
            people_of(state.households, policy, on.year),
            Dimension(HOME_CLASSES, class_codes(homes)),
            Dimension(*encoded(homes["neighbourhood"])),
        )

    @property
    def places(self) -> dict[str, Dimension]:
        """By what homes are told apart."""
        return {"home": self.home, "neighbourhood": self.neighbourhood}


def count_standing(counts: Counts, standing: Standing, reached: Mask, open_: pd.Index) -> None:
    """Count every stock; `reached` says which facilities lie near each dwelling (`area.reach`)."""
    _homes(counts, standing, open_)
    _older(counts, standing, reached)
    _care(counts, standing, reached)
    _mix(counts, standing)
    _seekers(counts, standing)
    rents = Dimension(HOME_CLASSES, standing.home.codes[standing.living.home])
    counts.rows("rent_sum", {"home": rents}, worth=standing.living.rent)


def _homes(counts: Counts, standing: Standing, open_: pd.Index) -> None:
    counts.rows("dwellings", standing.places)
    empty = among(standing.state.dwellings.index, open_)
    counts.rows("open_homes", standing.places, empty)


def _older(counts: Counts, standing: Standing, reached: Mask) -> None:
    """Count older households, the range of those who live unsuitably, and what is near to them."""
    living, people = standing.living, standing.people
    by = {name: dimension.of(living.home) for name, dimension in standing.places.items()}
    age = {"age": Dimension(AGE_BANDS, age_codes(people.age[living.household]))}
    older = people.older[living.household]
    found = unsuitable(people, standing.state.dwellings, standing.home.codes, living)
    counts.rows("older_households", by | age, older)
    counts.rows("older_unsuitable_low", by, found.low)
    counts.rows("older_unsuitable", by | age, found.central)
    counts.rows("older_unsuitable_high", by, found.high)
    near = reached[living.home]
    counts.whole("facilities_missing", int((older & ~everything_near(near)).sum()))
    for kind, has in zip(FACILITIES, near.T, strict=True):
        counts.whole("facilities_missing", int((older & ~has).sum()), f"facility:{kind}")


def _care(counts: Counts, standing: Standing, reached: Mask) -> None:
    living = standing.living
    by = {"neighbourhood": standing.neighbourhood.of(living.home)}
    asks = standing.people.care[living.household]
    inside = in_zone(standing.state.complexes, standing.state.dwellings, reached)[living.home]
    counts.rows("care_in_zone", by, asks & inside)
    counts.rows("care_outside_zone", by, asks & ~inside)


def _mix(counts: Counts, standing: Standing) -> None:
    """Count the complexes outside a band of theirs, as `matching.terms.mixing` reads bands.

    Where no complex has a band nothing is counted: that none is outside would say nothing.
    """
    complexes, living = standing.state.complexes, standing.living
    if complexes[BANDS].isna().all(axis=None):
        return
    at = places(complexes.index, standing.state.dwellings["complex"])
    units = whole(complexes["units"])
    homes = np.where(units >= 0, units, np.bincount(at[at >= 0], minlength=len(complexes)))
    where, outside = at[living.home], np.zeros(len(complexes), dtype=bool)
    resident = standing.state.households["resident"]
    for kind in ResidentKind:
        is_one = (resident == kind).to_numpy(dtype=bool, na_value=False)[living.household]
        now = np.bincount(where[is_one & (where >= 0)], minlength=len(complexes))
        least, most = (whole(complexes[f"{side}_{kind.lower()}"]) for side in ("least", "most"))
        low = np.where(least >= 0, -(-homes * least // 100), 0)
        high = np.where(most >= 0, homes * most // 100, EVERY)
        wrong = (now < low) | (now > high)
        counts.whole("mix_outside_band", int(wrong.sum()), f"resident:{kind}")
        outside |= wrong
    counts.whole("mix_outside_band", int(outside.sum()))


def _seekers(counts: Counts, standing: Standing) -> None:
    """Count who has a wish that holds and did not say no, with and without a home of ours."""
    state, day = standing.state, np.datetime64(standing.on, "D")
    wishes = state.wishes
    holds = ~(wishes["valid_until"].to_numpy() < day)
    who = places(state.households.index, wishes.index.to_series())
    refuses = (state.households["willingness"] == Willingness.NEE).to_numpy(dtype=bool)
    seeks = holds & (who >= 0) & ~refuses[who]
    housed = np.zeros(len(state.households), dtype=bool)
    housed[standing.living.household] = True
    kind = Dimension(("starter", "tenant"), housed[who].astype(np.int64))
    counts.rows("seekers", {"kind": kind}, seeks)
