"""Whether a plan does what coaches asked of it, or says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.verify.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matching.model import Move, Plan
    from matching.verify.world import World


def followed(plan: Plan, moves: Iterable[Move], world: World) -> Iterator[Finding]:
    """No move that a coach forbade; every pinned one, or a remark that names it.

    What was taken up before stays: that step must be taken back first.
    """
    made = {(move.household, move.to) for move in moves}
    for (household, home), asks in sorted(world.asked.items()):
        there = (household, home) in made
        if asks == "forbid" and there and not _taken_up(household, home, world):
            sentence = "Een coach heeft deze verhuizing uitgesloten."
            yield Finding("aanwijzing", sentence, household, home)
        if asks == "pin" and not there and not _said(plan, household, home):
            sentence = "Een coach zette deze verhuizing vast; het plan heeft haar niet."
            yield Finding("aanwijzing", sentence, household, home)


def _taken_up(household: str, home: str, world: World) -> bool:
    theirs = world.offers_to(household)
    return any(offer["dwelling"] == home and offer["state"] == "taken_up" for offer in theirs)


def _said(plan: Plan, household: str, home: str) -> bool:
    about = f"Aanwijzing niet gevolgd: huishouden {household} naar woning {home}: "
    return any(remark.startswith(about) and len(remark) > len(about) for remark in plan.remarks)
