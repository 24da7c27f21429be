"""Plan B: who would get each home of a chain if the household that should get it says no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.asked import Cost, cost_of
from desk.questions import NotInThePlan, instead
from desk.reading import StripLink, is_coach_of

if TYPE_CHECKING:
    from desk.reading import ProposalView
    from desk.thinking import Stand
    from desk.viewer import Viewer
    from matching.model import Move


@dataclass(frozen=True, slots=True)
class PlanBLine:
    """One link and who comes instead; `who` is None where nobody does, `cost` what it costs.

    `household` is told of her own households only. `known` is False where the plan has changed.
    """

    link: StripLink
    who: str | None
    household: str | None
    cost: Cost | None
    known: bool


def plan_b(stand: Stand, viewer: Viewer, view: ProposalView, step: int) -> PlanBLine | None:
    """Say who comes instead of one link of the chain of a proposal; None where there is none.

    One at a time: each is a search of the engine.
    """
    chain = next((one for one in stand.plan.chains if one.key == view.strip.chain), None)
    if chain is None or not view.strip.whole or not 1 <= step <= len(view.strip.links):
        return None
    return _line(stand, viewer, view.strip.links[step - 1], chain.moves[step - 1])


def _line(stand: Stand, viewer: Viewer, link: StripLink, move: Move) -> PlanBLine:
    try:
        other = instead(stand, move)
    except NotInThePlan:
        return PlanBLine(link, None, None, None, known=False)
    if other.move is None:
        return PlanBLine(link, None, None, cost_of(other.price), known=True)
    household = other.move.household
    own = is_coach_of(stand, viewer, household)
    return PlanBLine(
        link,
        _who(stand, viewer, household, own=own),
        household if own else None,
        cost_of(other.price),
        known=True,
    )


def _who(stand: Stand, viewer: Viewer, household: str, *, own: bool) -> str:
    if own:
        return f"uw huishouden {household}"
    households = stand.state.households
    known = household in households.index
    ours = known and households.at[household, "corporation"] == viewer.corporation
    return "een huishouden van een collega" if ours else "een huishouden van een andere corporatie"
