"""The worker of simulations: it works off what planners ask at the desk, one after another."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pipelines.beat import beat
from pipelines.logs import logger
from pipelines.scenario import work_off
from store.database import is_outage
from store.hints import hints
from store.simulations import FAILED

if TYPE_CHECKING:
    from threading import Event

    from pipelines.hands import Where
    from pipelines.scenario import Runner
    from pipelines.settings import Settings
    from store.database import Engine
    from store.simulations import Simulation

LOG = logger("simulate")
POLL_SECONDS = 5.0


def work_queue(
    engine: Engine, settings: Settings, where: Where, *, runner: Runner, stop: Event
) -> None:
    """Work off the queue until we are interrupted; then what was underway goes back in it.

    `stop` is set then too, should the interruption itself be lost.
    """
    with suppress(KeyboardInterrupt):
        LOG.info("wacht op vragen")
        for _ in hints(engine, poll_seconds=POLL_SECONDS, stop=stop):
            beat(settings.beat)
            _all(engine, settings, where, runner=runner, stop=stop)


def _all(engine: Engine, settings: Settings, where: Where, *, runner: Runner, stop: Event) -> None:
    """Work off all that waits; while the database is away, wait for the next round."""
    try:
        while not stop.is_set() and work_off(engine, settings, where, told=_told, runner=runner):
            pass
    except Exception as error:
        if not is_outage(error):
            raise


def _told(one: Simulation) -> None:
    if one.status == FAILED:
        LOG.error("mislukt", run=one.id, sentence=one.sentence)
    else:
        LOG.info("klaar", run=one.id, status=one.status, count=one.total)
