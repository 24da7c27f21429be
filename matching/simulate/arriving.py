"""Who begins to seek: households without a home of ours, and tenants. Modelled on who seeks now.

A newcomer asks what one of today's seekers asks (drawn by lot), so that wishes, needs and ties hang
together as they do in the region; of a tenant the places that matter are moved along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import Priority, Willingness
from matching.area.classes import certain_ages
from matching.candidates import every_home, lived_in
from matching.lookup import among, told
from matching.simulate.draws import keys
from matching.simulate.living import UNKNOWN_AGE, ages, by_draw
from matching.state import typed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.simulate.draws import Draws
    from matching.simulate.living import Moment
    from matching.simulate.news import News
    from matching.state import State

OLDER = 65


@dataclass(frozen=True, slots=True)
class Templates:
    """Today's seekers, as what newcomers are like: without a home, and tenants by age."""

    households: pd.DataFrame
    wishes: pd.DataFrame
    ties: pd.DataFrame
    starters: pd.Index
    tenants: tuple[pd.Index, pd.Index]  # younger, older
    places: pd.DataFrame  # x and y of the home now, by household
    anyone: pd.DataFrame
    on: pd.Timestamp


def templates_of(state: State, on: pd.Timestamp) -> Templates:
    """Take today's seekers as templates; ties to another household keep its place of now."""
    people = state.households[among(state.households.index, state.wishes.index)]
    lives = lived_in(state, on.date())["dwelling"]
    homes = every_home(state)[["x", "y"]]
    places = told(homes, lives).set_axis(lives.index)
    housed = among(people.index, lives.index)
    born = people["birth_year"].fillna(on.year - UNKNOWN_AGE).to_numpy(dtype=np.int64)
    older = on.year - born >= OLDER
    ties = state.ties[among(state.ties["household"], people.index)]
    return Templates(
        people,
        state.wishes,
        typed(ties[ties["x"].notna()].assign(with_household=None), ties),
        people.index[~housed],
        (people.index[housed & ~older], people.index[housed & older]),
        places,
        state.households,
        on,
    )


def seeking(state: State, on: pd.Timestamp, *, but: pd.Index) -> tuple[int, int]:
    """Count the households on the list without a home of ours, and the tenants, but for some."""
    seekers = state.wishes.index[~among(state.wishes.index, but)]
    housed = int(among(seekers, lived_in(state, on.date()).index).sum())
    return len(seekers) - housed, housed


def starters_come(templates: Templates, number: int, moment: Moment, news: News) -> pd.Index:
    """Tell of so many new households without a home of ours; give their names."""
    if not len(templates.starters) or not number:
        return pd.Index([], dtype="str")
    names = pd.Index([f"S-{moment.on:%Y-%m}-{k:04d}" for k in range(number)], dtype="str")
    like = drawn_from(templates.starters, names, "starter", moment.draws)
    since = (moment.on.to_period("M") - templates.on.to_period("M")).n
    people = _renamed(templates.households.loc[like], names)
    people = people.assign(
        birth_year=people["birth_year"] + since // 12,
        registered=people["registered"] + pd.DateOffset(months=since),
    )
    asked = {"consent": True, "consent_date": moment.on}
    news.say("households", typed(people.assign(**asked), templates.households))
    news.say("wishes", _wishes(templates, names, like, moment))
    here = np.zeros((len(names), 2), dtype=np.int64)
    news.say("ties", _ties(templates, names, like, here))
    return names


def tenants_begin(
    state: State, templates: Templates, households: pd.Index, moment: Moment, news: News
) -> None:
    """Tell that tenants begin to seek; what they ask is what somebody of their age asks today."""
    known = households[among(households, state.households.index)]
    younger, older = templates.tenants
    is_older = (
        pd.Series(ages(state, moment.on), index=state.households.index).reindex(known) >= OLDER
    )
    for names, like in ((known[~is_older], younger), (known[is_older], older)):
        if len(names) and len(like):
            _begin(
                state,
                templates,
                names,
                drawn_from(like, names, "huurder", moment.draws),
                moment,
                news,
            )


def _begin(
    state: State,
    templates: Templates,
    names: pd.Index,
    like: pd.Index,
    moment: Moment,
    news: News,
) -> None:
    people = news_of(state, news, names)
    people = people.assign(
        consent=True,
        consent_date=moment.on,
        willingness=Willingness.ZEKER.value,
        priority=people["priority"].mask(people["priority"] == Priority.URG),  # of an earlier move
    )
    news.say("households", typed(people, state.households))
    wishes = _wishes(templates, names, like, moment)
    news.say("wishes", typed(wishes.assign(areas="", group=None), templates.wishes))
    have_ties = among(names, state.ties["household"])
    mine = lived_in(state, moment.on.date())["dwelling"].reindex(names)
    here = every_home(state)[["x", "y"]].reindex(mine)
    there = templates.places.reindex(like)
    shift = here.to_numpy(dtype=np.int64) - there.to_numpy(dtype=np.int64)
    fresh = np.flatnonzero(~have_ties)
    news.say("ties", _ties(templates, names[fresh], like[fresh], shift[fresh]))


