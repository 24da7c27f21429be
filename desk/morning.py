"""My morning: a coach's own proposals, what asks most first. Needs no warm plan."""

import re
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from data_contracts.phrases import KINDS
from data_contracts.words import DwellingKind, ProposalState
from desk.desk import Desk, desk_of
from desk.reading import Filter, Morning, morning
from desk.reading.morning import MARKS, PAGE
from desk.reading.words import STATES
from desk.viewer import Role, Viewer, only
from desk.views import page
from desk.visits import Visiting, visiting
from store import people
from store.reading import own_households
from store.tenants import reading

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
Text = Annotated[str, Query(max_length=100)]
MOST = 200
"""So many proposals one name finds at most."""
LIST = "werklijst"
SEARCH = "zoeken op naam"
"""What a look at names is for, as the line of access says it."""
AFTER = re.compile(r"(\d)~(\d{4}-\d\d-\d\d)~([\w.:-]{1,100})", re.ASCII)
"""Where a page begins: rank, last day, id of the last row before."""
ALL = ("", "alles")
SHOWN = (
    ProposalState.OFFERED,
    ProposalState.TAKEN_UP,
    ProposalState.ACCEPTED,
    ProposalState.SIGNED,
)


@router.get("/voorstellen")
def my_morning(  # noqa: PLR0913 - a field of the form each
    request: Request,
    viewer: Coach,
    *,
    stand: Text = "",
    merk: Text = "",
    buurt: Text = "",
    soort: Text = "",
    zoek: Text = "",
    na: Text = "",
) -> Response:
    """Show the list, or what a coach wants to see of it; unknown words count as nothing asked."""
    asked = Filter(
        state=ProposalState(stand) if stand in SHOWN else None,
        mark=merk if merk in MARKS else None,
        neighbourhood=_plain(buurt),
        kind=DwellingKind(soort) if soort in set(DwellingKind) else None,
        found=_plain(zoek),
        after=_begin(na),
    )
    return _shown(request, viewer, asked)


@router.post("/voorstellen")
def by_name(
    request: Request, viewer: Coach, naam: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Search among the names of her own households: posted, for a name never stands in a URL."""
    wanted = " ".join(naam.replace("\0", " ").split()).casefold()
    if not wanted:
        return _shown(request, viewer, Filter())
    desk = desk_of(request)
    with desk.engine.begin() as facts:
        own = own_households(facts, viewer.coach or "", viewer.corporation)
    with reading(desk.engine, viewer.corporation) as connection:
        names = people.names_of(
            connection, own, who=viewer.user, purpose=SEARCH, corporation=viewer.corporation
        )
    like = tuple(household for household, name in names.items() if wanted in name.casefold())
    return _shown(request, viewer, Filter(people=like), by_name=True)


def _begin(text: str) -> tuple[int, str, str] | None:
    begin = AFTER.fullmatch(text)
    if begin is None or not _is_day(begin[2]):
        return None
    return int(begin[1]), begin[2], begin[3]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _plain(text: str) -> str | None:
    """What was typed, without what no id holds (PostgreSQL refuses a NUL); None for nothing."""
    return text.replace("\0", "").strip() or None


def _shown(request: Request, viewer: Viewer, asked: Filter, *, by_name: bool = False) -> Response:
    desk = desk_of(request)
    policy = desk.policy
    found = morning(
        desk.engine, viewer, policy, now=desk.clock(), asked=asked, limit=MOST if by_name else PAGE
    )
    visits, names = _of_people(desk, viewer, found)
    return page(
        request,
        "morning.html",
        found=found,
        visits=visits,
        names=names,
        asked=asked,
        filtered=_filtered(asked),
        by_name=by_name,
        further=None if found.next is None or by_name else _further(asked, found.next),
        choices={
            "state": [ALL, *((state.value, STATES[state]) for state in SHOWN)],
            "mark": [ALL, *MARKS.items()],
            "kind": [ALL, *((kind.value, KINDS[kind]) for kind in found.kinds)],
            "area": [ALL, *((area, area) for area in found.neighbourhoods)],
        },
    )


def _of_people(
    desk: Desk, viewer: Viewer, found: Morning
) -> tuple[tuple[Visiting, ...], dict[str, str]]:
    """Her visits, and the names of her own households on the page, with a line of access."""
    if not found.households:
        return (), {}
    with reading(desk.engine, viewer.corporation) as connection:
        visits = visiting(connection, found.households, now=desk.clock())
        shown = [*(one.household for one in visits), *(row.household for row in found.rows)]
        if not shown:
            return visits, {}
        return visits, people.names_of(
            connection, shown, who=viewer.user, purpose=LIST, corporation=viewer.corporation
        )


def _filtered(asked: Filter) -> bool:
    kept = (asked.state, asked.mark, asked.neighbourhood, asked.kind, asked.found, asked.people)
    return any(value is not None for value in kept)


def _further(asked: Filter, end: tuple[int, str, str]) -> str:
    """The address of the next page: the same filter, from where this one ends."""
    fields: dict[str, Any] = {
        "stand": asked.state,
        "merk": asked.mark,
        "buurt": asked.neighbourhood,
        "soort": asked.kind,
        "zoek": asked.found,
        "na": "~".join(map(str, end)),
    }
    return "/voorstellen?" + urlencode({name: str(v) for name, v in fields.items() if v})
