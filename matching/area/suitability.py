"""Which older people live in a home that does not suit them: a range, never one sure number.

Source: Monitor Ouderenhuisvesting (ABF for BZK, 2021): unsuitable is a home that is not, or only
for more than € 10,000, to be adapted; mainly multi-family, first floor or higher, no lift. Both a
limitation and the suitability of a home are estimates there, and the two together more so. The
wording of the Langer Thuis indicator itself is not confirmed.

We know what households said they need, and nothing of those who said nothing. Hence three masks,
each within the next:

- `low`: older, said a need that the home does not meet, and the home cannot be adapted cheaply: a
  flat above the ground without a lift. The monitor's definition, of stated needs alone.
- `central`: older, and the home falls short of what was said: the label, a feature that a
  limitation asks for, or a floor without lift higher than one who walks like that climbs. What the
  matching itself counts when somebody goes to a suitable home, so that every such move takes one
  off.
- `high`: those, and every household of 75 or older in a flat above the ground without a lift, also
  when it said nothing. Of people of 75 and over 25 to 30 % uses a walking aid (WoON 2015/2018), so
  most of what is added here suits its residents today; it is the most that it can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import Access, Feature, Mobility, ResidentKind
from matching.area.classes import HOME_CLASSES, HomeClass, certain_ages
from matching.area.columns import bits, flags, whole
from matching.criteria.preferences import LIMITATIONS
from matching.criteria.rent import SATISFIES
from matching.lookup import places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.area.lived import Lived

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

VERY_OLD = 75
_LABELS = pd.Index([str(one) for one in Access], dtype="str")
_MOBILITY = pd.Index([str(one) for one in Mobility], dtype="str")
_ASKS = pd.Index([str(ResidentKind.VRAGEND)], dtype="str")
_FOR_ROLLATOR = tuple(Access).index(Access.ROG)
_WITH_ROLLATOR = tuple(Mobility).index(Mobility.ROLLATOR)
_UPSTAIRS = HOME_CLASSES.index(HomeClass.FLAT_UPSTAIRS)


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """Which of those who live somewhere (rows of a Lived) live unsuitably: low, central, high."""

    low: Mask
    central: Mask
    high: Mask


@dataclass(frozen=True, slots=True)
class People:
    """What is asked of every household when it is counted, in the order of the table.

    `age` is the certain one (-1: unknown); `needs` a position in Access, `features` a bit each
    of those a limitation asks for, `climbs` the highest floor without lift; `stated` whether any
    need was said; `wheels` whether they walk with a rollator or need a home for one, or more;
    `care` whether they do or ask for care (VRAGEND).
    """

    age: Codes
    older: Mask
    needs: Codes
    features: Codes
    climbs: Codes
    stated: Mask
    wheels: Mask
    care: Mask


def people_of(households: pd.DataFrame, policy: Policy, year: int) -> People:
    """Read the households once, as arrays."""
    age = certain_ages(households, year)
    needs = access_codes(households["access_needed"])
    features = bits(households["features_needed"], Feature) & LIMITATIONS
    mobility = places(_MOBILITY, households["mobility"])
    climbs = np.array([policy.highest_floor_without_lift[one] for one in Mobility])[mobility]
    asks = places(_ASKS, households["resident"]) >= 0
    wheels = SATISFIES[needs, _FOR_ROLLATOR] | (mobility >= _WITH_ROLLATOR)
    return People(
        age=age,
        older=(age >= policy.older_from_age) | flags(households["aow"]),
        needs=needs,
        features=features,
        climbs=climbs,
        stated=(needs > 0) | (features != 0) | (mobility > 0),
        wheels=wheels,
        care=asks | wheels,
    )


def access_codes(labels: pd.Series) -> Codes:
    """Give accessibility labels as positions in Access; one that is missing as without any."""
    return np.maximum(places(_LABELS, labels), 0)


def unsuitable(people: People, homes: pd.DataFrame, classes: Codes, living: Lived) -> Unsuitable:
    """Say who lives unsuitably; `classes` are those of `homes` (positions in HOME_CLASSES)."""
    who, where = living.household, living.home
    label = ~SATISFIES[access_codes(homes["access"])[where], people.needs[who]]
    above = whole(homes["floor"], 0)[where] > people.climbs[who]
    stairs = above & ~flags(homes["lift"])[where]
    lacks = (people.features[who] & ~bits(homes["features"], Feature)[where]) != 0
    upstairs = classes[where] == _UPSTAIRS
    central = people.older[who] & (label | stairs | lacks)
    return Unsuitable(
        low=central & people.stated[who] & upstairs,
        central=central,
        high=central | ((people.age[who] >= VERY_OLD) & upstairs),
    )
