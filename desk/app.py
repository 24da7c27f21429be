"""The desk as an application: its routes, what refuses them, and the doorway around it all."""

from __future__ import annotations

from asyncio import to_thread
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from data_contracts.words import VerhuisketenError
from desk import (
    account,
    adoption,
    area,
    asking,
    condition,
    deciding,
    deliveries,
    elsewhere,
    glass,
    histories,
    home,
    instructing,
    keys,
    looked,
    morning,
    plan,
    printing,
    proposal,
    quarantine,
    sign_in,
    users,
)
from desk.api import router as api
from desk.desk import Desk, now
from desk.doorway import Doorway
from desk.problems import answered
from desk.sessions import Sessions
from desk.thinking import Thinking
from desk.whatif import router as whatif

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from fastapi import APIRouter

    from store.database import Engine
    from store.installation import Installation

ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    sign_in.router,
    account.router,
    elsewhere.router,
    morning.router,
    proposal.router,
    users.router,
    glass.router,
    asking.router,
    deciding.router,
    instructing.router,
    printing.router,
    api.router,
    keys.router,
    deliveries.router,
    quarantine.router,
    histories.router,
    looked.router,
    condition.router,
    adoption.router,
    plan.router,
    whatif.router,
    area.router,
)
"""Every page and call of the desk: one router per thought."""
HERE = ("127.0.0.1", "localhost", "::1")


def hosts(installation: Installation) -> frozenset[str]:
    """Name the hosts we answer to: this machine, the public address, and those in the settings."""
    public = urlsplit(installation.public_url).hostname or ""
    return frozenset((*HERE, public, *installation.desk_hosts.lower().split()))


@asynccontextmanager
async def alive(app: FastAPI) -> AsyncIterator[None]:
    """Keep the plan warm for as long as the desk is open."""
    app.state.desk.thinking.start()
    try:
        yield
    finally:
        await to_thread(app.state.desk.thinking.stop)


def application(
    engine: Engine, installation: Installation, *, clock: Callable[[], datetime] = now
) -> FastAPI:
    """Make the desk on a database that is up to date; the caller closes the engine."""
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=alive
    )
    app.state.desk = Desk(engine, installation, Thinking(engine, installation), clock)
    for router in ROUTERS:
        app.include_router(router)
    for kind in (VerhuisketenError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answered)
    app.add_middleware(Sessions)
    # The last one added stands outermost: nothing comes in or goes out but by the doorway.
    app.add_middleware(Doorway, installation=installation, hosts=hosts(installation))
    return app
