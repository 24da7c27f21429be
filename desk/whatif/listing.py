"""What was asked before, and several of those beside one another."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from data_contracts.scenario import NOTHING, scenario_from
from desk.desk import Desk, desk_of
from desk.paper.whatif import cells, charts, sections
from desk.paper.whatif.figured import FEW_NOTE
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only
from desk.views import page
from desk.whatif.asking import full, known_examples
from desk.whatif.study import ENOUGH, Results, Seen, results, seen
from desk.whatif.words import STATES, progress_in_words
from matching.simulate.question import NotTogether, beside_nothing
from store import simulations
from store.tenants import reading

router = APIRouter()
Planner = Annotated[Viewer, Depends(only(Role.PLANNER))]
Chosen = Annotated[list[str] | None, Query(max_length=20)]
SHOWN = 30
"""What-ifs in the list: the newest."""
MOST = 4
"""More beside one another nobody can read."""
CHOOSE = "Kruis in de lijst twee, drie of vier wat-als aan waarvan al iets te lezen is."
NOT_READY = "Van één van deze wat-als is nog niets te lezen. Wacht even en probeer het opnieuw."
OTHER_FACTS = (
    "Zij beginnen niet op dezelfde dag met dezelfde gegevens. Vraag ze opnieuw om ze eerlijk naast "
    "elkaar te zetten."
)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the list; `ready`: there is something to compare."""

    id: str
    title: str
    question: str
    asked: datetime
    state: tuple[str, str]
    progress: str
    ready: bool


@router.get("/wat-als")
def listing(request: Request, viewer: Planner) -> Response:
    """Show what was asked before, newest first, and examples to begin with."""
    desk = desk_of(request)
    with reading(desk.engine, viewer.corporation) as connection:
        asked = simulations.asked(connection, limit=SHOWN)
        found = [Seen(one, simulations.progress(connection, one.id)) for one in asked]
        said = full(connection)
    return page(
        request,
        "whatif/list.html",
        items=[_item(one) for one in found],
        full=said,
        examples=known_examples(),
    )


def _item(one: Seen) -> Item:
    asked = one.simulation.question.scenarios
    return Item(
        id=one.simulation.id,
        title=one.title,
        question=asked[-1].question,
        asked=one.simulation.at,
        state=STATES[one.progress.status],
        progress=progress_in_words(one.progress),
        ready=one.progress.done >= ENOUGH * len(asked),
    )


@router.get("/wat-als/vergelijken")
def beside(request: Request, viewer: Planner, keuze: Chosen = None) -> Response:
    """Show up to four what-ifs beside one another: of each the difference from doing nothing."""
    desk = desk_of(request)
    chosen = list(dict.fromkeys(keuze or ()))
    if not ENOUGH <= len(chosen) <= MOST:
        return page(request, "whatif/beside.html", sentence=CHOOSE)
    shown = [seen(desk, viewer, number[:64]) for number in chosen]
    found = _all_results(request, desk, shown)
    if found is None:
        return page(request, "whatif/beside.html", sentence=NOT_READY)
    columns, rows = together(shown, found)
    chart = _chart(found)
    return page(
        request,
        "whatif/beside.html",
        sentence="",
        shown=[_item(one) for one in shown],
        differ=differ(shown),
        few=FEW_NOTE,
        columns=columns,
        rows=rows,
        chart_of=charts.as_told(chart) if chart is not None else None,
        picture=f"/wat-als/vergelijken/verschillen.svg?{urlencode([('keuze', n) for n in chosen])}",
    )


@router.get("/wat-als/vergelijken/verschillen.svg")
def picture(request: Request, viewer: Planner, keuze: Chosen = None) -> Response:
    """Draw the differences of several what-ifs. 404 while there is nothing to draw."""
    desk = desk_of(request)
    chosen = list(dict.fromkeys(keuze or ()))
    if not ENOUGH <= len(chosen) <= MOST:
        raise NotFound
    found = _all_results(request, desk, [seen(desk, viewer, number[:64]) for number in chosen])
    chart = _chart(found) if found is not None else None
    if chart is None:
        raise NotFound
    return Response(charts.svg(chart), media_type="image/svg+xml")


def _chart(found: list[Results]) -> charts.Chart | None:
    return charts.beside([(one.comparison, one.told.titles) for one in found])


def _all_results(request: Request, desk: Desk, shown: list[Seen]) -> list[Results] | None:
    found = [results(request, desk, one) for one in shown]
    ready = [one for one in found if one is not None]
    return ready if len(ready) == len(shown) else None


Row = tuple[str, str, str, list[sections.Difference]]
"""What was counted, its unit, what doing nothing comes to, and the differences in order."""


def together(shown: list[Seen], found: list[Results]) -> tuple[list[str], list[Row]]:
    """Put the differences of several what-ifs in columns, with what was counted in any of them."""
    columns: list[str] = []
    lines: dict[str, tuple[str, str, dict[int, sections.Difference]]] = {}
    for one, results_ in zip(shown, found, strict=True):
        told = results_.told
        names = cells.others(told.comparison)
        for part in sections.PARTS:
            for line in sections.measured(told.comparison, part):
                known = lines.setdefault(line.title, (line.unit, line.baseline, {}))[2]
                known |= dict(enumerate(line.differences, start=len(columns)))
        columns += [told.titles[name] for name in names] or [one.title]
    nothing = sections.Difference("–", "", "")
    return columns, [
        (title, unit, baseline, [known.get(number, nothing) for number in range(len(columns))])
        for title, (unit, baseline, known) in lines.items()
    ]


def differ(shown: list[Seen]) -> str:
    """Say what these what-ifs do not have in common, so that nobody compares unlike things."""
    if len({one.simulation.start.basis for one in shown}) > 1:
        return OTHER_FACTS
    changed = [
        scenario.model_copy(update={"name": f"s-{number}-{place}"})
        for number, one in enumerate(shown)
        for place, scenario in enumerate(one.simulation.question.scenarios[1:])
    ]
    try:
        beside_nothing(changed[:MOST], scenario_from(NOTHING))
    except NotTogether as error:
        return str(error)
    return ""
