"""New homes and facilities of a scenario, told as news: planned, handed over, opened, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.scenario import Letting
from data_contracts.scenario_changes import OLDER_AGE, month_of
from data_contracts.words import DwellingStatus
from matching.candidates.supply import tenancies_not_over
from matching.lookup import among
from matching.simulate.when import first_day, known_from
from matching.simulate.where import facility_of, spot, spread
from matching.state import table_of

if TYPE_CHECKING:
    from data_contracts.policy import Policy
    from data_contracts.scenario import FacilityCloses, FacilityOpens, NewBuild
    from matching.simulate.news import News
    from matching.simulate.when import When
    from matching.state import State


def homes_named(named: str, number: int) -> list[str]:
    """Name the new homes of a change: the same homes in every scenario that builds there then."""
    return [f"{named}-{each:04}" for each in range(1, number + 1)]


def new_build(
    state: State, change: NewBuild, named: str, *, now: When, policy: Policy, news: News
) -> None:
    """Tell that homes are planned once they are within the horizon, and there in their month."""
    month = month_of(change.month)
    planned = state.newbuild[among(state.newbuild.index, homes_named(named, change.number))]
    if now.reaches(month):
        _hand_over(state, planned if len(planned) else _rows(state, change, named), now, news)
        _say_complex(state, change, named, news)
    elif now.reaches(known_from(change.month, policy)):
        news.say("newbuild", _rows(state, change, named))
        _say_complex(state, change, named, news)


def _rows(state: State, change: NewBuild, named: str) -> pd.DataFrame:
    """Give the homes as rows of the table `newbuild`."""
    at, home = spot(state, change.place), change.home
    x, y = spread(at, change.number)
    alike = {
        "corporation": _corporation(state, change) or at.corporation,
        "complex": change.complex or named,
        "neighbourhood": at.neighbourhood,
        "district": at.district,
        "municipality": at.municipality,
        "kind": home.kind.value,
        "rooms": home.rooms,
        "area": home.area,
        "floor": home.floor,
        "lift": home.lift,
        "access": home.access.value,
        "features": "",
        "rent": home.rent,
        "target_rent": home.rent,
        "energy": home.energy.value,
        "daeb": True,
        "min_age": OLDER_AGE if change.let_to is Letting.OLDER else None,
        "age_use": "SEL",
        "persons_use": "SEL",
        "status": DwellingStatus.ONT.value,
        "completed": first_day(change.month).isoformat(),
    }
    places = zip(homes_named(named, change.number), x.tolist(), y.tolist(), strict=True)
    return table_of("newbuild", [{"dwelling": n, "x": x, "y": y, **alike} for n, x, y in places])


def _corporation(state: State, change: NewBuild) -> str | None:
    """Give whose the homes are, where the change says so itself or by the complex it names."""
    if change.corporation is not None or change.complex is None:
        return change.corporation
    owner = state.complexes["corporation"].get(change.complex)
    return None if owner is None else str(owner)


def _say_complex(state: State, change: NewBuild, named: str, news: News) -> None:
    if change.complex is not None or named in state.complexes.index:
        return
    owner = change.corporation or spot(state, change.place).corporation
    row = {"complex": named, "corporation": owner, "units": change.number, "meeting_room": False}
    news.say("complexes", table_of("complexes", [row]))


def _hand_over(state: State, planned: pd.DataFrame, now: When, news: News) -> None:
    """Homes that were planned are there: let already, or empty."""
    let = among(planned.index, tenancies_not_over(state, now.on)["dwelling"])
    status = pd.Series(DwellingStatus.LEE.value, index=planned.index, dtype="str")
    homes = planned.drop(columns="completed").assign(
        status=status.mask(let, DwellingStatus.VEH.value),
        available=pd.Series(pd.Timestamp(now.on), index=planned.index, dtype="datetime64[s]"),
    )
    news.say("dwellings", homes[state.dwellings.columns])
    news.drop("newbuild", planned.index[among(planned.index, state.newbuild.index)])


def facility_opens(
    state: State, change: FacilityOpens, named: str, *, now: When, news: News
) -> None:
    """Tell in its month that a facility is there."""
    if now.reaches(month_of(change.month)):
        at = spot(state, change.place)
        row = {"facility": named, "kind": change.kind.value, "x": at.x, "y": at.y}
        news.say("facilities", table_of("facilities", [row]))


def facility_closes(state: State, change: FacilityCloses, *, now: When, news: News) -> None:
    """Tell in its month that a facility is there no more."""
    if now.reaches(month_of(change.month)):
        closed = facility_of(state, change)
        if closed in state.facilities.index:
            news.drop("facilities", [str(closed)])
