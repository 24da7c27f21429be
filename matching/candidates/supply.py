"""Which homes can be entered: those that come free, and those whose tenants would move."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.words import DwellingStatus, NoticeStatus, ProposalState, WorksKind
from matching.lookup import among, in_order, told

if TYPE_CHECKING:
    from datetime import date

    from data_contracts.policy import Policy
    from matching.criteria.pairs import Mask
    from matching.state import State

BINDING = (ProposalState.ACCEPTED, ProposalState.SIGNED)
"""A proposal in one of these states has taken its household and its home."""
OF_SUPPLY = ("dwellings", "newbuild", "tenancies", "notices", "works", "offers")
"""The tables that say which homes come free."""
NO_NOTICE = (NoticeStatus.AFG, NoticeStatus.GEA)
"""Refused or cancelled notices (VERA HUUROPZEGGINGSTATUS): the tenant stays."""
NOT_LET = (DwellingStatus.UIT, DwellingStatus.ADM)
"""Out of letting, or let by somebody else (VERA EENHEIDSTATUS): never ours to let again."""


def tenancies_not_over(state: State, on: date) -> pd.DataFrame:
    """Give the tenancies that run on the day or start later, with `runs` saying which."""
    day = pd.Timestamp(on)
    tenancies = state.tenancies
    alive = tenancies[tenancies["end"].isna() | (tenancies["end"] > day)]
    return alive.assign(runs=alive["start"] <= day)


def looked_up(keys: pd.Series, table: pd.Series) -> pd.Series:
    """Give what a table says of each key, under the keys' own index; missing where it is silent."""
    return told(table, keys).set_axis(keys.index)


def lived_in(state: State, on: date) -> pd.DataFrame:
    """Give per household the `dwelling` it lives in, the `rent` it pays, and whether it shares.

    Of several tenancies the one that started last, then the last by id. `shared`: another household
    lives there too, or will, so that leaving frees nothing.
    """
    return state.once(("lived_in", on), lambda: _lived_in(state, on), needs=["tenancies"])


def _lived_in(state: State, on: date) -> pd.DataFrame:
    alive = in_order(tenancies_not_over(state, on))
    running = alive[alive["runs"]]
    doubly = running["household"].duplicated(keep=False).to_numpy()
    if doubly.any():  # only they have a last one to be found
        rest = running[doubly].sort_values(["start", "dwelling"], kind="stable")
        running = pd.concat([running[~doubly], rest])
    several = alive[alive["dwelling"].duplicated(keep=False).to_numpy()]
    several = several.drop_duplicates(["dwelling", "household"])
    shared = several["dwelling"].duplicated(keep=False)
    crowded = set(several.loc[shared, "dwelling"])
    last = running.drop_duplicates("household", keep="last").set_index("household")
    return last[["dwelling", "rent"]].assign(shared=among(last["dwelling"], crowded))


def every_home(state: State) -> pd.DataFrame:
    """Give all homes, let before or being built, with their columns, indexed by id."""
    return state.once("every_home", lambda: _every_home(state), needs=["dwellings", "newbuild"])


def _every_home(state: State) -> pd.DataFrame:
    added = state.newbuild.drop(columns="completed")
    added = added[~among(added.index, state.dwellings.index)]
    table = pd.concat([state.dwellings, added]) if len(added) else state.dwellings
    return in_order(table)


def openings(state: State, policy: Policy, on: date) -> pd.Series:
    """Give the day on which each home comes free, by id: the homes a chain may start in.

    Empty and not let again; notice that ends within the horizon; new-build finished within it; left
    by somebody who accepted another home, so that the rest of a chain stands once its front does.
    Not a home that nobody will let again, or for which somebody accepted or signed.
    """
    asked = ("openings", policy.horizon_days, on)
    return state.once(asked, lambda: _openings(state, policy, on), needs=OF_SUPPLY)


def _openings(state: State, policy: Policy, on: date) -> pd.Series:
    until = pd.Timestamp(on + timedelta(days=policy.horizon_days))
    alive = tenancies_not_over(state, on)
    ways = (_empty(state, alive, on), _by_notice(state, alive), _built(state, alive))
    free = pd.concat([*ways, _left_behind(state, on)])
    free = free[free <= until].clip(lower=pd.Timestamp(on))
    barred = gone(state) | taken(state)
    free = free[~among(free.index, barred)]
    return free.groupby(level=0).min().sort_index().rename("free")


def _empty(state: State, alive: pd.DataFrame, on: date) -> pd.Series:
    homes = state.dwellings
    empty = homes[(homes["status"] == DwellingStatus.LEE) & ~among(homes.index, alive["dwelling"])]
    return empty["available"].fillna(pd.Timestamp(on))


