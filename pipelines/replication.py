"""One replication of one scenario as a task: wherever it runs, it comes to the same.

A task is given where the database is, the id of a simulation and which replication: never data. It
reads the State that the simulation began with once per process, and keeps what it finished itself.
"""

from __future__ import annotations

import gc
import os
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import matching.simulate
from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from data_contracts.words import VerhuisketenError
from matching.simulate import World
from pipelines.steps import peak_mib
from store import simulations
from store.database import Outage, connect, is_outage, snapshot
from store.installation import Installation, network_of
from store.simulation_start import start_at, state_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matching.simulate.question import Job
    from pipelines.settings import Settings
    from store.database import Engine
    from store.simulations import Simulation

    Standing = tuple[Engine, Simulation, World]

SERVED = "VERHUISKETEN_DATABASE_URL"
_ALONE = Lock()
_kept: dict[Place, Standing] = {}


class ReplicationFailed(VerhuisketenError):
    """Het doorrekenen is mislukt. Wat al klaar was, is bewaard."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a simulation is to be found, and the files it goes by; all plain text.

    `database` is an address without a password where the task travels to another machine.
    """

    database: str
    simulation: str
    policy: str | None
    rules: str | None
    network: str | None

    @classmethod
    def of(cls, engine: Engine, simulation: str, settings: Settings, *, far: bool) -> Place:
        """Name the place of a simulation; `far` for workers on other machines."""
        url = engine.url.set(password=None) if far else engine.url
        files = (settings.policy, settings.rules, settings.network)
        paths = (None if file is None else str(file.resolve()) for file in files)
        return cls(url.render_as_string(hide_password=False), simulation, *paths)


@dataclass(frozen=True, slots=True)
class Errand:
    """One replication of a scenario with an acceptance, of the simulation there.

    `scenario` is its hash, `name` what it is called.
    """

    place: Place
    name: str
    scenario: str
    acceptance: int
    replication: int

    @classmethod
    def of(cls, place: Place, job: Job) -> Errand:
        """Make an errand of a job."""
        asked = job.asked
        return cls(place, job.scenario.name, job.scenario.hash, asked.acceptance, asked.replication)


@dataclass(frozen=True, slots=True)
class Replicated:
    """What became of an errand: how long it took, and the most memory of its process."""

    scenario: str
    acceptance: int
    replication: int
    seconds: float
    peak_mib: int
    process: int


def replicate(errand: Errand) -> Replicated:
    """Run one replication and keep it. Raises Outage and ReplicationFailed, and nothing else."""
    start = time.monotonic()
    with _in_a_sentence():
        engine, simulation, world = _standing(errand.place)
        _run(engine, simulation, world, errand)
    return Replicated(
        errand.scenario,
        errand.acceptance,
        errand.replication,
        round(time.monotonic() - start, 2),
        peak_mib(),
        os.getpid(),
    )


def _run(engine: Engine, simulation: Simulation, world: World, errand: Errand) -> None:
    asked = matching.simulate.Asked(errand.replication, errand.acceptance)
    scenarios = {one.hash: one for one in simulation.question.scenarios}
    run = matching.simulate.simulate(world, scenarios[errand.scenario], asked)
    with engine.begin() as connection:
        simulations.keep_run(connection, simulation, errand.scenario, run)


def _standing(place: Place) -> Standing:
    """Give what a simulation began with, read once per process: one at a time is kept."""
    with _ALONE:
        if place not in _kept:
            _let_go()
            _kept[place] = _read(place)
            gc.freeze()  # what was read stays: else every collection walks through it once more
        return _kept[place]


def let_go() -> None:
    """Close what this process kept open between replications."""
    with _ALONE:
        _let_go()


def _let_go() -> None:
    for engine, *_ in _kept.values():
        engine.dispose()
    _kept.clear()


def _read(place: Place) -> Standing:
    engine = connect(os.environ.get(SERVED) or place.database)
    try:
        return engine, *_began_with(engine, place)
    except BaseException:
        engine.dispose()
        raise


def _began_with(engine: Engine, place: Place) -> tuple[Simulation, World]:
    files = _files(place)
    with snapshot(engine) as connection:
        simulation = simulations.find(connection, place.simulation)
        start = simulation.start
        if start_at(files, position=start.position, on=start.on) != start:
            raise ReplicationFailed(
                "Deze rekenaar heeft een ander programma, beleid, wegennet of jaarblad dan waarmee "
                "deze berekening begon. Zet overal hetzelfde neer, of begin haar opnieuw."
            )
        state = state_at(connection, start.position)
    rules = rules_on(start.on, folder=files.rules)
    policy = policy_from(files.policy)
    return simulation, World(state, rules, policy, start.on, network_of(files))


def _files(place: Place) -> Installation:
    return Installation(
        policy=None if place.policy is None else Path(place.policy),
        rules=None if place.rules is None else Path(place.rules),
        network=None if place.network is None else Path(place.network),
    )


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """Let no error take anybody's data along, nor a class another process cannot read."""
    try:
        yield
    except VerhuisketenError as error:
        failed = Outage(str(error)) if is_outage(error) else ReplicationFailed(str(error))
    except Exception as error:  # noqa: BLE001 - the edge of a task
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, regel {place.lineno}"
        unforeseen = ReplicationFailed(f"Er ging iets mis: {type(error).__name__} in {where}.")
        failed = Outage() if is_outage(error) else unforeseen
    else:
        return
    raise failed from None
