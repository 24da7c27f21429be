"""How the installation fares, for the administrator: checks, feeds, and the last nights."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from desk.desk import desk_of
from desk.viewer import Role, Viewer, only
from desk.views import page
from store import runs
from store.condition import condition
from store.health import HOUR, Status, Watch

router = APIRouter()
Administrator = Annotated[Viewer, Depends(only(Role.ADMINISTRATOR))]
NIGHTS = 10

SAID = {
    Status.OK: ("goed", "positive"),
    Status.DEGRADED: ("kijk hiernaar", "warning"),
    Status.DOWN: ("werkt niet", "negative"),
}
NAMES = {
    "database": "Database",
    "schema": "Versie van de database",
    "plan": "Plan",
    "night": "Laatste nacht",
    "feeds": "Dagelijkse leveringen",
    "quarantine": "Bestanden die wachten",
    "notices": "Berichten aan afnemers",
    "readers": "Lezers van het logboek",
    "health": "Gezondheid",
}
ENDED = {
    "done": ("klaar", "positive"),
    "running": ("bezig", "info"),
    "failed": ("mislukt", "negative"),
    "refused": ("niet aangeboden", "negative"),
}


@router.get("/beheer/gezondheid")
def health(request: Request, viewer: Administrator) -> Response:
    """Show every check with what to do, how old each feed is, and how the last nights ended."""
    del viewer  # only who may come in
    desk = desk_of(request)
    seen = _watch(request).look()
    with desk.engine.begin() as connection:
        stands = condition(connection, desk.policy.region)
        nights = runs.latest(connection, limit=NIGHTS)
    feeds = [(name, age // HOUR) for name, age in sorted(stands.feed_ages.items())]
    return page(
        request,
        "manage/health.html",
        health=seen,
        feeds=feeds,
        daily=desk.installation.daily_feeds.split(),
        limit=desk.installation.feed_hours,
        nights=nights,
        said=SAID,
        names=NAMES,
        ended=ENDED,
    )


def _watch(request: Request) -> Watch:
    """Give the watch of this desk: one, so that it sees which reader stands still."""
    state = request.app.state
    if not hasattr(state, "watch"):
        desk = desk_of(request)
        state.watch = Watch(desk.engine, desk.installation)
    return cast("Watch", state.watch)
