"""A whole simulation: every replication that is not finished yet, beside one another.

In processes of this machine, on Dask workers, or (`pipelines.scenario_flow`) as tasks of a Prefect
flow: the same to the bit. A finished replication is kept by whoever ran it, at once; so whoever
breaks this off loses at most what was underway.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING
from uuid import uuid4

from data_contracts.regions import BadRegions
from pipelines import beat
from pipelines.hands import run_errands
from pipelines.nights import LOOPBACK
from pipelines.replication import Errand, Place, ReplicationFailed
from store import simulated_runs, simulations
from store.database import is_outage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.hands import Where
    from pipelines.replication import Replicated
    from pipelines.settings import Settings
    from store.database import Engine
    from store.simulations import Simulation

    Told = Callable[[Replicated], None]
    Runner = Callable[..., None]

BEAT_SECONDS = 3
"""So often we say that we live: a fraction of `store.simulations.LEASE_SECONDS`."""


@dataclass(frozen=True, slots=True)
class Work:
    """A simulation that we took, with what it takes to do it.

    `returns`: broken off, it goes back in the queue; otherwise it waits to be asked again.
    """

    engine: Engine
    settings: Settings
    simulation: Simulation
    worker: str
    returns: bool = False


def new_worker() -> str:
    """Name who works on a simulation, so that nobody else ends what is ours."""
    return uuid4().hex


def simulated(
    work: Work, where: Where, *, told: Told = lambda _: None, runner: Runner = run_errands
) -> Simulation:
    """Run what is left of a simulation, and give it as it stands then: done, or stopped.

    `told` hears of every replication as it is finished. Raises ReplicationFailed, Outage, NoDask;
    whatever happens, what was finished is kept and who asks again goes on from there.
    """
    (one,) = simulated_together([work], where, told=told, runner=runner)
    return one


def simulated_together(
    works: Sequence[Work],
    where: Where,
    *,
    told: Told = lambda _: None,
    runner: Runner = run_errands,
) -> list[Simulation]:
    """Run what is left of simulations of different regions in one row; as `simulated`, for each.

    Region after region, so that every process reads one region at a time, and none waits for the
    slowest of a region.
    """
    stop = Event()
    with ExitStack() as living:
        for work in works:
            living.enter_context(_living(work, stop))
        try:
            if errands := [errand for work in works for errand in left(work, where)]:
                runner(errands, where, told=told, stop=stop)
        except BaseException as error:
            for work in works:
                _broken_off(work, error)
            raise
    return [_finished(work) for work in works]


def _finished(work: Work) -> Simulation:
    with work.engine.begin() as connection:
        return simulations.finish(connection, work.simulation.id, work.worker)


def left(work: Work, where: Where) -> list[Errand]:
    """Give what is still to be run, in order. Raises BadRegions for workers that cannot read it."""
    far = where.scheduler is not None and not where.scheduler.startswith(LOOPBACK)
    if far and work.settings.database_url is None:
        raise BadRegions(
            "Rekenaars op andere machines kunnen niet bij een eigen database in een map. Geef een "
            "database_url, of laat --scheduler weg."
        )
    one = work.simulation
    with work.engine.begin() as connection:
        done = simulated_runs.done(connection, one.shelf, one.question.jobs)
    place = Place.of(work.engine, one.id, work.settings, far=far)
    errands = (Errand.of(place, job) for job in one.question.jobs)
    return [e for e in errands if (e.scenario, e.acceptance, e.replication) not in done]


def _broken_off(work: Work, error: BaseException) -> None:
    """Book how it ended; where the database is away, the lease simply runs out."""
    with suppress(Exception), work.engine.begin() as connection:
        number, worker = work.simulation.id, work.worker
        if isinstance(error, Exception) and not is_outage(error):
            sentence = str(error) if isinstance(error, ReplicationFailed) else ""
            simulations.failed(connection, number, worker, sentence or str(ReplicationFailed()))
        elif work.returns:
            simulations.release(connection, number, worker)
        else:
            simulations.finish(connection, number, worker)


@contextmanager
def _living(work: Work, stop: Event) -> Iterator[None]:
    """Say every few seconds that we live; set `stop` when we are asked to."""
    over = Event()

    def keep() -> None:
        while not over.is_set():
            beat.beat(work.settings.beat)
            if not _wanted(work):
                stop.set()
            over.wait(BEAT_SECONDS)

    thread = Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _wanted(work: Work) -> bool:
    """Whether there is reason to go on; while the database is away there is."""
    try:
        with work.engine.begin() as connection:
            return simulations.beat(connection, work.simulation.id, work.worker)
    except Exception as error:
        if is_outage(error):
            return True
        raise


def work_off(
    engine: Engine,
    settings: Settings,
    where: Where,
    *,
    told: Callable[[Simulation], None],
    runner: Runner = run_errands,
) -> bool:
    """Work off one simulation that waits, if any; whether there was one. A failed one is booked."""
    worker = new_worker()
    with engine.begin() as connection:
        taken = simulations.next_waiting(connection, worker)
    if taken is None:
        return False
    work = Work(engine, settings, taken, worker, returns=True)
    try:
        told(simulated(work, where, runner=runner))
    except Exception as error:
        if is_outage(error):
            raise
        with engine.begin() as connection:
            told(simulations.find(connection, taken.id))
    return True
