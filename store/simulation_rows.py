"""One simulation: what was asked, where it starts from, and how it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data_contracts.scenario import NOTHING, Scenario, scenario_from
from data_contracts.words import VerhuisketenError
from matching.simulate.question import beside_nothing, jobs, levels
from store.simulated_runs import Shelf
from store.simulation_start import START, Start
from store.tables import simulation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from matching.simulate.question import Job

WAITING, RUNNING, DONE, STOPPED, FAILED = "waiting", "running", "done", "stopped", "failed"


class NoSuchSimulation(VerhuisketenError):
    """Deze berekening is er niet."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: scenarios, doing nothing first, how often, and at which acceptance levels.

    The first level is the one that is told of; the others are the band.
    """

    scenarios: tuple[Scenario, ...]
    replications: int
    acceptances: tuple[int, ...]

    @classmethod
    def of(
        cls,
        scenarios: Sequence[Scenario],
        *,
        replications: int | None = None,
        acceptances: Sequence[int] = (),
    ) -> Question:
        """Put a question; what is not said is as the first scenario has it. Raises NotTogether."""
        whole = beside_nothing(scenarios, scenario_from(NOTHING))
        first = whole[1:2] or whole
        levels_ = tuple(dict.fromkeys(acceptances)) or levels(first[0])
        return cls(whole, replications or first[0].replications, levels_)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Every replication there is to run, in order."""
        return jobs(self.scenarios, replications=self.replications, acceptances=self.acceptances)


@dataclass(frozen=True, slots=True)
class Simulation:
    """One simulation as it stands; `by` is the account that asked, None for the command line.

    `stopping`: somebody asked it to stop, and what was begun is being finished.
    """

    id: str
    corporation: str
    by: str | None
    at: datetime
    question: Question
    start: Start
    status: str
    sentence: str
    total: int
    stopping: bool
    finished: datetime | None

    @property
    def shelf(self) -> Shelf:
        """Where its replications lie."""
        return Shelf(self.corporation, self.start.basis)


def simulation_of(row: Row[Any]) -> Simulation:
    """Read a row of the table."""
    scenarios = tuple(Scenario.model_validate(one) for one in json.loads(row.scenarios))
    return Simulation(
        id=row.id,
        corporation=row.corporation,
        by=row.by,
        at=row.at,
        question=Question(scenarios, row.replications, tuple(row.acceptances)),
        start=START.validate_json(row.start),
        status=row.status,
        sentence=row.sentence,
        total=row.total,
        stopping=row.stop is not None and row.status == RUNNING,
        finished=row.finished,
    )


def find(connection: Connection, number: str) -> Simulation:
    """Give a simulation. Raises NoSuchSimulation, also for one this connection may not see."""
    row = connection.execute(select(simulation).where(simulation.c.id == number)).first()
    if row is None:
        raise NoSuchSimulation
    return simulation_of(row)


def asked(connection: Connection, *, limit: int = 50) -> list[Simulation]:
    """Give the simulations this connection may see, newest first."""
    newest = select(simulation).order_by(simulation.c.at.desc(), simulation.c.id).limit(limit)
    return [simulation_of(row) for row in connection.execute(newest)]
