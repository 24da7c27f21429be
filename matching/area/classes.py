"""What a home and a household are put together with when they are counted: classes and bands."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import FAMILY_HOUSE
from matching.lookup import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from data_contracts.rules import Rules

    Codes = NDArray[np.int64]

UNKNOWN = "onbekend"
LARGE = 4
"""Rooms from which a house counts as large: the `family_home_min_rooms` of our default policy."""
KINDS = pd.Index(sorted(FAMILY_HOUSE), dtype="str")


class HomeClass(StrEnum):
    """What a home is, as chains and unsuitability go by it."""

    HOUSE_LARGE = "eengezins groot"
    HOUSE_SMALL = "eengezins klein"
    FLAT_LIFT = "appartement met lift"
    FLAT_GROUND = "appartement zonder lift, beneden"
    FLAT_UPSTAIRS = "appartement zonder lift, boven"


HOME_CLASSES = tuple(str(one) for one in HomeClass)
RENT_CLASSES = ("goedkoop", "betaalbaar", "duur", "boven huurtoeslaggrens", UNKNOWN)
"""HUURKLASSE (VERA 2026-06-26): GOE, BET, DUU, BOV. The rent is on or above the lower limit and
under the upper one."""
AGE_BANDS = ("tot 45", "45-64", "65-74", "75-84", "85 en ouder", UNKNOWN)
_FROM_AGE = np.array([45, 65, 75, 85])


def class_codes(homes: pd.DataFrame) -> Codes:
    """Give the class of each home as a position in HOME_CLASSES: int64.

    A house stands on the ground (`FAMILY_HOUSE`); everything else is called a flat, whose front
    door is on a floor. `homes` has the columns kind, rooms, floor and lift.
    """
    house = places(KINDS, homes["kind"]) >= 0
    large = homes["rooms"].to_numpy(dtype=np.int64, na_value=0) >= LARGE
    lift = homes["lift"].to_numpy(dtype=bool, na_value=False)
    upstairs = homes["floor"].to_numpy(dtype=np.int64, na_value=0) > 0
    flat = np.where(lift, 2, np.where(upstairs, 4, 3))
    found: Codes = np.where(house, np.where(large, 0, 1), flat).astype(np.int64)
    return found


def home_class(homes: pd.DataFrame) -> pd.Series:
    """Give the class of each home (a HomeClass, as text), under the index of the table."""
    return _named(HOME_CLASSES, class_codes(homes), homes.index, "home")


def rent_codes(rents: pd.Series, rules: Rules) -> Codes:
    """Give the rent class of rents (eurocents a month) as a position in RENT_CLASSES: int64.

    Where a limit of the year is not confirmed, so is no class that hangs on it: unknown.
    """
    cents = rents.to_numpy(dtype=np.int64, na_value=-1)
    limits = (
        rules.value("huurtoeslag", "kwaliteitskortingsgrens"),
        rules.value("passend_toewijzen", "aftoppingsgrens_hoog"),
        rules.value("daeb", "huurgrens"),
    )
    if None in limits:
        return np.full(len(cents), len(RENT_CLASSES) - 1, dtype=np.int64)
    at = np.searchsorted(np.array(limits, dtype=np.int64), cents, side="right")
    return np.where(cents < 0, len(RENT_CLASSES) - 1, at).astype(np.int64)


def rent_class(homes: pd.DataFrame, rules: Rules) -> pd.Series:
    """Give the rent class of each home by the rent that a new tenant pays (streefhuur)."""
    return _named(RENT_CLASSES, rent_codes(homes["target_rent"], rules), homes.index, "rent")


def certain_ages(people: pd.DataFrame, year: int) -> Codes:
    """Give the age that the oldest surely has in a year; -1 where the year of birth is unknown.

    The birthday of this year may still come, so nobody is called older than they are.
    """
    born = people["birth_year"].to_numpy(dtype=np.int64, na_value=0)
    return np.where(born > 0, np.maximum(year - born - 1, 0), -1).astype(np.int64)


def age_codes(ages: Codes) -> Codes:
    """Give the band of ages as a position in AGE_BANDS: int64."""
    band = np.searchsorted(_FROM_AGE, ages, side="right")
    return np.where(ages < 0, len(AGE_BANDS) - 1, band).astype(np.int64)


def _named(names: Sequence[str], codes: Codes, index: pd.Index, name: str) -> pd.Series:
    told = np.array(names, dtype=object)[codes]
    return pd.Series(told, index=index, name=name, dtype="str")
