"""Area exploration for the planner: what there is in a neighbourhood, and what if a shop closes.

Of the own corporation's homes and households alone; of people only tens, and never fewer than ten.
"""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from data_contracts.phrases import ACCESS
from desk.area_map import called, closed, drawn
from desk.area_said import (
    Bar,
    Figure,
    bars,
    care_said,
    closed_said,
    middle_of,
    people,
    placed,
    range_said,
    whereabouts,
)
from desk.desk import desk_of
from desk.problems import NotFound
from desk.reading.words import FACILITIES
from desk.thinking import Stand
from desk.viewer import Role, Viewer, only
from desk.views import page
from matching.area import Area, NoSuchArea, Shock, areas, explore, own_part, shock
from matching.state import State

router = APIRouter()
Planner = Annotated[Viewer, Depends(only(Role.PLANNER))]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One neighbourhood to choose."""

    code: str
    municipality: str
    homes: int


@router.get("/gebied")
def every_area(request: Request, viewer: Planner) -> Response:
    """Let a planner choose a neighbourhood with homes of the own corporation."""
    own = _own(desk_of(request).thinking.now(), viewer)
    rows = areas(own).reset_index()
    known = (rows["neighbourhood"], rows["municipality"], rows["homes"])
    return page(
        request,
        "area/list.html",
        areas=[Neighbourhood(*row) for row in zip(*known, strict=True)],
    )


@router.get("/gebied/{buurt}")
def one_area(request: Request, buurt: str, viewer: Planner) -> Response:
    """Show what there is in a neighbourhood."""
    stand = desk_of(request).thinking.now()
    area = _explored(stand, viewer, buurt)
    middle = middle_of(area.squares) if area.squares else None
    return page(
        request,
        "area/area.html",
        area=area,
        on=stand.on,
        households=people(area.households),
        older=people(area.older),
        unsuitable=range_said(area),
        care=care_said(area),
        classes=bars(((one.name, one.homes) for one in area.classes), area.homes),
        labels=bars(((ACCESS[label], homes) for label, homes in area.labels), area.homes),
        rents=bars(((name, homes) for name, homes in area.rents if homes), area.homes),
        needs=[Figure(name, people(many)) for name, many in area.needs],
        ages=[Figure(band, people(many)) for band, many in area.ages],
        kinds=[Bar(FACILITIES[one.kind], one.homes, one.percent) for one in area.kinds],
        facilities=[
            (called(one), middle and whereabouts(one.place, middle), one) for one in area.facilities
        ],
        wishes=[(ACCESS[one.access], people(one.seekers), one) for one in area.wishes],
        zones=[
            (middle and whereabouts(one.place, middle), people(one.reached), people(one.gained))
            for one in area.zones
        ],
        map=drawn(area),
        squares=placed(area.squares, middle) if middle else [],
        background=desk_of(request).installation.map_tiles,
    )


@router.get("/gebied/{buurt}/voorziening/{voorziening:path}")
def one_closing(request: Request, buurt: str, voorziening: str, viewer: Planner) -> Response:
    """Show who falls outside when a facility of this neighbourhood closes."""
    stand = desk_of(request).thinking.now()
    area = _explored(stand, viewer, buurt)
    if voorziening not in {one.facility for one in area.facilities}:
        raise NotFound
    found = _closed(stand, viewer, voorziening)
    rows = [
        (one.neighbourhood, one.homes, people(one.older), people(one.care))
        for one in found.by_neighbourhood
    ]
    return page(
        request,
        "area/closing.html",
        area=area,
        kind=FACILITIES[found.kind],
        map=closed(found),
        squares=placed(found.squares, found.place),
        background=desk_of(request).installation.map_tiles,
        said=closed_said(found, area.distance),
        shock=found,
        rows=rows,
    )


def _own(stand: Stand, viewer: Viewer) -> State:
    return own_part(stand.state, viewer.corporation)


def _explored(stand: Stand, viewer: Viewer, neighbourhood: str) -> Area:
    """Explore a neighbourhood, once for a stand. Raises NotFound."""
    ways = stand.ways

    def found() -> Area:
        own = _own(stand, viewer)
        return explore(own, ways.rules, ways.policy, stand.on, neighbourhood, network=ways.network)

    try:
        return stand.told.once(("area", viewer.corporation, neighbourhood), found)
    except NoSuchArea:
        raise NotFound from None


def _closed(stand: Stand, viewer: Viewer, facility: str) -> Shock:
    ways = stand.ways

    def found() -> Shock:
        return shock(_own(stand, viewer), ways.policy, stand.on, facility, network=ways.network)

    return stand.told.once(("shock", viewer.corporation, facility), found)
