"""Who comes with a request: looked up by the cookie before any route sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from desk.files import PREFIX
from desk.viewer import Role, Viewer
from store import sessions
from store.database import looking

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from desk.desk import Desk
    from store.accounts import User
    from store.database import Engine
    from store.installation import Installation
    from store.sessions import Holder

STRICT, PLAIN = "__Host-verhuisketen", "verhuisketen"
"""The name of the cookie: with TLS before us browsers guard it by its name; on this machine only,
over plain HTTP, they would refuse that name."""
NOBODY = (PREFIX + "/", "/health/")
"""What anybody may fetch, so nobody is looked up for it."""


def cookie_name(installation: Installation) -> str:
    """Name the cookie of an installation."""
    return STRICT if installation.behind_proxy else PLAIN


def give(response: Response, installation: Installation, token: str) -> None:
    """Give the browser the token of a session: not for scripts, not for other sites."""
    response.set_cookie(
        cookie_name(installation),
        token,
        path="/",
        secure=installation.behind_proxy,
        httponly=True,
        samesite="lax",
    )


def take_back(response: Response, installation: Installation) -> None:
    """Let the browser forget the token."""
    response.delete_cookie(
        cookie_name(installation),
        path="/",
        secure=installation.behind_proxy,
        httponly=True,
        samesite="lax",
    )


def token_of(request: HTTPConnection, installation: Installation) -> str:
    """Give the token that came with a request, or nothing."""
    return request.cookies.get(cookie_name(installation), "")


def viewer_from(user: User) -> Viewer:
    """Say who an account is to the pages."""
    return Viewer(
        user=user.id,
        corporation=user.corporation,
        name=user.name,
        roles=frozenset(map(Role, user.roles)),
        coach=user.coach,
        hours=user.hours,
        areas=user.areas,
        phone=user.phone,
    )


def who(engine: Engine, token: str, *, at: datetime) -> Holder | None:
    """Give whom a token lets in, and how far, if it still does."""
    if not token:
        return None
    with looking(engine) as connection:
        return sessions.holder(connection, token, at=at)


class Sessions:
    """ASGI that says who looks in `request.state.viewer`: a Viewer, or None."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look up who comes, and let them pass: what they may is for the routes to say."""
        if scope["type"] == "http" and not scope["path"].startswith(NOBODY):
            state = scope.setdefault("state", {})
            state["viewer"] = await self._viewer(HTTPConnection(scope))
        await self.app(scope, receive, send)

    async def _viewer(self, request: HTTPConnection) -> Viewer | None:
        desk = cast("Desk", request.app.state.desk)
        token = token_of(request, desk.installation)
        if not token:
            return None
        found = await run_in_threadpool(who, desk.engine, token, at=desk.clock())
        inside = found is not None and found.stage == "whole" and found.user.ready
        return viewer_from(found.user) if found is not None and inside else None
