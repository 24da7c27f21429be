"""One what-if: how far it is, and what it says so far; always beside doing nothing."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk.desk import desk_of
from desk.once import fresh
from desk.paper.whatif import charts, sections
from desk.paper.whatif.answers import answers
from desk.paper.whatif.assumptions import assumptions
from desk.paper.whatif.changes import change_in_words
from desk.paper.whatif.figured import FEW_NOTE
from desk.viewer import Role, Viewer, only
from desk.views import page
from desk.whatif.area import Area, area
from desk.whatif.asking import FIRST, WAYS
from desk.whatif.map import centres
from desk.whatif.study import Results, Seen, pending, results, seen
from desk.whatif.typed import shown
from desk.whatif.words import STATES, progress_in_words, stage_of
from store import simulations

router = APIRouter()
Planner = Annotated[Viewer, Depends(only(Role.PLANNER))]
Word = Annotated[str, Query(max_length=64)]
REPORTS = (
    ("html", "Verslag om te lezen (HTML, één bestand)"),
    ("pdf", "Verslag om te printen (PDF)"),
    ("xlsx", "Alle cijfers als werkboek (Excel)"),
    ("parquet.zip", "Alle cijfers om mee verder te rekenen (Parquet)"),
)
"""What one may take along: the end of its address, and what it is."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of what there is to read: its lines, and its charts with the tables behind them."""

    title: str
    told: str
    lines: tuple[sections.Measured, ...]
    norms: tuple[sections.Measured, ...]
    charts: tuple[dict[str, Any], ...]


@router.get("/wat-als/{simulation}")
def result(
    request: Request, simulation: str, viewer: Planner, kaart: Word = "", bij: Word = ""
) -> Response:
    """Show a what-if: its question, its answer as far as there is one, and what it rests on."""
    desk = desk_of(request)
    one = seen(desk, viewer, simulation)
    found = results(request, desk, one)
    stand = desk.thinking.ready()
    asked = one.simulation.question
    first = (asked.scenarios[1:] or asked.scenarios)[0]
    said = shown(first) | {"keren": str(asked.replications)}
    return page(
        request,
        "whatif/result.html",
        **_progress(request, one, found),
        title=one.title,
        asked=one.simulation.at,
        questions=[each.question for each in asked.scenarios[1:] if each.question],
        badge_of=STATES[one.progress.status],
        supposed=[(each.title, _changes(each)) for each in asked.scenarios[1:]],
        assumed=assumptions(asked.scenarios[1:] or asked.scenarios),
        results=found,
        answers=answers(found.comparison, asked.scenarios) if found else (),
        rests_on=rests_on(one, found),
        few=FEW_NOTE,
        titles=_titles(found),
        sections=_sections(found),
        area=_area(found, kaart, bij, centres(stand)),
        tiles=desk.installation.map_tiles,
        reports=REPORTS,
        said=said,
        builds=said["woningen"] != "0",
        ways=WAYS,
        first=FIRST,
        token=fresh(),
    )


@router.get("/wat-als/{simulation}/voortgang")
def progress(
    request: Request, simulation: str, viewer: Planner, gezien: Word = "", getoond: Word = ""
) -> Response:
    """Say how far a what-if is; nothing (204) as long as there is nothing new to say.

    `gezien` is what was said last, `getoond` the stage of what is being read. Who reads nothing yet
    gets the whole page as soon as there is something to read.
    """
    desk = desk_of(request)
    one = seen(desk, viewer, simulation)
    found = results(request, desk, one)
    given = _progress(request, one, found)
    if gezien == given["stage"]:
        return Response(status_code=204)
    over = not one.moving and not given["waiting"]
    if getoond == "0" and (found is not None or over):
        return Response(headers={"HX-Refresh": "true"})
    newer = found is not None and getoond.isdigit() and one.stage > int(getoond[:9])
    shown_stage = getoond if getoond.isdigit() else str(given["rests"])
    return page(
        request, "whatif/progress.html", **given | {"newer": newer, "rests": shown_stage[:9]}
    )


@router.post("/wat-als/{simulation}/stop")
def stop(request: Request, simulation: str, viewer: Planner) -> Response:
    """Stop a what-if; what is being run is finished, and what was run is kept."""
    desk = desk_of(request)
    one = seen(desk, viewer, simulation)
    with desk.engine.begin() as connection:
        simulations.stop(connection, one.simulation.id)
    return RedirectResponse(f"/wat-als/{one.simulation.id}", 303)


def _progress(request: Request, one: Seen, found: Results | None) -> dict[str, Any]:
    waiting = found is None and pending(request, one)
    return {
        "id": one.simulation.id,
        "moving": one.moving,
        "waiting": waiting,
        "stopping": one.progress.stopping,
        "sentence": progress_in_words(one.progress),
        "done": one.progress.done,
        "of": one.progress.total,
        "stage": stage_of(one, waiting=waiting),
        "rests": one.stage if found is not None else 0,
        "newer": False,
    }


def rests_on(one: Seen, found: Results | None) -> str:
    """Say that this is not all there will be; nothing when it is."""
    if found is None or one.progress.done == one.progress.total:
        return ""
    runs = found.comparison.runs
    here = runs[runs["acceptance"] == found.comparison.acceptance]["replications"]
    times = f"{int(here.min())} van de {one.simulation.question.replications} herhalingen"
    return f"Dit is een tussenstand, na {times}. Met meer herhalingen worden de marges smaller."


def _changes(scenario: Any) -> list[str]:  # noqa: ANN401 - a Scenario, as it was asked
    return [change_in_words(change) for change in scenario.changes]


def _titles(found: Results | None) -> list[str]:
    if found is None:
        return []
    titles = found.told.titles
    return [titles[name] for name in found.comparison.scenarios[1:]]


def _sections(found: Results | None) -> list[Section]:
    if found is None:
        return []
    told = [
        Section(
            part.title,
            part.told,
            sections.measured(found.comparison, part),
            sections.norms(found.comparison) if part.ratios else (),
            tuple(
                charts.as_told(found.charts[name]) for name in part.charts if name in found.charts
            ),
        )
        for part in sections.PARTS
    ]
    return [one for one in told if one.lines or one.charts]


def _area(found: Results | None, chosen: str, of: str, places: Any) -> Area | None:  # noqa: ANN401 - as `centres` gives them
    return None if found is None else area(found.told, places, chosen=chosen, of=of)