def _by_notice(state: State, alive: pd.DataFrame) -> pd.Series:
    notices = state.notices[~state.notices["status"].isin(NO_NOTICE)]
    notices = notices[among(notices["dwelling"], state.dwellings.index)]
    theirs = alive[among(alive["dwelling"], notices["dwelling"])]
    newest = theirs.groupby("dwelling")["start"].max()
    again = looked_up(notices["dwelling"], newest) > notices["given"]
    return notices[~again].set_index("dwelling")["ends"]


def _built(state: State, alive: pd.DataFrame) -> pd.Series:
    built = state.newbuild[~among(state.newbuild.index, alive["dwelling"])]
    return built["completed"]


def _left_behind(state: State, on: date) -> pd.Series:
    """The homes of who accepted, signed or moved, as long as their tenancy there still runs."""
    offers = state.offers
    going = offers[offers["state"].isin((*BINDING, ProposalState.MOVED))]
    if going.empty:
        return pd.Series(dtype="datetime64[s]", index=pd.Index([], dtype="str"))
    lives = lived_in(state, on).reindex(going["household"].unique())
    home = lives["dwelling"][lives["shared"].eq(other=False).fillna(value=False).astype(bool)]
    entered = pd.MultiIndex.from_frame(going[["household", "dwelling"]])
    stays = pd.MultiIndex.from_arrays([home.index, home]).isin(entered)
    left = home[~stays]
    left = left[among(left, state.dwellings.index)]
    return pd.Series(pd.Timestamp(on), index=pd.Index(left, dtype="str"))


def demolished(state: State) -> set[str]:
    """Name the homes that will be demolished: they are never let again."""
    works = state.works
    return _worked_on(state, works[works["kind"] == WorksKind.SLOOP])


def gone(state: State) -> set[str]:
    """Name the homes that nobody will let again: demolished, out of letting, or not ours to let."""
    homes = state.dwellings
    return {*demolished(state), *homes.index[homes["status"].isin(NOT_LET)]}


def worked_on(state: State, policy: Policy, on: date) -> set[str]:
    """Name the homes with works between the day and the horizon, or that will be demolished."""
    works = state.works
    begun = works["start"] <= pd.Timestamp(on + timedelta(days=policy.horizon_days))
    over = works["end"] < pd.Timestamp(on)
    return _worked_on(state, works[begun & ~over]) | demolished(state)


def _worked_on(state: State, works: pd.DataFrame) -> set[str]:
    homes = every_home(state)
    in_complex = homes.index[among(homes["complex"], works["complex"])]
    return {*works["dwelling"].dropna(), *in_complex}


def taken(state: State) -> set[str]:
    """Name the homes for which somebody accepted or signed, or moved and has no tenancy yet."""
    offers = state.offers
    moved = offers[offers["state"] == ProposalState.MOVED]
    let = state.tenancies[among(state.tenancies["dwelling"], moved["dwelling"])]
    known = pd.MultiIndex.from_frame(let[["dwelling", "household"]])
    settled = pd.MultiIndex.from_frame(moved[["dwelling", "household"]]).isin(known)
    binding = offers.loc[offers["state"].isin(BINDING), "dwelling"]
    return {*binding, *moved.loc[~settled, "dwelling"]}


def homes(state: State, policy: Policy, on: date, *, leaving: pd.DataFrame) -> pd.DataFrame:
    """Give the homes that can be entered, with what the criteria ask of them, indexed by id.

    `leaving` is a table of seekers: what they leave comes free when they move, unless it was let
    already or will not be let again. Added columns: complex_min_age, meeting_room, works,
    enterable, free (the day).
    """
    table = every_home(state)
    can_be = _enterable(state, table.index, policy, on, leaving)
    return _described(state, table[can_be], policy, on, enterable=can_be[can_be])


def described_homes(
    state: State, policy: Policy, on: date, *, leaving: pd.DataFrame
) -> pd.DataFrame:
    """Give every home with what the criteria ask of it; `enterable` says which can be entered."""
    table = every_home(state)
    can_be = _enterable(state, table.index, policy, on, leaving)
    return _described(state, table, policy, on, enterable=can_be)


def _enterable(
    state: State, names: pd.Index, policy: Policy, on: date, leaving: pd.DataFrame
) -> Mask:
    """Which homes come free, or are left by a seeker and can be let again."""
    alive = tenancies_not_over(state, on)
    let_already = {*alive.loc[~alive["runs"], "dwelling"], *taken(state)}
    left = pd.Index(leaving["leaves"].dropna().unique())
    left = left[~among(left, let_already | gone(state))]
    return among(names, left.union(openings(state, policy, on).index))


def _described(
    state: State, table: pd.DataFrame, policy: Policy, on: date, *, enterable: Mask
) -> pd.DataFrame:
    complexes = state.complexes.reindex(table["complex"])
    return table.assign(
        complex_min_age=complexes["min_age"].to_numpy(),
        meeting_room=complexes["meeting_room"].to_numpy(),
        works=among(table.index, worked_on(state, policy, on)),
        enterable=enterable,
        free=told(openings(state, policy, on), table.index),
    )
