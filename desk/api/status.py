"""Who somebody is to us, and how far the log is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from desk.api import plan, sight
from desk.api.documented import problems
from desk.api.models import StatusVanKoppeling
from desk.api.speaking import Spoken
from desk.desk import desk_of
from desk.problems import NotFound
from desk.viewer import Viewer, viewer_of
from store import log

router = APIRouter(prefix="/status", tags=["Over deze koppeling"], route_class=Spoken)


@router.get(
    "",
    operation_id="leesStatus",
    summary="Kijk wie u bent voor ons, en hoe ver het logboek is.",
    responses=problems(),
)
def status(request: Request, viewer: Annotated[Viewer, Depends(viewer_of)]) -> StatusVanKoppeling:
    """Say who somebody is here, how far the log is, and which plan is in force."""
    desk = desk_of(request)
    with sight.facts(desk) as connection:
        head = log.head(connection)
    try:
        name = plan.in_force(desk)[0]
    except NotFound:
        name = None
    return StatusVanKoppeling(
        gebruiker=viewer.user,
        corporatie=viewer.corporation,
        rollen=sorted(viewer.roles),
        positie=head,
        plan=name,
    )
