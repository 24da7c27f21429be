"""What the changes of a scenario do in a month: facts that have not happened, and other choices.

Everything is asked of the state at hand, so a step can be asked again. Where nothing changes
nothing is worked out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.scenario import (
    Allocating,
    Allocation,
    Arranging,
    Coaching,
    Demolition,
    FacilityCloses,
    FacilityOpens,
    Letting,
    NewBuild,
    Renovation,
    Sale,
)
from data_contracts.scenario_changes import month_of
from matching.candidates.supply import demolished, every_home
from matching.lookup import among
from matching.simulate.built import facility_closes, facility_opens, homes_named, new_build
from matching.simulate.draws import keys
from matching.simulate.emptied import demolition, renovation
from matching.simulate.labelled import labelled, meant
from matching.simulate.missing import missing_here
from matching.simulate.news import News
from matching.simulate.when import in_force, when
from matching.simulate.where import homes_of
from matching.state import no_facts, project
from matching.terms.hours import MINUTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import numpy as np

    from data_contracts.policy import Policy
    from data_contracts.scenario import Change, Scenario
    from matching.simulate.draws import Draws
    from matching.simulate.when import When
    from matching.state import State

__all__ = [
    "allocation_in",
    "demolished",
    "for_sale",
    "lets_to",
    "missing_here",
    "policy_in",
    "proposals_in",
    "supposed",
]

_NAMED = {
    NewBuild: "nieuw",
    Demolition: "sloop",
    Renovation: "renovatie",
    FacilityOpens: "voorziening",
}
_EARLY = pd.Timedelta(hours=1)
"""After what people do by themselves at the beginning of the day, before anything is let."""
_TOGETHER = "region_hours_per_week"
"""What all coaches have together, in the words of the policy."""
WEEKS_A_YEAR = 52


def named_changes(scenario: Scenario) -> Iterator[tuple[str, Change]]:
    """Give every change with a name that does not depend on the others: kind, month, number.

    `nieuw-2028-03-1` is the first that builds in that month, in whatever scenario; so its homes
    have the same names, and meet the same chances, in every scenario that has it.
    """
    counted: dict[str, int] = {}
    for change in scenario.changes:
        name = f"{_NAMED.get(type(change), change.change)}-{change.month}"
        counted[name] = counted.get(name, 0) + 1
        yield f"{name}-{counted[name]}", change


def supposed(
    state: State, scenario: Scenario, month_number: int, on: date, policy: Policy
) -> pd.DataFrame:
    """Give the facts (FACT_COLUMNS) that happen by the changes at the beginning of a step.

    `month_number`: the months since the simulation began, 0 for its first step, which also tells
    what should have been known before it. `on`: the day the step begins.
    """
    now = when(scenario, month_number, on)
    told, at = [], None
    for name, change in named_changes(scenario):
        news = _news(state, change, name, now=now, policy=policy)
        if news is None or not (news.rows or news.gone):
            continue
        at = _moment(state, on) if at is None else at + pd.Timedelta(microseconds=1)
        facts = news.facts(at)
        told.append(facts)
        state = project(facts, onto=state)  # what one change did, the next one finds
    return pd.concat(told, ignore_index=True) if told else no_facts()


def _news(state: State, change: Change, name: str, *, now: When, policy: Policy) -> News | None:
    news = News()
    match change:
        case NewBuild():
            new_build(state, change, name, now=now, policy=policy, news=news)
        case Demolition():
            demolition(state, change, name, now=now, news=news)
        case Renovation():
            renovation(state, change, name, now=now, policy=policy, news=news)
        case FacilityOpens():
            facility_opens(state, change, name, now=now, news=news)
        case FacilityCloses():
            facility_closes(state, change, now=now, news=news)
        case Allocating():
            labelled(state, change, now=now, news=news)
        case _:  # choices, not facts: `policy_in` and `for_sale` know them
            return None
    return news


def _moment(state: State, on: date) -> pd.Timestamp:
    """Give a moment early on the day, after all that was said: the last word counts."""
    begun = pd.Timestamp(on, tz="UTC") + _EARLY
    latest = [said["at"].max() for said in state.said.values() if len(said)]
    last = max((at for at in latest if not pd.isna(at)), default=begun)
    return max(begun, last + pd.Timedelta(microseconds=1)).as_unit("us")


def policy_in(policy: Policy, scenario: Scenario, on: date) -> Policy:
    """Give the policy that is in force on a day: weights, schemes and hours of the coaches.

    The policy's hours are of a week and for one plan; here one plan is made for a whole step, so
    they are those of all its weeks.

    Of two changes that say something of the same, the later in the list counts.
    """
    for change in scenario.changes:
        match change:
            case Allocating(weights=weights) if weights and in_force(change.month, on):
                weighing = policy.weights.model_copy(update=dict(weights))
                policy = policy.model_copy(update={"weights": weighing})
            case Arranging(scheme=scheme) if in_force(change.month, on):
                others = tuple(one for one in policy.schemes if one.name != scheme.name)
                policy = policy.model_copy(update={"schemes": (*others, scheme)})
            case Coaching(hours_per_week=hours) if in_force(change.month, on):
                policy = policy.model_copy(update={_TOGETHER: hours})
    weeks = WEEKS_A_YEAR * scenario.step_months / 12
    given = {name: getattr(policy, name) for name in ("coach_hours_per_week", _TOGETHER)}
    told = {name: round(many * weeks) for name, many in given.items() if many is not None}
    return policy.model_copy(update=told) if told else policy


def proposals_in(policy: Policy) -> int | None:
    """Say how many proposals the coaches together have the hours for; None: as many as it takes.

    `policy` as `policy_in` gives it. What is proposed after a no takes hours as well.
    """
    hours = policy.region_hours_per_week
    return None if hours is None else hours * MINUTES // policy.coach_minutes_per_proposal


def allocation_in(scenario: Scenario, on: date) -> Allocation:
    """Say how a home that comes free finds its household on a day.

    A change that gives a label, and names no other way than the engine, leaves this as it was.
    """
    found = Allocation.ENGINE
    for change in scenario.changes:
        if isinstance(change, Allocating) and in_force(change.month, on):
            only_label = change.label is not None and change.how is Allocation.ENGINE
            found = found if only_label else change.how
    return found


def lets_to(state: State, scenario: Scenario, on: date) -> pd.Series:
    """Give for every home that is kept for somebody, for whom (a Letting), by id.

    A new home is kept for downsizers at its first letting only; a label 55plus stays with it.
    """
    kept: dict[str, Letting] = {}
    for name, change in named_changes(scenario):
        match change:
            case NewBuild(let_to=to) if to is not Letting.FREE:
                kept |= dict.fromkeys(_new_homes(state, change, name), to)
            case Allocating(label=Letting()) if in_force(change.month, on):
                kept |= dict.fromkeys(meant(every_home(state), change).index, change.label)
    kept = {home: to for home, to in kept.items() if to is not Letting.FREE}
    return pd.Series(kept, dtype=object).rename_axis("dwelling").sort_index()


def _new_homes(state: State, change: NewBuild, name: str) -> pd.Index:
    """Name the homes of a change that its `let_to` still holds for."""
    homes = pd.Index(homes_named(name, change.number), dtype="str")
    homes = homes[among(homes, every_home(state).index)]
    if change.let_to is Letting.OLDER:
        return homes
    return homes[~among(homes, state.tenancies["dwelling"]) & ~_let_before(state, homes, change)]


def _let_before(state: State, homes: pd.Index, change: NewBuild) -> np.ndarray:
    """Whether each home came free again after it was handed over."""
    free = state.dwellings["available"].reindex(homes)
    handed = month_of(change.month)
    before: np.ndarray = (free.dt.year * 12 + free.dt.month - 1 > handed).to_numpy(dtype=bool)
    return before


def for_sale(state: State, scenario: Scenario, on: date, homes: pd.Index, draws: Draws) -> set[str]:
    """Name which of these homes, that come free on a day, are sold instead of let again.

    Whether a home is among a `share` is drawn once for each home: a larger share holds a smaller.
    """
    sold: set[str] = set()
    for change in scenario.changes:
        if isinstance(change, Sale) and _sells(change, on):
            asked = state.dwellings[among(state.dwellings.index, homes)]
            fit = homes_of(
                asked,
                complex_=change.complex,
                neighbourhood=change.neighbourhood,
                kind=change.kind,
            ).index
            sold |= set(fit[draws.chances("verkoop", keys(fit)) < change.share])
    return sold


def _sells(change: Sale, on: date) -> bool:
    begun = in_force(change.month, on)
    return begun and (change.until is None or on.year * 12 + on.month - 1 <= month_of(change.until))
