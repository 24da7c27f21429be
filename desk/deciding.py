"""What a coach decides on a proposal: the steps, the way back, letting it rest, a visit.

Every form carries the position that was seen and a token that counts once. Whoever comes too late
hears why, on the same page, with the newer state.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import Response

from data_contracts.words import DeclineReason, HoldReason, ProposalState, VerhuisketenError
from desk.decided import AGAIN, LENGTHS, decide_given, mine, panel, sequel
from desk.desk import desk_of
from desk.once import OldForm, once
from desk.viewer import Role, Viewer, only
from desk.views import is_fragment, page
from store import decisions, life, words
from store.database import Connection
from store.today import ZONE, today
from store.undo import undo

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
Text = Annotated[str, Form(max_length=64)]
Prose = Annotated[str, Form(max_length=4_000)]
PRESENT = "presented"
STEPS = {
    str(state): state
    for state in ProposalState
    if state not in (ProposalState.OFFERED, ProposalState.EXPIRED, ProposalState.SUPERSEDED)
}
"""The steps a form may ask for, by their code; besides, that it was put to the household."""
LATE = (life.Stale, life.NotAllowed, OldForm)


class NotFilledIn(VerhuisketenError):
    """In het formulier klopt iets nog niet."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@router.get("/voorstellen/{proposal}/beslissen")
def deciding(request: Request, proposal: str, viewer: Coach) -> Response:
    """Show what may be done with a proposal now."""
    return _shown(request, viewer, proposal)


@router.post("/voorstellen/{proposal}/stap")
def step(  # noqa: PLR0913, PLR0917 - the fields of a form
    request: Request,
    proposal: str,
    viewer: Coach,
    stap: Text = "",
    stand: Text = "",
    eenmalig: Text = "",
    reden: Text = "",
    toelichting: Prose = "",
) -> Response:
    """Take a step with a proposal: discuss it, put it to the household, yes, no, signed, moved."""
    given = {"stap": stap, "stand": stand, "eenmalig": eenmalig, "reden": reden}
    given |= {"toelichting": toelichting}

    def take(connection: Connection, on: date) -> str:
        seen = _position(stand)
        if stap == PRESENT:
            decisions.present(connection, proposal, on=on, expected_position=seen, by=viewer.user)
            return f"/voorstellen/{proposal}"
        if stap not in STEPS:
            raise NotFilledIn("stap", "Kies een stap.")
        reason = _reason(reden) if STEPS[stap] is ProposalState.DECLINED else None
        said = _explained(reason, toelichting)
        life.answer(
            connection,
            proposal,
            STEPS[stap],
            on=on,
            expected_position=seen,
            reason=reason,
            by=viewer.user,
        )
        if said:
            _keep(connection, viewer, proposal, about="decline", subject=proposal, said=said)
        return f"/voorstellen/{proposal}"

    return _done(request, viewer, proposal, given, take)


def _reason(code: str) -> DeclineReason:
    if code not in set(DeclineReason):
        raise NotFilledIn("reden", "Kies waarom het huishouden nee zegt.")
    return DeclineReason(code)


def _explained(reason: DeclineReason | None, said: str) -> str:
    """What was written with a refusal, as it may be kept; needed where the reason says nothing."""
    if reason is None or not said.strip():
        if reason is DeclineReason.PER_OVERIG:
            raise NotFilledIn("toelichting", "Schrijf in een paar woorden wat de reden is.")
        return ""
    return _screened("toelichting", said)


def _screened(field: str, said: str) -> str:
    try:
        return words.screened(said)
    except words.NotToBeKept as refused:
        raise NotFilledIn(field, str(refused)) from refused


def _keep(
    connection: Connection, viewer: Viewer, proposal: str, *, about: str, subject: str, said: str
) -> None:
    row = life.find(connection, proposal)
    words.keep(
        connection,
        corporation=viewer.corporation,
        household=row["household"],
        about=about,
        subject=subject,
        said=said,
        by=viewer.user,
    )


@router.post("/voorstellen/{proposal}/terug")
def back(
    request: Request, proposal: str, viewer: Coach, stand: Text = "", eenmalig: Text = ""
) -> Response:
    """Take the last step of a proposal back."""

    def take(connection: Connection, on: date) -> str:
        undo(connection, proposal, on=on, expected_position=_position(stand), by=viewer.user)
        words.forget_about(connection, viewer.corporation, "decline", proposal)
        return f"/voorstellen/{proposal}"

    return _done(request, viewer, proposal, {"stand": stand, "eenmalig": eenmalig}, take)


