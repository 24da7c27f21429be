"""The night as a Prefect flow: the same steps, with retries on outages, progress and artifacts.

A flow passes ids of runs and nothing else, so that Prefect's database never holds personal data;
everything a step needs it finds in the settings, the run's folder and the database.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from prefect import Task, flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.schedules import CronSchedule

from data_contracts.words import VerhuisketenError
from pipelines import handover, steps
from pipelines.asking import database, new_run
from pipelines.settings import Settings
from pipelines.stopwatch import Stopwatch
from store.database import is_outage

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefect.client.schemas.objects import State, TaskRun

ZONE = "Europe/Amsterdam"
AMBIGUOUS_HOUR = "2"  # exists twice, or not, in the two nights the clock changes


class WrongHour(VerhuisketenError):
    """De nacht mag niet tussen 02:00 en 03:00 beginnen: dat uur komt soms twee keer of nooit."""


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


def _night(run: str, on: date, engine: Any) -> steps.Night:  # noqa: ANN401 - an engine
    return steps.Night(run, on, datetime.now(tz=UTC), Settings(), engine, get_run_logger().info)


def _as_task(name: str, step: Callable[[steps.Night], object]) -> Task[[str, date], None]:
    @task(name=name, **RETRIES)
    def call(run: str, on: date) -> None:
        with database(Settings()) as engine:
            night = _night(run, on, engine)
            steps.still_ours(night)
            step(night)

    return call


TASKS = {name: _as_task(name, step) for name, step in steps.STEPS}


@task(name="uitdraaien", **RETRIES)
def hand_over_task(run: str, on: date, seconds: dict[str, float]) -> None:
    """Write workbooks and report."""
    with database(Settings()) as engine:
        steps.hand_over_step(_night(run, on, engine), seconds)


@flow(name="nightly", persist_result=False, validate_parameters=False)
def nightly(run: str | None = None, on: date | None = None) -> str:
    """Run a whole night: deliveries in, plan out, judged, offered, handed over."""
    day = on or datetime.now(tz=UTC).astimezone().date()
    name = run or new_run(day)
    watch = Stopwatch()
    with database(Settings()) as engine:
        night = _night(name, day, engine)
        with steps.booked(night):
            for step, call in TASKS.items():
                with watch.step(step):
                    call(name, day)
            hand_over_task(name, day, dict(watch.seconds))
        _artifacts(night)
    return name


def _artifacts(night: steps.Night) -> None:
    """Show the plan in Prefect: counts and chain lengths, no household and no home."""
    plan = steps.read_plan(night.folder)
    create_table_artifact(
        key="verhuisplan",
        table=[{"lengte": length, "ketens": count} for length, count in plan.totals.by_length],
        description=f"Ketens naar lengte, {night.on}",
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
    if AMBIGUOUS_HOUR in settings.cron.split()[1].split(","):
        raise WrongHour
    return CronSchedule(cron=settings.cron, timezone=ZONE)


def serve(settings: Settings) -> None:
    """Serve the nightly deployment against the Prefect server of PREFECT_API_URL, until stopped."""
    nightly.serve(name="elke-nacht", schedules=[schedule(settings)], limit=1)
