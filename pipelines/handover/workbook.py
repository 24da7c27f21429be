"""One XLSX workbook per coach: what to do this week, the chains, the reasons, and what it means.

Every text goes in as text (`write_string`), so that nothing a delivery holds becomes a formula.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import xlsxwriter

from pipelines.handover.agenda import Cast, Task, agenda, cast
from pipelines.handover.layout import Desk, Look
from pipelines.handover.looking import by_coach, looking_sheet
from pipelines.handover.sheets import chains_sheet, guide_sheet, reasons_sheet, tasks_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from matching.model import Explanation, PassedOver, Plan
    from pipelines.handover.facts import HandoverFacts

WITHOUT = "zonder-coach"


def workbooks(plan: Plan, facts: HandoverFacts, folder: Path) -> list[Path]:
    """Write a workbook for every coach with a proposal, and one for proposals without a coach.

    A coach with a household that was passed over too often gets one too.

    Equal plans and facts give equal bytes. Returns the paths, sorted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    who = cast(plan, facts)
    tasks = agenda(who.chains, who, per_week=facts.coach_week)
    theirs: dict[str | None, list[Task]] = {}
    for task in tasks:
        theirs.setdefault(task.coach, []).append(task)
    passed = by_coach(plan, who)
    for coach in passed:
        theirs.setdefault(coach, [])
    why = {(one.household, one.dwelling): one for one in plan.reasons}
    names = file_names(list(theirs))
    return sorted(
        _workbook(folder / names[coach], coach, mine, facts, who, why, passed.get(coach, []))
        for coach, mine in theirs.items()
    )


def file_names(coaches: list[str | None]) -> dict[str | None, str]:
    """Give every coach a file name of her own that any file system takes."""
    names: dict[str | None, str] = {}
    for coach in sorted(coaches, key=lambda one: (one is None, one or "")):
        safe = re.sub(r"[^0-9A-Za-z_-]+", "-", coach) if coach else WITHOUT
        taken = {name.lower() for name in names.values()}
        name, again = f"verhuisvoorstellen-{safe}.xlsx", 2
        while name.lower() in taken:
            name, again = f"verhuisvoorstellen-{safe}-{again}.xlsx", again + 1
        names[coach] = name
    return names


def _workbook(
    path: Path,
    coach: str | None,
    mine: list[Task],
    facts: HandoverFacts,
    who: Cast,
    why: dict[tuple[str, str], Explanation],
    passed: list[PassedOver],
) -> Path:
    safely = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(path, safely)
    made = datetime.combine(facts.on, time(), tzinfo=UTC).replace(tzinfo=None)
    book.set_properties(
        {
            "title": f"Verhuisvoorstellen {coach or WITHOUT}",
            "author": "Verhuisketen",
            "created": made,
        }
    )
    desk = Desk(book=book, look=Look(book), coach=coach, mine=mine, facts=facts, who=who, why=why)
    later = [task for task in mine if task.week > 1]
    tasks_sheet(desk, "Deze week", [task for task in mine if task.week == 1], weeks=False)
    if later:
        tasks_sheet(desk, "Volgende weken", later, weeks=True)
    if passed:
        looking_sheet(desk, passed)
    chains_sheet(desk)
    reasons_sheet(desk)
    guide_sheet(desk)
    book.close()
    return path
