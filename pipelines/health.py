"""Is it alive, and is it ready? The routes for whoever keeps watch; `store.health` judges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.logs import logger
from store.health import LOOK_AGAIN, Status, Watch

if TYPE_CHECKING:
    from fastapi import APIRouter

    from pipelines.settings import Settings
    from store.database import Engine

__all__ = ["LOOK_AGAIN", "Status", "Watch", "router", "watching"]
HEADERS = {"Cache-Control": "no-store"}


def watching(engine: Engine, settings: Settings) -> Watch:
    """Give a watch that says in the log why it saw nothing."""
    return Watch(
        engine,
        settings,
        failed=lambda error: logger("health").error(
            "niet te zien hoe het ervoor staat", exc_info=error
        ),
    )


def router(engine: Engine, settings: Settings) -> APIRouter:
    """Give the routes `/health/live` (asks nobody) and `/health/ready` (asks the database)."""
    from fastapi import APIRouter  # noqa: PLC0415 - half a second, and every command comes by here
    from fastapi.responses import JSONResponse  # noqa: PLC0415 - only a server needs it

    routes = APIRouter(prefix="/health", include_in_schema=False)
    watch = watching(engine, settings)

    @routes.get("/live", response_model=None)
    def live() -> JSONResponse:
        return JSONResponse({"status": Status.OK}, headers=HEADERS)

    @routes.get("/ready", response_model=None)
    def ready() -> JSONResponse:
        health = watch.look()
        return JSONResponse(health.told(), status_code=health.code, headers=HEADERS)

    return routes
