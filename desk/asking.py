"""What a coach asks about a case of hers: waarom niet, wat zou het veranderen, wat is er anders.

Every page works whole, and as the part of a page that htmx asks for. The engine answers outside any
transaction; addresses are read afterwards, with their line of access.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from data_contracts.words import VerhuisketenError
from desk import asked, questions
from desk.desk import desk_of
from desk.reading import found, is_coach_of
from desk.thinking import ManyQuestions, Stand, StillLoading
from desk.viewer import Role, Viewer, only
from desk.views import is_fragment, page
from matching.candidates import UnknownHere
from store import people
from store.tenants import reading

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
Text = Annotated[str, Query(max_length=64)]
PURPOSE = "waarom niet"
"""What a look at an address is for, as the line of access says it."""
RETRY = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class Case:
    """The proposal that a question is about, and the plan it is answered from.

    `own`: the viewer is its coach; whoever broke the glass asks too, and decides nothing.
    """

    id: str
    household: str
    dwelling: str
    stand: Stand
    own: bool


@router.get("/voorstellen/{proposal}/waarom-niet")
def why_not(request: Request, proposal: str, viewer: Coach, woning: Text = "") -> Response:
    """Say why this household does not get a home, or find the home that is meant."""

    def answered(case: Case) -> Response:
        told: asked.Answer | None = None
        places: tuple[asked.Place, ...] = ()
        try:
            told = _told(case, woning) if woning else None
        except UnknownHere:
            places = asked.places_like(case.stand, woning)
        shown = [told.place] if told is not None else list(places)
        where = _addresses(request, viewer, [place.dwelling for place in shown])
        return _shown(
            request, "waarom_niet", case=case, woning=woning, told=told, places=places, where=where
        )

    return _answered(request, viewer, proposal, answered)


@router.get("/voorstellen/{proposal}/wat-zou")
def what_would(request: Request, proposal: str, viewer: Coach, prijs: Text = "") -> Response:
    """Say what each wish would open if a little less were asked; `prijs` names one to price."""

    def answered(case: Case) -> Response:
        found = questions.what_would(case.stand, case.household)
        priced = tuple(
            replace(one, price=_price(case, one)) if one.relaxed.name == prijs else one
            for one in found
        )
        told = asked.woulds(case.stand, priced)
        where = _addresses(request, viewer, [one.best.dwelling for one in told])
        return _shown(request, "wat_zou", case=case, told=told, prijs=prijs, where=where)

    return _answered(request, viewer, proposal, answered)


@router.get("/voorstellen/{proposal}/alternatieven")
def alternatives(request: Request, proposal: str, viewer: Coach) -> Response:
    """Give two or three other homes for this household, with what each costs the plan."""

    def answered(case: Case) -> Response:
        told = asked.others(case.stand, questions.alternatives(case.stand, case.household))
        where = _addresses(request, viewer, [one.place.dwelling for one in told])
        return _shown(request, "alternatieven", case=case, told=told, where=where)

    return _answered(request, viewer, proposal, answered)


def _answered(
    request: Request, viewer: Viewer, proposal: str, answer: Callable[[Case], Response]
) -> Response:
    """Answer about a case of the viewer's; when the plan cannot be asked yet, say so.

    Raises NotFound for what is not there and what is not the viewer's alike.
    """
    desk = desk_of(request)
    try:
        stand = desk.thinking.now()
        with reading(desk.engine, viewer.corporation) as connection:
            row = found(connection, stand, viewer, proposal)
        own = is_coach_of(stand, viewer, row["household"], coach=row["coach"])
        return answer(Case(row["id"], row["household"], row["dwelling"], stand, own))
    except (StillLoading, ManyQuestions) as wait:
        return _later(request, proposal, wait)


def _told(case: Case, dwelling: str) -> asked.Answer:
    place = asked.place_of(case.stand, dwelling)
    if place is None:
        raise UnknownHere
    told = questions.why_not(case.stand, case.household, dwelling)
    return asked.answer(told, place, proposed=dwelling == case.dwelling)


def _price(case: Case, one: questions.WouldChange) -> questions.Price | None:
    return questions.price_of(case.stand, case.household, one.best, relaxed=one.relaxed)


def _addresses(request: Request, viewer: Viewer, dwellings: list[str]) -> dict[str, str]:
    """The addresses of homes of the viewer's corporation; of others there are none."""
    if not dwellings:
        return {}
    with reading(desk_of(request).engine, viewer.corporation) as connection:
        return people.addresses_of(
            connection,
            dwellings,
            who=viewer.user,
            purpose=PURPOSE,
            corporation=viewer.corporation,
        )


def _shown(request: Request, name: str, **given: Any) -> Response:  # noqa: ANN401 - for a template
    """The part alone where htmx asks for it, else a page around it."""
    if is_fragment(request):
        return page(request, f"asking/{name}.html", level=2, **given)
    return page(request, "asking/page.html", part=name, level=1, **given)


def _later(request: Request, proposal: str, wait: VerhuisketenError) -> Response:
    """Say why there is no answer yet; htmx asks again by itself."""
    again = f"{request.url.path}?{request.url.query}".rstrip("?")
    told: dict[str, Any] = {"sentence": str(wait), "again": again}
    if is_fragment(request):
        return page(request, "asking/later.html", headers=RETRY, level=2, **told)
    return page(
        request,
        "asking/page.html",
        status=503,
        headers=RETRY,
        part="later",
        level=1,
        case=None,
        proposal=proposal,
        **told,
    )
