"""What happens to people by itself: they leave, die, go to care, walk less well, begin to seek.

Every chance is one of the scenario, the same for everybody of an age; what a draw decides is about
a made-up future and never kept under a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import Access, Mobility
from matching.candidates import every_home, lived_in
from matching.lookup import among, told
from matching.simulate.draws import keys
from matching.simulate.ledger import Cause
from matching.state import typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.scenario import ByAge, Demography
    from matching.simulate.draws import Draws, Keys
    from matching.simulate.news import News
    from matching.state import State

UNKNOWN_AGE = 45
OLD_FOR_CARE = 70
"""From this age a household that leaves may go to care (CBS 18-4-2024)."""
WALKS = (Mobility.LOPEND, Mobility.STOK)
NEEDS_LITTLE = (Access.ZON, Access.GNV)


@dataclass(frozen=True, slots=True)
class Moment:
    """One month: which, its first day, how many months it lasts, and the draws."""

    number: int
    on: pd.Timestamp
    months: int
    draws: Draws


def ages(state: State, on: pd.Timestamp) -> NDArray[np.int64]:
    """Give the age of the oldest of every household, in its order; unknown: 45."""
    born = state.households["birth_year"].fillna(on.year - UNKNOWN_AGE)
    found: NDArray[np.int64] = on.year - born.to_numpy(dtype=np.int64)
    return found


def chance_in(rows: Sequence[ByAge], age: NDArray[np.int64], months: int) -> NDArray[np.float64]:
    """Give the chance within so many months, for chances a year by age."""
    from_age = np.array([row.age for row in rows])
    yearly = np.array([row.chance for row in rows])
    at = np.searchsorted(from_age, age, side="right") - 1
    told = np.where(at >= 0, yearly[np.maximum(at, 0)], 0.0)
    found: NDArray[np.float64] = 1 - (1 - told) ** (months / 12)
    return found


def _keys(state: State) -> Keys:
    return state.once("keys", lambda: keys(state.households.index), needs=["households"])


def leaving(state: State, life: Demography, moment: Moment) -> pd.Series:
    """Say which households leave their home of ours this month, and why: a Cause by household."""
    people = state.households.index
    lives = among(people, lived_in(state, moment.on.date()).index)
    age, names = ages(state, moment.on), _keys(state)

    def happens(what: str, rows: Sequence[ByAge]) -> NDArray[np.bool_]:
        drawn = moment.draws.chances(what, names, month=moment.number)
        return lives & (drawn < chance_in(rows, age, moment.months))

    dies, goes = happens("overlijden", life.death), happens("vertrek", life.leave)
    to_care = moment.draws.chances("zorg", names, month=moment.number) < life.to_care
    gone = np.flatnonzero(dies | goes | _notices_over(state, moment, people))
    ways = (dies, goes & (age >= OLD_FOR_CARE) & to_care, goes)
    names_of = (Cause.DEATH.value, Cause.CARE.value, Cause.LEFT.value)
    why = np.select([way[gone] for way in ways], names_of, Cause.NOTICE.value)
    return pd.Series(why, index=people[gone], dtype="str")


def _notices_over(state: State, moment: Moment, people: pd.Index) -> NDArray[np.bool_]:
    """Who gave notice before the simulation, of which the term is over."""
    over = state.notices[state.notices["ends"] <= moment.on]
    lives = lived_in(state, moment.on.date())
    gone = lives.index[among(lives["dwelling"], over["dwelling"])]
    return among(people, gone)


def depart(state: State, households: pd.Index, news: News) -> pd.Series:
    """Tell that households are gone with all that was said of them; give by home who left it.

    A home where another household stays is not among them.
    """
    tenancies = state.tenancies
    go = among(tenancies["household"], households)
    theirs = tenancies[go]
    free = theirs[~among(theirs["dwelling"], tenancies.loc[~go, "dwelling"])]
    free = free.drop_duplicates("dwelling").sort_values("dwelling")
    news.drop("tenancies", theirs.index)
    news.drop("households", households)
    stop_seeking(state, households, news, known=True)
    ties = state.ties
    to_them = among(ties["with_household"], households) & ties["x"].isna().to_numpy()
    news.drop("ties", ties.index[to_them])
    notices = state.notices
    news.drop("notices", notices.index[among(notices["dwelling"], theirs["dwelling"])])
    return free.set_index("dwelling")["household"]


def stop_seeking(state: State, households: pd.Index, news: News, *, known: bool = False) -> None:
    """Tell that households seek no more. Their ties stay, unless nobody is left to have them."""
    news.drop("wishes", state.wishes.index[among(state.wishes.index, households)])
    if known:
        news.drop("ties", state.ties.index[among(state.ties["household"], households)])


def empty_homes(state: State, homes: pd.Index, moment: Moment, friction: int, news: News) -> None:
    """Tell that homes stand empty, and can be entered after some months."""
    rows = state.dwellings[among(state.dwellings.index, homes)]
    when = moment.on.replace(day=1) + pd.DateOffset(months=friction)
    news.say("dwellings", typed(rows.assign(status="LEE", available=when), state.dwellings))


def limited(state: State, life: Demography, moment: Moment) -> pd.Index:
    """Give the households that from this month on walk less well and need a step-free home."""
    people = state.households
    walks = people["mobility"].isin(WALKS).to_numpy()
    lives = among(people.index, lived_in(state, moment.on.date()).index)
    drawn = moment.draws.chances("beperking", _keys(state), month=moment.number)
    hit = drawn < chance_in(life.limitation, ages(state, moment.on), moment.months)
    return people.index[walks & lives & hit]


def limit(state: State, households: pd.Index, news: News) -> None:
    """Tell that households need a step-free home from now on: what the home must have, not why."""
    rows = state.households.loc[households]
    low = rows["access_needed"].isin(NEEDS_LITTLE)
    news.say(
        "households",
        typed(
            rows.assign(
                mobility=Mobility.ROLLATOR.value,
                access_needed=rows["access_needed"].mask(low, Access.NUL.value),
            ),
            rows,
        ),
    )


def unsuitable(state: State, households: pd.Index, policy: Policy, moment: Moment) -> pd.Index:
    """Give those of these households who cannot get into their home without stairs."""
    lives = told(lived_in(state, moment.on.date())["dwelling"], households)
    homes = told(every_home(state), lives)
    high = homes["floor"].fillna(0).to_numpy(dtype=np.int64)
    most = policy.highest_floor_without_lift[Mobility.ROLLATOR]
    stairs = (high > most) & ~homes["lift"].fillna(value=True).to_numpy(dtype=bool)
    steep = homes["access"].isin(NEEDS_LITTLE).to_numpy()
    return households[stairs | steep]


def leavers_of_list(state: State, chance: float, moment: Moment) -> pd.Index:
    """Give the seekers who give up or find something elsewhere; they stay where they live."""
    seekers = state.wishes.index
    drawn = moment.draws.chances("van_de_lijst", keys(seekers), month=moment.number)
    return seekers[drawn < 1 - (1 - chance) ** (moment.months / 12)]


def by_draw(names: pd.Index, drawn: Keys, number: int) -> pd.Index:
    """Give so many names with the lowest draws; the order of names does not matter."""
    order = np.argsort(drawn, kind="stable")
    return names[order[: max(0, number)]]
