"""Asking: the form of a what-if, what it says back, and the queue it goes into."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from functools import cache
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from data_contracts.scenario import (
    Allocation,
    Letting,
    example_text,
    examples,
    scenario_from,
)
from data_contracts.words import VerhuisketenError
from desk.desk import Desk, desk_of
from desk.once import OldForm, fresh, once
from desk.viewer import Role, Viewer, only
from desk.views import page
from desk.whatif.draft import Draft, as_typed, begun, drafted
from desk.whatif.study import MOVING, seen
from desk.whatif.typed import LONGEST, Typed
from desk.whatif.words import estimate
from store import simulations
from store.database import Connection
from store.simulations import Question
from store.tenants import reading
from store.today import today

router = APIRouter()
Planner = Annotated[Viewer, Depends(only(Role.PLANNER))]
Short = Annotated[str, Query(max_length=64)]
ROUTE = "/wat-als"
AT_ONCE = 4
"""So many what-ifs of one corporation may run or wait."""
WAYS = [
    (Allocation.ENGINE.value, "De motor van de nacht", "zoekt de beste ketens voor iedereen samen"),
    (Allocation.DOWNSIZERS.value, "Eerst wie een grote woning achterlaat", "doorstromers"),
    (Allocation.REGISTRATION.value, "Wie het langst is ingeschreven", ""),
    (Allocation.LOTTERY.value, "Loting", ""),
]
FIRST = [
    (Letting.FREE.value, "Iedereen", ""),
    (Letting.OLDER.value, "Alleen 55-plussers", "dit label blijft op de woning"),
    (Letting.DOWNSIZERS.value, "Eerst wie een grote woning achterlaat", "doorstromers"),
]
USUAL = "nieuwbouw-nultreden"
"""The example that the form begins with."""


class TooMany(VerhuisketenError):
    """Er rekenen of wachten al vier wat-als van uw corporatie. Wacht op één, of stop er een."""


class Example(NamedTuple):
    """An example to begin with."""

    name: str
    title: str
    question: str


@cache
def known_examples() -> tuple[Example, ...]:
    """Give our examples; read once, they come with the code."""
    read = ((name, scenario_from(name)) for name in examples())
    return tuple(Example(name, one.title, one.question) for name, one in read)


def full(connection: Connection) -> str:
    """Say in a sentence that no more can be asked now; nothing when there is room."""
    asked = simulations.asked(connection)
    busy = sum(one.status in MOVING for one in asked)
    return str(TooMany()) if busy >= AT_ONCE else ""


@router.get("/wat-als/nieuw")
def new(request: Request, viewer: Planner, voorbeeld: Short = "") -> Response:
    """Show the form, with an example in it."""
    chosen = voorbeeld if voorbeeld in examples() else USUAL
    return _form(request, viewer, begun(example_text(chosen)), chosen=chosen)


@router.post("/wat-als")
async def ask(request: Request, viewer: Planner) -> Response:
    """Ask what a form says, or look at it first; what is wrong is told with nothing lost."""
    asked = request.form(max_files=1, max_fields=60, max_part_size=4 * LONGEST)
    async with asked as form:  # or a file that was sent along stays open
        typed = {name: str(value) for name, value in form.items() if isinstance(value, str)}
        file = await _uploaded(form)
    return await run_in_threadpool(_asked, request, viewer, Typed(typed), file)


async def _uploaded(form: FormData) -> str | None:
    """Give the text of the file that was chosen; None where none was, or it is empty."""
    file = form.get("bestand")
    if not isinstance(file, UploadFile):
        return None
    read = await file.read(4 * LONGEST)
    return read.decode("utf-8-sig", errors="replace").replace("\r\n", "\n") or None


def _asked(request: Request, viewer: Viewer, typed: Typed, file: str | None) -> Response:
    desk = desk_of(request)
    text = file if file is not None else _text(desk, viewer, typed)
    stand = desk.thinking.ready()
    on = today(desk.clock()) if stand is None else stand.on
    draft = drafted(typed, text, on=on, state=None if stand is None else stand.state)
    if draft.scenario is None:
        return _form(request, viewer, draft, status=400)
    if typed.text("wat") == "kijk":
        return _form(request, viewer, draft, looked=True)
    question = Question.of([draft.scenario])
    try:
        return once(
            desk,
            viewer,
            ROUTE,
            dict(typed.said) | {"bestand": file or ""},
            lambda connection: _put(connection, desk, viewer, question),
        )
    except (TooMany, OldForm, simulations.NothingToStartFrom) as late:
        return _form(request, viewer, draft, status=409, late=str(late))


def _text(desk: Desk, viewer: Viewer, typed: Typed) -> str:
    """Give the YAML that is meant: as it was typed, or of the what-if it was asked from."""
    if "scenario" in typed.said or not typed.text("van"):
        return typed.text("scenario")
    asked = seen(desk, viewer, typed.text("van")).simulation.question
    first = (asked.scenarios[1:] or asked.scenarios)[0]
    return as_typed(first.model_copy(update={"replications": asked.replications}))


def _put(connection: Connection, desk: Desk, viewer: Viewer, question: Question) -> str:
    start = simulations.start_now(connection, desk.installation)
    number = simulations.ask(
        connection, question, start, corporation=viewer.corporation, by=viewer.user
    )
    # Counted after the asking, which lets the questions of a corporation through one by one.
    asked = simulations.asked(connection, limit=400)
    own = [one for one in asked if one.corporation == viewer.corporation]
    if sum(one.status in MOVING for one in own) > AT_ONCE:
        raise TooMany
    return f"{ROUTE}/{number}"


def _form(
    request: Request,
    viewer: Viewer,
    draft: Draft,
    *,
    chosen: str = "",
    looked: bool = False,
    late: str = "",
    status: int = 200,
) -> Response:
    desk = desk_of(request)
    with reading(desk.engine, viewer.corporation) as connection:
        said = late or full(connection)
    stand = desk.thinking.ready()
    homes = None if stand is None else len(stand.state.dwellings)
    wrong = dict.fromkeys(draft.said, "") | {
        field: " ".join(said for name, said in draft.mistakes if name == field)
        for field, _ in draft.mistakes
    }
    return page(
        request,
        "whatif/new.html",
        status=status,
        said=draft.said,
        was=draft.was,
        wrong=wrong,
        mistakes=draft.mistakes,
        builds=draft.builds,
        opened=looked,
        chosen=chosen,
        full=said,
        estimate=estimate(Question.of([draft.scenario]), homes) if draft.scenario else "",
        examples=known_examples(),
        ways=WAYS,
        first=FIRST,
        token=fresh(),
    )
