"""The planner's page: what the plan comes to, beside registration order, and what it rests on.

No person and no address is on it, and of a pool in a region only the own corporation's part.
"""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from data_contracts.phrases import decimal
from desk.desk import Desk, desk_of
from desk.figures import minutes, number
from desk.viewer import Role, Viewer, only
from desk.views import page
from matching.model import PLAN, Plan, Pooled, Receipt, Status, Totals
from store import plans

router = APIRouter()
Planner = Annotated[Viewer, Depends(only(Role.PLANNER))]

FIGURES = (
    ("moves", "Verhuizingen", "huishoudens die naar een passende woning gaan", False),
    ("older_to_suitable", "Ouderen naar een geschikte woning", "gelijkvloers of beter", False),
    ("family_homes_freed", "Gezinswoningen die vrijkomen", "groot genoeg volgens uw beleid", False),
    ("minutes_to_ties", "Looptijd naar naasten erbij", "onder nul: dichterbij", True),
    ("chains", "Verhuisketens", "", False),
    ("rings", "Woningruilen in een kring", "", False),
    ("starters", "Starters", "laten geen woning achter", False),
)
"""What is told of a plan: the field of its totals, its name, what it means, is less good."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the plan, and the same had homes been given in order of registration."""

    name: str
    note: str
    value: str
    beside: str
    better: bool | None


@dataclass(frozen=True, slots=True)
class Length:
    """How many chains have how many moves, with the plan and in order of registration."""

    moves: int
    chains: int
    beside: int


@router.get("/plan")
def the_plan(request: Request, viewer: Planner) -> Response:
    """Show the plan in force in figures; a sentence when there is none yet."""
    desk = desk_of(request)
    found = _in_force(request, desk)
    if found is None:
        return page(request, "plan/none.html")
    number_, plan = found
    return page(
        request,
        "plan/plan.html",
        plan_id=number_,
        receipt=plan.receipt,
        figures=figures(plan),
        lengths=lengths(plan),
        how_good=how_good(plan.receipt),
        rested_on=rested_on(plan.receipt),
        remarks=plan.remarks,
        own=own_part(plan, viewer.corporation),
        passed_over=sum(one.to_show for one in plan.passed_over),
    )


def _in_force(request: Request, desk: Desk) -> tuple[str, Plan] | None:
    """Give the plan in force and its number; read anew only when another came in force."""
    region = desk.policy.region
    with desk.engine.connect() as connection:
        name = plans.in_force(connection, region)
        known: tuple[str, Plan] | None = getattr(request.app.state, "plan_read", None)
        if name is None or (known is not None and known[0] == name):
            return known if name is not None else None
        text = plans.by_id(connection, name)
    if text is None:
        return None
    request.app.state.plan_read = (name, PLAN.validate_json(text))
    found: tuple[str, Plan] = request.app.state.plan_read
    return found


def figures(plan: Plan) -> tuple[Figure, ...]:
    """Give what the plan comes to, each beside what order of registration would have come to."""
    return tuple(_figure(plan.totals, plan.shadow, *row) for row in FIGURES)


def _figure(
    totals: Totals,
    shadow: Totals,
    field: str,
    name: str,
    note: str,
    less: bool,  # noqa: FBT001 - a row of FIGURES
) -> Figure:
    value, beside = getattr(totals, field), getattr(shadow, field)
    written = minutes if less else number
    better = None if value == beside else (value < beside) is less
    judged = better if field in ("moves", "older_to_suitable", "minutes_to_ties") else None
    return Figure(name, note, written(value), written(beside), judged)


def lengths(plan: Plan) -> tuple[Length, ...]:
    """Give how many chains have how many moves, with none left out between."""
    here, beside = dict(plan.totals.by_length), dict(plan.shadow.by_length)
    longest = max([*here, *beside], default=0)
    return tuple(Length(n, here.get(n, 0), beside.get(n, 0)) for n in range(1, longest + 1))


def how_good(receipt: Receipt) -> str:
    """Say in a sentence how good the plan is known to be."""
    if receipt.status is Status.EMPTY:
        return "Er was niets voor te stellen."
    if receipt.status is Status.PROVEN or receipt.bound <= receipt.value:
        return "Bewezen het beste: geen ander plan haalt meer punten."
    most = (receipt.bound - receipt.value) / receipt.value * 100 if receipt.value else 100.0
    return f"Een ander plan kan hoogstens {decimal(most)} % meer punten halen."


def rested_on(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    """Give the receipt: with the same receipt anybody gets the same plan."""
    return (
        ("Regio", receipt.region),
        ("Stand van het logboek", number(receipt.position)),
        ("Regels van het jaar", f"{receipt.rules_year} ({receipt.rules_hash[:12]})"),
        ("Beleid van de corporatie", receipt.policy_hash[:12]),
        ("Versie van het programma", receipt.code_version),
        ("Openbaar lotnummer", str(receipt.seed)),
        ("Langste keten", number(receipt.longest_chain)),
        ("Langste kring", number(receipt.longest_ring)),
        ("Kans dat iemand ja zegt", f"{receipt.acceptance_percent} %"),
        ("Vrije woningen", number(receipt.openings)),
        ("Bekeken mogelijkheden", number(receipt.options)),
        ("Punten", number(receipt.value)),
        ("Hoogst mogelijke punten", number(receipt.bound)),
        ("Wegennet", receipt.network[:12] or "hemelsbreed, met een omwegfactor"),
        ("Voorwaarden", receipt.conditions[:12] or "geen"),
    )


def own_part(plan: Plan, corporation: str) -> Pooled | None:
    """Give what the own corporation's part in a regional pool is; None where there is no pool."""
    return next((one for one in plan.pooling if one.corporation == corporation), None)
