"""A home by its id: what it is and costs, never where it is to the door."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from desk.api import sight
from desk.api.documented import problems
from desk.api.models import ID_PATTERN, Woning
from desk.api.speaking import Spoken
from desk.desk import desk_of
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only

router = APIRouter(prefix="/woningen", tags=["Woningen en huishoudens"], route_class=Spoken)


@router.get(
    "/{id:path}",
    operation_id="leesWoning",
    summary="Lees een woning, zonder adres.",
    responses=problems(400, 403, 404),
)
def home(
    request: Request,
    viewer: Annotated[Viewer, Depends(only(Role.COACH, Role.PLANNER, Role.STEWARD))],
    name: Annotated[
        str, Path(alias="id", pattern=ID_PATTERN, description="Kenmerk van de woning.")
    ],
) -> Woning:
    """Give what is known of a home of one's own corporation, built or being built."""
    row = sight.home(desk_of(request), name)
    if row is None or row.get("corporation") != viewer.corporation:
        raise NotFound
    return shown(name, row)


def shown(name: str, row: dict[str, Any]) -> Woning:
    """Say a row of a home in the words of the API; what would show its door is left out."""
    told = {
        "id": name,
        "complex": row.get("complex"),
        "gemeente": row["municipality"],
        "buurt": row.get("neighbourhood"),
        "soort": row["kind"],
        "kamers": row["rooms"],
        "oppervlakte": row["area"],
        "etage": row["floor"],
        "lift": row["lift"],
        "toegankelijkheid": row["access"],
        "woonvorm": row.get("form"),
        "kenmerken": codes(row.get("features")),
        "energielabel": row.get("energy"),
        "huur": row["rent"],
        "streefhuur": row["target_rent"],
        "daeb": row["daeb"],
        "status": row["status"],
        "beschikbaar_per": row.get("completed") or row.get("available"),
    }
    return Woning.model_validate(told, by_name=True)


def codes(text: str | None) -> list[str]:
    """Read a list of codes as the State writes it."""
    return [code for code in (text or "").split("|") if code]
