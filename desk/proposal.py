"""One proposal on one screen, and its chain at a glance."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from desk.decided import coaches, decide_given, panel_of
from desk.desk import desk_of
from desk.map import geojson
from desk.plan_b import plan_b
from desk.problems import NotFound
from desk.reading import case, freshness, proposal, shown
from desk.thinking import StillLoading
from desk.viewer import Role, Viewer, only
from desk.views import is_fragment, page
from store import decisions, marks, people
from store.access import Look
from store.reading import in_force
from store.tenants import reading
from store.today import today

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
PURPOSE = "voorstel bespreken"
"""What a look at a name or address is for, as the line of access says it."""
RETRY = {"Retry-After": "5"}


@router.get("/voorstellen/{proposal_id}")
def one_proposal(request: Request, proposal_id: str, viewer: Coach) -> Response:
    """Show everything of a proposal that its coach may know; mark that she opened it."""
    desk = desk_of(request)
    try:
        stand = desk.thinking.now()
    except StillLoading:
        return _loading(request, proposal_id)
    on = today(desk.clock())
    with reading(desk.engine, viewer.corporation) as connection:
        what = case(connection, stand, viewer, proposal_id, on=on)
        view = shown(connection, stand, viewer, what, on=on)
        visits = decisions.visits_of(connection, [view.id])
        contact, addresses = people.reached(
            connection,
            view.household_id,
            [home.dwelling for home in (view.now, view.then) if home is not None],
            look=Look(viewer.user, PURPOSE, viewer.corporation),
        )
    with desk.engine.begin() as connection:
        own = coaches(connection, viewer, view.household_id, otherwise=what.row["coach"])
        if view.own and not own:  # she was its coach when the plan was read, and is no longer
            raise NotFound
        marks.mark(connection, view.id, who=viewer.user, corporation=viewer.corporation)
        plan = freshness(in_force(connection, desk.policy.region))
        # Who broke the glass looks, and decides nothing: docs/decisions/0022.
        panel = panel_of(connection, what.row, what.touching, visits, on=on) if own else None
    return page(
        request,
        "proposal.html",
        view=view,
        contact=contact,
        addresses=addresses,
        freshness=plan,
        map=stand.told.once(("map", view.household_id, view.dwelling_id), lambda: geojson(view)),
        **({} if panel is None else decide_given(panel)),
    )


@router.get("/voorstellen/{proposal_id}/keten")
def chain(
    request: Request,
    proposal_id: str,
    viewer: Coach,
    stap: Annotated[str, Query(max_length=3)] = "",
) -> Response:
    """Show the chain of a proposal, and of one link (`stap`) who would come instead."""
    desk = desk_of(request)
    try:
        stand = desk.thinking.now()
    except StillLoading:
        return _loading(request, f"{proposal_id}/keten")
    with reading(desk.engine, viewer.corporation) as connection:
        view = proposal(connection, stand, viewer, proposal_id, on=today(desk.clock()))
    step = int(stap) if stap.isascii() and stap.isdigit() else 0
    line = plan_b(stand, viewer, view, step)
    name = "parts/proposal_plan_b.html" if is_fragment(request) else "keten.html"
    return page(request, name, view=view, line=line, step=step)


def _loading(request: Request, below: str) -> Response:
    """Say that the plan is being loaded: a page that leads back, a part that asks again."""
    again = f"/voorstellen/{below}"
    if is_fragment(request):
        return page(request, "asking/laden.html", headers=RETRY, again=again, level=2)
    return page(
        request,
        "asking/page.html",
        status=503,
        headers=RETRY,
        part="laden",
        again=again,
        level=1,
        case=None,
        proposal=below.partition("/")[0],
    )
