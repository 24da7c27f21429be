"""One proposal on one screen, and its chain at a glance."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from data_contracts.policy import policy_from
from desk import map as maps
from desk.decided import decide_given
from desk.desk import desk_of
from desk.plan_b import plan_b
from desk.reading import freshness, proposal
from desk.thinking import StillLoading
from desk.viewer import Role, Viewer, only
from desk.views import is_fragment, page
from store import marks, people
from store.reading import in_force
from store.tenants import reading
from store.today import today

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
PURPOSE = "voorstel bespreken"
"""What a look at a name or address is for, as the line of access says it."""
RETRY = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class Contact:
    """Who to call, as its coach may know: from `store.people`, with a line of access."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@router.get("/voorstellen/{proposal_id}")
def one_proposal(request: Request, proposal_id: str, viewer: Coach) -> Response:
    """Show everything of a proposal that its coach may know; mark that she opened it."""
    desk = desk_of(request)
    try:
        stand = desk.thinking.now()
    except StillLoading:
        return _loading(request, proposal_id)
    with reading(desk.engine, viewer.corporation) as connection:
        view = proposal(connection, stand, viewer, proposal_id, on=today(desk.clock()))
        contacts = people.contacts_of(
            connection,
            [view.household_id],
            who=viewer.user,
            purpose=PURPOSE,
            corporation=viewer.corporation,
        )
        addresses = people.addresses_of(
            connection,
            [home.dwelling for home in (view.now, view.then) if home is not None],
            who=viewer.user,
            purpose=PURPOSE,
            corporation=viewer.corporation,
        )
    with desk.engine.begin() as connection:
        marks.mark(connection, view.id, who=viewer.user, corporation=viewer.corporation)
        plan = freshness(in_force(connection, policy_from(desk.installation.policy).region))
    rows = contacts.to_dict("index")
    contact = Contact(**rows[view.household_id]) if view.household_id in rows else Contact()
    return page(
        request,
        "proposal.html",
        view=view,
        contact=contact,
        addresses=addresses,
        freshness=plan,
        map=maps.geojson(view),
        **decide_given(desk.engine, viewer, view.id, on=view.on),
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
