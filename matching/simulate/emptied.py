"""Demolition and renovation of a scenario, told as news: works, urgency, wisselwoningen, labels.

What a change chose is read from the works it planned, so that it stays the same complex while its
homes go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.scenario_changes import Renovation, month_of
from data_contracts.words import (
    ACCESS_IMPLIES,
    Access,
    DwellingStatus,
    EnergyLabel,
    Priority,
    Willingness,
    WorksKind,
)
from matching.candidates.supply import NOT_LET, gone, tenancies_not_over
from matching.lookup import among
from matching.simulate.when import first_day, known_from
from matching.simulate.where import complex_of, homes_of
from matching.state import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from data_contracts.policy import Policy
    from data_contracts.scenario import Demolition
    from matching.simulate.news import News
    from matching.simulate.when import When
    from matching.state import State

FRESH_DAYS = 270
"""A wish of who must move is stated again after so many days, well within the policy's year."""


def demolition(state: State, change: Demolition, named: str, *, now: When, news: News) -> None:
    """Tell the works when rehousing begins, give who live there urgency, and drop empty homes.

    In its month who is left goes to the wisselwoningen that were kept, and seeks on from there.
    Nobody is put out: for whom there is none, the home stands until its tenants found another.
    """
    month = month_of(change.month)
    if not now.past(month - change.rehouse_months):
        return
    complex_ = _planned_for(state, named) or complex_of(state, change)
    if complex_ is None:
        return
    if named not in state.works.index:
        news.say("works", _works(named, complex_, WorksKind.SLOOP, change.month))
    homes = homes_of(state.dwellings, complex_=complex_).index
    let = _let(state, homes, now.on)
    _urgent(state, let["household"], now.on, news)
    if not now.past(month):
        _keep(state, change, named, complex_=complex_, on=now.on, news=news)
        return
    if let.empty:
        _give_back(state, named, now.on, news)
    for_now = _for_now(state, named, let, now.on, news)
    stays = let["dwelling"][~among(let.index, for_now)]
    news.drop("dwellings", homes[~among(homes, stays)])


def _for_now(state: State, named: str, let: pd.DataFrame, on: date, news: News) -> pd.Index:
    """Let the wisselwoningen to who is left, at the old rent; give the tenancies that end by it."""
    kept = state.dwellings[among(state.dwellings.index, _kept(state, named))]
    kept = kept[among(kept["status"], NOT_LET)].iloc[: len(let)]
    goes = let.sort_values("dwelling").iloc[: len(kept)]
    names = pd.Index([f"{named}/{home}" for home in kept.index], dtype="str", name="tenancy")
    told = goes.assign(dwelling=kept.index.array, start=_day(on, goes.index)).set_axis(names)
    news.say("tenancies", told)
    news.drop("tenancies", goes.index)
    news.say("dwellings", kept.assign(status=DwellingStatus.VEH.value))
    return goes.index


def _let(state: State, homes: pd.Index, on: date) -> pd.DataFrame:
    """Give the tenancies of these homes that are not over on the day."""
    theirs = state.tenancies[among(state.tenancies["dwelling"], homes)]
    return theirs[(theirs["end"].isna() | (theirs["end"] > pd.Timestamp(on))).to_numpy(dtype=bool)]


def _planned_for(state: State, named: str) -> str | None:
    """Name the complex for which this change planned its works, once it did."""
    planned = state.works["complex"].get(named)
    return None if planned is None else str(planned)


def _works(
    named: str, complex_: str, kind: WorksKind, start: str, end: str | None = None
) -> pd.DataFrame:
    days = {"start": first_day(start).isoformat(), "end": end}
    row = {"works": named, "complex": complex_, "kind": kind.value, **days}
    return table_of("works", [row])


def _urgent(state: State, tenants: pd.Series, on: date, news: News) -> None:
    """Give these tenants urgency, and a wish that is fresh: they are approached."""
    known = state.households[among(state.households.index, tenants)]
    wishes = state.wishes.reindex(known.index)
    oldest = pd.Timestamp(on) - pd.Timedelta(days=FRESH_DAYS)
    stale = ~(wishes["stated"] > oldest).to_numpy(dtype=bool, na_value=False)
    urgent = (known["priority"] == Priority.URG).to_numpy(dtype=bool, na_value=False)
    if urgent.all() and not stale.any():  # so it is in all months but a few
        return
    approached = known[stale | ~urgent]
    news.say(
        "households",
        approached.assign(
            priority=Priority.URG.value,
            willingness=Willingness.ZEKER.value,
            consent=pd.Series(True, index=approached.index, dtype="boolean"),
            consent_date=_day(on, approached.index),
        ),
    )
    news.say("wishes", _wishes(wishes[stale], on))


