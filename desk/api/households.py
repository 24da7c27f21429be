"""A household by its id: never a name, and what it needs for its own coach alone."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from desk.api import sight
from desk.api.documented import problems
from desk.api.homes import codes
from desk.api.models import ID_PATTERN, Huishouden, Nodig
from desk.api.speaking import Spoken
from desk.desk import desk_of
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only

router = APIRouter(prefix="/huishoudens", tags=["Woningen en huishoudens"], route_class=Spoken)


@router.get(
    "/{id:path}",
    operation_id="leesHuishouden",
    summary="Lees een huishouden, zonder naam; wat het nodig heeft alleen als u de coach bent.",
    responses=problems(400, 403, 404),
)
def household(
    request: Request,
    viewer: Annotated[Viewer, Depends(only(Role.COACH, Role.STEWARD))],
    name: Annotated[
        str, Path(alias="id", pattern=ID_PATTERN, description="Kenmerk van het huishouden.")
    ],
) -> Huishouden:
    """Give a household: a coach her own, a steward any of the corporation, without its needs."""
    desk = desk_of(request)
    row = sight.latest(desk, viewer, "households", name)
    its_coach = row is not None and _is_its_coach(viewer, row)
    if row is None or not (its_coach or Role.STEWARD in viewer.roles):
        raise NotFound
    sight.write_down(
        desk,
        viewer,
        name,
        purpose="huishouden lezen (API)",
        what="behoeften" if its_coach else "huishouden",
    )
    return Huishouden(**_told(name, row), nodig=_needs(row) if its_coach else None)


def _is_its_coach(viewer: Viewer, row: dict[str, Any]) -> bool:
    is_coach = Role.COACH in viewer.roles and viewer.coach is not None
    return is_coach and row.get("coach") == viewer.coach


def _told(name: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "personen": row["persons"],
        "aow": row["aow"],
        "ingeschreven_op": row["registered"],
        "toestemming": row["consent"],
        "bereidheid": row["willingness"],
        "verhuiscoach": row.get("coach"),
    }


def _needs(row: dict[str, Any]) -> Nodig:
    return Nodig(
        toegankelijkheid=row.get("access_needed", "ZON"),
        kenmerken=codes(row.get("features_needed")),
        mobiliteit=row.get("mobility", "LOPEND"),
    )
