"""Who seeks, what they leave, and which people and places matter to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import ProposalState
from matching.candidates.supply import BINDING, every_home, gone, lived_in, looked_up
from matching.criteria import NO, RULES, Pairs, Side
from matching.lookup import among, in_order, places, told
from matching.proximity import MOBILITIES, Anchors, Walks

if TYPE_CHECKING:
    from datetime import date

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.state import State

HOME_COLUMNS = ["x", "y", "rooms", "area", "floor", "lift", "access", "kind", "features"]
HOME_COLUMNS += ["neighbourhood", "complex"]
OF_DEMAND = ("households", "wishes", "tenancies", "dwellings", "newbuild", "works", "offers")
"""The tables that say who seeks."""
_ANCHOR_COLUMNS = ("seeker", "back", "tie", "x", "y", "mobility", "weight", "minutes", "must")


def described_households(state: State, on: date, *, these: pd.Index) -> pd.DataFrame:
    """Give these households with their wish and, as `home_*`, the home they live in; by id.

    Added: `lives_in` (the id of their home; NA for a starter), `leaves` (the same, but NA too where
    another household stays, for then nothing comes free), `frees` (what they leave can be let
    again), `home_rent` (what they pay) and `placed` (they accepted another home). Without a wish
    its columns are empty.
    """
    table = in_order(state.households[among(state.households.index, these)])
    lives = told(lived_in(state, on), table.index)
    left = told(every_home(state)[HOME_COLUMNS], lives["dwelling"]).add_prefix("home_")
    leaves = lives["dwelling"].mask(lives["shared"].fillna(value=False).astype(bool))
    return pd.concat(
        [
            table,
            told(state.wishes, table.index),
            left.set_axis(table.index),
            pd.DataFrame(
                {
                    "lives_in": lives["dwelling"],
                    "leaves": leaves,
                    "frees": leaves.notna() & ~among(leaves, gone(state)),
                    "home_rent": lives["rent"],
                    "placed": among(table.index, placed(state)),
                }
            ),
        ],
        axis=1,
    )


def placed(state: State) -> set[str]:
    """Name the households that accepted or signed, or moved since they last stated a wish."""
    offers = state.offers
    binding = offers.loc[offers["state"].isin(BINDING), "household"]
    moved = offers[offers["state"] == ProposalState.MOVED]
    since = looked_up(moved["household"], state.wishes["stated"])
    return {*binding, *moved.loc[~(since > moved["on"]), "household"]}


def seekers(state: State, rules: Rules, policy: Policy, on: date) -> pd.DataFrame:
    """Give the households that seek on the day, described; those no rule about them refuses."""
    asked = ("seekers", rules.hash, policy.hash, on)
    return state.once(asked, lambda: _seekers(state, rules, policy, on), needs=OF_DEMAND)


def _seekers(state: State, rules: Rules, policy: Policy, on: date) -> pd.DataFrame:
    table = described_households(state, on, these=state.wishes.index)
    refused = np.zeros(len(table), dtype=bool)
    alone = _alone(table, policy, on)
    for rule in RULES:
        if rule.about == "seeker":
            refused |= rule.judge(alone, rules, policy) == NO
    return table[~refused]


def _alone(table: pd.DataFrame, policy: Policy, on: date) -> Pairs:
    """Households without any home, for the rules that are about them alone."""
    pace = np.ones(len(MOBILITIES), dtype=np.int64)
    nowhere = np.empty((0, 2), dtype=np.int64)
    walks = Walks(_anchors([], len(table)), nowhere, pace, policy.detour_percent)
    every = np.arange(len(table))
    unmeasured = np.empty((len(table), 0), dtype=np.int32)
    households, homes = Side(table, unmeasured), Side(table.iloc[:0], unmeasured[:0])
    declined = np.empty(0, dtype=np.int64)
    return Pairs(households, homes, every, np.zeros_like(every), on, walks, declined)


def anchors_of(state: State, table: pd.DataFrame, on: date) -> Anchors:
    """Give the people and places that matter to these seekers, and those for whom they matter.

    A tie with another household lies where that household lives now, else at the place given. A
    tie of another household with a seeker counts back: its owner is one who may stay behind.
    """
    homes = every_home(state)[["x", "y"]]
    lives = lived_in(state, on)["dwelling"]
    mobility = state.households["mobility"]
    ties = state.ties
    own = ties[among(ties["household"], table.index)]
    other = _places(looked_up(own["with_household"], lives), homes)
    place = other.where(other["x"].notna(), own[["x", "y"]])
    back = ties[
        among(ties["with_household"], table.index) & (ties["household"] != ties["with_household"])
    ]
    behind = _places(looked_up(back["household"], lives), homes)
    return _anchors(
        [
            _rows(own, place, places(table.index, own["household"]), mobility, back=False),
            _rows(back, behind, places(table.index, back["with_household"]), mobility, back=True),
        ],
        len(table),
    )


def _places(dwellings: pd.Series, homes: pd.DataFrame) -> pd.DataFrame:
    return told(homes, dwellings).set_axis(dwellings.index)


def _rows(
    ties: pd.DataFrame, place: pd.DataFrame, seeker: np.ndarray, mobility: pd.Series, *, back: bool
) -> pd.DataFrame:
    walker = looked_up(ties["household"], mobility)
    return pd.DataFrame(
        {
            "seeker": seeker,
            "back": back,
            "tie": ties.index,
            "x": place["x"].fillna(-1).to_numpy(dtype=np.int64),
            "y": place["y"].fillna(-1).to_numpy(dtype=np.int64),
            "mobility": np.maximum(pd.Index(MOBILITIES, dtype="str").get_indexer(walker), 0),
            "weight": ties["weight"].to_numpy(dtype=np.int32),
            "minutes": ties["minutes"].to_numpy(dtype=np.int32),
            "must": ties["must"].to_numpy(dtype=bool) & (not back),
        }
    )


def _anchors(rows: list[pd.DataFrame], seekers: int) -> Anchors:
    if not rows:
        rows = [pd.DataFrame({name: pd.Series(dtype=np.int64) for name in _ANCHOR_COLUMNS})]
    table = pd.concat(rows, ignore_index=True).sort_values(["seeker", "back", "tie"], kind="stable")
    first = np.searchsorted(table["seeker"].to_numpy(), np.arange(seekers + 1))
    return Anchors(
        places=table[["x", "y"]].to_numpy(dtype=np.int64),
        mobility=table["mobility"].to_numpy(dtype=np.intp),
        weight=table["weight"].to_numpy(dtype=np.int32),
        minutes=table["minutes"].to_numpy(dtype=np.int32),
        must=table["must"].to_numpy(dtype=bool),
        back=table["back"].to_numpy(dtype=bool),
        first=first,
    )


def declined_pairs(state: State, table: pd.DataFrame, homes: pd.Index) -> np.ndarray:
    """Give every declined pair as seeker x homes + home, sorted: int64."""
    offers = state.offers[state.offers["state"] == ProposalState.DECLINED]
    seeker = places(table.index, offers["household"])
    home = places(homes, offers["dwelling"])
    known = (seeker >= 0) & (home >= 0)
    return np.unique(seeker[known].astype(np.int64) * len(homes) + home[known])
