"""What other systems tell: judged by whose it is, written once, answered the same for ever."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import insert, text

from data_contracts.belonging import about
from data_contracts.events import KINDS, OURS
from store import log
from store.owners import answered, ask, owners
from store.tables import access

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from sqlalchemy import Connection

    from data_contracts.belonging import About
    from data_contracts.cloudevents import Told
    from store.machines import Machine
    from store.owners import Owners

PATIENCE = "10s"
"""So long we wait for our turn to append, for instance behind a delivery that is being booked."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one system: facts that are written together or not at all."""

    machine: Machine
    facts: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands in the log: for ever. `conflict`: there, but with another content."""

    position: int
    new: bool = False
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Revoked:
    """The key was revoked before the facts were written; nothing was."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Some facts (by number) are about what is not this system's; nothing was written."""

    facts: tuple[int, ...]


Outcome = tuple[Place, ...] | Revoked | Foreign


def write(connection: Connection, calls: Sequence[Call]) -> list[Outcome]:
    """Write the facts of some calls, in one transaction; say what became of each call.

    Judged and written in our turn, so that two systems cannot both be the first to name a thing.
    Call it at READ COMMITTED; the facts are safe once the transaction is committed.
    """
    said = [[_about(fact) for fact in call.facts] for call in calls]
    alive, before, known = _look_up(connection, calls, said)
    refused: dict[int, Outcome] = {}
    for number, call in enumerate(calls):
        if call.machine.id not in alive:
            refused[number] = Revoked()
        elif foreign := _judge(call, said[number], known, before):
            refused[number] = Foreign(foreign)
    accepted = [call for number, call in enumerate(calls) if number not in refused]
    places = iter(_append(connection, [fact for call in accepted for fact in call.facts], before))
    return [
        refused.get(number) or tuple(next(places) for _ in call.facts)
        for number, call in enumerate(calls)
    ]


Standing = dict[tuple[str, str], tuple[int, str]]
"""Position and digest of facts in the log, by source and id."""


def _look_up(
    connection: Connection, calls: Sequence[Call], said: list[list[About]]
) -> tuple[set[str], Standing, Owners]:
    """Take our turn, and see which keys are good, what was told before, and whose things are.

    All of it in one go to the server and back: under load every turn of ours counts.
    """
    facts = [fact for call in calls for fact in call.facts]
    things = {thing for some in said for one in some for thing in one.things}
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with raw.pipeline():
        raw.execute(f"SELECT set_config('lock_timeout', %s, true), {log.TURN}", [PATIENCE])
        alive = raw.execute(
            "SELECT id FROM machine_key WHERE id = ANY (%s) AND revoked IS NULL",
            [[call.machine.id for call in calls]],
        )
        before = raw.execute(
            "SELECT source, id, position, digest FROM log"
            " JOIN unnest(%s::text[], %s::text[]) AS f (source, id) USING (source, id)",
            [[fact.source for fact in facts], [fact.id for fact in facts]],
        )
        asked = ask(raw.cursor(), things)
    return (
        {id_ for (id_,) in alive.fetchall()},
        {(source, id_): (position, digest) for source, id_, position, digest in before.fetchall()},
        answered(asked),
    )


def _about(fact: Told) -> About:
    return about(fact.kind, fact.subject, json.loads(fact.data))


def _judge(call: Call, said: list[About], known: Owners, before: Standing) -> tuple[int, ...]:
    """Give the numbers of the facts a system may not tell; take note of them when it may.

    What it told before it may tell again, whoever's the thing is by now: the answer stays.
    """
    machine = call.machine
    foreign = tuple(
        number
        for number, (fact, one) in enumerate(zip(call.facts, said, strict=True))
        if not machine.speaks_for(fact.source)
        or not (_told_before(fact, before) or _its_own(one, machine, known))
    )
    if not foreign:
        for one in said:
            known.learn(machine.organisation, one)
    return foreign


def _its_own(said: About, machine: Machine, known: Owners) -> bool:
    if machine.corporation and said.corporation not in (None, machine.corporation):
        return False
    return all(known.belongs(thing, machine) for thing in said.things)


def _told_before(fact: Told, before: Standing) -> bool:
    return before.get((fact.source, fact.id), (0, ""))[1] == _digest(fact)


def _append(connection: Connection, facts: list[Told], before: Standing) -> list[Place]:
    fresh = [fact for fact in facts if not _told_before(fact, before)]
    rows = [(f.source, f.id, f.kind, f.subject, f.at, f.data) for f in fresh]
    written = log.append_few(connection, rows)
    first = {(fact.source, fact.id): fact for fact in reversed(fresh)}
    after = before | {key: (position, _digest(first[key])) for key, position in written.items()}
    places = []
    for fact in facts:
        key = (fact.source, fact.id)
        position, digest = after[key]
        places.append(
            Place(
                position, new=written.pop(key, None) is not None, conflict=digest != _digest(fact)
            )
        )
    return places


def _digest(fact: Told) -> str:
    moment = (fact.at - _EPOCH) // timedelta(microseconds=1)
    said = "\x1f".join((fact.kind, fact.subject, str(moment), fact.data))
    return hashlib.sha256(said.encode()).hexdigest()


def look(connection: Connection, machine: Machine, position: int) -> dict[str, Any] | None:
    """Give a fact by its position when this system may know it; else None, as if it were not there.

    It may when its own organisation told it, or when it is about a home or household of its own.
    What was forgotten is gone. Every look is written down, in the same transaction.
    """
    row = (
        connection.execute(
            text("SELECT source, id, kind, subject, at, data FROM log WHERE position = :position"),
            {"position": position},
        )
        .mappings()
        .one_or_none()
    )
    if row is None or not _may_know(connection, machine, dict(row)):
        return None
    connection.execute(
        insert(access).values(who=machine.id, purpose="koppeling", what="log", rows=1)
    )
    return dict(row)


def _may_know(connection: Connection, machine: Machine, row: dict[str, Any]) -> bool:
    kind = KINDS[row["kind"]]
    if kind.appears and row["data"] == log.EMPTIED:
        return False
    said = about(row["kind"], row["subject"], json.loads(row["data"]))
    known = owners(connection, said.things)
    if kind.table in OURS:
        return any(t in known.known and known.belongs(t, machine) for t in said.refers)
    if machine.corporation is None:
        return machine.speaks_for(row["source"])
    return all(known.belongs(thing, machine) for thing in said.things)
