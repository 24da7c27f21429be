"""Many regions as a Prefect flow: one task per region, by a task runner that the settings choose.

Prefect hears of names of regions, figures and sentences, and of no household.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from prefect import task
from prefect.client.orchestration import get_client
from prefect.futures import as_completed

from data_contracts.words import VerhuisketenError
from pipelines.in_prefect import cancel, run_flow, runner_of
from pipelines.nightly import RETRIES
from pipelines.nights import outcome, patience
from pipelines.region_night import Errand, RegionNight, in_own_process, night_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.nights import Where


class SomeFailed(VerhuisketenError):
    """Niet elke regio heeft een nieuw plan."""


@task(name="nacht van een regio", task_run_name="{region}", **RETRIES)
def region_task(region: str, errand: dict[str, str], *, apart: bool) -> RegionNight:
    """Run one region's night: in a process of its own, or right here on a Dask worker."""
    asked = Errand(region=region, **errand)
    return in_own_process(asked) if apart else night_of(asked)


def nights_in_prefect(
    asked: Sequence[Errand], where: Where, *, told: Callable[[RegionNight], None]
) -> list[RegionNight]:
    """Run the nights of regions as tasks of one flow; otherwise as `pipelines.nights.nights`.

    The flow run fails when a region did, so that whoever watches Prefect sees it.
    """
    ended: dict[str, RegionNight] = {}
    apart = where.scheduler is None

    def all_regions() -> None:
        running = {
            region_task.submit(one.region, _but_region(one), apart=apart): one for one in asked
        }
        with patience(where.scheduler, lambda: cancel(running)):
            for future in as_completed(list(running)):
                night = ended[running[future].region] = outcome(running[future], future.result)
                told(night)
        failed = sum(not night.done for night in ended.values())
        if failed:
            raise SomeFailed(f"{failed} van de {len(asked)} regio's hebben geen nieuw plan.")

    with suppress(SomeFailed):
        run_flow("nights", runner_of(where.scheduler, where.processes(len(asked))), all_regions)
    return [ended[one.region] for one in asked]


def _but_region(one: Errand) -> dict[str, str]:
    return {name: value for name, value in asdict(one).items() if name != "region"}


def answers() -> bool:
    """Whether the Prefect server of PREFECT_API_URL is there."""
    with get_client(sync_client=True) as client:
        return client.api_healthcheck() is None