def news_of(state: State, news: News, names: pd.Index) -> pd.DataFrame:
    """Give households as they are with this month's news."""
    said = news.rows_of("households")
    rows = state.households.loc[names]
    if said is None:
        return rows
    known = names[among(names, said.index)]
    return pd.concat([rows.drop(known), said.loc[known]]) if len(known) else rows


def drawn_from(pool: pd.Index, names: pd.Index, what: str, draws: Draws) -> pd.Index:
    """Draw for every name one of a pool."""
    at = draws.numbers(what, keys(names)) % np.uint64(len(pool))
    return pool[at.astype(np.int64)]


def _renamed(rows: pd.DataFrame, names: pd.Index) -> pd.DataFrame:
    return rows.set_axis(names.rename(rows.index.name))


def _wishes(templates: Templates, names: pd.Index, like: pd.Index, moment: Moment) -> pd.DataFrame:
    rows = _renamed(templates.wishes.loc[like], names)
    return typed(rows.assign(stated=moment.on, valid_until=pd.NaT, group=None), templates.wishes)


def _ties(
    templates: Templates, names: pd.Index, like: pd.Index, shift: NDArray[np.int64]
) -> pd.DataFrame:
    """Give the ties of templates as those of the newcomers, moved as far as they live apart."""
    per = pd.DataFrame({"household": like, "name": names, "at": np.arange(len(names))})
    theirs = templates.ties[among(templates.ties["household"], like)]
    rows = per.merge(theirs.reset_index(), on="household", how="inner")
    by = shift[rows["at"].to_numpy()]
    told = rows.assign(
        tie=rows["name"] + "/" + rows["tie"],
        household=rows["name"],
        x=np.maximum(rows["x"].to_numpy(dtype=np.int64) + by[:, 0], 0),
        y=np.maximum(rows["y"].to_numpy(dtype=np.int64) + by[:, 1], 0),
    )
    return typed(told.set_index("tie")[list(templates.ties.columns)], templates.ties)


def who_begin(state: State, number: int, moment: Moment, *, leave_out: pd.Index) -> pd.Index:
    """Draw so many tenants who do not seek yet."""
    lives = lived_in(state, moment.on.date()).index
    quiet = lives[~among(lives, state.wishes.index.union(leave_out))]
    drawn = moment.draws.numbers("begint", keys(quiet), month=moment.number)
    return by_draw(quiet, drawn, number)


def settle(
    templates: Templates,
    homes: pd.DataFrame,
    least: NDArray[np.int64],
    moment: Moment,
    news: News,
) -> pd.Index:
    """Tell of a new household for each of these homes, that does not seek; give their names.

    It is like one of today's starters who is at `least` so old, and of whom there are not too many
    or too few for the rooms.
    """
    names = pd.Index([f"P-{moment.on:%Y-%m}-{home}" for home in homes.index], dtype="str")
    if not len(names):
        return names
    pool, rooms = _newcomers(templates), homes["rooms"].to_numpy()
    persons, age = pool["persons"].to_numpy(), certain_ages(pool, templates.on.year)
    like = np.empty(len(names), dtype=object)
    for many, old in np.unique(np.column_stack([rooms, least]), axis=0):
        enough = (age >= old) | (old == 0)
        fits = pool.index[enough & (persons <= many) & (persons >= many - 3)]
        here = (rooms == many) & (least == old)
        some = fits if len(fits) else pool.index[enough]
        like[here] = drawn_from(some, names[here], "nieuw", moment.draws)
    people = _renamed(pool.loc[like], names)
    since = moment.on.year - templates.on.year
    people = people.assign(birth_year=people["birth_year"] + since, registered=moment.on)
    news.say("households", typed(people.assign(consent=False), pool))
    return names


def _newcomers(templates: Templates) -> pd.DataFrame:
    starters = templates.households.loc[templates.starters]
    return starters if len(starters) else templates.anyone


def oldest_newcomer(templates: Templates) -> int:
    """Say how old the oldest is of whom `settle` draws."""
    return int(certain_ages(_newcomers(templates), templates.on.year).max(initial=0))
