"""The gate as an application: routes, what refuses them, and the doorway around it all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from pipelines.api.documents import Documents
from pipelines.api.doorway import Doorway
from pipelines.api.gate import Gate
from pipelines.api.machine_access import Access
from pipelines.api.pen import Pen
from pipelines.api.problems import Refused, refused, unrouted
from pipelines.health import router

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from store.database import Engine


HERE = ("127.0.0.1", "localhost", "::1")


def hosts(settings: Settings) -> frozenset[str]:
    """Name the hosts we answer to: this machine, the public address, and those in the settings."""
    public = urlsplit(settings.public_url).hostname or ""
    return frozenset((*HERE, public, *settings.api_hosts.lower().split()))


def application(engine: Engine, settings: Settings) -> FastAPI:
    """Make the gate on a database that is up to date; the caller closes the engine."""
    public_url = settings.public_url.rstrip("/")
    gate = Gate(engine, Access(engine), Pen(engine), public_url)
    documents = Documents(public_url, email=settings.contact)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for method, path, answer in (
        ("POST", "/v1/gebeurtenissen", gate.tell),
        ("GET", "/v1/gebeurtenissen/{positie}", gate.fact),
        ("GET", "/v1/status", gate.status),
        ("GET", "/v1/openapi.json", documents.openapi),
        ("GET", "/v1/asyncapi.json", documents.asyncapi),
        ("GET", "/v1/schemas/{bestand}", documents.schema),
    ):
        app.router.add_route(path, answer, methods=[method], include_in_schema=False)
    app.include_router(router(engine, settings))
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(HTTPException, unrouted)
    app.add_middleware(Doorway, hosts=hosts(settings))
    app.state.gate = gate
    return app
