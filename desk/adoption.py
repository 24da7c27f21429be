"""How the desk is used: what becomes of proposals, week by week; the first measure of success."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from data_contracts.phrases import DECLINES
from data_contracts.words import DeclineReason
from desk.desk import desk_of
from desk.figures import number, short_day
from desk.viewer import Role, Viewer, only
from desk.views import page
from store import adoption
from store.adoption import FEWEST, Counts

router = APIRouter()
Administrator = Annotated[Viewer, Depends(only(Role.ADMINISTRATOR))]
WEEKS = 13
FEW = f"minder dan {FEWEST}"
HEADS = (
    *("Voorgesteld", "Vervallen", "Gelezen", "Opgepakt", "Gewijzigd"),
    *("Aanvaard", "Geweigerd", "Verlopen", "Beantwoord of verlopen", "Op tijd"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: what it is of, and its figures as they are told."""

    name: str
    cells: tuple[str, ...]
    offered: int | None
    read: int | None


@router.get("/beheer/gebruik")
def use(request: Request, viewer: Administrator) -> Response:
    """Show what became of the proposals of the last thirteen weeks."""
    desk = desk_of(request)
    today = desk.clock().date()
    since = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    per_coach = desk.installation.adoption_per_coach
    own = viewer.corporation
    with desk.engine.connect() as connection:
        weeks = adoption.by_week(connection, own, since=since)
        districts = adoption.by_district(connection, own, since=since)
        coaches = adoption.by_coach(connection, own, since=since) if per_coach else {}
        reasons = adoption.declined(connection, own, since=since)
    lines = [_line(f"Week van {short_day(week)}", one) for week, one in weeks.items()]
    return page(
        request,
        "manage/use.html",
        heads=HEADS,
        weeks=lines,
        most=max([line.offered or 0 for line in lines], default=0),
        districts=[_line(name or "onbekend", one) for name, one in districts.items()],
        coaches=[_line(name or "zonder coach", one) for name, one in coaches.items()],
        reasons=[(_reason(reason), _told(times)) for reason, times in reasons.items()],
        since=since,
        few=FEW,
    )


def _line(name: str, counts: Counts) -> Line:
    cells = tuple(_told(getattr(counts, field)) for field in adoption.NAMES)
    return Line(name, cells, counts.offered, counts.read)


def _told(count: int | None) -> str:
    return FEW if count is None else number(count)


def _reason(reason: str) -> str:
    return DECLINES.get(DeclineReason(reason), reason)
