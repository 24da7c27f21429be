"""One proposal on one screen: everything of it that a coach may read, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from data_contracts.words import DeclineReason, ProposalState, Verdict
from desk.reading.because import NIGHT, because
from desk.reading.sides import sides
from desk.reading.strip import Strip, chain_in_plan, strip
from desk.reading.whose import found, is_coach_of
from desk.reading.words import STATES
from store import whole_chains

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk.reading.homes import Compared, HomeSide
    from desk.reading.near import NearTable
    from desk.reading.people import HouseholdSide
    from desk.reading.rent import RentChange
    from desk.reading.rules import RuleLine
    from desk.thinking import Stand
    from desk.viewer import Viewer
    from matching.model import Reason
    from store.database import Connection
    from store.whole_chains import Touching

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


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal of the viewer's as the database has it: its row, and what hangs together with it.

    Read once for a page: all that the page says of it is of that one moment.
    """

    row: Mapping[str, Any]
    touching: Touching


def case(
    connection: Connection,
    stand: Stand,
    viewer: Viewer,
    id: str,  # noqa: A002 - what it is called on every page
    *,
    on: date,
) -> Case:
    """Find a proposal in a transaction of `store.tenants.reading`; `on` is today.

    Raises NotFound for one that is unknown, of another corporation or of another coach alike.
    """
    row = found(connection, stand, viewer, id)
    chain = chain_in_plan(stand, row)
    moves = () if chain is None else [(move.household, move.to) for move in chain.moves]
    return Case(row, whole_chains.touching(connection, row, on=on, moves=moves))


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
    today = on or stand.on
    return shown(connection, stand, viewer, case(connection, stand, viewer, id, on=today), on=today)


def shown(
    connection: Connection, stand: Stand, viewer: Viewer, what: Case, *, on: date
) -> ProposalView:
    """Lay out a proposal that was found, in the transaction that found it."""
    row = what.row
    known = sides(connection, stand, row, on=on)
    return ProposalView(
        id=row["id"],
        position=row["position"],
        state=_P(row["state"]),
        reason=None if row["reason"] is None else DeclineReason(row["reason"]),
        offered_on=row["offered_on"],
        until=row["until"],
        at=row["at"],
        on=on,
        plan=row["plan"],
        chain=row["chain"],
        step=row["step"],
        household=known.household,
        household_id=row["household"],
        dwelling_id=row["dwelling"],
        leaves_id=row["leaves"],
        now=known.now,
        then=known.then,
        compared=known.compared,
        near=known.near,
        rent=known.rent,
        rules=known.rules,
        wishes=known.wishes,
        strip=strip(stand, viewer, row, what.touching),
        because=_because(connection, row),
        own=is_coach_of(stand, viewer, row["household"], coach=row["coach"]),
    )


def _because(connection: Connection, row: Mapping[str, Any]) -> tuple[str, ...]:
    facts = whole_chains.causes(connection, row)
    told = because(
        facts.values(), mine={row["household"]}, homes={row["dwelling"], row["leaves"] or ""}
    )
    lapsed_by_night = row["state"] == _P.SUPERSEDED and not told
    return (f"{NIGHT}.",) if lapsed_by_night else told
