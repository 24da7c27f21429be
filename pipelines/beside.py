"""Questions beside a plan: what else there is for a household, and what it would cost the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError
from matching.around import Alternative, OtherOptions, PlanB, alternatives, margin, plan_b, standing
from matching.chains import unlink
from pipelines.conditions_file import read_conditions
from pipelines.steps import LATEST, read_options, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from matching.around import Standing
    from matching.explain import Margin
    from matching.model import Move, Plan


class NightGone(VerhuisketenError):
    """De bestanden van de nacht van dit plan zijn weg. Draai een nacht en vraag opnieuw."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Other homes for a household, cheapest for the plan first; and who comes after it.

    `proposed` is its move in the plan, if any; `instead` who would get that home if it says no.
    """

    household: str
    proposed: Move | None
    others: tuple[Alternative, ...]
    instead: PlanB | None


def elsewhere(data: Path, plan: Plan, vacant: Iterable[str], household: str) -> Elsewhere:
    """Say where else a household could go, and who would come in its place.

    Raises NightGone when the plan in force is not that of the newest night on disk.
    """
    kept = warm(data, plan, vacant)
    if kept is None:
        raise NightGone
    moves = unlink(plan.chains)
    proposed = next((move for move in moves if move.household == household), None)
    instead = None if proposed is None else plan_b(kept, proposed)
    return Elsewhere(household, proposed, alternatives(kept, household), instead)


def margin_of(
    data: Path, plan: Plan, vacant: Iterable[str], household: str, dwelling: str
) -> Margin | None:
    """Say what the plan would lose by this move; None when its night is no longer on disk."""
    kept = warm(data, plan, vacant)
    return None if kept is None else margin(kept, household, dwelling)


def warm(data: Path, plan: Plan, vacant: Iterable[str]) -> Standing | None:
    """Keep a plan warm with the files of its night; None when these are not of this plan."""
    folder = data / LATEST
    try:
        if read_plan(folder) != plan:
            return None
        conditions = read_conditions(folder)
        return standing(plan, read_options(folder), tuple(vacant), conditions=conditions)
    except (OSError, OtherOptions):
        return None
