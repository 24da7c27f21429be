"""Every call of the API, under /v1, and the document that describes them."""

from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from desk.api import answers, homes, households, plan, proposals, status
from desk.api.documented import problems
from desk.api.openapi import openapi
from desk.api.speaking import OPEN, Spoken
from desk.api.version import PREFIX
from desk.desk import desk_of
from store.installation import Installation

router = APIRouter(prefix=PREFIX, route_class=Spoken)
"""What the application takes in: one router for all of /v1."""
for part in (proposals, answers, homes, households, plan, status):
    router.include_router(part.router)
ANYBODY = {"Access-Control-Allow-Origin": "*"}
"""Anybody's browser may read the document (NL API Design Rules 2.2, /core/publish-openapi)."""


@router.get(
    "/openapi.json",
    tags=["Over deze koppeling"],
    operation_id="leesApiDocument",
    summary="Lees dit document.",
    openapi_extra=OPEN,
    responses=problems(),
)
async def document(request: Request) -> Response:
    """Give the API document: open to everybody."""
    return JSONResponse(described(desk_of(request).installation), headers=ANYBODY)


@lru_cache(2)
def described(installation: Installation) -> dict[str, Any]:
    """Describe the API of an installation; made once."""
    return openapi(router.routes, installation)
