"""Who lives in some homes today: what the State says of them, and moves it has not heard of yet."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from data_contracts.events import KINDS
from data_contracts.words import ProposalState, WorksKind
from matching.candidates.supply import NO_NOTICE, NOT_LET
from matching.carry_out import STANDING, Living

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

BY_HOME = ("dwellings", "newbuild")
WHOLE = ("tenancies", "notices", "works")
READ = {name: kind for name, kind in KINDS.items() if kind.table in (*BY_HOME, *WHOLE)}
"""The kinds of fact that say something about who lives where."""
OF_HOMES = text(
    "WITH stand AS (SELECT coalesce((SELECT position FROM state_stand), 0) AS position),"
    " kinds AS (SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:tables AS text[]),"
    "  CAST(:goes AS bool[])) AS k (kind, state_table, goes)),"
    " said AS ("
    "  SELECT state_table, key, source, at, gone, data FROM state_row"
    "   WHERE state_table IN ('tenancies', 'notices') AND data::jsonb ->> 'dwelling' = ANY (:homes)"
    "  UNION ALL SELECT state_table, key, source, at, gone, data FROM state_row"
    "   WHERE state_table = ANY (:by_home) AND key = ANY (:homes)"
    "  UNION ALL SELECT state_table, key, source, at, gone, data FROM state_row"
    "   WHERE state_table = 'works'"
    "  UNION ALL SELECT k.state_table, l.subject, l.source, l.at, k.goes OR l.data = '{}', l.data"
    "   FROM log l JOIN kinds k USING (kind), stand WHERE l.position > stand.position"
    "   AND (k.state_table = ANY (:whole) OR l.subject = ANY (:homes)))"
    # The order of `matching.state.project`: the latest word counts, among equals vanishing last.
    " SELECT DISTINCT ON (state_table, key) state_table, key, gone, data FROM said"
    ' ORDER BY state_table, key, at DESC, gone DESC, data COLLATE "C" DESC, source COLLATE "C" DESC'
)
"""The last word on every row about these homes: the State, and what the log has gained since."""
OF_HOUSEHOLDS = text(
    "WITH stand AS (SELECT coalesce((SELECT position FROM state_stand), 0) AS position),"
    " said AS ("
    "  SELECT key, at, gone FROM state_row"
    "   WHERE state_table = 'households' AND key = ANY (:households)"
    "  UNION ALL SELECT l.subject, l.at, l.kind = 'HouseholdRemoved' OR l.data = '{}'"
    "   FROM log l, stand"
    "   WHERE l.position > stand.position AND l.subject = ANY (:households)"
    "   AND l.kind IN ('HouseholdRegistered', 'HouseholdRemoved'))"
    " SELECT DISTINCT ON (key) key, gone FROM said ORDER BY key, at DESC, gone DESC"
)
"""The last word on these households."""


def living(connection: Connection, proposals: Sequence[Mapping[str, Any]], *, on: date) -> Living:
    """Say who lives where, for every home that these proposals (rows) enter or leave."""
    homes = sorted({home for row in proposals for home in _homes(row)})
    rows = connection.execute(
        OF_HOMES,
        {
            "kinds": list(READ),
            "tables": [kind.table for kind in READ.values()],
            "goes": [not kind.appears for kind in READ.values()],
            "homes": homes,
            "by_home": list(BY_HOME),
            "whole": list(WHOLE),
        },
    )
    tables: dict[str, list[_Said]] = {}
    for row in rows:
        one = _Said(row.key, row.gone, json.loads(row.data))
        tables.setdefault(row.state_table, []).append(one)
    found = _living(tables, proposals, homes, on)
    people = {row["household"] for row in proposals}.union(*found.tenants.values())
    known = connection.execute(OF_HOUSEHOLDS, {"households": sorted(people)})
    return replace(found, gone=frozenset(row.key for row in known if row.gone))


def _homes(row: Mapping[str, Any]) -> list[str]:
    return [home for home in (row["dwelling"], row["leaves"]) if home is not None]


@dataclass(frozen=True, slots=True)
class _Said:
    """The last word on one row of the State."""

    key: str
    gone: bool
    data: Mapping[str, Any]

    def day(self, name: str) -> date | None:
        told = self.data.get(name)
        return None if told is None else date.fromisoformat(told)


@dataclass(frozen=True, slots=True)
class _Tenant:
    household: str
    since: date


def _living(
    tables: Mapping[str, Sequence[_Said]],
    proposals: Sequence[Mapping[str, Any]],
    homes: Sequence[str],
    on: date,
) -> Living:
    rented, told = _rented(tables.get("tenancies", []), on)
    moves = _moves(proposals)
    arrived = {home: moves.arrived(home, told) for home in homes}
    noticed, over = _noticed(tables.get("notices", []), rented, on)
    known = {row.key for table in BY_HOME for row in tables.get(table, [])}.union(rented)
    tenants = {
        home: arrived[home].union(
            one.household
            for one in rented.get(home, ())
            if one.since > over.get(home, date.min) and not moves.left(home, one)
        )
        | (frozenset() if home in known else moves.planned.get(home, frozenset()))
        for home in homes
    }
    return Living(
        tenants=tenants,
        noticed=frozenset(home for home in noticed if not arrived.get(home)),
        withdrawn=_withdrawn(tables, homes),
        unfinished=frozenset(
            row.key
            for row in tables.get("newbuild", [])
            if not row.gone and (row.day("completed") or on) > on
        ),
    )


def _rented(
    tenancies: Iterable[_Said], on: date
) -> tuple[dict[str, tuple[_Tenant, ...]], set[tuple[str, str]]]:
    """Who rents each home, today or from a later day; and every (home, household) ever told of.

    A home that is known but empty has nobody.
    """
    rented: dict[str, tuple[_Tenant, ...]] = {}
    told: set[tuple[str, str]] = set()
    for row in tenancies:
        if row.gone:
            continue
        home, household, end = row.data["dwelling"], row.data["household"], row.day("end")
        runs = end is None or end > on
        tenant = _Tenant(household, row.day("start") or on)
        rented[home] = rented.get(home, ()) + ((tenant,) if runs else ())
        told.add((home, household))
    return rented, told


def _noticed(
    notices: Iterable[_Said], rented: Mapping[str, Sequence[_Tenant]], on: date
) -> tuple[frozenset[str], dict[str, date]]:
    """Which homes come free by notice, and of those whose notice ended: on which day it was given.

    A notice is used up once somebody rents the home from a later day (`matching.candidates`).
    """
    noticed: set[str] = set()
    over: dict[str, date] = {}
    for row in notices:
        if row.gone or row.data["status"] in NO_NOTICE:
            continue
        home, given, ends = row.data["dwelling"], row.day("given"), row.day("ends")
        if given is None or any(one.since > given for one in rented.get(home, ())):
            continue
        noticed.add(home)
        if ends is not None and ends <= on:
            over[home] = max(given, over.get(home, given))
    return frozenset(noticed), over


@dataclass(frozen=True, slots=True)
class _Moves:
    """What proposals say of who lives where: who moved into and out of each home, and who would."""

    into: Mapping[str, Sequence[Mapping[str, Any]]]
    out_of: Mapping[tuple[str, str], Mapping[str, Any]]
    planned: Mapping[str, frozenset[str]]

    def left(self, home: str, one: _Tenant) -> bool:
        """Whether this tenant moved out, while the corporation still writes it there."""
        row = self.out_of.get((home, one.household))
        return row is not None and row["at"].date() >= one.since

    def arrived(self, home: str, told: Collection[tuple[str, str]]) -> frozenset[str]:
        """Who moved in and whose tenancy nobody has told us of yet."""
        here = [row for row in self.into.get(home, ()) if (home, row["household"]) not in told]
        return frozenset(
            row["household"] for row in here if row["position"] > self._went(home, row["household"])
        )

    def _went(self, home: str, household: str) -> int:
        row = self.out_of.get((home, household))
        return -1 if row is None else int(row["position"])


def _moves(proposals: Iterable[Mapping[str, Any]]) -> _Moves:
    into: dict[str, list[Mapping[str, Any]]] = {}
    out_of: dict[tuple[str, str], Mapping[str, Any]] = {}
    planned: dict[str, frozenset[str]] = {}
    for row in sorted(proposals, key=lambda row: row["position"]):
        home, who = row["leaves"], row["household"]
        if row["state"] == ProposalState.MOVED:
            into.setdefault(row["dwelling"], []).append(row)
            if home is not None:
                out_of[home, who] = row
        elif home is not None and row["state"] in STANDING:
            planned[home] = planned.get(home, frozenset()) | {who}
    return _Moves(into, out_of, planned)


def _withdrawn(tables: Mapping[str, Sequence[_Said]], homes: Sequence[str]) -> frozenset[str]:
    """Which homes nobody will let any more: gone, out of letting, or to be demolished."""
    known = {row.key: row for table in BY_HOME for row in tables.get(table, []) if not row.gone}
    left = {row.key for table in BY_HOME for row in tables.get(table, []) if row.gone}
    torn_down = [
        row.data
        for row in tables.get("works", [])
        if not row.gone and row.data["kind"] == WorksKind.SLOOP
    ]
    places = {data.get("dwelling") for data in torn_down}
    complexes = {data["complex"] for data in torn_down if data.get("complex")}
    shut = {
        home
        for home, row in known.items()
        if row.data.get("status") in NOT_LET or row.data.get("complex") in complexes
    }
    closed = (left - set(known)) | shut | places
    return frozenset(home for home in homes if home in closed)
