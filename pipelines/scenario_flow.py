"""A simulation as a Prefect flow: one task per replication, with progress to be seen there.

Prefect hears of names of scenarios and of numbers: of no household, and of no address.
"""

from __future__ import annotations

from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.futures import as_completed
from prefect.task_runners import ThreadPoolTaskRunner

from pipelines.hands import KILLED, POOLS, outcome, processes
from pipelines.nights import patience
from pipelines.replication import ReplicationFailed, replicate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import ProcessPoolExecutor

    from prefect.task_runners import TaskRunner

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
        one = _task(errands, pool)

        @flow(name="wat-als", task_runner=_runner(where, at_once), persist_result=False)
        def simulation() -> None:
            running = {
                one.submit(e.name, e.acceptance, e.replication, number): e
                for number, e in enumerate(errands)
            }

            def cancel() -> None:
                for future in running:
                    future.wrapped_future.cancel()

            with patience(where.scheduler, cancel), _when(stop, cancel):
                for future in as_completed(list(running)):
                    try:
                        ended(running[future], outcome(future.result))
                    except ReplicationFailed as error:
                        if not (stop.is_set() and isinstance(error.__cause__, CancelledError)):
                            raise

        simulation()


def _task(errands: Sequence[Errand], pool: ProcessPoolExecutor | None) -> Any:  # noqa: ANN401 - Prefect's
    """Make the task of a replication: it waits for a process, or is run right where it is."""

    def run(number: int) -> Replicated:
        if pool is None:
            return replicate(errands[number])
        return pool.submit(replicate, errands[number]).result()

    @task(
        name="replicatie",
        task_run_name="{scenario}, acceptatie {acceptance} %, nummer {replication}",
        persist_result=False,
    )
    def replication_task(
        scenario: str,  # noqa: ARG001 - names the task run
        acceptance: int,  # noqa: ARG001 - names the task run
        replication: int,  # noqa: ARG001 - names the task run
        number: int,
    ) -> Replicated:
        return run(number)

    return replication_task


def _runner(where: Where, at_once: int) -> TaskRunner[Any]:
    if where.scheduler is None:
        return ThreadPoolTaskRunner(max_workers=max(1, at_once))
    from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - a second to import

    return DaskTaskRunner(address=where.scheduler)


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
