"""Setting what a scenario already says otherwise: how many new homes, and to whom they go first.

Changes are only added to those of a base; this is how a scenario differs from the base itself.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from data_contracts.policy import Choice
from data_contracts.scenario_changes import Allocation, Letting

Said = dict[str, Any]
"""A change as plain values, as it stands in YAML."""


class Adjust(Choice):
    """What becomes different of the homes that the base builds; what is left out stays."""

    number: Annotated[int, Field(ge=0, le=5_000)] | None = None
    let_to: Letting | None = None


def builds(changes: object) -> list[Said]:
    """Give the changes that build homes; the values may still be anything."""
    listed = changes if isinstance(changes, list) else []
    return [one for one in listed if isinstance(one, dict) and one.get("change") == "new_build"]


def with_homes(changes: list[Said], number: int) -> list[Said]:
    """Make the new homes together so many; what comes to nothing is not built.

    The first that builds takes the difference; when that is not enough, the next.
    """
    more = number - sum(one["number"] for one in builds(changes))
    told = []
    for one in changes:
        if one["change"] == "new_build":
            now = max(0, one["number"] + more)
            more -= now - one["number"]
            if now:
                told.append({**one, "number": now})
        else:
            told.append(one)
    return told


def let_first(changes: list[Said], let_to: Letting) -> list[Said]:
    """Let all new homes to these households first."""
    return [
        {**one, "let_to": let_to.value} if one["change"] == "new_build" else one for one in changes
    ]


def allocated(changes: list[Said], how: Allocation) -> list[Said]:
    """Allocate homes this way the whole time: every change that said how, says this."""
    told = [
        {**one, "how": how.value} if one["change"] == "allocation" and not one.get("label") else one
        for one in changes
    ]
    at_once = any(
        one["change"] == "allocation" and not one.get("label") and not one.get("month")
        for one in told
    )
    return told if at_once else [{"change": "allocation", "how": how.value}, *told]


def applied(changes: list[Said], adjust: Adjust) -> list[Said]:
    """Give the changes of a base as a scenario adjusts them."""
    if adjust.number is not None:
        changes = with_homes(changes, adjust.number)
    if adjust.let_to is not None:
        changes = let_first(changes, adjust.let_to)
    return changes
