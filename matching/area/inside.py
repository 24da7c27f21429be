"""One neighbourhood of a State: its homes, and who lives in them, as small tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import VerhuisketenError
from matching.area.classes import UNKNOWN, class_codes
from matching.area.columns import encoded, spots
from matching.area.lived import Lived, lived
from matching.area.suitability import people_of
from matching.lookup import among
from matching.state import State

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.area.suitability import People

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]


_ABOUT = {"tenancies": "dwelling", "notices": "dwelling", "ties": "household", "offers": "dwelling"}
_PARTED = ("dwellings", "newbuild", "complexes", "households", "wishes", "facilities", "works")


class NoSuchArea(VerhuisketenError):
    """Deze buurt kennen wij niet."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The homes of an area, and who lives in them.

    `where` are positions in `state.dwellings` of its `homes`, `classes` their class. `people` are
    the households that live there, each with the home they live in (a position in `homes`).
    """

    where: Codes
    homes: pd.DataFrame
    classes: Codes
    households: pd.DataFrame
    people: People
    living: Lived


def inhabited(state: State, on: date) -> Lived:
    """Say who lives where; worked out once for a State and a day."""
    needs = ("tenancies", "households", "dwellings")
    return state.once(("area lived", on), lambda: lived(state, on), needs=needs)


def neighbourhoods(state: State) -> tuple[list[str], Codes]:
    """Give the neighbourhoods there are, and of every dwelling which it lies in."""
    return state.once(
        "area neighbourhoods",
        lambda: encoded(state.dwellings["neighbourhood"]),
        needs=("dwellings",),
    )


def inside(state: State, neighbourhood: str, policy: Policy, on: date) -> Inside:
    """Look at one neighbourhood. Raises NoSuchArea."""
    names, codes = neighbourhoods(state)
    if neighbourhood not in names or neighbourhood == UNKNOWN:
        raise NoSuchArea
    return these(state, codes == names.index(neighbourhood), policy, on)


def these(state: State, chosen: Mask, policy: Policy, on: date) -> Inside:
    """Look at some dwellings and who lives in them; `chosen` is a mask over the dwellings."""
    where = np.flatnonzero(chosen)
    homes = state.dwellings.take(where)
    living = inhabited(state, on)
    rows = np.flatnonzero(chosen[living.home])
    at = np.searchsorted(where, living.home[rows])
    households = state.households.take(living.household[rows])
    people = people_of(households, policy, on.year)
    own = Lived(np.arange(len(rows)), at, living.rent[rows])
    return Inside(where, homes, class_codes(homes), households, people, own)


def own_part(state: State, corporation: str) -> State:
    """Give a State with the homes, complexes and households of one corporation alone.

    Facilities stay: they are nobody's. Of the rest what is about others' homes and households goes.
    """
    return state.once(
        ("area own part", corporation),
        lambda: _own_part(state, corporation),
        needs=(*_PARTED, *_ABOUT),
    )


def _own_part(state: State, corporation: str) -> State:
    tables = dict(state.tables)
    for name in ("dwellings", "newbuild", "complexes", "households"):
        theirs = (tables[name]["corporation"] == corporation).to_numpy(dtype=bool)
        tables[name] = tables[name][theirs]
    for name, of in _ABOUT.items():
        known = among(tables[name][of], tables[f"{of}s"].index)
        tables[name] = tables[name][known]
    tables["wishes"] = tables["wishes"][among(tables["wishes"].index, tables["households"].index)]
    return State(tables)


def areas(state: State) -> pd.DataFrame:
    """Give the neighbourhoods with homes of ours, by code.

    Columns: `homes` (how many), `municipality`, and `x` and `y`, the middle of its homes (RD
    metres).
    """
    names, codes = neighbourhoods(state)
    homes, place = state.dwellings, spots(state.dwellings)
    told = pd.DataFrame(
        {
            "neighbourhood": np.array(names, dtype=object)[codes],
            "municipality": homes["municipality"].to_numpy(dtype=object),
            "x": place[:, 0],
            "y": place[:, 1],
        }
    )
    told = told[(told["neighbourhood"] != UNKNOWN) & (told["x"] >= 0)]
    by = told.groupby("neighbourhood", sort=True)
    middle = by[["x", "y"]].mean().round().astype("int64")
    return middle.assign(homes=by.size(), municipality=by["municipality"].first())
