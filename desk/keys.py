"""Keys of one's own programs: made, seen once, and revoked, by whoever they stand for."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk.desk import desk_of
from desk.viewer import Viewer, viewer_of
from desk.views import page
from store import personal_keys

router = APIRouter()
HERE = "/account/sleutels"
Inside = Annotated[Viewer, Depends(viewer_of)]
Text = Annotated[str, Form(max_length=64)]
SCOPES = {"read": "Alleen lezen", "answer": "Lezen en antwoorden"}
DAYS = {"30": "30 dagen", "90": "90 dagen", "365": "een jaar"}


@router.get(HERE)
def keys(request: Request, viewer: Inside) -> Response:
    """Show one's keys, and a form to make another."""
    return _shown(request, viewer)


@router.post(HERE)
def make(request: Request, viewer: Inside, mag: Text = "", duur: Text = "") -> Response:
    """Make a key and show it, this once."""
    desk = desk_of(request)
    days = int(duur) if duur in DAYS else 0
    try:
        with desk.engine.begin() as connection:
            token = personal_keys.make(
                connection,
                viewer.corporation,
                viewer.user,
                scope=mag,
                days=days,
                at=desk.clock(),
            )
    except personal_keys.BadKey as error:
        return _shown(request, viewer, status=400, error=str(error), scope=mag, days=duur)
    return _shown(request, viewer, token=token)


@router.post(HERE + "/intrekken")
def revoke(request: Request, viewer: Inside, sleutel: Text = "") -> Response:
    """Let a key of one's own open nothing any more. Somebody else's is not there."""
    with desk_of(request).engine.begin() as connection:
        personal_keys.revoke(connection, viewer.user, sleutel)
    return RedirectResponse(HERE, 303)


def _shown(request: Request, viewer: Viewer, *, status: int = 200, **said: Any) -> Response:  # noqa: ANN401 - what the page shows
    desk = desk_of(request)
    with desk.engine.connect() as connection:
        found = personal_keys.every(connection, viewer.user, at=desk.clock())
    given = {"token": None, "error": "", "scope": "read", "days": "90"} | said
    return page(
        request,
        "sign_in/keys.html",
        status=status,
        keys=found,
        scopes=SCOPES,
        durations=DAYS,
        **given,
    )
