"""Who works on which simulation: taken in turn, said to live, ended, broken off or stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, update

from data_contracts.words import VerhuisketenError
from store import simulated_runs
from store.simulation_rows import (
    DONE,
    FAILED,
    RUNNING,
    STOPPED,
    WAITING,
    find,
)
from store.tables import simulation

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from store.simulation_rows import Simulation

LEASE_SECONDS = 15
"""Who has not said for so long that it works on a simulation, does not any more."""


class BeingSimulated(VerhuisketenError):
    """Aan deze berekening wordt al gewerkt. Wacht tot die klaar is, of zet haar eerst stop."""


def next_waiting(connection: Connection, worker: str) -> Simulation | None:
    """Take the simulation that waits longest, or whose worker is gone; None when none waits."""
    number = connection.execute(
        select(simulation.c.id)
        .where(_free())
        .order_by(simulation.c.at, simulation.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar()
    return None if number is None else _taken(connection, number, worker)


def take(connection: Connection, number: str, worker: str) -> Simulation:
    """Take this simulation. Raises BeingSimulated while another works on it, NoSuchSimulation."""
    free = select(simulation.c.id).where(simulation.c.id == number, _free()).with_for_update()
    if connection.execute(free).first() is None:
        find(connection, number)
        raise BeingSimulated
    return _taken(connection, number, worker)


def _free() -> ColumnElement[bool]:
    return or_(
        simulation.c.status == WAITING,
        and_(simulation.c.status == RUNNING, simulation.c.until < func.clock_timestamp()),
    )


def _taken(connection: Connection, number: str, worker: str) -> Simulation:
    one = find(connection, number)
    connection.execute(
        _of(number).values(
            status=RUNNING,
            worker=worker,
            until=_until(),
            began=func.clock_timestamp(),
            done_before=simulated_runs.count(connection, one.shelf, one.question.jobs),
        )
    )
    return find(connection, number)


def _until() -> Any:  # noqa: ANN401 - a moment, by the clock of the database
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, LEASE_SECONDS)


def _of(number: str, worker: str | None = None) -> Any:  # noqa: ANN401 - an update
    one = update(simulation).where(simulation.c.id == number)
    if worker is None:
        return one
    return one.where(simulation.c.worker == worker, simulation.c.status == RUNNING)


def beat(connection: Connection, number: str, worker: str) -> bool:
    """Say that we still work on it; False when there is no reason to: stopped, or taken over."""
    stop = connection.execute(
        _of(number, worker).values(until=_until()).returning(simulation.c.stop)
    ).first()
    return stop is not None and stop[0] is None


def release(connection: Connection, number: str, worker: str) -> None:
    """Let somebody else go on with it: we were asked to end."""
    connection.execute(_of(number, worker).values(status=WAITING, worker=None, until=None))


def finish(connection: Connection, number: str, worker: str) -> Simulation:
    """Book that we are done with it: all was run, or we were asked to stop before that."""
    one = find(connection, number)
    whole = simulated_runs.count(connection, one.shelf, one.question.jobs) == one.total
    _end(connection, number, worker, status=DONE if whole else STOPPED)
    return find(connection, number)


def failed(connection: Connection, number: str, worker: str, sentence: str) -> None:
    """Book that it went wrong, with a sentence for who asked; what was finished is kept."""
    _end(connection, number, worker, status=FAILED, sentence=sentence)


def _end(
    connection: Connection, number: str, worker: str, *, status: str, sentence: str = ""
) -> None:
    connection.execute(
        _of(number, worker).values(
            status=status,
            sentence=sentence,
            worker=None,
            until=None,
            stop=None,
            finished=func.clock_timestamp(),
        )
    )


def stop(connection: Connection, number: str) -> None:
    """Ask a simulation to stop: what is being run is finished and kept. Raises NoSuchSimulation."""
    find(connection, number)
    connection.execute(
        _of(number)
        .where(simulation.c.status == WAITING)
        .values(status=STOPPED, finished=func.clock_timestamp())
    )
    connection.execute(
        _of(number).where(simulation.c.status == RUNNING).values(stop=func.clock_timestamp())
    )
