"""Simulations that planners asked for: who works on which, how far it is, and what came of it.

One queue and one archive. Whoever works on a simulation says every few seconds that it lives;
after `LEASE_SECONDS` without, another takes over and goes on where it was, because every finished
replication is kept at once. Should the first one live after all, then both do the same work, and
the same replication is kept once: nothing else can go wrong.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import delete, extract, func, insert, select, text, update

from store import simulated_runs
from store.hints import CHANNEL
from store.simulation_rows import (
    DONE,
    FAILED,
    RUNNING,
    STOPPED,
    WAITING,
    NoSuchSimulation,
    Question,
    Simulation,
    asked,
    find,
)
from store.simulation_start import START, NothingToStartFrom, Start, digest, start_now
from store.simulation_work import (
    LEASE_SECONDS,
    BeingSimulated,
    beat,
    failed,
    finish,
    next_waiting,
    release,
    stop,
    take,
)
from store.tables import simulation, simulation_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

    from matching.simulate.model import Run

__all__ = [
    "DONE",
    "FAILED",
    "LEASE_SECONDS",
    "RUNNING",
    "STOPPED",
    "WAITING",
    "BeingSimulated",
    "NoSuchSimulation",
    "NothingToStartFrom",
    "Progress",
    "Question",
    "Simulation",
    "Start",
    "ask",
    "asked",
    "beat",
    "failed",
    "find",
    "finish",
    "forget",
    "keep_run",
    "next_waiting",
    "progress",
    "release",
    "runs",
    "start_now",
    "stop",
    "take",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a simulation is; `seconds` until it is done at this pace, None while unknown."""

    status: str
    sentence: str
    done: int
    total: int
    seconds: int | None
    stopping: bool


def ask(
    connection: Connection,
    question: Question,
    start: Start,
    *,
    corporation: str,
    by: str | None = None,
    fresh: bool = False,
) -> str:
    """Ask for a simulation and give its id; who works on them hears of it.

    One that was asked before with the same scenarios and numbers, under the same policy and rules,
    is taken up again: broken off, it goes on from the State it began with; done, it is given as it
    is, unless there are other facts by now. `fresh` always starts from the facts of now.
    """
    connection.execute(_ALONE, {"corporation": corporation})
    asked_for = digest(
        [
            corporation,
            [one.hash for one in question.scenarios],
            question.replications,
            question.acceptances,
            [start.region, start.rules, start.policy, start.network, start.code],
        ]
    )
    row = connection.execute(
        select(simulation)
        .where(simulation.c.corporation == corporation, simulation.c.digest == asked_for)
        .order_by(simulation.c.at.desc(), simulation.c.id)
        .limit(1)
    ).first()
    same_start = row is not None and row.basis == start.basis
    if row is not None and (same_start or (row.status != DONE and not fresh)):
        _again(connection, row)
        return str(row.id)
    number = f"{start.on:%Y%m%d}-{uuid4().hex[:8]}"
    connection.execute(
        insert(simulation).values(
            id=number,
            corporation=corporation,
            by=by,
            digest=asked_for,
            scenarios=json.dumps([one.model_dump(mode="json") for one in question.scenarios]),
            replications=question.replications,
            acceptances=list(question.acceptances),
            total=len(question.jobs),
            basis=start.basis,
            start=START.dump_json(start).decode(),
        )
    )
    connection.execute(_TELL, {"channel": CHANNEL})
    return number


_ALONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('verhuisketen.ask' || :corporation, 8))"
)
_TELL = text("SELECT pg_notify(:channel, '')")


def _again(connection: Connection, row: Row[Any]) -> None:
    """Put one that was stopped or failed in the queue again, and let none stop that goes on."""
    if row.status in (STOPPED, FAILED):
        connection.execute(
            update(simulation)
            .where(simulation.c.id == row.id)
            .values(status=WAITING, sentence="", finished=None)
        )
        connection.execute(_TELL, {"channel": CHANNEL})
    connection.execute(update(simulation).where(simulation.c.id == row.id).values(stop=None))


def keep_run(connection: Connection, one: Simulation, scenario: str, run: Run) -> None:
    """Keep a finished replication of the scenario with this hash; one that is there stays."""
    simulated_runs.keep(connection, one.shelf, scenario, run)


def runs(connection: Connection, number: str) -> Iterator[Run]:
    """Give the replications of a simulation that are finished, one at a time.

    Raises NoSuchSimulation.
    """
    one = find(connection, number)
    return simulated_runs.read(connection, one.shelf, one.question.jobs)


def progress(connection: Connection, number: str) -> Progress:
    """Say how far a simulation is. Raises NoSuchSimulation."""
    one = find(connection, number)
    done = simulated_runs.count(connection, one.shelf, one.question.jobs)
    busy = extract("epoch", func.clock_timestamp() - simulation.c.began)
    since = select(busy, simulation.c.done_before).where(simulation.c.id == number)
    seconds, before = connection.execute(since).one()
    known = one.status == RUNNING and done > before
    left = round(float(seconds) / (done - before) * (one.total - done)) if known else None
    return Progress(one.status, one.sentence, done, one.total, left, one.stopping)


def forget(connection: Connection, number: str) -> None:
    """Take a simulation away, and its replications where no other simulation has that start.

    Raises NoSuchSimulation.
    """
    one = find(connection, number)
    connection.execute(delete(simulation).where(simulation.c.id == number))
    others = select(simulation.c.id).where(
        simulation.c.corporation == one.corporation, simulation.c.basis == one.start.basis
    )
    connection.execute(
        delete(simulation_run).where(
            simulation_run.c.corporation == one.corporation,
            simulation_run.c.basis == one.start.basis,
            ~others.exists(),
        )
    )
