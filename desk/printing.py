"""What leaves the desk on paper or as a file: letters, lists, appointments.

Names of files are ours, made from ids: nothing that was typed or delivered stands in a header.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends
from starlette.requests import Request  # noqa: TC002 - FastAPI reads it from the signature
from starlette.responses import Response

from desk import reading
from desk.desk import desk_of
from desk.paper import sheet
from desk.paper.agenda import Appointment, agenda
from desk.paper.letter import letter
from desk.paper.listed import Known, listed
from desk.paper.pdf import printed
from desk.paper.telling import told
from desk.paper.told import Caller
from desk.paper.woonplan import woonplan
from desk.viewer import Role, Viewer, only
from store import decisions, people, tenants
from store.reading import facts_at
from store.today import today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk.desk import Desk
    from desk.paper.told import Told

router = APIRouter()
Coach = Annotated[Viewer, Depends(only(Role.COACH))]
LETTER, WOONPLAN = "brief aan huishouden", "woonplan voor huishouden"
LIST = "werklijst met namen, als bestand"
"""What a look at a name is for, as its line of access says."""
MOST = 2_000
"""Proposals in one file: more than one coach ever has."""
LOOK_BACK = timedelta(days=30)
"""Visits of the last month stay in the file, so that a calendar keeps them."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Names = Literal["", "nee", "ja"]


@router.get("/voorstellen/{proposal}/brief.pdf")
def letter_as_pdf(request: Request, proposal: str, viewer: Coach) -> Response:
    """Print the letter to the household. 404 unknown, 409 over, 503 when the press is busy."""
    about = _told(request, viewer, proposal, LETTER)
    return _file(printed(letter(about)), f"brief-{about.proposal}.pdf", "application/pdf")


@router.get("/voorstellen/{proposal}/woonplan.pdf")
def woonplan_as_pdf(request: Request, proposal: str, viewer: Coach) -> Response:
    """Print the woonplan. 404 unknown, 409 over, 503 when the press is busy."""
    about = _told(request, viewer, proposal, WOONPLAN)
    return _file(printed(woonplan(about)), f"woonplan-{about.proposal}.pdf", "application/pdf")


@router.get("/voorstellen.xlsx")
def list_as_xlsx(request: Request, viewer: Coach, namen: Names = "") -> Response:
    """Give the morning list as a workbook; with names and addresses only when asked for."""
    headings, rows = _listed(request, viewer, named=namen == "ja")
    on = today(desk_of(request).clock())
    content = sheet.xlsx("Mijn voorstellen", headings, rows, on=on)
    return _file(content, f"voorstellen-{on}.xlsx", XLSX)


@router.get("/voorstellen.csv")
def list_as_csv(request: Request, viewer: Coach, namen: Names = "") -> Response:
    """Give the morning list as Dutch Excel writes it; what looks like a formula is marked."""
    headings, rows = _listed(request, viewer, named=namen == "ja")
    on = today(desk_of(request).clock())
    content = sheet.comma_separated(headings, rows)
    return _file(content, f"voorstellen-{on}.csv", "text/csv; charset=utf-8")


@router.get("/agenda.ics")
def visits_as_calendar(request: Request, viewer: Coach) -> Response:
    """Give the coach's own visits as iCalendar; no name or address stands in it."""
    desk = desk_of(request)
    since = desk.clock() - LOOK_BACK
    with tenants.reading(desk.engine, viewer.corporation) as connection:
        visits = decisions.visits_of_coach(
            connection, viewer.coach or "", since=since, cancelled=True
        )
    with desk.engine.begin() as connection:
        said = facts_at(connection, [visit["position"] for visit in visits])
    appointments = [
        Appointment(
            visit=visit["id"],
            proposal=visit["proposal"],
            begins=visit["moment"],
            minutes=visit["minutes"],
            said=said[visit["position"]].at,
            position=visit["position"],
            cancelled=visit["cancelled"] is not None,
        )
        for visit in visits
    ]
    content = agenda(appointments, address=desk.installation.public_url)
    return _file(content, "agenda.ics", "text/calendar; charset=utf-8")


def _listed(
    request: Request, viewer: Viewer, *, named: bool
) -> tuple[tuple[str, ...], list[tuple[sheet.Cell, ...]]]:
    desk = desk_of(request)
    policy = desk.policy
    found = reading.morning(desk.engine, viewer, policy, now=desk.clock(), limit=MOST)
    return listed(found.rows, _known(desk, viewer, found.rows) if named else None)


def _known(desk: Desk, viewer: Viewer, rows: Sequence[reading.MorningRow]) -> Known:
    """Read who and where these are, with the lines of access in the same transaction."""
    households = sorted({row.household for row in rows})
    homes = sorted({home for row in rows for home in (row.dwelling, row.leaves) if home})
    look = {"who": viewer.user, "purpose": LIST, "corporation": viewer.corporation}
    with tenants.reading(desk.engine, viewer.corporation) as connection:
        contacts = people.contacts_of(connection, households, **look)
        addresses = people.addresses_of(connection, homes, **look)
    return Known(
        names=contacts["name"].dropna().to_dict(),
        phones=contacts["phone"].dropna().to_dict(),
        addresses=addresses,
    )


def _told(request: Request, viewer: Viewer, proposal: str, purpose: str) -> Told:
    """Read what paper tells, with the lines of access in the same transaction."""
    desk = desk_of(request)
    stand = desk.thinking.now()
    on = today(desk.clock())
    look = {"who": viewer.user, "purpose": purpose, "corporation": viewer.corporation}
    with tenants.reading(desk.engine, viewer.corporation) as connection:
        view = reading.proposal(connection, stand, viewer, proposal, on=on)
        homes = [side.dwelling for side in (view.now, view.then) if side is not None]
        name = people.names_of(connection, [view.household_id], **look).get(view.household_id, "")
        addresses = people.addresses_of(connection, homes, **look)
    return told(
        view, on=on, name=name, addresses=addresses, caller=Caller(viewer.name, viewer.phone or "")
    )


def _file(content: bytes, name: str, kind: str) -> Response:
    safe = re.sub(r"[^0-9a-z.-]", "-", name.lower())
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{safe}"'}
    )
