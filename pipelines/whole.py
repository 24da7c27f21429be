"""A whole plan made anew between two nights, where a repair will not do.

With a Prefect server it is a run of the nightly deployment, asked for once per position in the log;
without one it is done here.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.asking import new_run
from pipelines.logs import logger
from pipelines.night import Night
from pipelines.steps import whole_night
from store import log
from store.database import snapshot
from store.today import today

if TYPE_CHECKING:
    from pipelines.on_event import Rematcher

LOG = logger("listen")
DEPLOYMENT = "nightly/elke-nacht"


def whole_again(rematcher: Rematcher) -> None:
    """Have a night run for this region; whatever fails, the plan in force stays."""
    if os.environ.get("PREFECT_API_URL") and _asked_of_prefect(rematcher):
        return
    on = today()
    night = Night(new_run(on), on, datetime.now(tz=UTC), rematcher.settings, rematcher.engine)
    try:
        whole_night(night, deliveries=False)
    except Exception as error:
        LOG.exception("nacht mislukt", run=night.run, error=type(error).__name__)


def _asked_of_prefect(rematcher: Rematcher) -> bool:
    """Ask for a run of the deployment; False when the server does not answer."""
    from prefect.deployments import run_deployment  # noqa: PLC0415 - Prefect costs seconds

    with snapshot(rematcher.engine) as connection:
        position = log.head(connection)
    try:
        key = f"{rematcher.region}:{position}"
        run_deployment(DEPLOYMENT, timeout=0, as_subflow=False, idempotency_key=key)
    except Exception as error:  # noqa: BLE001 - whatever ails Prefect, the night goes on here
        LOG.warning("prefect antwoordt niet", error=type(error).__name__)
        return False
    LOG.info("nacht gevraagd", region=rematcher.region, position=position)
    return True
