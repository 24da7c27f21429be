"""Who looked at a household: every look, by whom, why and when, for who asks and for the keeper."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from desk.desk import desk_of
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only
from desk.views import page
from store import looks, users
from store.tenants import reading

router = APIRouter()
Administrator = Annotated[Viewer, Depends(only(Role.ADMINISTRATOR))]

WHAT = {
    "person": "naam, telefoon en e-mail",
    "address": "adres",
    "glass": "brak het glas",
    "log": "de geschiedenis",
    "quarantine": "een afgekeurde regel",
    "proposal": "een voorstel",
}
"""What was looked at, in words; a table that is not here is told by its own name."""


@router.get("/huishoudens/{huishouden}/gekeken")
def looked_at(request: Request, viewer: Administrator, huishouden: str) -> Response:
    """Show who looked at a household of the own corporation, the newest look first."""
    desk = desk_of(request)
    with reading(desk.engine, viewer.corporation) as connection:
        seen = looks.at_household(connection, huishouden)
    if seen is None:
        raise NotFound
    with desk.engine.connect() as connection:
        names = users.names(connection, viewer.corporation)
    return page(request, "data/looked.html", about=huishouden, looks=seen, names=names, what=WHAT)
