"""Who fitted best and was passed over too often: for a person to look at, not for a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_contracts.phrases import home_in_words, household_in_words
from pipelines.handover.layout import Column, start, write_row

if TYPE_CHECKING:
    from matching.model import PassedOver, Plan
    from pipelines.handover.agenda import Cast
    from pipelines.handover.layout import Desk

TITLE = "Overgeslagen, kijk mee"
INTRO = (
    "Deze huishoudens pasten van iedereen het best in een woning, maar het plan gaf die nachten "
    "achter elkaar aan een ander. Bekijk of dat terecht is, en bespreek het met de planner."
)
COLUMNS = (
    Column("Naam", 18, "strong"),
    Column("Huishouden", 12),
    Column("Wie", 18),
    Column("Woning", 34),
    Column("Nachten op rij", 9, "whole"),
    Column("Waarom", 70),
    Column("Wat u besloot", 34, "answer"),
)


def to_look_at(plan: Plan) -> list[PassedOver]:
    """Give who must be looked at, longest first."""
    shown = [one for one in plan.passed_over if one.to_show]
    return sorted(shown, key=lambda one: (-one.nights, one.household))


def by_coach(plan: Plan, who: Cast) -> dict[str | None, list[PassedOver]]:
    """Give who must be looked at, by coach."""
    theirs: dict[str | None, list[PassedOver]] = {}
    for one in to_look_at(plan):
        theirs.setdefault(who.coach_of(one.household), []).append(one)
    return theirs


def looking_sheet(desk: Desk, passed: list[PassedOver]) -> None:
    """Write a row per household: who, which home, how many nights, and why."""
    sheet = desk.book.add_worksheet("Kijk mee")
    start(sheet, desk, TITLE, INTRO, COLUMNS)
    for at, one in enumerate(passed, 3):
        cells: list[Any] = [
            desk.facts.names.get(one.household),
            one.household,
            household_in_words(desk.who.households.get(one.household)),
            (
                f"{desk.facts.addresses.get(one.dwelling, one.dwelling)}\n"
                f"{home_in_words(desk.who.homes.get(one.dwelling))}"
            ),
            one.nights,
            one.sentence,
            None,
        ]
        write_row(sheet, desk.look, at, COLUMNS, cells)
    sheet.freeze_panes(3, 2)
