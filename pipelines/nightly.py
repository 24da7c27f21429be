"""The night as a Prefect flow: the same steps, with retries on outages, progress and artifacts.

A flow passes ids of runs and nothing else, so that Prefect's database never holds personal data;
everything a step needs it finds in the settings, the run's folder and the database.
"""

from __future__ import annotations

import os
import traceback
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import Task, flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.schedules import CronSchedule
from prefect.settings import PREFECT_API_URL

from data_contracts.words import VerhuisketenError
from pipelines import handover, steps
from pipelines.asking import database, new_run
from pipelines.booking import booked, still_ours
from pipelines.night import Night
from pipelines.settings import Settings
from pipelines.stopwatch import Stopwatch
from store.database import Outage, is_outage
from store.today import ZONE, today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prefect.client.schemas.objects import State, TaskRun

SHOWN = 500  # chains in the artifact; the whole plan is in the store
AMBIGUOUS_HOUR = 2  # exists twice, or not, in the two nights the clock changes


class WrongHour(VerhuisketenError):
    """De nacht mag niet tussen 02:00 en 03:00 beginnen: dat uur komt soms twee keer of nooit."""


class WrongCron(VerhuisketenError):
    """Het rooster (VERHUISKETEN_CRON) klopt niet. Schrijf het als: 30 3 * * *."""


class NoServer(VerhuisketenError):
    """Er antwoordt geen Prefect-server. Start haar, en zet PREFECT_API_URL op haar adres."""


class Mishap(VerhuisketenError):
    """Er ging iets mis dat wij niet voorzagen."""


@contextmanager
def _discreet() -> Iterator[None]:
    """Let no error take anybody's data along: Prefect keeps what an error says, and its chain."""
    try:
        yield
    except VerhuisketenError:
        raise
    except Exception as error:  # noqa: BLE001 - the edge of a flow
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, regel {place.lineno}"
        mishap = Outage() if is_outage(error) else Mishap(f"{type(error).__name__} in {where}.")
    else:
        return
    raise mishap from None  # or the chain tells what the sentence leaves out


def only_outages(_task: object, _run: TaskRun, state: State[Any]) -> bool:
    """Retry when the database or the network was away, never when a rule or a file said no."""
    try:
        state.result()
    except Exception as error:  # noqa: BLE001 - every other failure is final
        return is_outage(error)
    return False


RETRIES: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": [5, 20, 60],
    "retry_condition_fn": only_outages,
    "persist_result": False,
}


def _night(run: str, on: date, engine: Any) -> Night:  # noqa: ANN401 - an engine
    return Night(run, on, datetime.now(tz=UTC), Settings(), engine, get_run_logger().info)


def _as_task(name: str, step: Callable[[Night], object]) -> Task[[str, date], None]:
    @task(name=name, **RETRIES)
    def call(run: str, on: date) -> None:
        with _discreet(), database(Settings()) as engine:
            night = _night(run, on, engine)
            still_ours(night)
            step(night)

    return call


TASKS = {name: _as_task(name, step) for name, step in steps.STEPS}


@task(name="uitdraaien", **RETRIES)
def hand_over_task(run: str, on: date, seconds: dict[str, float]) -> None:
    """Write workbooks and report."""
    with _discreet(), database(Settings()) as engine:
        steps.hand_over_step(_night(run, on, engine), seconds)


@flow(name="nightly", persist_result=False, validate_parameters=False)
def nightly(run: str | None = None, on: str | None = None) -> str:
    """Run a whole night: deliveries in, plan out, judged, offered, handed over.

    `on` is a day as 2026-11-22; without it the night is today's.
    """
    day = date.fromisoformat(on) if on else today()
    name = run or new_run(day)
    watch = Stopwatch()
    with _discreet(), database(Settings()) as engine:
        night = _night(name, day, engine)
        with booked(night):
            for step, call in TASKS.items():
                with watch.step(step):
                    call(name, day)
            hand_over_task(name, day, dict(watch.seconds))
        _artifacts(night)
    return name


def _artifacts(night: Night) -> None:
    """Show the plan in Prefect: chains by number, length and points; no household and no home."""
    plan = steps.read_plan(night.folder)
    create_table_artifact(
        key="verhuisplan",
        table=[
            {
                "keten": number,
                "soort": "woningruil" if chain.ring else "keten",
                "verhuizingen": len(chain.moves),
                "punten": sum(move.gain for move in chain.moves),
            }
            for number, chain in enumerate(plan.chains[:SHOWN], start=1)
        ],
        description=f"De ketens van {night.on} (hoogstens {SHOWN}); wie en waar staat hier niet.",
    )
    create_markdown_artifact(
        key="verhuisplan-samenvatting",
        markdown=(
            f"# Verhuisplan {night.on}\n\n{handover.how_good(plan.receipt)[0]}\n\n"
            f"| | plan | volgorde van inschrijving |\n|---|---|---|\n"
            f"| verhuizingen | {plan.totals.moves} | {plan.shadow.moves} |\n"
            f"| ouderen naar geschikt | {plan.totals.older_to_suitable} "
            f"| {plan.shadow.older_to_suitable} |\n"
            f"| gezinswoningen vrij | {plan.totals.family_homes_freed} "
            f"| {plan.shadow.family_homes_freed} |\n"
        ),
    )


def schedule(settings: Settings) -> CronSchedule:
    """Give the nightly schedule in Amsterdam time; the hour the clock changes in is refused."""
    try:
        planned = CronSchedule(cron=settings.cron, timezone=ZONE)
        if AMBIGUOUS_HOUR in _hours(settings.cron.split()[1]):
            raise WrongHour
    except (ValueError, IndexError) as error:
        raise WrongCron from error
    return planned


def _hours(field: str) -> set[int]:
    """Name the hours a cron field stands for: `3`, `1-5`, `*/2`, `1-5/2,22`."""
    hours: set[int] = set()
    for part in field.split(","):
        span, _, every = part.partition("/")
        first, _, last = ("0", "", "23") if span == "*" else span.partition("-")
        end = last or ("23" if every else first)
        hours.update(range(int(first), int(end) + 1, int(every or 1)))
    return hours


def serve(settings: Settings) -> None:
    """Serve the nightly deployment against the Prefect server of PREFECT_API_URL, until stopped.

    Every run is a process of its own, which reads its settings from the environment.
    """
    planned = schedule(settings)
    if PREFECT_API_URL.value() is None:
        raise NoServer
    with get_client(sync_client=True) as client:
        if client.api_healthcheck() is not None:
            raise NoServer
    os.environ["VERHUISKETEN_DATA"] = str(settings.data.resolve())
    nightly.serve(name="elke-nacht", schedules=[planned], limit=1)
