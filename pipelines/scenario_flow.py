"""A simulation as a Prefect flow: one task per replication, with progress to be seen there.

Prefect hears of names of scenarios and of numbers: of no household, and of no address.
"""

from __future__ import annotations

from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed

from pipelines.hands import KILLED, POOLS, outcome, processes
from pipelines.in_prefect import cancel, run_flow, runner_of
from pipelines.nights import patience
from pipelines.replication import ReplicationFailed, replicate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import ProcessPoolExecutor

    from pipelines.hands import Told, Where
    from pipelines.replication import Errand, Replicated


def run_in_prefect(errands: Sequence[Errand], where: Where, *, told: Told, stop: Event) -> None:
    """Run replications as tasks of one flow; otherwise as `pipelines.hands.run_errands`."""
    left = dict.fromkeys(errands)

    def ended(errand: Errand, done: Replicated) -> None:
        del left[errand]
        told(done)

    for _ in range(POOLS):
        try:
            _run_flow(list(left), where, ended=ended, stop=stop)
        except BrokenProcessPool:
            where = replace(where, workers=max(1, where.processes(len(left)) // 2))
        else:
            return
    raise ReplicationFailed(KILLED)


def _run_flow(
    errands: Sequence[Errand],
    where: Where,
    *,
    ended: Callable[[Errand, Replicated], None],
    stop: Event,
) -> None:
    with ExitStack() as stack:
        at_once, pool = where.processes(len(errands)), None
        if where.scheduler is None and at_once:
            pool = stack.enter_context(processes(at_once))

        def simulation() -> None:
            running = {
                replication_task.with_options(task_run_name=_named(e)).submit(_run(e, pool)): e
                for e in errands
            }

            def stopped() -> None:
                cancel(running)

            with patience(where.scheduler, stopped), _when(stop, stopped):
                for future in as_completed(list(running)):
                    try:
                        ended(running[future], outcome(future.result))
                    except ReplicationFailed as error:
                        if not (stop.is_set() and isinstance(error.__cause__, CancelledError)):
                            raise

        run_flow("wat-als", runner_of(where.scheduler, at_once), simulation)


@task(name="replicatie", persist_result=False, cache_policy=NO_CACHE)
def replication_task(run: Callable[[], Replicated]) -> Replicated:
    """Run one replication: wait for a process of ours, or do it right here on a Dask worker."""
    return run()


def _named(errand: Errand) -> str:
    return f"{errand.name}, acceptatie {errand.acceptance} %, nummer {errand.replication}"


def _run(errand: Errand, pool: ProcessPoolExecutor | None) -> Callable[[], Replicated]:
    """Say how to run a replication; without a pool it can be sent to another machine."""
    return partial(replicate, errand) if pool is None else partial(_wait_for, pool, errand)


def _wait_for(pool: ProcessPoolExecutor, errand: Errand) -> Replicated:
    return pool.submit(replicate, errand).result()


@contextmanager
def _when(stop: Event, do: Callable[[], None]) -> Iterator[None]:
    """Do something once `stop` is set, while the rest goes on."""
    over = Event()

    def watch() -> None:
        while not over.wait(0.5):
            if stop.is_set():
                do()
                return

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
