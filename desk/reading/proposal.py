"""One proposal on one screen: everything of it that a coach may read, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from data_contracts.words import DeclineReason, ProposalState, Verdict
from desk.reading.because import NIGHT, because
from desk.reading.homes import Compared, HomeSide, compared, home_side, lives_in
from desk.reading.near import NearTable, near_table
from desk.reading.people import HouseholdSide, household_side
from desk.reading.rent import RentChange, schemes_of
from desk.reading.rules import RuleLine, rule_lines
from desk.reading.strip import Strip, chain_in_plan, strip
from desk.reading.whose import found, is_coach_of
from desk.reading.words import STATES
from matching.candidates import UnknownHere, nearness, openings
from matching.model import PLAN
from store import whole_chains

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk.thinking import Stand
    from desk.viewer import Viewer
    from matching.candidates import Nearness
    from matching.model import Explanation, Reason
    from store.database import Connection

_P = ProposalState
CLOSING_DAYS = 7
"""A proposal that ends within so many days is running out of time."""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as its coach reads it; no name in it. `position` travels with every answer.

    `rules` are the rules passed (or to be asked), `wishes` the preferences that counted, both as
    they were told when it was offered. `own`: the viewer's own case, not one of a colleague for
    which the glass was broken. `then` is None when the home is no longer known, `now` for a
    starter; `near` and `rent` are worked out on the facts of now. `because` says by which events
    it changed.
    """

    id: str
    position: int
    state: ProposalState
    reason: DeclineReason | None
    offered_on: date
    until: date | None
    at: datetime
    on: date
    plan: str
    chain: str
    step: int
    household: HouseholdSide | None
    household_id: str
    dwelling_id: str
    leaves_id: str | None
    now: HomeSide | None
    then: HomeSide | None
    compared: tuple[Compared, ...]
    near: NearTable | None
    rent: RentChange
    rules: tuple[RuleLine, ...]
    wishes: tuple[Reason, ...]
    strip: Strip
    because: tuple[str, ...]
    own: bool

    @property
    def state_words(self) -> str:
        """Say how far it is."""
        return STATES[self.state]

    @property
    def asks(self) -> tuple[RuleLine, ...]:
        """What the coach has to ask before it can go through."""
        return tuple(one for one in self.rules if one.verdict is Verdict.ASK)

    @property
    def closing(self) -> bool:
        """Whether it runs out of time."""
        open_still = self.state in (_P.OFFERED, _P.TAKEN_UP) and self.until is not None
        return open_still and self.until <= self.on + timedelta(days=CLOSING_DAYS)  # type: ignore[operator] # open_still says so

    @property
    def days_left(self) -> int | None:
        """Days until it ends; None without an end."""
        return None if self.until is None else (self.until - self.on).days

    @property
    def over(self) -> bool:
        """Whether it is no longer a proposal."""
        return self.state not in (_P.OFFERED, _P.TAKEN_UP, _P.ACCEPTED, _P.SIGNED)


def proposal(
    connection: Connection,
    stand: Stand,
    viewer: Viewer,
    id: str,  # noqa: A002 - what it is called on every page
    *,
    on: date | None = None,
) -> ProposalView:
    """Read a proposal in a transaction of `store.tenants.reading`; `on` is today, else the plan's.

    Raises NotFound for one that is unknown, of another corporation or of another coach alike.
    """
    row = found(connection, stand, viewer, id)
    today = on or stand.on
    state, ways = stand.state, stand.ways
    household, dwelling = row["household"], row["dwelling"]
    lives = lives_in(state, household, today)
    walked = _walked(stand, household, dwelling)
    figures = {} if walked is None else walked.row
    now = None if lives is None else home_side(state, lives[0], rent=lives[1])
    then = home_side(
        state,
        dwelling,
        rent=figures.get("huur"),
        free=_free(stand, dwelling, today),
    )
    who = household_side(state, household, ways.policy, today)
    told = _explained(connection, stand, row)
    return ProposalView(
        id=row["id"],
        position=row["position"],
        state=_P(row["state"]),
        reason=None if row["reason"] is None else DeclineReason(row["reason"]),
        offered_on=row["offered_on"],
        until=row["until"],
        at=row["at"],
        on=today,
        plan=row["plan"],
        chain=row["chain"],
        step=row["step"],
        household=who,
        household_id=household,
        dwelling_id=dwelling,
        leaves_id=row["leaves"],
        now=now,
        then=then,
        compared=compared(now, then),
        near=_near(stand, walked),
        rent=_rent(stand, now, then, figures),
        rules=rule_lines(told, who, then, ways.rules, ways.policy),
        wishes=tuple(one for one in told if one.verdict is None),
        strip=_strip(connection, stand, viewer, row, today),
        because=_because(connection, row),
        own=is_coach_of(stand, viewer, household, coach=row["coach"]),
    )


def _strip(
    connection: Connection, stand: Stand, viewer: Viewer, row: Mapping[str, Any], on: date
) -> Strip:
    chain = chain_in_plan(stand, row)
    moves = () if chain is None else [(move.household, move.to) for move in chain.moves]
    return strip(stand, viewer, row, whole_chains.touching(connection, row, on=on, moves=moves))


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

    Kept with the stand: it is most of what a page costs, and the same until a fact comes.
    """
    asked = ("walked", household, dwelling)
    if asked not in stand.told:
        stand.told[asked] = _measured(stand, household, dwelling)
    told: Nearness | None = stand.told[asked]
    return told


def _measured(stand: Stand, household: str, dwelling: str) -> Nearness | None:
    ways = stand.ways
    try:
        return nearness(
            stand.state,
            household,
            dwelling,
            ways.rules,
            ways.policy,
            stand.on,
            network=ways.network,
        )
    except UnknownHere:
        return None


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


def _because(connection: Connection, row: Mapping[str, Any]) -> tuple[str, ...]:
    facts = whole_chains.causes(connection, row)
    told = because(
        facts.values(), mine={row["household"]}, homes={row["dwelling"], row["leaves"] or ""}
    )
    lapsed_by_night = row["state"] == _P.SUPERSEDED and not told
    return (f"{NIGHT}.",) if lapsed_by_night else told
