"""Households that move together or not at all: groups, as their wishes name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import ProposalState
from matching.conditions import Group
from matching.lookup import among
from matching.terms.table import Term

if TYPE_CHECKING:
    from matching.conditions import Pair
    from matching.terms.table import Tonight

SETTLED = (ProposalState.ACCEPTED, ProposalState.SIGNED, ProposalState.MOVED)


def moving_together(tonight: Tonight) -> Term:
    """Make a group of the households whose wishes name the same one.

    Near is in one complex, or at most so many metres apart: the least that any of them says. Who
    does not seek tonight keeps the others where they are. Once one of them has accepted a home, the
    others are free of it, but only homes near that one are left to them.
    """
    named = tonight.state.wishes[["group", "group_metres"]].dropna(subset="group").sort_index()
    asked = named[named["group"].duplicated(keep=False)]
    if asked.empty:
        return Term()
    settled = _settled(tonight, asked.index)
    groups, forbidden = [], []
    for name, members in asked.groupby("group", sort=True):
        waiting = [str(member) for member in members.index.difference(settled.index)]
        least = members["group_metres"].min()
        metres = None if pd.isna(least) else int(least)
        if len(waiting) > 1:
            groups.append(Group(str(name), tuple(waiting), metres))
        there = settled.reindex(members.index).dropna()
        forbidden += _too_far(tonight, waiting, there, metres)
    columns = {
        "complex": tonight.of_home("complex"),
        "x": tonight.of_home("x"),
        "y": tonight.of_home("y"),
    }
    return Term(columns, forbidden=tuple(forbidden), groups=tuple(groups))


def _settled(tonight: Tonight, members: pd.Index) -> pd.Series:
    """The home that each of these households accepted since it said what it asks."""
    offers = tonight.state.offers
    theirs = offers[offers["state"].isin(SETTLED) & offers["household"].isin(members)]
    stated = tonight.state.wishes["stated"].reindex(theirs["household"]).to_numpy()
    since = theirs[theirs["on"].to_numpy() >= stated].sort_values(["on", "dwelling"])
    return since.drop_duplicates("household", keep="last").set_index("household")["dwelling"]


def _too_far(
    tonight: Tonight, waiting: list[str], there: pd.Series, metres: int | None
) -> list[Pair]:
    """The options of those who wait that are not near every home the others accepted."""
    options = tonight.options.loc[
        among(tonight.options["household"], waiting), ["household", "dwelling"]
    ]
    far = np.zeros(len(options), dtype=bool)
    for home in there:
        far |= ~_near(tonight.homes, options["dwelling"], str(home), metres)
    some = options[far]
    pairs = zip(some["household"], some["dwelling"], strict=True)
    return sorted((str(household), str(dwelling)) for household, dwelling in pairs)


def _near(homes: pd.DataFrame, asked: pd.Series, home: str, metres: int | None) -> np.ndarray:
    """Whether each home asked is near this one."""
    if home not in homes.index:
        return np.ones(len(asked), dtype=bool)
    if metres is None:
        same = homes["complex"].reindex(asked) == homes["complex"][home]
        alike: np.ndarray = same.to_numpy(dtype=bool, na_value=False)
        return alike
    places = homes[["x", "y"]].reindex(asked).to_numpy(dtype=np.int64)
    apart = places - homes.loc[home, ["x", "y"]].to_numpy(dtype=np.int64)
    near: np.ndarray = (apart**2).sum(axis=1) <= metres**2
    return near
