"""`verhuisketen simulate`: scenarios rolled through time, beside doing nothing."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - typer reads it
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from data_contracts.regions import regions_from
from data_contracts.scenario import NOTHING, BadScenario, scenarios_from
from data_contracts.scenario_mistakes import outside
from matching.simulate.summary import compare
from matching.simulate.supposed import missing_here
from pipelines import logs, screen, whatif_screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, settings_with
from pipelines.commands.stopping import interrupted_by_signals
from pipelines.hands import Where, run_errands
from pipelines.region_night import settings_of
from pipelines.scenario import Work, new_worker, simulated_together
from pipelines.whatif_paper import written
from pipelines.whatif_queue import work_queue
from pipelines.whatif_screen import Outcome
from store import simulated_runs, simulations
from store.simulation_start import NothingToStartFrom, state_at
from store.simulations import BeingSimulated, Question

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data_contracts.scenario import Scenario
    from pipelines.scenario import Runner
    from pipelines.settings import Settings
    from store.database import Engine
    from store.simulations import Simulation, Start

AGAIN_SECONDS = 1
INTERRUPTED = 130
ALONE = "De Prefect-server van PREFECT_API_URL antwoordt niet. Wij rekenen zonder haar."
Acceptances = Annotated[
    list[int] | None,
    typer.Option(
        "--acceptance",
        help="Zoveel procent van de voorstellen gaat door. Mag vaker: de eerste telt, de andere "
        "zijn de band.",
        min=1,
        max=100,
        show_default="zoals in het scenario",
    ),
]


def simulate(  # noqa: PLR0913 - a command line has as many options as it has
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            help="Bestanden (YAML), of namen van onze voorbeelden. Zonder: alleen niets-doen.",
            show_default=False,
        ),
    ] = None,
    *,
    replications: Annotated[
        int | None,
        typer.Option(help="Zo vaak elk.", min=1, max=1_000, show_default="zoals in het scenario"),
    ] = None,
    years: Annotated[
        int | None,
        typer.Option(help="Zoveel jaren.", min=1, max=30, show_default="zoals in het scenario"),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Lotnummer.", min=0, max=2**31, show_default="zoals in het scenario"),
    ] = None,
    acceptance: Acceptances = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Hoeveel tegelijk op deze machine.", min=1, show_default="kernen"),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Adres van een Dask-scheduler: tcp://…", show_default="deze machine"),
    ] = None,
    regions: Annotated[
        Path | None,
        typer.Option(
            help="Bestand met regio's (YAML): elke regio apart, in één rij.",
            exists=True,
            dir_okay=False,
            show_default="de ene regio van --data",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Map voor de rapporten; een map per regio. Anders: wat-als, onder --data.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            "--on", formats=["%Y-%m-%d"], help="De begindag.", show_default="de laatste nacht"
        ),
    ] = None,
    fresh: Annotated[
        bool,
        typer.Option(
            "--opnieuw", help="Begin met de gegevens van nu, ook als een eerdere keer afbrak."
        ),
    ] = False,
    queue: Annotated[
        bool, typer.Option("--queue", help="Werk af wat het bureau vroeg, en blijf draaien.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Reken uit wat er gebeurt als u bouwt, sloopt of anders toewijst: jaren vooruit, vele malen.

    Elk scenario komt naast niets doen te staan, met hoe zeker het verschil is.

    Afbreken mag: dezelfde opdracht gaat verder waar zij was.

    Een eigen scenario schrijft u in YAML; bouw voort op een van de onze met base.
    """
    settings = settings_with(data=data, scheduler=scheduler)
    where = Where(settings.scheduler, workers)
    if queue:
        logs.set_up(settings)
        with database(settings) as engine, interrupted_by_signals() as stop:
            work_queue(engine, settings, where, runner=runner(), stop=stop)
        return
    many = {"": settings} if regions is None else _settings_of(regions)
    with ExitStack() as open_:
        asked = []
        for name, one in many.items():
            engine = open_.enter_context(database(one))
            start = _start(engine, one, name, on.date() if on else None)
            read = _scenarios(scenarios or [NOTHING], start.on, years=years, seed=seed)
            _known_here(engine, start, read)
            question = Question.of(read, replications=replications, acceptances=acceptance or ())
            asked.append(Asking(name, engine, one, question, start, fresh=fresh))
        with interrupted_by_signals():
            ended = _simulated(asked, where, quiet=as_json)
        outcomes = [_written(*both, out) for both in zip(asked, ended, strict=True)]
    whatif_screen.told(outcomes, as_json=as_json)


def _settings_of(file: Path) -> dict[str, Settings]:
    """Give the settings of every region of a file by name. Raises BadRegions, RegionFailed."""
    return {one.name: settings_of(one) for one in regions_from(file)}


def _start(engine: Engine, settings: Settings, region: str, on: date | None) -> Start:
    """Say what a region begins with. Raises NothingToStartFrom, with the name of the region."""
    try:
        with engine.begin() as connection:
            return simulations.start_now(connection, settings, on=on)
    except NothingToStartFrom as error:
        raise NothingToStartFrom(f"Regio {region}: {error}" if region else str(error)) from None


