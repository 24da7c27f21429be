"""What leaves the desk on paper or as a file: letters, lists, appointments.

Names of files are ours, made from ids: nothing that was typed or delivered stands in a header.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from desk import reading
from desk.desk import desk_of
from desk.paper.letter import letter
from desk.paper.pdf import printed
from desk.paper.telling import told
from desk.paper.told import Caller
from desk.paper.woonplan import woonplan
from desk.viewer import Role, Viewer, only
from store import people, tenants
from store.today import today

if TYPE_CHECKING:
    from desk.paper.told import Told

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
LETTER, WOONPLAN = "brief aan huishouden", "woonplan voor huishouden"
"""What a look at a name is for, as its line of access says."""


@router.get("/voorstellen/{proposal}/brief.pdf")
def letter_as_pdf(request: Request, proposal: str, viewer: Coach) -> Response:
    """Print the letter to the household. 404 unknown, 409 over, 503 when the press is busy."""
    about = _told(request, viewer, proposal, LETTER)
    return _file(printed(letter(about)), f"brief-{about.proposal}.pdf", "application/pdf")


@router.get("/voorstellen/{proposal}/woonplan.pdf")
def woonplan_as_pdf(request: Request, proposal: str, viewer: Coach) -> Response:
    """Print the woonplan. 404 unknown, 409 over, 503 when the press is busy."""
    about = _told(request, viewer, proposal, WOONPLAN)
    return _file(printed(woonplan(about)), f"woonplan-{about.proposal}.pdf", "application/pdf")


def _told(request: Request, viewer: Viewer, proposal: str, purpose: str) -> Told:
    """Read what paper tells, with the lines of access in the same transaction."""
    desk = desk_of(request)
    stand = desk.thinking.now()
    on = today(desk.clock())
    look = {"who": viewer.user, "purpose": purpose, "corporation": viewer.corporation}
    with tenants.reading(desk.engine, viewer.corporation) as connection:
        view = reading.proposal(connection, stand, viewer, proposal, on=on)
        homes = [side.dwelling for side in (view.now, view.then) if side is not None]
        name = people.names_of(connection, [view.household_id], **look).get(view.household_id, "")
        addresses = people.addresses_of(connection, homes, **look)
    return told(view, on=on, name=name, addresses=addresses, caller=Caller(viewer.name))


def _file(content: bytes, name: str, kind: str) -> Response:
    safe = re.sub(r"[^0-9a-z.-]", "-", name.lower())
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{safe}"'}
    )
