"""The steward's pages: what was delivered, what waits, what was refused and why."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk.data_scope import number, scope_of
from desk.desk import desk_of
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only
from desk.views import page
from store import allowed, delivered
from store.life import Stale

router = APIRouter()
Steward = Annotated[Viewer, Depends(only(Role.STEWARD, Role.ADMINISTRATOR))]

STATUS = {
    "taken": ("verwerkt", "positive"),
    "waiting": ("wacht op u", "warning"),
    "refused": ("geweigerd", "negative"),
}
"""What is said of a delivery, and how loudly."""
ALLOWED = ("vrijgegeven", "info")


def status_of(one: delivered.Delivered) -> tuple[str, str]:
    """Say how far a delivery is, and how loudly."""
    return ALLOWED if one.status == "waiting" and one.allowed else STATUS[one.status]


@router.get("/gegevens")
def overview(request: Request, viewer: Steward, voor: str = "") -> Response:
    """Show what came last of every kind, what waits for a person, and what came before."""
    scope = scope_of(desk_of(request), viewer)
    before = number(voor) if voor else None
    with scope.reading() as connection:
        newest = delivered.newest(connection, scope.whose)
        earlier = delivered.listing(connection, scope.whose, before=before)
        kept = delivered.count_kept(connection, scope.whose)
    return page(
        request,
        "data/overview.html",
        newest=newest,
        waiting=[one for one in newest if one.waits],
        earlier=earlier,
        kept=kept,
        first=before is None,
        more=earlier[-1].id if len(earlier) == delivered.PAGE else None,
        status_of=status_of,
    )


@router.get("/gegevens/leveringen/{levering}")
def delivery(
    request: Request, viewer: Steward, levering: str, reden: str = "", na: str = "0"
) -> Response:
    """Show one delivery: its accounting, and what was refused of it by reason."""
    scope, booked = scope_of(desk_of(request), viewer), number(levering)
    with scope.reading() as connection:
        try:
            one = delivered.one(connection, scope.whose, booked)
        except delivered.NoSuchDelivery as error:
            raise NotFound from error
        reasons = delivered.reasons(connection, scope.whose, booked)
        chosen = reden if reden in {reason.code for reason in reasons} else None
        rows = delivered.refused(connection, scope.whose, booked, code=chosen, after=number(na))
    return page(
        request,
        "data/delivery.html",
        one=one,
        reasons=reasons,
        chosen=chosen,
        rows=rows,
        more=rows[-1].number if len(rows) == delivered.PAGE else None,
        status_of=status_of,
    )


@router.post("/gegevens/leveringen/{levering}/vrijgeven")
def let_through(request: Request, viewer: Steward, levering: str) -> Response:
    """Let a waiting file through: the night, or whoever watches the folder, takes it in."""
    desk, booked = desk_of(request), number(levering)
    scope = scope_of(desk, viewer)
    with scope.reading() as connection:
        try:
            delivered.one(connection, scope.whose, booked)
        except delivered.NoSuchDelivery as error:
            raise NotFound from error
    try:
        with desk.engine.begin() as connection:
            allowed.let_through(connection, booked, by=viewer.user)
    except allowed.NotWaiting as error:
        raise Stale(str(error)) from error
    return RedirectResponse(f"/gegevens/leveringen/{booked}", 303)
