"""The listener: woken by every append, it keeps the proposals of a region up to date."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError
from pipelines.beat import beat
from pipelines.logs import logger
from pipelines.on_event import Refused
from store.database import is_outage
from store.runs import Busy, Outdated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

    from pipelines.on_event import Outcome, Rematcher

LOG = logger("listen")
POLL_SECONDS = 2.0
REST = 10.0
"""Seconds without news before the judge looks a second time: meanwhile no fact waits for that."""
TRIES = 3
"""So often a plan that will not be changed is tried; then it is for a night to make a new one."""


def keep_up(
    rematcher: Rematcher,
    hints: Iterable[None],
    stop: Event,
    *,
    night: Callable[[Rematcher], None],
    told: Callable[[Outcome], None] = lambda _: None,
) -> None:
    """Catch up at every hint until asked to stop; ask for a whole night where a repair fails.

    While a night runs, or the database is away, the facts wait: nothing is lost by that.
    """
    failed, last = 0, time.monotonic()
    for _ in hints:
        if stop.is_set():
            return
        beat(rematcher.settings.beat)
        try:
            outcome = rematcher.catch_up()
        except (Busy, Outdated):
            continue
        except Exception as error:
            rematcher.warm = None
            if is_outage(error):
                continue
            failed += 1
            LOG.exception("niet bijgewerkt", attempt=failed, **_said(error))
            if failed >= TRIES or isinstance(error, Refused):
                failed = 0
                night(rematcher)
            continue
        failed = 0
        if outcome is not None:
            last = time.monotonic()
            tell(outcome)
            told(outcome)
            continue
        findings = rematcher.second_look() if time.monotonic() - last > REST else ()
        if findings:
            LOG.error("nagekeurd en afgekeurd", count=len(findings), kind=findings[0].rule)
            night(rematcher)


def tell(outcome: Outcome) -> None:
    """Say in one line what came of the facts."""
    LOG.info(
        "bijgewerkt" if outcome.plan else "gelezen",
        region=outcome.region,
        position=outcome.position,
        facts=outcome.facts,
        plan=outcome.plan,
        count=outcome.new,
        seconds=round(sum(seconds for _, seconds in outcome.seconds), 3),
        phase=", ".join(f"{name} {seconds:.3f}" for name, seconds in outcome.seconds),
    )


def _said(error: Exception) -> dict[str, str]:
    """What may be told of an error: our own sentence, or its class."""
    if isinstance(error, VerhuisketenError):
        return {"sentence": str(error)}
    return {"error": type(error).__name__}
