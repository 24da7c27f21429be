"""Chains to carry out in a real database: households with homes, a plan, answers, and a checker."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pandas as pd
from sqlalchemy import text

from data_contracts.events import KINDS, TABLES, canonical
from data_contracts.record import fact_fields
from matching.model import Chain, Move
from store import life, log, proposals, runs
from tests.builders import a_dwelling, a_household, a_tenancy
from tests.plans_for_store import ON, a_plan

SOURCE = "urn:nld:oin:00000099000000001000:systeem:proef"
NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
STANDING = ("offered", "taken_up", "accepted", "signed")
_NUMBERS = count()


def tell(database, *said):
    """Append facts as another system tells them: (kind, row), or (kind, key) for what vanished."""
    rows = []
    for kind, row in said:
        record, key = TABLES[KINDS[kind].table]
        number = next(_NUMBERS)
        subject, data = row, "{}"
        if KINDS[kind].appears:
            made = record.model_validate(row)
            data = canonical(made.model_dump(mode="json", include=set(fact_fields(record))))
            subject = row[key]
        at = NOON + timedelta(seconds=number)
        rows.append((SOURCE, f"proef-{number}", kind, subject, at, data))
    facts = pd.DataFrame(rows, columns=["source", "id", "kind", "subject", "at", "data"])
    with database.begin() as connection:
        return log.append(connection, facts.astype({"at": "datetime64[us, UTC]"}))


def house(database, *chains, empty=()):
    """Let everybody in these chains live in the home that they leave; the other homes are empty."""
    moves = [move for chain in chains for move in chain.moves]
    homes = {home for move in moves for home in (move.to, move.leaves) if home} | set(empty)
    lived_in = {move.leaves for move in moves}
    said = [
        ("DwellingRegistered", a_dwelling(home, status="VEH" if home in lived_in else "LEE"))
        for home in sorted(homes)
    ]
    said += [("HouseholdRegistered", a_household(move.household)) for move in moves]
    said += [
        ("TenancyStarted", a_tenancy(move.leaves, move.household)) for move in moves if move.leaves
    ]
    tell(database, *said)


def a_ring(*households):
    """Each household enters what the one before leaves, the first what the last leaves."""
    homes = [f"thuis-{household}" for household in households]
    goes = zip(households, [homes[-1], *homes[:-1]], homes, strict=True)
    return Chain(tuple(Move(who, to, leaves, 10) for who, to, leaves in goes), ring=True)


def publish(database, run, *chains, region="proefregio", until=None):
    """A whole night that offers these chains."""
    plan = a_plan(chains=chains)
    plan = replace(plan, receipt=replace(plan.receipt, region=region))
    with database.begin() as connection:
        runs.start(connection, run, region=region, on=ON)
        runs.take(connection, region, holder=run, seconds=900)
    try:
        return proposals.publish(database, plan, run=run, coaches={}, until=until)
    finally:
        with database.begin() as connection:
            runs.release(connection, region, holder=run)


def rows_of(database, households=None):
    """The latest proposal of each household (or of these), by household."""
    some = "" if households is None else " WHERE household = ANY (:households)"
    query = text(f"SELECT * FROM proposal{some} ORDER BY position")  # noqa: S608 - two fixed texts
    with database.connect() as connection:
        given = {} if households is None else {"households": list(households)}
        rows = connection.execute(query, given).mappings()
        return {row["household"]: dict(row) for row in rows}


def states(database, households=None):
    """How far each household is."""
    return {who: row["state"] for who, row in rows_of(database, households).items()}


def answer(database, household, *steps, reason=None):
    """Let a household take these steps, one after the other."""
    for state in steps:
        row = rows_of(database, [household])[household]
        with database.begin() as connection:
            position = life.answer(
                connection,
                row["id"],
                state,
                on=ON,
                expected_position=row["position"],
                reason=reason,
            )
    return position


def told(database, *, after=0):
    """Every fact about a proposal: (position, what it says)."""
    query = "SELECT position, data FROM log WHERE source = :source AND position > :after"
    with database.connect() as connection:
        rows = connection.execute(
            text(f"{query} ORDER BY position"), {"source": life.SOURCE, "after": after}
        )
        return [(row.position, json.loads(row.data)) for row in rows]


def doubles(history):
    """At which log positions a home or a household stands in two proposals: () when never."""
    standing, found = {}, []
    for position, said in history:
        standing[said["proposal"]] = said if said["state"] in STANDING else None
        claims = [one for one in standing.values() if one]
        for what in ("dwelling", "household"):
            twice = [name for name, n in Counter(c[what] for c in claims).items() if n > 1]
            found += [(position, what, name) for name in twice]
    return tuple(found)


def folded(history):
    """The state of every proposal, as its facts say."""
    return {said["proposal"]: said["state"] for _, said in history}
