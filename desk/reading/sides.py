"""What State and plan say of one household and one home: the same for every look at a stand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from desk.reading.homes import Compared, HomeSide, compared, home_side, lives_in
from desk.reading.near import NearTable, near_table
from desk.reading.people import HouseholdSide, household_side
from desk.reading.rent import RentChange, schemes_of
from desk.reading.rules import RuleLine, rule_lines
from matching.candidates import nearnesses, openings
from matching.model import PLAN
from store import whole_chains

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from desk.thinking import Stand
    from matching.candidates import Nearness
    from matching.model import Explanation, Reason
    from store.database import Connection


AT_ONCE = 100
"""So many pairs are measured together: with streets every household is a search of its own."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who would move, both homes, the walks, the rent and the rules; no name or address in it.

    `then` is None when the home is no longer known, `now` for a starter. `wishes` are the
    preferences that counted when it was offered.
    """

    household: HouseholdSide | None
    now: HomeSide | None
    then: HomeSide | None
    compared: tuple[Compared, ...]
    near: NearTable | None
    rent: RentChange
    rules: tuple[RuleLine, ...]
    wishes: tuple[Reason, ...]


def sides(connection: Connection, stand: Stand, row: Mapping[str, Any], *, on: date) -> Sides:
    """Say what is known of a proposal (its row, found by reading) on a day.

    Kept with the stand: it is most of what a page costs, and the same until a fact comes.
    """
    asked = ("sides", row["household"], row["dwelling"], row["plan"], on)
    return stand.told.once(asked, lambda: _worked_out(connection, stand, row, on))


def _worked_out(connection: Connection, stand: Stand, row: Mapping[str, Any], on: date) -> Sides:
    household, dwelling = row["household"], row["dwelling"]
    state, ways = stand.state, stand.ways
    lives = lives_in(state, household, on)
    walked = _walked(stand, household, dwelling)
    figures = {} if walked is None else walked.row
    now = None if lives is None else home_side(state, lives[0], rent=lives[1])
    free = _free(stand, dwelling, on)
    then = home_side(state, dwelling, rent=figures.get("huur"), free=free)
    who = household_side(state, household, ways.policy, on)
    told = _explained(connection, stand, row)
    return Sides(
        household=who,
        now=now,
        then=then,
        compared=compared(now, then),
        near=_near(stand, walked),
        rent=_rent(stand, now, then, figures),
        rules=rule_lines(told, who, then, ways.rules, ways.policy),
        wishes=tuple(one for one in told if one.verdict is None),
    )


def _explained(connection: Connection, stand: Stand, row: Mapping[str, Any]) -> tuple[Reason, ...]:
    """The reasons given when it was offered: those of its own plan where that still holds it."""
    what = (row["household"], row["dwelling"])
    told = _told(stand.plan.reasons, what)
    if told is None:
        text = whole_chains.plan_text(connection, row["plan"])
        told = None if text is None else _told(PLAN.validate_json(text).reasons, what)
    return () if told is None else told.reasons


def _told(reasons: tuple[Explanation, ...], what: tuple[str, str]) -> Explanation | None:
    return next((one for one in reasons if (one.household, one.dwelling) == what), None)


def _walked(stand: Stand, household: str, dwelling: str) -> Nearness | None:
    """The pair by the engine, on the facts of now; None when one of the two is not known.

    With the pairs her coach may open next: many cost hardly more than one.
    """
    asked = (household, dwelling)
    together = stand.told.once("together", lambda: _together(stand)).get(asked, (asked,))
    return stand.told.once(("walked", together), lambda: _measured(stand, together)).get(asked)


def _measured(stand: Stand, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Nearness]:
    ways = stand.ways
    return nearnesses(stand.state, pairs, ways.rules, ways.policy, stand.on, network=ways.network)


def _together(stand: Stand) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """Of every move in the plan the moves it is measured with: those of one coach, so many."""
    coaches = stand.state.households["coach"].to_dict()
    ordered = sorted(stand.chains, key=lambda move: (str(coaches.get(move[0])), move))
    parts = [
        tuple(hers[at : at + AT_ONCE])
        for hers in (tuple(some) for _, some in groupby(ordered, lambda m: str(coaches.get(m[0]))))
        for at in range(0, len(hers), AT_ONCE)
    ]
    return {move: part for part in parts for move in part}


def _near(stand: Stand, walked: Nearness | None) -> NearTable | None:
    if walked is None:
        return None
    return near_table(
        walked,
        farthest=stand.ways.policy.farthest_walk,
        now=_known(walked.row, "minuten_nu"),
        then=_known(walked.row, "minuten_straks"),
    )


def _rent(
    stand: Stand, now: HomeSide | None, then: HomeSide | None, figures: Mapping[str, Any]
) -> RentChange:
    return RentChange(
        now=None if now is None else now.rent,
        then=None if then is None else then.rent,
        target=None if then is None else then.target,
        limit=_known(figures, "huur_grens"),
        year=stand.ways.rules.year,
        schemes=schemes_of(stand.ways.policy, str(figures.get("regelingen", ""))),
    )


def _known(figures: Mapping[str, Any], name: str) -> int | None:
    """A figure of the criteria; below zero stands for: not known."""
    value = int(figures.get(name, -1))
    return None if value < 0 else value


def _free(stand: Stand, dwelling: str, on: date) -> date | None:
    free = openings(stand.state, stand.ways.policy, on)
    if dwelling not in free.index:
        return None
    day: date = free.loc[dwelling].date()
    return day
