"""The plan in force in totals, and what it rests on: nobody's household is in it."""

from datetime import datetime

from fastapi import APIRouter, Request

from desk.api import plans_kept, sight
from desk.api.documented import problems
from desk.api.models import Ketens, Opbrengst, Plan, Verantwoording
from desk.api.speaking import Spoken
from desk.desk import Desk, desk_of
from desk.problems import NotFound
from matching import model
from store import reading

router = APIRouter(prefix="/plan", tags=["Plan"], route_class=Spoken)


@router.get(
    "",
    operation_id="leesPlan",
    summary="Lees het plan dat geldt, in totalen.",
    responses=problems(404),
)
def plan(request: Request) -> Plan:
    """Give the plan in force. Raises NotFound before the first night."""
    desk = desk_of(request)
    name, published = in_force(desk)
    found = plans_kept.plan(desk, name)
    return Plan(
        id=name,
        regio=found.receipt.region,
        nacht=found.receipt.on,
        gemaakt=published,
        status=found.receipt.status,
        opbrengst=_totals(found.totals),
        op_inschrijfduur=_totals(found.shadow),
    )


@router.get(
    "/verantwoording",
    operation_id="leesVerantwoording",
    summary="Lees waar het plan op rust.",
    responses=problems(404),
)
def receipt(request: Request) -> Verantwoording:
    """Give the receipt of the plan in force. Raises NotFound before the first night."""
    desk = desk_of(request)
    name, _ = in_force(desk)
    said = plans_kept.plan(desk, name).receipt
    return Verantwoording(
        plan=name,
        regio=said.region,
        nacht=said.on,
        positie=said.position,
        regels_jaar=said.rules_year,
        regels_hash=said.rules_hash,
        beleid_hash=said.policy_hash,
        versie=said.code_version,
        loting=said.seed,
        langste_keten=said.longest_chain,
        langste_ruil=said.longest_ring,
        slaagkans_procent=said.acceptance_percent,
        beginwoningen=said.openings,
        mogelijkheden=said.options,
        mogelijkheden_hash=said.options_hash,
        status=said.status,
        waarde=said.value,
        grens=said.bound,
        wegennet_hash=said.network,
        voorwaarden_hash=said.conditions,
        eerder_hash=said.earlier,
    )


def in_force(desk: Desk) -> tuple[str, datetime]:
    """Name the plan in force and when it was last published. Raises NotFound."""
    with sight.facts(desk) as connection:
        found = reading.in_force(connection, desk.policy.region)
    if found is None:
        raise NotFound
    return found.plan, found.published


def _totals(totals: model.Totals) -> Opbrengst:
    return Opbrengst(
        verhuizingen=totals.moves,
        ketens=totals.chains,
        ruilen=totals.rings,
        starters=totals.starters,
        ouderen_passend=totals.older_to_suitable,
        minuten_naar_banden=totals.minutes_to_ties,
        gezinswoningen_vrij=totals.family_homes_freed,
        naar_lengte=[Ketens(lengte=size, aantal=count) for size, count in totals.by_length],
    )
