"""Change with open eyes: pin this move, forbid that one, put this household in that home.

Before anything is asked of the plan the page says what it costs the others: the difference of two
solves. Only then the coach confirms, and the fact is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from data_contracts.words import InstructionKind, Verdict
from desk import asked, questions
from desk.decided import coaches
from desk.desk import Desk, desk_of
from desk.once import OldForm, fresh, once
from desk.problems import NotFound
from desk.thinking import Stand, StillLoading
from desk.viewer import Role, Viewer, only
from desk.views import page
from matching.candidates import UnknownHere
from matching.instructing import Outlook, outlook
from store import instructions, people
from store.database import Connection
from store.life import NotAllowed, Stale
from store.tenants import reading
from store.today import today

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
Asked = Annotated[str, Query(max_length=64)]
Text = Annotated[str, Form(max_length=64)]
PURPOSE = "aanwijzing aan het plan"
"""What a look at an address is for, as the line of access says it."""
KINDS = {
    InstructionKind.PIN: "Zet vast: dit huishouden naar deze woning",
    InstructionKind.FORBID: "Sluit uit: deze woning niet voor dit huishouden",
}
SAID = {
    InstructionKind.PIN: "vastgezet: deze verhuizing hoort in het plan",
    InstructionKind.FORBID: "uitgesloten: deze woning niet voor dit huishouden",
}


class NotThis(NotAllowed):
    """Deze aanwijzing kan niet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An instruction that stands, in words; `followed` says how the plan in force took it."""

    id: str
    dwelling: str
    words: str
    on: date
    until: date | None
    followed: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """A possible instruction: what it costs, or why it cannot be; `position` travels along."""

    place: asked.Place
    asks: InstructionKind
    words: str
    cost: asked.Cost | None
    refused: tuple[str, ...]
    already: bool
    position: int


@router.get("/huishoudens/{household}/aanwijzingen")
def instructing(
    request: Request, household: str, viewer: Coach, woning: Asked = "", wat: Asked = ""
) -> Response:
    """Show what is asked of the plan for a household, and weigh what might be."""
    desk = desk_of(request)
    _own(desk, viewer, household)
    return _shown(request, viewer, household, woning=woning, wat=wat)


@router.post("/huishoudens/{household}/aanwijzingen")
def instructed(  # noqa: PLR0913, PLR0917 - the fields of a form
    request: Request,
    household: str,
    viewer: Coach,
    woning: Text = "",
    wat: Text = "",
    tot: Text = "",
    stand: Text = "",
    eenmalig: Text = "",
    intrekken: Text = "",
) -> Response:
    """Give an instruction that was weighed, or withdraw one (`intrekken` names it)."""
    desk = desk_of(request)
    _own(desk, viewer, household)
    on, back = today(desk.clock()), f"/huishoudens/{household}/aanwijzingen"
    given = {"woning": woning, "wat": wat, "tot": tot, "stand": stand, "eenmalig": eenmalig}
    given |= {"intrekken": intrekken}

    def ask(connection: Connection) -> str:
        if intrekken:
            _withdrawn(connection, viewer, household, intrekken, on)
            return back
        asks, until, seen = _read(wat, tot, stand)
        if asks is InstructionKind.PIN:
            _no_rule_against(desk, household, woning)
        instructions.instruct(
            connection,
            household,
            woning,
            asks=asks,
            on=on,
            by=viewer.user,
            corporation=viewer.corporation,
            until=until,
            expected_position=seen,
        )
        return back

    try:
        return once(desk, viewer, back, given, ask)
    except (Stale, NotAllowed, OldForm, instructions.UnknownInstruction) as late:
        return _shown(
            request, viewer, household, status=409, woning=woning, wat=wat, late=str(late)
        )


def _withdrawn(connection: Connection, viewer: Viewer, household: str, name: str, on: date) -> None:
    """Withdraw an instruction of this household; of another's there is none."""
    known = {one["id"] for one in instructions.standing(connection, on=on, households=[household])}
    if name in known:
        instructions.withdraw(
            connection, name, on=on, by=viewer.user, corporation=viewer.corporation
        )


def _read(wat: str, tot: str, stand: str) -> tuple[InstructionKind, date | None, int]:
    if wat not in set(InstructionKind):
        raise NotThis("Kies wat u het plan wilt vragen: vastzetten of uitsluiten.")
    try:
        until = date.fromisoformat(tot) if tot else None
    except ValueError:
        raise NotThis("Vul een bestaande dag in, zoals 2026-12-31, of laat de dag leeg.") from None
    if not stand.isascii() or not stand.isdigit():
        raise OldForm
    return InstructionKind(wat), until, int(stand)


def _no_rule_against(desk: Desk, household: str, dwelling: str) -> None:
    """Refuse a pin against a hard rule. Raises NotThis."""
    try:
        broken = _broken(desk.thinking.now(), household, dwelling)
    except UnknownHere:
        raise NotThis("Deze woning kennen wij niet. Kijk het nummer na.") from None
    if broken:
        raise NotThis(" ".join(broken))


