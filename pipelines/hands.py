"""Where replications run: right here, in processes of this machine, or on Dask workers."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from threading import Thread
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError
from pipelines.nights import patience, workers_of
from pipelines.replication import ReplicationFailed, let_go, replicate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from threading import Event

    from pipelines.replication import Errand, Replicated

    Submit = Callable[[Errand], Future[Replicated]]
    Told = Callable[[Replicated], None]

LOOK_SECONDS = 0.5
"""So often we look whether somebody asked us to stop."""
HEAP = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")
"""What a fresh process of glibc reads: memory that comes free stays ours, up to so many bytes.

Else every large table of a month is asked of the system anew: 5 % of the time, measured.
"""
POOLS = 3
"""So many pools of processes are tried: one process that is killed takes its whole pool along."""
KILLED = (
    "Een rekenproces is gestopt, misschien door te weinig geheugen. Draai dezelfde opdracht met "
    "minder tegelijk: --workers 1. Wat klaar was, is bewaard."
)
LOST = "De rekenaars van Dask zijn weg. Start ze en vraag hetzelfde nog eens; wat klaar was, telt."


@dataclass(frozen=True, slots=True)
class Where:
    """Where replications run: on a Dask scheduler, or in so many processes of this machine.

    `workers` 0 is right here, in this process.
    """

    scheduler: str | None = None
    workers: int | None = None

    def processes(self, errands: int) -> int:
        """Say how many replications run at once on this machine."""
        wanted = os.cpu_count() or 1 if self.workers is None else self.workers
        return min(wanted, errands)


def run_errands(errands: Sequence[Errand], where: Where, *, told: Told, stop: Event) -> None:
    """Run replications, some at once and in order, until all are done or `stop` is set.

    `told` hears of each as it is finished. What runs when `stop` is set, is finished. A process
    that is killed takes those beside it along: they are run again, fewer at once. Raises
    ReplicationFailed, Outage and NoDask; then what was running is broken off.
    """
    left = dict.fromkeys(errands)

    def ended(errand: Errand, outcome: Replicated) -> None:
        del left[errand]
        told(outcome)

    for _ in range(POOLS):
        try:
            with _hand(where, len(left)) as (submit, at_once):
                _in_turn(list(left), submit, at_once, ended=ended, stop=stop)
        except BrokenProcessPool:
            where = replace(where, workers=max(1, where.processes(len(left)) // 2))
        else:
            return
    raise ReplicationFailed(KILLED)


def _in_turn(
    errands: Sequence[Errand],
    submit: Submit,
    at_once: int,
    *,
    ended: Callable[[Errand, Replicated], None],
    stop: Event,
) -> None:
    waiting = iter(errands)
    running: dict[Future[Replicated], Errand] = {}
    while True:
        if not stop.is_set():
            running |= {submit(one): one for one in islice(waiting, at_once - len(running))}
        if not running:
            return
        done, _ = wait(running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            ended(running.pop(future), outcome(future.result))


def outcome(result: Callable[[], Replicated]) -> Replicated:
    """Give what a task answered. Raises Outage and ReplicationFailed, and of a killed process."""
    try:
        return result()
    except (VerhuisketenError, BrokenProcessPool):
        raise
    except (Exception, CancelledError) as error:  # of Dask: its worker was lost
        raise ReplicationFailed(LOST) from error


@contextmanager
def _hand(where: Where, errands: int) -> Iterator[tuple[Submit, int]]:
    if where.scheduler is not None:
        with _dask(where.scheduler) as hand:
            yield hand
    elif not where.processes(errands):
        try:
            yield _here, 1
        finally:
            let_go()
    else:
        with processes(where.processes(errands)) as pool:
            yield lambda errand: pool.submit(replicate, errand), where.processes(errands)


def _here(errand: Errand) -> Future[Replicated]:
    """Run a replication now, in this process."""
    future: Future[Replicated] = Future()
    future.set_result(replicate(errand))
    return future


@contextmanager
def _dask(address: str) -> Iterator[tuple[Submit, int]]:
    running: list[Future[Replicated]] = []

    def submit(errand: Errand) -> Future[Replicated]:
        running.append(pool.submit(replicate, errand))
        return running[-1]

    def give_up() -> None:
        for future in running:
            future.cancel()

    with workers_of(address) as client, patience(address, give_up):
        pool = client.get_executor(pure=False)
        yield submit, sum(client.nthreads().values())


@contextmanager
def processes(number: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of processes that end with us, however we end: also when we are killed.

    They are begun anew, not forked: we have threads and connections that must not be copied.
    """
    for name in HEAP:
        os.environ.setdefault(name, str(2**28))
    fresh = multiprocessing.get_context("spawn")
    lives, ours = fresh.Pipe(duplex=False)
    pool = ProcessPoolExecutor(number, mp_context=fresh, initializer=_ready, initargs=(lives,))
    try:
        yield pool
    except BaseException:
        ours.close()  # and with it all of them: nobody waits for what is underway
        pool.shutdown(cancel_futures=True)
        raise
    else:
        pool.shutdown()
    finally:
        ours.close()
        lives.close()


def _ready(lives: Connection) -> None:
    """Prepare a process of the pool: Ctrl+C is for who started it, and it ends with them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(lives,), daemon=True).start()


def _end_with(lives: Connection) -> None:
    """Wait until the other end is gone, which the kernel sees to, and end then and there."""
    try:
        lives.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
