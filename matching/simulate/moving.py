"""Moves carried out: tenancies end and begin, homes are entered and left, chains grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import IncomeClass
from matching.candidates import every_home, lived_in
from matching.criteria import YES
from matching.lookup import among
from matching.simulate.arriving import settle
from matching.simulate.ledger import End
from matching.simulate.living import depart, stop_seeking
from matching.simulate.portal import OUTSIDE, STARTER, TENANT, least_ages
from matching.state import typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data_contracts.policy import Policy
    from matching.simulate.arriving import Templates
    from matching.simulate.ledger import Ledger
    from matching.simulate.living import Moment
    from matching.simulate.news import News
    from matching.simulate.portal import Entered
    from matching.state import State

MOST_PERSONS = 20
"""What a delivery could hold of one household."""
MOVES = {
    "household": "str",
    "dwelling": "str",
    "leaves": "str",
    "channel": "str",
    "kind": "str",
    "rent_before": "Int64",
    "rent_after": "Int64",
    "minutes_change": "Int64",
    "facilities_change": "Int64",
    "older_to_suitable": "bool",
    "family_home_freed": "bool",
    "passend": "boolean",
    "retained": "int64",
    "grant": "int64",
    "coach_minutes": "int64",
}
"""The columns of `Happened.moves`."""


def by_match(state: State, rows: pd.DataFrame, policy: Policy, moment: Moment) -> pd.DataFrame:
    """Give the rows of options of who moves as rows of moves (columns: MOVES)."""
    housed = among(rows["household"], lived_in(state, moment.on.date()).index)
    income = state.households["income"].reindex(rows["household"]).to_numpy(dtype=object)
    passend = pd.array(rows["passend_toewijzen"] == YES, dtype="boolean")
    passend[income != IncomeClass.PASSEND.value] = pd.NA
    grants = {scheme.name: scheme.grant for scheme in policy.schemes}
    told = rows.assign(
        channel="match",
        kind=np.where(housed, TENANT, STARTER),
        rent_before=rows["huur_nu"].where(pd.Series(housed, index=rows.index)),
        rent_after=rows["huur"],
        facilities_change=(rows["voorzieningen_straks"] - rows["voorzieningen_nu"]).where(
            rows["voorzieningen_nu"] >= 0
        ),
        passend=passend,
        retained=(rows["streefhuur"] - rows["huur"]).clip(lower=0),
        grant=rows["regelingen"]
        .fillna("")
        .map(lambda names: sum(grants.get(name, 0) for name in names.split("; "))),
        coach_minutes=policy.coach_minutes_per_proposal,
    )
    return told[list(MOVES)].astype(MOVES)


def by_portal(
    state: State, told: Sequence[Entered], templates: Templates, moment: Moment, news: News
) -> pd.DataFrame:
    """Give who enters by the portal as rows of moves; who is new is told to be there."""
    homes = every_home(state).loc[[one.home for one in told]]
    new = [at for at, one in enumerate(told) if one.kind != TENANT]
    least = least_ages(state, homes.index)
    names = settle(templates, homes.iloc[new], least[new], moment, news)
    household = [one.household for one in told]
    for at, name in zip(new, names, strict=True):
        household[at] = name
    left = [one.leaves for one in told]
    before = lived_in(state, moment.on.date())["rent"].reindex(household).array
    return pd.DataFrame(
        {
            "household": household,
            "dwelling": [one.home for one in told],
            "leaves": pd.array(left, dtype="str"),
            "channel": "portal",
            "kind": [one.kind for one in told],
            "rent_before": before,
            "rent_after": homes["target_rent"].array,
            "minutes_change": pd.NA,
            "facilities_change": pd.NA,
            "older_to_suitable": False,
            "family_home_freed": False,
            "passend": pd.NA,
            "retained": 0,
            "grant": 0,
            "coach_minutes": 0,
        }
    ).astype(MOVES)


def settled(state: State, moves: pd.DataFrame, moment: Moment, news: News) -> pd.Index:
    """Tell that households live where they moved to; give the homes left that nobody entered."""
    movers = pd.Index(moves["household"])
    tenancies = state.tenancies
    news.drop("tenancies", tenancies.index[among(tenancies["household"], movers)])
    news.say("tenancies", _tenancies(state, moves, moment))
    stop_seeking(state, movers, news)
    entered = pd.Index(moves["dwelling"])
    rows = state.dwellings.loc[entered]
    news.say("dwellings", typed(rows.assign(status="VEH", available=pd.NaT), rows))
    left = pd.Index(moves["leaves"].dropna())
    return left[~among(left, entered)]


def _tenancies(state: State, moves: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    names = f"V-{moment.on:%Y-%m}-" + moves["dwelling"]
    told = pd.DataFrame(
        {
            "dwelling": moves["dwelling"].array,
            "household": moves["household"].array,
            "start": moment.on,
            "end": pd.NaT,
            "rent": moves["rent_after"].array,
        },
        index=pd.Index(names, dtype="str", name="tenancy"),
    )
    return typed(told, state.tenancies)


def joined(state: State, told: Sequence[Entered], news: News) -> pd.Series:
    """Tell that households are one from now on; give the homes freed so, by home entered."""
    both = {one.joined: one for one in told if one.joined}
    names = pd.Index(both, dtype="str")
    freed = depart(state, names, news)
    who = pd.Index([both[name].household for name in names], dtype="str")
    people = state.households
    persons = people["persons"].reindex(who) + people["persons"].reindex(names).array
    told_of = people.reindex(who).assign(persons=persons.clip(upper=MOST_PERSONS))
    news.say("households", typed(told_of, people))
    entered = [both[household].home for household in freed]
    return pd.Series(freed.index, index=pd.Index(entered, dtype="str"), dtype="str")


def booked(ledger: Ledger, moves: pd.DataFrame, also: pd.Series, moment: Moment) -> None:
    """Book the moves in the chains, front first; `also` is what `joined` gives."""
    more = {home: (ledger.vacant[home][0], freed) for home, freed in also.items()}
    columns = ("dwelling", "leaves", "kind", "older_to_suitable")
    for home, left, kind, older in zip(*(moves[name] for name in columns), strict=True):
        end = {STARTER: End.STARTER, OUTSIDE: End.OUTSIDE, TENANT: End.STAYED}[kind]
        freed = None if pd.isna(left) else str(left)
        ledger.moved(str(home), freed, moment.number, older=bool(older), end=end)
    for number, home in more.values():
        ledger.also_freed(number, home, moment.number)
