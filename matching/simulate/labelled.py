"""Labels of a scenario on homes that are there: from a month on for 55plus, or for anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.scenario import Letting
from data_contracts.scenario_changes import OLDER_AGE, month_of
from data_contracts.words import ACCESS_IMPLIES, Access, CriterionUse
from matching.lookup import among
from matching.simulate.where import homes_of

if TYPE_CHECKING:
    from data_contracts.scenario import Allocating
    from matching.simulate.news import News
    from matching.simulate.when import When
    from matching.state import State


def meant(homes: pd.DataFrame, change: Allocating) -> pd.DataFrame:
    """Give the homes a label is about: of a neighbourhood, with this access or better."""
    found = homes_of(homes, neighbourhood=change.label_neighbourhood)
    if change.label_access is None:
        return found
    good = [str(have) for have in Access if change.label_access in ACCESS_IMPLIES[have]]
    return found[among(found["access"], good)]


def labelled(state: State, change: Allocating, *, now: When, news: News) -> None:
    """Tell in its month that homes get the label 55plus, or lose their least age.

    A complex of which every home loses it, loses its own as well. Downsizers are no fact:
    `supposed.lets_to` knows them.
    """
    reached = now.first if change.month is None else now.reaches(month_of(change.month))
    if not reached or change.label not in (Letting.OLDER, Letting.FREE):
        return
    homes = meant(state.dwellings, change)
    if change.label is Letting.OLDER:
        selects = (homes["age_use"] == CriterionUse.SEL).to_numpy(dtype=bool)
        free = homes[~(selects & (homes["min_age"].fillna(0) >= OLDER_AGE).to_numpy(dtype=bool))]
        age = pd.Series(OLDER_AGE, index=free.index, dtype="Int64")
        news.say("dwellings", free.assign(min_age=age, age_use=CriterionUse.SEL.value))
        return
    bound = homes[homes["min_age"].notna().to_numpy()]
    news.say("dwellings", bound.assign(min_age=_nothing(bound)))
    others = state.dwellings.loc[~among(state.dwellings.index, homes.index), "complex"]
    whole = homes.loc[~among(homes["complex"], others.dropna().unique()), "complex"]
    complexes = state.complexes[among(state.complexes.index, whole.dropna().unique())]
    aged = complexes[complexes["min_age"].notna().to_numpy()]
    news.say("complexes", aged.assign(min_age=_nothing(aged)))


def _nothing(table: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.NA, index=table.index, dtype="Int64")