def _written(asking: Asking, one: Simulation, out: Path | None) -> Outcome:
    """Lay the replications of one region beside one another, and write its reports."""
    question = asking.question
    with asking.engine.begin() as connection:
        found = compare(simulations.runs(connection, one.id), acceptance=question.acceptances[0])
    folder = asking.settings.data / "wat-als" / one.id if out is None else out / asking.region
    files = written(found, question.scenarios, folder, start=one.start)
    return Outcome(asking.region, found, question.scenarios, files)


@dataclass(frozen=True, slots=True)
class Asking:
    """What the command line asks, of which region and database, from which start."""

    region: str
    engine: Engine
    settings: Settings
    question: Question
    start: Start
    fresh: bool


def _scenarios(
    named: Sequence[str], on: date, *, years: int | None, seed: int | None
) -> tuple[Scenario, ...]:
    """Read scenarios, with the years and seed that were given. Raises BadScenario."""
    read = scenarios_from(*named, on=on if years is None else None)
    given = {"years": years, "seed": seed}
    set_ = {name: value for name, value in given.items() if value is not None}
    told = tuple(one.model_copy(update=set_) for one in read)
    if wrong := [f"{one.name}: {what}" for one in told for _, what in outside(one, on)]:
        raise BadScenario(*wrong)
    return told


def _known_here(engine: Engine, start: Start, scenarios: Sequence[Scenario]) -> None:
    """Raise BadScenario where a scenario names what this stock does not have."""
    if not any(one.changes for one in scenarios):
        return
    with engine.begin() as connection:
        state = state_at(connection, start.position)
    told = [f"{one.name}: {what}" for one in scenarios for what in missing_here(one, state)]
    if told:
        raise BadScenario(*told)


def _simulated(asked: Sequence[Asking], where: Where, *, quiet: bool) -> list[Simulation]:
    """Run what is left of simulations; give them as they stand then."""
    worker = new_worker()
    taken = [_taken(asking, worker) for asking in asked]
    finished = [_finished(*both) for both in zip(asked, taken, strict=True)]
    if not quiet:
        for asking, one, done in zip(asked, taken, finished, strict=True):
            if one.status != simulations.DONE and (done or one.start != asking.start):
                screen.problems.print(_goes_on(asking, one, done))
    works = [
        Work(asking.engine, asking.settings, one, worker)
        for asking, one in zip(asked, taken, strict=True)
        if one.status != simulations.DONE
    ]
    if not works:
        return taken
    total = sum(one.total for one in taken)
    try:
        with whatif_screen.bar(quiet=quiet, done=sum(finished), total=total) as told:
            ended = simulated_together(works, where, told=told, runner=runner())
    except KeyboardInterrupt:
        screen.error(
            "Afgebroken. Wat klaar was, is bewaard: dezelfde opdracht gaat verder waar zij was."
        )
        raise typer.Exit(INTERRUPTED) from None
    over = iter(ended)
    return [one if one.status == simulations.DONE else next(over) for one in taken]


def _finished(asking: Asking, one: Simulation) -> int:
    with asking.engine.begin() as connection:
        return simulated_runs.count(connection, one.shelf, one.question.jobs)


def _taken(asking: Asking, worker: str) -> Simulation:
    """Ask and take in one go, so that no other worker comes in between.

    Where another seems to work on it, that may be one that was killed: wait until that is clear.
    Raises BeingSimulated.
    """
    until = time.monotonic() + simulations.LEASE_SECONDS + AGAIN_SECONDS
    while True:
        with suppress(BeingSimulated):
            return _asked_and_taken(asking, worker)
        if time.monotonic() > until:
            raise BeingSimulated
        time.sleep(AGAIN_SECONDS)


def _asked_and_taken(asking: Asking, worker: str) -> Simulation:
    whose = asking.settings.keeper or ""
    with asking.engine.begin() as connection:
        number = simulations.ask(
            connection, asking.question, asking.start, corporation=whose, fresh=asking.fresh
        )
        one = simulations.find(connection, number)
        if one.status == simulations.DONE:
            return one
        return simulations.take(connection, number, worker)


def _goes_on(asking: Asking, one: Simulation, done: int) -> str:
    region = f"{asking.region}: " if asking.region else ""
    return (
        f"{region}Wij gaan verder met een eerdere keer: {done} van {one.total} is klaar, met de "
        f"gegevens van {one.start.on:%d-%m-%Y}. Liever die van nu? Gebruik --opnieuw."
    )


def runner() -> Runner:
    """Give who runs the replications: Prefect where its server answers, or else we ourselves."""
    if not os.environ.get("PREFECT_API_URL"):
        return run_errands
    from pipelines import nights_flow, scenario_flow  # noqa: PLC0415 - Prefect costs seconds

    if nights_flow.answers():
        return scenario_flow.run_in_prefect
    screen.error(ALONE)
    return run_errands
