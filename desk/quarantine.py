"""The quarantine: a refused row, what is wrong with it, and the form in which it is corrected.

What was corrected goes out as a small file into the watched folder, and comes in like any other.
Before that it is held against the same rules here, so that nobody waits to hear of a slip.
"""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
import json
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_contracts.feeds import Parsed, RawRecord, RawTable, parse
from data_contracts.record import apart_fields
from data_contracts.records import DELIVERIES, Delivery
from desk.data_scope import Scope, number, scope_of
from desk.desk import Desk, desk_of
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only
from desk.views import page
from store import delivered, named, quarantine
from store.access import Look, note
from store.life import Stale
from store.postbox import post
from store.quarantine import Held
from store.sealed_cells import secret_of

router = APIRouter()
Steward = Annotated[Viewer, Depends(only(Role.STEWARD, Role.ADMINISTRATOR))]
PURPOSE = "een afgekeurde regel verbeteren"
LONGEST = 2_000
"""Characters that a cell may have; no field of ours takes so many."""
PREFIX = "cel-"
STRANGE = "Deze regel noemt iets van een andere corporatie. Noem alleen wat van u is."


class Cell(NamedTuple):
    """One cell of the form: its column, what stands in it, whether it must, and what is wrong."""

    column: str
    value: str
    required: bool
    apart: bool
    wrong: str


@router.get("/gegevens/uitval")
def listing(request: Request, viewer: Steward, na: str = "") -> Response:
    """Show the refused rows that wait for somebody, oldest first."""
    scope = scope_of(desk_of(request), viewer)
    with scope.reading() as connection:
        rows = delivered.kept(connection, scope.whose, after=number(na) if na else None)
    return page(
        request,
        "data/quarantine.html",
        rows=rows,
        more=rows[-1].turn if len(rows) == delivered.PAGE else None,
    )


@router.get("/gegevens/uitval/{regel}")
def row(request: Request, viewer: Steward, regel: str) -> Response:
    """Show one refused row as it stood there, what is wrong with it, and the form."""
    desk = desk_of(request)
    held, wrong, became = _look(desk, viewer, regel)
    return _page(request, held, held.cells, _by_column(wrong), became=became)


@router.post("/gegevens/uitval/{regel}")
async def correct(request: Request, viewer: Steward, regel: str) -> Response:
    """Take a corrected row: deliver it again, or show what is still wrong with it."""
    form = await request.form(max_files=0, max_fields=200, max_part_size=1 << 16)
    typed = {
        name.removeprefix(PREFIX): str(value)[:LONGEST].strip()
        for name, value in form.items()
        if name.startswith(PREFIX)
    }
    return await run_in_threadpool(_corrected, request, viewer, regel, typed)


def _corrected(request: Request, viewer: Viewer, regel: str, typed: dict[str, str]) -> Response:
    desk = desk_of(request)
    held, _, became = _look(desk, viewer, regel)
    if held.state == quarantine.SENT and became is None:
        _post(desk, held)  # it was booked, and then something fell before the file was there
        return _back(held)
    if held.state != quarantine.WAITS:
        raise Stale
    columns = _columns(DELIVERIES[held.origin.state_table])
    cells = {column: typed[column] for column in columns if typed.get(column)}
    wrong = _wrong(desk, scope_of(desk, viewer), held, cells)
    if wrong:
        return _page(request, held, cells, wrong, status=400)
    with desk.engine.begin() as connection:
        sent = quarantine.send(
            connection, held, cells, by=viewer.user, secret=secret_of(desk.installation)
        )
    _post(desk, sent)
    return _back(held)


def _look(
    desk: Desk, viewer: Viewer, regel: str
) -> tuple[Held, tuple[quarantine.Complaint, ...], quarantine.Outcome | None]:
    """Read a row that somebody may see, and write down that they did, in one transaction."""
    scope = scope_of(desk, viewer)
    with scope.reading() as connection:
        try:
            held = quarantine.find(connection, regel, secret=secret_of(desk.installation))
        except quarantine.NoSuchRow as error:
            raise NotFound from error
        if held.corporation not in scope.whose:
            raise NotFound
        seen = [one for one in (held.id, held.household, held.key) if one]
        look = Look(viewer.user, PURPOSE, held.corporation or viewer.corporation, "bureau")
        note(connection, look, "quarantine", {look.corporation: seen})
        complaints = quarantine.complaints(connection, held)
        return held, complaints, quarantine.outcome(connection, held)


def _columns(delivery: Delivery) -> tuple[str, ...]:
    fields = delivery.record.model_fields
    return tuple(field.alias or name for name, field in fields.items())


def _by_column(complaints: tuple[quarantine.Complaint, ...]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for one in complaints:
        wrong[one.column] = f"{wrong.get(one.column, '')} {one.sentence}".strip()
    return wrong


def _wrong(desk: Desk, scope: Scope, held: Held, cells: dict[str, str]) -> dict[str, str]:
    """Say what is wrong with a corrected row, by column; '' for the row as a whole."""
    parsed = _parsed(held, cells)
    if parsed.rejects:
        return _by_column(
            tuple(quarantine.Complaint(w.column, w.code, w.sentence) for w in parsed.rejects)
        )
    if parsed.rows.empty:
        return {"": "Er staat niets in deze regel. Vul haar in."}
    said = parsed.rows.iloc[0].dropna().to_dict()
    with desk.engine.begin() as connection:
        of = named.corporations_named(
            connection, held.origin.state_table, str(parsed.rows.index[0]), said
        )
    # Who looks after rows of nobody may say whose they are; everybody else speaks of their own.
    others = of - {scope.corporation}
    return {"": STRANGE} if others and held.corporation else {}


def _parsed(held: Held, cells: dict[str, str]) -> Parsed:
    delivery = DELIVERIES[held.origin.state_table]
    columns = _columns(delivery)
    whole = dict.fromkeys(columns, "") | cells
    return parse(RawTable(columns, [RawRecord(1, 1, whole)], "", ""), delivery)


def _post(desk: Desk, held: Held) -> None:
    text = json.dumps(held.cells, ensure_ascii=False)
    post(desk.installation.inbox, quarantine.correction_name(held), text + "\n")


def _back(held: Held) -> Response:
    return RedirectResponse(f"/gegevens/uitval/{held.id}", 303)


def _page(
    request: Request,
    held: Held,
    cells: dict[str, str],
    wrong: dict[str, str],
    *,
    status: int = 200,
    became: quarantine.Outcome | None = None,
) -> Response:
    delivery = DELIVERIES[held.origin.state_table]
    apart = apart_fields(delivery.record)
    form = [
        Cell(
            column, cells.get(column, ""), field.is_required(), name in apart, wrong.get(column, "")
        )
        for column, (name, field) in zip(
            _columns(delivery), delivery.record.model_fields.items(), strict=True
        )
    ]
    return page(
        request,
        "data/row.html",
        status=status,
        held=held,
        delivery=delivery,
        cells=form,
        prefix=PREFIX,
        whole=wrong.get("", ""),
        mistakes=[
            (PREFIX + cell.column, f"{cell.column}: {cell.wrong}") for cell in form if cell.wrong
        ],
        became=became,
    )
