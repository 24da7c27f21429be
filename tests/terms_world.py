"""What tests of the terms share: the terms of a small State, and its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matching.candidates import candidates
from matching.match import Matched, Occasion, match
from matching.terms import Terms, terms
from tests.builders import ON, a_policy, the_rules

if TYPE_CHECKING:
    from matching.state import State


def terms_of(state: State, **choices: Any) -> Terms:
    """The terms of tonight, on the day and by the rules of the tests."""
    policy = a_policy(**choices)
    found = candidates(state, the_rules(), policy, ON)
    return terms(state, found, the_rules(), policy, ON)


def plan_of(state: State, **choices: Any) -> Matched:
    """Tonight's plan."""
    occasion = Occasion("regio", ON, 1, 7, "proef")
    return match(state, the_rules(), a_policy(**choices), occasion)


def moves_of_plan(matched: Matched) -> dict[str, str]:
    """Who goes where in the plan."""
    return {move.household: move.to for chain in matched.plan.chains for move in chain.moves}
