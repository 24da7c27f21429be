"""What our flows of many tasks share: where the tasks run, and what of a flow never leaves here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prefect.task_runners import TaskRunner

_INSIDE: dict[str, Callable[[], None]] = {}


def run_flow(name: str, runner: TaskRunner[Any], inside: Callable[[], None]) -> None:
    """Run something as a flow run of that name, its tasks where the runner says.

    Prefect sends a flow along with every task to a Dask worker, and ours holds screens, locks and
    connections. So what the flow does is kept here under a number, and only that number travels.
    """
    number = uuid4().hex
    _INSIDE[number] = inside

    @flow(name=name, task_runner=runner, persist_result=False)
    def whole() -> None:
        _go(number)

    try:
        whole()
    finally:
        del _INSIDE[number]


def _go(number: str) -> None:
    _INSIDE[number]()


def runner_of(scheduler: str | None, at_once: int) -> TaskRunner[Any]:
    """Give the task runner for a place: threads that each wait for a process, or Dask."""
    if scheduler is None:
        return ThreadPoolTaskRunner(max_workers=max(1, at_once))
    from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - a second to import

    return DaskTaskRunner(address=scheduler)


def cancel(futures: Iterable[Any]) -> None:
    """Let go of what has not begun yet."""
    for future in futures:
        future.wrapped_future.cancel()
