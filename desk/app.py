"""The desk as an application: its routes, what refuses them, and the doorway around it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from desk.desk import Desk, now
from desk.thinking import Thinking

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fastapi import APIRouter

    from store.database import Engine
    from store.installation import Installation

ROUTERS: tuple[APIRouter, ...] = ()
"""Every page and call of the desk: one router per thought."""


def application(
    engine: Engine, installation: Installation, *, clock: Callable[[], datetime] = now
) -> FastAPI:
    """Make the desk on a database that is up to date; the caller closes the engine."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.desk = Desk(engine, installation, Thinking(engine, installation), clock)
    for router in ROUTERS:
        app.include_router(router)
    return app
