"""A coach's morning: her proposals, what asks most first, sized to her hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from data_contracts.words import DwellingKind, ProposalState
from desk.reading.because import NIGHT, because
from desk.reading.freshness import Freshness, freshness
from desk.reading.homes import HomeSide, side_of
from desk.reading.people import stale
from desk.reading.proposal import CLOSING_DAYS
from desk.reading.words import STATES
from store import reading
from store.database import looking
from store.tenants import reading as reading_as
from store.today import ZONE, today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data_contracts.policy import Policy
    from desk.viewer import Viewer
    from store.database import Connection, Engine
    from store.reading import LogFact

PAGE = 25
"""Proposals on one page."""
WORK_DAYS = 5
ASKS_WORK = 4
"""The highest rank of a proposal that still asks something of the coach today."""
MARKS = {"fresh": "nieuw", "closing": "loopt af", "changed": "veranderd"}
"""What a row may be marked with, in words."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a coach wants to see: None is everything. `found` is an id, `people` ids by a name.

    `after` is where the page before ended: rank, last day, id.
    """

    state: ProposalState | None = None
    mark: str | None = None
    neighbourhood: str | None = None
    kind: DwellingKind | None = None
    found: str | None = None
    people: tuple[str, ...] | None = None
    after: tuple[int, str, str] | None = None

    @property
    def of_home(self) -> bool:
        """Whether it asks something of the home a proposal leads to."""
        return self.neighbourhood is not None or self.kind is not None


@dataclass(frozen=True, slots=True)
class MorningRow:
    """One proposal in the list. No name in it; `today` says that it fits into this day's hours.

    `because` says by which events it changed since yesterday, `stale` what is too old. It rests
    until `held_until`; `presented` is the day it was put to the household.
    """

    id: str
    position: int
    state: ProposalState
    household: str
    dwelling: str
    leaves: str | None
    persons: int | None
    aow: bool
    home: HomeSide | None
    offered_on: date
    until: date | None
    days_left: int | None
    at: datetime
    chain: str
    step: int
    fresh: bool
    closing: bool
    changed: bool
    today: bool
    held_until: date | None
    presented: date | None
    because: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def state_words(self) -> str:
        """Say how far it is."""
        return STATES[self.state]

    @property
    def marks(self) -> tuple[str, ...]:
        """Name its marks: fresh, closing, changed."""
        return tuple(name for name in MARKS if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Morning:
    """A page of the list, with what there is in all. `fits` proposals fit into one working day.

    `next` is where the next page begins, None on the last. `neighbourhoods` and `kinds` are those
    of the homes in the whole list.
    """

    rows: tuple[MorningRow, ...]
    standing: int
    fresh: int
    closing: int
    changed: int
    waiting: int
    fits: int
    neighbourhoods: tuple[str, ...]
    kinds: tuple[DwellingKind, ...]
    next: tuple[int, str, str] | None
    freshness: Freshness | None
    households: tuple[str, ...]


def fits(policy: Policy, hours: int | None) -> int:
    """How many proposals fit into one working day: hours a week, else what the policy says."""
    week = policy.coach_hours_per_week if hours is None else hours
    if week is None:
        return max(1, policy.coach_proposals_per_week // WORK_DAYS)
    return max(1, week * 60 // (WORK_DAYS * policy.coach_minutes_per_proposal))


def morning(
    engine: Engine,
    viewer: Viewer,
    policy: Policy,
    *,
    now: datetime,
    asked: Filter | None = None,
    limit: int = PAGE,
) -> Morning:
    """Read a coach's list. Needs no warm plan. `now` has a zone; a day is one of Amsterdam."""
    chosen, on = asked or Filter(), today(now)
    with looking(engine) as facts:
        people = reading.own_households(facts, viewer.coach or "", viewer.corporation)
        fresh = freshness(reading.in_force(facts, policy.region))
    whose = reading.Whose(
        viewer.user,
        viewer.corporation,
        people,
        since=_yesterday(on),
        soon=on + timedelta(days=CLOSING_DAYS),
        today=on,
    )
    counts, rows, told = _found(engine, whose, chosen, limit=limit)
    shown, homes = rows[:limit], told.homes
    many = fits(policy, viewer.hours)
    return Morning(
        rows=tuple(_row(row, homes, told, policy, on, many) for row in shown),
        standing=counts.standing,
        fresh=counts.fresh,
        closing=counts.closing,
        changed=counts.changed,
        waiting=counts.waiting,
        fits=many,
        neighbourhoods=tuple(
            sorted({h["neighbourhood"] for h in homes.values() if h.get("neighbourhood")})
        ),
        kinds=tuple(sorted({DwellingKind(home["kind"]) for home in homes.values()})),
        next=_end(shown[-1]) if len(rows) > limit else None,
        freshness=fresh,
        households=people,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said last of the homes in the list and the people on the page, and what changed it.

    `homes` are built or being built; `facts` are those that changed proposals, by position.
    """

    homes: Mapping[str, Mapping[str, Any]]
    households: Mapping[str, Mapping[str, Any]]
    wishes: Mapping[str, Mapping[str, Any]]
    facts: Mapping[int, LogFact]


def _found(
    engine: Engine, whose: reading.Whose, chosen: Filter, *, limit: int
) -> tuple[reading.Counts, tuple[dict[str, Any], ...], _Told]:
    """Count, give the rows (one more than fits) and what is told of them.

    Only a filter on homes must know the homes before the rows.
    """
    rows: tuple[dict[str, Any], ...] = ()
    with reading_as(engine, whose.corporation) as connection:
        counts = reading.counts(connection, whose)
        if not chosen.of_home:
            rows = reading.mine(connection, whose, _asked(chosen, {}), limit=limit + 1)
    with looking(engine) as facts:
        told = _told(facts, counts.dwellings, rows[:limit])
    if chosen.of_home:
        with reading_as(engine, whose.corporation) as connection:
            rows = reading.mine(connection, whose, _asked(chosen, told.homes), limit=limit + 1)
        with looking(engine) as facts:
            told = _told(facts, counts.dwellings, rows[:limit])
    return counts, rows, told


def _told(facts: Connection, dwellings: tuple[str, ...], rows: tuple[dict[str, Any], ...]) -> _Told:
    people = [row["household"] for row in rows]
    asked = {"newbuild": dwellings, "dwellings": dwellings, "households": people, "wishes": people}
    said = reading.latest_of(facts, asked)
    return _Told(
        said["newbuild"] | said["dwellings"],
        said["households"],
        said["wishes"],
        reading.facts_at(facts, {at for row in rows for at in row["because"]}),
    )


def _yesterday(on: date) -> datetime:
    return datetime.combine(on - timedelta(days=1), time(), tzinfo=ZoneInfo(ZONE))


def _asked(chosen: Filter, homes: Mapping[str, Mapping[str, Any]]) -> reading.Asked:
    wanted = {"neighbourhood": chosen.neighbourhood, "kind": chosen.kind}
    fields = {name: value for name, value in wanted.items() if value is not None}
    fitting = tuple(
        name
        for name, home in homes.items()
        if all(home.get(field) == value for field, value in fields.items())
    )
    return reading.Asked(
        states=None if chosen.state is None else (chosen.state.value,),
        homes=fitting if fields else None,
        people=chosen.people,
        found=chosen.found,
        mark=chosen.mark,
        after=chosen.after,
    )


def _row(
    row: Mapping[str, Any],
    homes: Mapping[str, Mapping[str, Any]],
    told: _Told,
    policy: Policy,
    on: date,
    many: int,
) -> MorningRow:
    household = told.households.get(row["household"])
    wish = told.wishes.get(row["household"], {})
    home = homes.get(row["dwelling"])
    until = row["until"]
    return MorningRow(
        id=row["id"],
        position=row["position"],
        state=ProposalState(row["state"]),
        household=row["household"],
        dwelling=row["dwelling"],
        leaves=row["leaves"],
        persons=None if household is None else household.get("persons"),
        aow=bool((household or {}).get("aow")),
        home=None if home is None else side_of(row["dwelling"], home, rent=None),
        offered_on=row["offered_on"],
        until=until,
        days_left=None if until is None else (until - on).days,
        at=row["at"],
        chain=row["chain"],
        step=row["step"],
        fresh=row["fresh"],
        closing=bool(row["closing"]),
        changed=row["changed"],
        today=row["rank"] <= ASKS_WORK and row["place"] <= many,
        held_until=row["held_until"] if row["held"] else None,
        presented=row["presented"],
        because=_because(row, told.facts) if row["changed"] or row["rank"] > ASKS_WORK else (),
        stale=() if household is None else stale(_dated(household), _dated(wish), policy, on),
    )


def _because(row: Mapping[str, Any], facts: Mapping[int, LogFact]) -> tuple[str, ...]:
    known = [facts[at] for at in row["because"] if at in facts]
    told = because(known, mine={row["household"]}, homes={row["dwelling"], row["leaves"] or ""})
    return told or ((f"{NIGHT}.",) if row["state"] == ProposalState.SUPERSEDED else ())


DAYS = ("stated", "valid_until", "consent_date")


def _dated(data: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the State as its fact tells it, with days as days."""
    days = {name: date.fromisoformat(data[name]) for name in DAYS if data.get(name)}
    return dict(data) | days


def _end(row: Mapping[str, Any]) -> tuple[int, str, str]:
    return row["rank"], row["last_day"].isoformat(), row["id"]