def _broken(stand: Stand, household: str, dwelling: str) -> tuple[str, ...]:
    """The sentences of the hard rules that refuse a move. Raises UnknownHere."""
    told = questions.why_not(stand, household, dwelling)
    return tuple(one.sentence for one in told.reasons if one.verdict is Verdict.NO)


def _own(desk: Desk, viewer: Viewer, household: str) -> None:
    """Raises NotFound for a household of another coach or corporation as for one unknown."""
    with desk.engine.connect() as connection:
        if not coaches(connection, viewer, household):
            raise NotFound


def _shown(
    request: Request,
    viewer: Viewer,
    household: str,
    *,
    status: int = 200,
    woning: str = "",
    wat: str = "",
    late: str = "",
) -> Response:
    desk = desk_of(request)
    try:
        stand = desk.thinking.now()
    except StillLoading:
        return page(
            request,
            "instructing_loading.html",
            status=503,
            headers={"Retry-After": "5"},
            again=f"/huishoudens/{household}/aanwijzingen",
        )
    with reading(desk.engine, viewer.corporation) as connection:
        rows = instructions.standing(connection, on=today(desk.clock()), households=[household])
    weighed, places = _weighed(stand, household, woning, wat, rows)
    homes = [row["dwelling"] for row in rows] + ([weighed.place.dwelling] if weighed else [])
    return page(
        request,
        "instructing.html",
        status=status,
        household=household,
        standing=_standing(stand, rows),
        kinds=tuple((str(kind), said) for kind, said in KINDS.items()),
        woning=woning,
        wat=wat,
        weighed=weighed,
        places=places,
        where=_addresses(desk, viewer, [*homes, *(place.dwelling for place in places)]),
        late=late,
        token=fresh(),
        today=today(desk.clock()),
    )


def _standing(stand: Stand, rows: list[dict[str, Any]]) -> tuple[Standing, ...]:
    made = {(move.household, move.to) for chain in stand.plan.chains for move in chain.moves}
    return tuple(
        Standing(
            row["id"],
            row["dwelling"],
            SAID[InstructionKind(row["asks"])],
            row["on"],
            row["until"],
            _followed(stand, row, made),
        )
        for row in rows
    )


def _followed(stand: Stand, row: Mapping[str, Any], made: set[tuple[str, str]]) -> str:
    """Say how the plan in force took an instruction."""
    pair = (row["household"], row["dwelling"])
    pinned = row["asks"] == InstructionKind.PIN
    if (pair in made) is pinned:
        return "Het plan volgt dit."
    about = f"huishouden {pair[0]} naar woning {pair[1]}: "
    for remark in stand.plan.remarks:
        if about in remark:
            return f"Het plan volgt dit niet: {remark.partition(about)[2]}"
    return "Het plan wordt nog bijgewerkt."


def _weighed(
    stand: Stand, household: str, woning: str, wat: str, rows: list[dict[str, Any]]
) -> tuple[Weighed | None, tuple[asked.Place, ...]]:
    """What an instruction would come to; or homes that may be meant, where none is named."""
    if not woning:
        return None, ()
    place = asked.place_of(stand, woning)
    if place is None:
        return None, asked.places_like(stand, woning)
    if wat not in set(InstructionKind):
        return None, (place,)
    asks = InstructionKind(wat)
    position = next((row["position"] for row in rows if row["dwelling"] == woning), 0)
    seen = _outlook(stand, household, woning, asks)
    refused = _refused(stand, household, woning, asks, seen)
    cost = None if seen.price is None else asked.cost_of(seen.price)
    told = Weighed(place, asks, KINDS[asks], cost, refused, seen.already, position)
    return told, ()


def _outlook(stand: Stand, household: str, dwelling: str, asks: InstructionKind) -> Outlook:
    with stand.turn:
        return outlook(stand.warm, stand.ways, household, dwelling, asks=asks, tries=1)


def _refused(
    stand: Stand, household: str, dwelling: str, asks: InstructionKind, seen: Outlook
) -> tuple[str, ...]:
    """Why a pin cannot be, in the sentences of the rules where these say so."""
    if not seen.why:
        return ()
    rules = _broken(stand, household, dwelling) if asks is InstructionKind.PIN else ()
    return rules or (f"Dit kan niet: {seen.why}.",)


def _addresses(desk: Desk, viewer: Viewer, dwellings: list[str]) -> dict[str, str]:
    """The addresses of homes of the viewer's corporation; of others there are none."""
    if not dwellings:
        return {}
    with reading(desk.engine, viewer.corporation) as connection:
        return people.addresses_of(
            connection,
            dwellings,
            who=viewer.user,
            purpose=PURPOSE,
            corporation=viewer.corporation,
        )
