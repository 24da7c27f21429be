"""Proposals: a coach's own, page by page, and one with its reasons and what may be done now."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field

from data_contracts.words import ProposalState
from desk.api import cursors, homes, plans_kept, sight, vera
from desk.api.documented import problems
from desk.api.models import (
    ID_PATTERN,
    Kenmerk,
    MogelijkeStap,
    Reden,
    Shape,
    Voorstel,
    Voorstellen,
    VoorstelMetRedenen,
)
from desk.api.speaking import Spoken
from desk.api.vera import Aanbieding, Toewijzing
from desk.api.words import STAND, STATE, STEP, Stand
from desk.desk import Desk, desk_of
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only
from store import course, listed
from store.today import today

router = APIRouter(prefix="/voorstellen", tags=["Voorstellen"], route_class=Spoken)
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
IT = "Kenmerk van het voorstel."
PURPOSE = "voorstel lezen (API)"


class Gevraagd(Shape):
    """Which proposals are asked for, and from where."""

    cursor: Annotated[str, Field(pattern=cursors.PATTERN)] | None = Field(
        default=None, description="Waar de vorige bladzijde eindigde: `volgende` daarvan."
    )
    aantal: Annotated[int, Field(ge=1, le=listed.MOST)] = 50
    stand: list[Stand] = Field(default_factory=list, max_length=8)
    keten: Kenmerk | None = None
    woning: Kenmerk | None = None


@router.get(
    "",
    operation_id="leesVoorstellen",
    summary="Lees de voorstellen voor uw huishoudens.",
    responses=problems(400, 403),
)
def page(request: Request, viewer: Coach, asked: Annotated[Gevraagd, Query()]) -> Voorstellen:
    """Give a page of the coach's proposals, oldest change first."""
    desk = desk_of(request)
    households = sight.own(desk, viewer)
    after = 0 if asked.cursor is None else cursors.read(asked.cursor)
    with sight.as_viewer(desk, viewer) as connection:
        rows = listed.page(
            connection,
            households,
            after=after,
            many=asked.aantal,
            states=[STATE[stand].value for stand in asked.stand],
            chain=asked.keten,
            dwelling=asked.woning,
        )
    more = cursors.written(rows[-1]["position"]) if len(rows) == asked.aantal else None
    return Voorstellen(voorstellen=[Voorstel(**told(row)) for row in rows], volgende=more)


@router.get(
    "/{id}",
    operation_id="leesVoorstel",
    summary="Lees een voorstel met waarom, en wat er nu kan.",
    responses=problems(400, 403, 404),
)
def one(
    request: Request,
    viewer: Coach,
    name: Annotated[str, Path(alias="id", pattern=ID_PATTERN, description=IT)],
) -> VoorstelMetRedenen:
    """Give one proposal with the reasons of the plan it came from and the steps that may follow."""
    desk = desk_of(request)
    row = sight.proposal(desk, viewer, name)
    sight.write_down(desk, viewer, row["household"], purpose=PURPOSE, what="redenen")
    home = sight.home(desk, row["dwelling"])
    return VoorstelMetRedenen(
        **told(row),
        nieuwe_woning=None if home is None else homes.shown(row["dwelling"], home),
        redenen=_reasons(desk, row),
        stappen=_steps(desk, row),
    )


@router.get(
    "/{id}/aanbieding",
    operation_id="leesAanbieding",
    summary="Lees een voorstel als Aanbieding (VERA).",
    responses=problems(400, 403, 404),
    response_model_exclude_none=True,
)
def offer(
    request: Request,
    viewer: Coach,
    name: Annotated[str, Path(alias="id", pattern=ID_PATTERN, description=IT)],
) -> Aanbieding:
    """Give a proposal as VERA writes an offer."""
    desk = desk_of(request)
    row = sight.proposal(desk, viewer, name)
    return vera.offer(row, ring=_in_ring(desk, row), url=desk.installation.public_url)


@router.get(
    "/{id}/toewijzing",
    operation_id="leesToewijzing",
    summary="Lees een voorstel als Toewijzing (VERA), zodra er getekend is.",
    responses=problems(400, 403, 404),
    response_model_exclude_none=True,
)
def allocation(
    request: Request,
    viewer: Coach,
    name: Annotated[str, Path(alias="id", pattern=ID_PATTERN, description=IT)],
) -> Toewijzing:
    """Give a signed proposal as VERA writes an allocation. Raises NotFound before that."""
    desk = desk_of(request)
    row = sight.proposal(desk, viewer, name)
    if row["state"] not in (ProposalState.SIGNED, ProposalState.MOVED):
        raise NotFound
    household = sight.latest(desk, viewer, "households", row["household"])
    if household is None:
        raise NotFound
    sight.write_down(desk, viewer, row["household"], purpose=PURPOSE, what="toewijzing")
    return vera.allocation(
        row, household, ring=_in_ring(desk, row), url=desk.installation.public_url
    )


def told(row: dict[str, Any]) -> dict[str, Any]:
    """Say a row of a proposal in the words of the API."""
    return {
        "id": row["id"],
        "plan": row["plan"],
        "keten": row["chain"],
        "plaats_in_keten": row["step"],
        "huishouden": row["household"],
        "woning": row["dwelling"],
        "laat_vrij": row["leaves"],
        "stand": STAND[row["state"]],
        "reden": row["reason"],
        "aangeboden_op": row["offered_on"],
        "geldig_tot": row["until"],
        "voorgelegd_op": row["presented"],
        "aangehouden_tot": row["held_until"],
        "gewijzigd": row["at"],
        "positie": row["position"],
    }


def _reasons(desk: Desk, row: dict[str, Any]) -> list[Reden]:
    """The reasons that were given then: those of the plan in which the proposal first stood."""
    plan = plans_kept.plan(desk, row["plan"])
    pair = (row["household"], row["dwelling"])
    return [
        Reden(
            criterium=reason.criterion,
            oordeel=reason.verdict,
            punten=reason.points,
            zin=reason.sentence,
            bron=reason.source,
        )
        for told_of in plan.reasons
        if (told_of.household, told_of.dwelling) == pair
        for reason in told_of.reasons
    ]


def _steps(desk: Desk, row: dict[str, Any]) -> list[MogelijkeStap]:
    with sight.facts(desk) as connection:
        steps = course.next_steps(connection, row["id"], on=today(desk.clock()))
    return [
        MogelijkeStap(stap=STEP[step.state], kan_nu=step.open, uitleg=step.sentence)
        for step in steps
        if step.proposal == row["id"]
    ]


def _in_ring(desk: Desk, row: dict[str, Any]) -> bool:
    """Whether the chain in which it was first proposed is a swap."""
    move = (row["household"], row["dwelling"])
    return any(
        chain.ring and move in {(one.household, one.to) for one in chain.moves}
        for chain in plans_kept.plan(desk, row["plan"]).chains
    )