def _wishes(old: pd.DataFrame, on: date) -> pd.DataFrame:
    """State these wishes today: as they were, or without demands where there was none."""
    fresh = table_of(
        "wishes",
        [
            {"household": name, "stated": on.isoformat(), "areas": "", "kinds": "", **_WEIGHTS}
            for name in old.index
        ],
    )
    there = old["stated"].notna().to_numpy(dtype=bool)
    again = old[there].assign(
        stated=_day(on, old.index[there]), valid_until=pd.Series(dtype="datetime64[s]")
    )
    told = again.astype(dict(fresh.dtypes)).rename_axis("household")
    return pd.concat([told[fresh.columns], fresh[~there]]) if len(told) else fresh


_WEIGHTS = {
    f"weight_{what}": 5 for what in ("proximity", "facilities", "neighbourhood", "rent", "outdoor")
}
"""What a wish weighs when nobody said so: the defaults of `data_contracts.people.Wish`."""


def _day(on: date, index: pd.Index) -> pd.Series:
    return pd.Series(pd.Timestamp(on), index=index, dtype="datetime64[s]")


def renovation(
    state: State, change: Renovation, named: str, *, now: When, policy: Policy, news: News
) -> None:
    """Tell the works once they are within the horizon, keep wisselwoningen, and better the homes.

    The tenants keep their tenancy and come back.
    """
    starts, ends = month_of(change.month), month_of(change.month) + change.months
    if not now.past(min(starts, known_from(change.month, policy))) or now.before(ends):
        return
    complex_ = _planned_for(state, named) or complex_of(state, change)
    if complex_ is None:
        return
    if named not in state.works.index:
        end = _last_day(ends)
        news.say("works", _works(named, complex_, WorksKind.RENOVATIE, change.month, end))
    if now.past(ends):
        _bettered(state, change, complex_, news)
        _give_back(state, named, now.on, news)
    elif now.past(starts):
        _keep(state, change, named, complex_=complex_, on=now.on, news=news)


def _last_day(month: int) -> str:
    """Give the day before a month (a whole number) begins."""
    day = pd.Timestamp(year=month // 12, month=month % 12 + 1, day=1) - pd.Timedelta(days=1)
    return str(day.date().isoformat())


def _kept(state: State, named: str) -> pd.Series:
    """Give the wisselwoningen of a change, by the works that keep them out of letting."""
    works = state.works
    mine = works.index.str.startswith(f"{named}/")
    return works.loc[mine, "dwelling"]


def _keep(
    state: State,
    change: Demolition | Renovation,
    named: str,
    *,
    complex_: str,
    on: date,
    news: News,
) -> None:
    """Keep empty homes out of letting until there are enough; those of the same area first."""
    short = change.wisselwoningen - len(_kept(state, named))
    chosen = _empty_near(state, complex_, on)[: max(0, short)]
    if not chosen:
        return
    lasts = change.months if isinstance(change, Renovation) else 0
    end = _last_day(month_of(change.month) + lasts)
    alike = {"kind": WorksKind.RENOVATIE.value, "start": on.isoformat(), "end": end}
    rows = [{"works": f"{named}/{home}", "dwelling": home, **alike} for home in chosen]
    news.say("works", table_of("works", rows))
    kept = state.dwellings[among(state.dwellings.index, chosen)]
    news.say("dwellings", kept.assign(status=DwellingStatus.UIT.value))


def _empty_near(state: State, complex_: str, on: date) -> list[str]:
    """Name the homes that stand empty and are for anybody, those of the same area first."""
    homes = state.dwellings
    own = homes_of(homes, complex_=complex_)
    barred = {*tenancies_not_over(state, on)["dwelling"], *gone(state), *own.index}
    usable = (homes["status"] == DwellingStatus.LEE) & homes["min_age"].isna()
    empty = homes[usable & ~among(homes.index, barred)].sort_index()
    near = among(empty["neighbourhood"], own["neighbourhood"].dropna().unique())
    return [*empty.index[near], *empty.index[~near]]


def _give_back(state: State, named: str, on: date, news: News) -> None:
    """Let the wisselwoningen again: they stand empty from today on."""
    homes = state.dwellings[among(state.dwellings.index, _kept(state, named))]
    back = homes[among(homes["status"], NOT_LET)]
    news.say(
        "dwellings",
        back.assign(status=DwellingStatus.LEE.value, available=_day(on, back.index)),
    )


def _bettered(state: State, change: Renovation, complex_: str, news: News) -> None:
    """Give the homes their new labels, where those are better than what they had."""
    homes = homes_of(state.dwellings, complex_=complex_)
    if change.access is not None:
        worse = among(homes["access"], _codes(ACCESS_IMPLIES[change.access]))
        homes = homes.assign(access=homes["access"].mask(worse, change.access.value))
    if change.energy is not None:
        order = list(EnergyLabel)
        worse = among(homes["energy"], _codes(order[order.index(change.energy) :]))
        unknown = homes["energy"].isna().to_numpy()
        homes = homes.assign(energy=homes["energy"].mask(worse | unknown, change.energy.value))
    news.say("dwellings", homes)


def _codes(words: Iterable[Access | EnergyLabel]) -> list[str]:
    return sorted(word.value for word in words)