@router.post("/voorstellen/{proposal}/aanhouden")
def hold(
    request: Request,
    proposal: str,
    viewer: Coach,
    tot: Text = "",
    waarom: Text = "",
    stand: Text = "",
    eenmalig: Text = "",
) -> Response:
    """Let a proposal rest until a day, for a reason."""
    given = {"tot": tot, "waarom": waarom, "stand": stand, "eenmalig": eenmalig}

    def take(connection: Connection, on: date) -> str:
        until = _day("tot", tot)
        if waarom not in set(HoldReason):
            raise NotFilledIn("waarom", "Kies waarom het voorstel even rust.")
        decisions.hold(
            connection,
            proposal,
            until=until,
            because=HoldReason(waarom),
            on=on,
            expected_position=_position(stand),
            by=viewer.user,
        )
        return f"/voorstellen/{proposal}"

    return _done(request, viewer, proposal, given, take)


@router.post("/voorstellen/{proposal}/bezoek")
def visit(  # noqa: PLR0913, PLR0917 - the fields of a form
    request: Request,
    proposal: str,
    viewer: Coach,
    dag: Text = "",
    tijd: Text = "",
    minuten: Text = "60",
    notitie: Prose = "",
    afzeggen: Text = "",
    eenmalig: Text = "",
) -> Response:
    """Plan a visit, or call one off (`afzeggen` names it)."""
    given = {"dag": dag, "tijd": tijd, "minuten": minuten, "notitie": notitie}
    given |= {"afzeggen": afzeggen, "eenmalig": eenmalig}
    asked = desk_of(request).clock()

    def take(connection: Connection, on: date) -> str:
        if afzeggen:
            _cancelled(connection, viewer, proposal, afzeggen, on)
            return f"/voorstellen/{proposal}"
        moment = _moment(dag, tijd)
        if minuten not in {str(length) for length in LENGTHS}:
            raise NotFilledIn("minuten", "Kies hoe lang het bezoek duurt.")
        said = _screened("notitie", notitie) if notitie.strip() else ""
        name = decisions.plan_visit(
            connection,
            proposal,
            moment=moment,
            minutes=int(minuten),
            asked=asked,
            by=viewer.user,
            corporation=viewer.corporation,
        )
        if said:
            _keep(connection, viewer, proposal, about="visit", subject=name, said=said)
        return f"/voorstellen/{proposal}"

    return _done(request, viewer, proposal, given, take)


def _cancelled(connection: Connection, viewer: Viewer, proposal: str, visit: str, on: date) -> None:
    known = {one["id"] for one in decisions.visits_of(connection, [proposal])}
    if visit not in known:
        raise life.NotAllowed("Deze afspraak staat er niet (meer).")
    decisions.cancel_visit(connection, visit, on=on, by=viewer.user, corporation=viewer.corporation)
    words.forget_about(connection, viewer.corporation, "visit", visit)


@router.get("/voorstellen/{proposal}/vervolg")
def followed(request: Request, proposal: str, viewer: Coach) -> Response:
    """Show what became of a chain after somebody fell out; htmx asks until the plan has looked."""
    told = sequel(desk_of(request).engine, viewer, proposal)
    given: dict[str, Any] = {"proposal": proposal, "sequel": told, "again": AGAIN}
    if is_fragment(request):
        return page(request, "parts/decide_sequel.html", **given)
    return page(request, "decide_sequel.html", **given)


def _done(
    request: Request,
    viewer: Viewer,
    proposal: str,
    given: dict[str, str],
    take: Callable[[Connection, date], str],
) -> Response:
    """Let a form have its effect once, on a proposal of the viewer's; else say what is wrong."""
    desk = desk_of(request)
    on = today(desk.clock())
    mine(desk.engine, viewer, proposal)
    try:
        return once(desk, viewer, request.url.path, given, lambda inner: take(inner, on))
    except NotFilledIn as wrong:
        return _shown(
            request, viewer, proposal, status=400, wrong=((wrong.field, str(wrong)),), given=given
        )
    except LATE as late:
        return _shown(request, viewer, proposal, status=409, late=str(late))


def _shown(
    request: Request,
    viewer: Viewer,
    proposal: str,
    *,
    status: int = 200,
    **told: Any,  # noqa: ANN401 - what the template says is wrong
) -> Response:
    desk = desk_of(request)
    return page(
        request,
        "decide.html",
        status=status,
        **(decide_given(panel(desk.engine, viewer, proposal, on=today(desk.clock()))) | told),
    )


def _position(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise OldForm
    return int(text)


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFilledIn(field, "Vul een bestaande dag in, zoals 2026-12-31.") from None


def _moment(dag: str, tijd: str) -> datetime:
    """Give the moment that a day and a time are in Amsterdam."""
    on = _day("dag", dag)
    try:
        at = datetime.strptime(tijd, "%H:%M").replace(tzinfo=ZoneInfo(ZONE))  # only its hour counts
    except ValueError:
        raise NotFilledIn("tijd", "Vul een tijd in, zoals 14:30.") from None
    return at.replace(year=on.year, month=on.month, day=on.day)
