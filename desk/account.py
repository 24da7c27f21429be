"""One's own account: who one is here, and another password."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from desk import door
from desk.desk import desk_of
from desk.sessions import give
from desk.sign_in import AtTheDoor, Text, same
from desk.viewer import Viewer, viewer_of
from desk.views import page
from desk.words import ROLE_NAMES
from store.passwords import WeakPassword
from store.sessions import Holder

router = APIRouter()
Inside = Annotated[Viewer, Depends(viewer_of)]


@router.get("/account")
def account(request: Request, _viewer: Inside, holder: AtTheDoor) -> Response:
    """Show one's own account."""
    return _account(request, holder)


def _account(request: Request, holder: Holder, *, status: int = 200, **said: str) -> Response:
    roles = ", ".join(ROLE_NAMES[role] for role in ROLE_NAMES if role in holder.user.roles)
    shown: dict[str, Any] = {"user": holder.user, "roles": roles}
    shown |= {"done": None, "error": None, "error_old": None, **said}
    return page(request, "sign_in/account.html", status=status, **shown)


@router.post("/account/wachtwoord")
def account_password(
    request: Request,
    _viewer: Inside,
    holder: AtTheDoor,
    oud: Text = "",
    nieuw: Text = "",
    nogmaals: Text = "",
) -> Response:
    """Choose another password: every other session ends."""
    desk = desk_of(request)
    try:
        same(nieuw, nogmaals)
        token = door.change_password(desk, holder, oud, nieuw)
    except WeakPassword as error:
        return _account(request, holder, status=400, error=str(error))
    except door.Wrong as error:
        return _account(request, holder, status=400, error_old=str(error))
    response = _account(request, holder, done="Uw wachtwoord is veranderd.")
    give(response, desk.installation, token)
    return response
