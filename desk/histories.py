"""The history of a home and of a household, in sentences: what was said, and what was proposed."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from desk.desk import Desk, desk_of
from desk.happened import courses, read_aloud
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only
from desk.views import page
from store import glass, histories
from store.access import Look, looked
from store.database import Connection
from store.histories import Happened
from store.tenants import reading

router = APIRouter()
Reader = Annotated[Viewer, Depends(only(Role.STEWARD, Role.COACH))]
PURPOSE = "de geschiedenis van een huishouden"
LONGEST = 64
"""Characters of an id."""


@router.get("/woningen/{woning}")
def dwelling(request: Request, viewer: Reader, woning: str) -> Response:
    """Show what happened to a home of the own corporation, and the proposals it was in."""
    desk = desk_of(request)
    with desk.engine.connect() as connection:
        facts = histories.of_dwelling(connection, _id(woning))
    if (
        _last_said(facts, woning, ("dwellings", "newbuild")).get("corporation")
        != viewer.corporation
    ):
        raise NotFound
    with reading(desk.engine, viewer.corporation) as connection:
        names = histories.proposals_of(connection, dwelling=woning)
    return page(
        request,
        "data/history.html",
        kind="Woning",
        about=woning,
        lines=read_aloud(_without_people(facts, viewer), openly=False),
        courses=_courses(desk, names),
        of_home=True,
    )


@router.get("/huishoudens/{huishouden}")
def household(request: Request, viewer: Reader, huishouden: str) -> Response:
    """Show what happened to a household, and the proposals it was in; a line says who looked."""
    desk = desk_of(request)
    with desk.engine.begin() as connection:
        facts = histories.of_household(connection, _id(huishouden))
        openly = _opens(connection, desk, viewer, _last_said(facts, huishouden, ("households",)))
        look = Look(viewer.user, PURPOSE, viewer.corporation, "bureau")
        looked(connection, look, "log", [huishouden])
    with reading(desk.engine, viewer.corporation) as connection:
        names = histories.proposals_of(connection, household=huishouden)
    return page(
        request,
        "data/history.html",
        kind="Huishouden",
        about=huishouden,
        lines=read_aloud(facts, openly=openly),
        courses=_courses(desk, names),
        of_home=False,
    )


def _opens(connection: Connection, desk: Desk, viewer: Viewer, said: dict[str, Any]) -> bool:
    """Whether somebody may read what a household needs; raises NotFound for one that is not there.

    A coach reads of the own households, and of those for which the glass was broken; a steward of
    all of the corporation, but not what they need.
    """
    name = said.get("household", "")
    if said.get("corporation") != viewer.corporation:
        raise NotFound
    own = viewer.coach is not None and said.get("coach") == viewer.coach
    if Role.COACH in viewer.roles and (
        own or glass.broken(connection, name, user=viewer.user, at=desk.clock())
    ):
        return True
    if Role.STEWARD not in viewer.roles:
        raise NotFound
    return False


def _last_said(facts: Iterable[Happened], name: str, tables: tuple[str, ...]) -> dict[str, Any]:
    """Give what was said last of a thing itself; nothing when it is unknown or was forgotten."""
    own = [fact.data for fact in facts if fact.subject == name and fact.table in tables]
    return next((data for data in reversed(own) if data), {})


def _without_people(facts: Iterable[Happened], viewer: Viewer) -> list[Happened]:
    """Leave out of the facts of a home who lives there, but for stewards."""
    if Role.STEWARD in viewer.roles:
        return list(facts)
    return [
        Happened(
            fact.position,
            fact.at,
            fact.kind,
            fact.subject,
            {name: value for name, value in fact.data.items() if name != "household"},
        )
        for fact in facts
    ]


def _courses(desk: Desk, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - for the template
    with desk.engine.connect() as connection:
        return courses(histories.of_proposals(connection, names))


def _id(name: str) -> str:
    if not name or len(name) > LONGEST or not name.isprintable():
        raise NotFound
    return name
