"""The way to the work account and back."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk import door, oidc
from desk.desk import desk_of
from desk.problems import NotFound, local
from desk.sessions import give
from desk.views import page

router = APIRouter()
MOST = 4_000


@router.get("/aanmelden/elders")
def away(request: Request, naar: str = "/") -> Response:
    """Send somebody to sign in with the work account."""
    desk = desk_of(request)
    if desk.installation.oidc_issuer is None:
        raise NotFound
    try:
        begun = oidc.begin(desk, naar)
    except oidc.Elsewhere as error:
        return _told(request, error, status=503)
    response = RedirectResponse(begun.address, 303)
    response.set_cookie(
        oidc.COOKIE,
        begun.cookie,
        max_age=int(oidc.LASTS.total_seconds()),
        path=oidc.BACK,
        secure=desk.installation.behind_proxy,
        httponly=True,
        samesite="lax",  # comes along when the issuer sends the browser back
    )
    return response


@router.get(oidc.BACK)
def back(request: Request, state: str = "", code: str = "", iss: str = "") -> Response:
    """Let somebody in whom the issuer sends back."""
    desk = desk_of(request)
    if desk.installation.oidc_issuer is None:
        raise NotFound
    cookie = request.cookies.get(oidc.COOKIE, "")
    returned = oidc.Returned(state[:MOST], code[:MOST], iss[:MOST], cookie)
    try:
        user, naar = oidc.end(desk, returned)
    except oidc.NotLinked as error:
        return _told(request, error, subject=error.subject, status=403)
    except oidc.Elsewhere as error:
        return _told(request, error, status=401)
    with desk.engine.begin() as connection:
        token = door.admit(connection, user, door.FACTOR, at=desk.clock())
    response = RedirectResponse(local(naar), 303)
    give(response, desk.installation, token)
    response.delete_cookie(oidc.COOKIE, path=oidc.BACK)
    return response


def _told(
    request: Request, error: Exception, *, status: int, subject: str | None = None
) -> Response:
    shown: dict[str, Any] = {"error": str(error), "subject": subject}
    return page(request, "sign_in/elsewhere.html", status=status, **shown)
