"""The start, our own files, the accessibility statement, and what browsers report of pages."""

from typing import Annotated

from fastapi import APIRouter, Depends
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk import statement
from desk.desk import desk_of
from desk.doorway import REPORTS
from desk.files import PREFIX, files, version
from desk.navigation import first_page
from desk.problems import NotFound
from desk.viewer import Viewer, viewer_of
from desk.views import page

router = APIRouter()
FOREVER = "public, max-age=31536000, immutable"
CSP_REPORTS = Counter(
    "verhuisketen_csp_reports", "meldingen van browsers over wat een pagina niet mag", registry=None
)
"""Should stay 0: a page of ours holds nothing that its own policy refuses."""


@router.get("/")
def start(viewer: Annotated[Viewer, Depends(viewer_of)]) -> Response:
    """Bring whoever is signed in to the first page of their role."""
    return RedirectResponse(first_page(viewer), 303)


@router.get(PREFIX + "/{made}/{name:path}")
def static(request: Request, made: str, name: str) -> Response:
    """Give a file of ours; its address holds its version, so a browser may keep it for good."""
    file = files().get(name)
    if file is None or made != version():
        raise NotFound
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(file.packed, 200, headers, file.media_type)
    return Response(file.body, 200, headers, file.media_type)


@router.get("/toegankelijkheid")
def accessibility(request: Request) -> Response:
    """Give the accessibility statement, in the standard model; anybody may read it."""
    return page(
        request,
        "accessibility.html",
        checks=statement.CHECKS,
        gaps=statement.GAPS,
        revised=statement.REVISED,
        contact=desk_of(request).installation.contact,
    )


@router.post(REPORTS)
def reported() -> Response:
    """Count a report of a browser that a page tried what it may not; what it says is not kept."""
    CSP_REPORTS.inc()
    return Response(status_code=204)
