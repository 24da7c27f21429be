"""Breaking the glass at the desk: a reason first, then a household of another coach for a day."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk.desk import desk_of
from desk.problems import NotFound, local
from desk.viewer import Role, Viewer, only
from desk.views import page
from store import glass

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]


def may_see(request: Request, viewer: Viewer, household: str, coach: str | None) -> bool:
    """Whether a coach may see who a household is: their own, or after breaking the glass.

    `coach` is the coach of the household as the State says; nobody else's role opens it.
    """
    if Role.COACH not in viewer.roles:
        return False
    if coach is not None and coach == viewer.coach:
        return True
    desk = desk_of(request)
    with desk.engine.connect() as connection:
        return glass.broken(connection, household, user=viewer.user, at=desk.clock())


def _find(request: Request, viewer: Viewer, household: str) -> None:
    """Raises NotFound for another corporation's household as for one that is nobody's."""
    with desk_of(request).engine.connect() as connection:
        if not glass.is_ours(connection, household, viewer.corporation):
            raise NotFound


@router.get("/huishoudens/{household}/breek-glas")
def ask(request: Request, viewer: Coach, household: str, naar: str = "/") -> Response:
    """Ask why."""
    _find(request, viewer, household)
    return _form(request, household, naar)


def _form(
    request: Request, household: str, naar: str, *, reason: str = "", error: str = ""
) -> Response:
    return page(
        request,
        "glass/break.html",
        status=400 if error else 200,
        household=household,
        naar=local(naar),
        reason=reason,
        error=error,
        most=glass.LONGEST,
    )


@router.post("/huishoudens/{household}/breek-glas")
def broken(
    request: Request,
    viewer: Coach,
    household: str,
    reden: Annotated[str, Form()] = "",
    naar: Annotated[str, Form()] = "/",
) -> Response:
    """Open the household for a day, and write down why."""
    _find(request, viewer, household)
    desk = desk_of(request)
    reason = reden[: 2 * glass.LONGEST].replace("\x00", "")
    try:
        with desk.engine.begin() as connection:
            glass.break_(
                connection,
                household,
                corporation=viewer.corporation,
                user=viewer.user,
                reason=reason,
                at=desk.clock(),
            )
    except glass.NoReason as error:
        return _form(request, household, naar, reason=reason, error=str(error))
    return RedirectResponse(local(naar), 303)


@router.get("/beheer/glas")
def report(
    request: Request, viewer: Annotated[Viewer, Depends(only(Role.ADMINISTRATOR))]
) -> Response:
    """Show the administrator who broke the glass, for whom and why, the newest first."""
    with desk_of(request).engine.connect() as connection:
        rows = glass.report(connection, viewer.corporation)
    return page(request, "glass/report.html", rows=rows)
