"""What the runs of a what-if say so far: read once for every stage of its progress, then kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from desk.paper.whatif import charts
from desk.paper.whatif.report import Told
from desk.problems import NotFound
from desk.whatif.kept import Kept
from matching.simulate.summary import NoRuns, compare
from store import simulations
from store.tenants import reading

if TYPE_CHECKING:
    from starlette.requests import Request

    from desk.desk import Desk
    from desk.paper.whatif.charts import Chart
    from desk.viewer import Viewer
    from matching.simulate.comparison import Comparison
    from store.simulations import Progress, Simulation

STAGES = 8
"""While it runs, what there is to read is renewed so many times; more often would cost the most."""
PATIENCE = 1.0
"""Seconds that a page waits for a summary; it says then that one is being made."""
FILE_PATIENCE = 30.0
"""Seconds that a file waits for it: somebody asked for it, and there is nothing else to show."""
ENOUGH = 2
"""With fewer replications there is no interval, so nothing is told while more are to come."""
MOVING = (simulations.WAITING, simulations.RUNNING)


class Seen(NamedTuple):
    """A what-if of the viewer's corporation, and how far it is."""

    simulation: Simulation
    progress: Progress

    @property
    def moving(self) -> bool:
        """Whether more may come of it by itself."""
        return self.progress.status in MOVING

    @property
    def stage(self) -> int:
        """How many runs the newest summary is made of, or nearly so while it runs."""
        done, total = self.progress.done, self.progress.total
        if not self.moving or done == total:
            return done
        first = ENOUGH * len(self.simulation.question.scenarios)
        return max(done * STAGES // total * total // STAGES, first) if done >= first else 0

    @property
    def title(self) -> str:
        """What it is called: after its scenarios."""
        asked = self.simulation.question.scenarios
        return " · ".join(one.title for one in asked[1:] or asked)


@dataclass(frozen=True, slots=True)
class Results:
    """What there is to read of a what-if at a stage: a comparison, and the charts it can fill."""

    told: Told
    charts: dict[str, Chart]

    @property
    def comparison(self) -> Comparison:
        """The figures."""
        return self.told.comparison


@dataclass(frozen=True, slots=True)
class Study:
    """What this desk keeps of what-ifs: summaries, and charts as they were drawn."""

    results: Kept[Results] = field(default_factory=lambda: Kept(24))
    drawn: Kept[bytes] = field(default_factory=lambda: Kept(240))


def study_of(request: Request) -> Study:
    """Give the study of this desk."""
    state = request.app.state
    if not hasattr(state, "study"):
        state.study = Study()
    return cast("Study", state.study)


def seen(desk: Desk, viewer: Viewer, number: str) -> Seen:
    """Give a what-if of the own corporation. Raises NotFound for any other, and for what is not."""
    with reading(desk.engine, viewer.corporation) as connection:
        try:
            one = simulations.find(connection, number.replace("\0", ""))
        except simulations.NoSuchSimulation as error:
            raise NotFound from error
        return Seen(one, simulations.progress(connection, one.id))


def results(
    request: Request,
    desk: Desk,
    one: Seen,
    *,
    stage: int | None = None,
    patience: float | None = None,
) -> Results | None:
    """Give what there is to read of a what-if; None when there is too little, or not yet.

    `stage`: an earlier one, if that is still known. `patience`: seconds to wait; default PATIENCE.
    """
    study = study_of(request)
    key = (one.simulation.corporation, one.simulation.id)
    if stage is not None and (earlier := study.results.known((*key, stage))) is not None:
        return earlier
    if not one.stage:
        return None
    wait = PATIENCE if patience is None else patience
    try:
        return study.results.of((*key, one.stage), lambda: _read(desk, one), patience=wait)
    except NoRuns:
        return None


def pending(request: Request, one: Seen) -> bool:
    """Whether what there is to read of a what-if is being worked out at this moment."""
    key = (one.simulation.corporation, one.simulation.id, one.stage)
    return study_of(request).results.pending(key)


def _read(desk: Desk, one: Seen) -> Results:
    simulation = one.simulation
    with reading(desk.engine, simulation.corporation) as connection:
        comparison = compare(
            simulations.runs(connection, simulation.id),
            acceptance=simulation.question.acceptances[0],
        )
    if not _enough(comparison, one):
        raise NoRuns
    told = Told(
        comparison,
        simulation.question.scenarios,
        receipt=simulation.start.receipt,
        made_for=simulation.start.region,
        on=simulation.start.on,
    )
    return Results(told, charts.of_comparison(told.comparison, told.titles))


def _enough(comparison: Comparison, one: Seen) -> bool:
    """Whether every scenario was run often enough to say something of it."""
    runs = comparison.runs
    here = runs[runs["acceptance"] == comparison.acceptance]
    times = dict(zip(here["scenario"], here["replications"], strict=True))
    least = ENOUGH if one.moving else 1
    return all(times.get(asked.name, 0) >= least for asked in one.simulation.question.scenarios)
