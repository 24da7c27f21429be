"""Many regions in one go, beside one another: in processes of this machine, or on Dask workers.

Without a Prefect server; `pipelines.nights_flow` runs the same errands as tasks of a flow.
"""

from __future__ import annotations

import os
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from data_contracts.regions import BadRegions, regions_from
from data_contracts.words import VerhuisketenError
from pipelines.asking import new_run
from pipelines.region_night import Errand, RegionNight, in_own_process, lost, night_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future
    from datetime import date
    from pathlib import Path

    Hand = tuple[Executor, Callable[[Errand], RegionNight]]

SECONDS = 30
"""That long a scheduler may take to answer, and may there be no worker."""
LOOPBACK = ("tcp://127.", "tcp://localhost:", "tcp://[::1]", "inproc://")


class NoDask(VerhuisketenError):
    """Er antwoordt geen Dask-scheduler."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where the nights run: on a Dask scheduler, or in so many processes of this machine."""

    scheduler: str | None = None
    workers: int | None = None

    def processes(self, regions: int) -> int:
        """Say how many nights run at once on this machine."""
        return min(self.workers or os.cpu_count() or 1, regions)


def errands(file: Path, *, on: date, scheduler: str | None = None) -> list[Errand]:
    """Give every region of a file its errand.

    Raises BadRegions when the file is not right, or not right for workers on other machines.
    """
    regions = regions_from(file)
    private = [one.name for one in regions if one.database_url is None]
    if scheduler and private and not scheduler.startswith(LOOPBACK):
        raise BadRegions(
            "Rekenaars op andere machines kunnen niet bij een eigen database in een map. Geef deze "
            f"regio's een database_url: {', '.join(private)}."
        )
    path = str(file.resolve())
    return [Errand(path, one.name, on.isoformat(), new_run(on)) for one in regions]


def nights(
    asked: Sequence[Errand], where: Where, *, told: Callable[[RegionNight], None]
) -> list[RegionNight]:
    """Run the nights of regions beside one another; give what became of each, in the same order.

    `told` hears of every region as it ends. A region that fails is told too; the others go on.
    Raises NoDask.
    """
    ended: dict[str, RegionNight] = {}
    with _hand(where, len(asked)) as (pool, call):
        running = {pool.submit(call, one): one for one in asked}
        with patience(where.scheduler, lambda: _cancel(running)):
            for future in as_completed(running):
                night = ended[running[future].region] = outcome(running[future], future.result)
                told(night)
    return [ended[one.region] for one in asked]


def _cancel(futures: Iterable[Future[RegionNight]]) -> None:
    for future in futures:
        future.cancel()


def outcome(asked: Errand, result: Callable[[], RegionNight]) -> RegionNight:
    """Give what a task answered, or how it failed."""
    try:
        return result()
    except VerhuisketenError as error:
        sentence = str(error)
    except (Exception, CancelledError) as error:  # noqa: BLE001 - of Dask: its worker was lost
        sentence = lost(type(error).__name__)
    return RegionNight(asked.region, asked.run, done=False, sentence=sentence)


@contextmanager
def _hand(where: Where, regions: int) -> Iterator[Hand]:
    if where.scheduler is not None:
        with _dask(where.scheduler) as pool:
            yield pool, night_of
        return
    with ThreadPoolExecutor(where.processes(regions)) as pool:
        try:
            yield pool, in_own_process
        except BaseException:
            pool.shutdown(cancel_futures=True)  # whoever was not begun, is not begun any more
            raise


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    with workers_of(address) as client:
        yield client.get_executor(pure=False)


@contextmanager
def workers_of(address: str) -> Iterator[Any]:
    """Give a client of a Dask scheduler that has workers. Raises NoDask."""
    import distributed  # noqa: PLC0415 - a second to import; only Dask needs it

    with ExitStack() as stack:
        try:
            client: Any = distributed.Client(address, set_as_default=False, timeout=SECONDS)  # type: ignore[no-untyped-call] # Dask ships few types
            stack.enter_context(client)
            client.wait_for_workers(1, timeout=SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            raise NoDask(
                f"Op {address} antwoordt geen Dask-scheduler met rekenaars. Start ze: dask "
                "scheduler, en dask worker met dat adres. Zonder --scheduler draait alles hier."
            ) from error
        yield client


@contextmanager
def patience(address: str | None, give_up: Callable[[], None]) -> Iterator[None]:
    """Give up once no worker has been there for `SECONDS`: Dask itself waits for ever.

    `give_up` is called from another thread, once. Without an address there is nothing to wait for.
    """
    if address is None:
        yield
        return
    over = Event()
    with workers_of(address) as client:
        watch = Thread(target=_watch, args=(client, over, give_up), daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()


def _watch(client: Any, over: Event, give_up: Callable[[], None]) -> None:  # noqa: ANN401 - Dask's
    seen = monotonic()
    while not over.wait(min(1, SECONDS / 4)):
        if _has_workers(client):
            seen = monotonic()
        elif monotonic() - seen > SECONDS:
            give_up()
            return


def _has_workers(client: Any) -> bool:  # noqa: ANN401 - Dask's
    try:
        return bool(client.nthreads())
    except Exception:  # noqa: BLE001 - whatever Dask says: it does not answer
        return False
