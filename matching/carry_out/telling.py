"""What people are told: which steps are open and why others wait, and in which order they sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.words import ProposalState
from matching.carry_out.course import NEXT, after
from matching.carry_out.steps import refusal, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matching.carry_out.course import Course, Link

_P = ProposalState


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that may come next: open, or not and why; who take it together with this one."""

    proposal: str
    state: ProposalState
    open: bool
    sentence: str
    together: tuple[str, ...]


def next_steps(course: Course) -> tuple[NextStep, ...]:
    """Tell for every standing proposal which steps people may take now, and why others must wait.

    Falling and lapsing are no steps of people and are left out.
    """
    asked = (_P.TAKEN_UP, _P.ACCEPTED, _P.DECLINED, _P.SIGNED, _P.MOVED)
    return tuple(
        _next_step(course, link.proposal, state)
        for link in course.standing()
        for state in asked
        if state in NEXT[link.state]
    )


def _next_step(course: Course, proposal: str, state: ProposalState) -> NextStep:
    why = refusal(course, proposal, state)
    return NextStep(proposal, state, why is None, why or "", together(course, proposal, state))


def order_of_signatures(course: Course) -> tuple[tuple[str, ...], ...]:
    """Name who sign after whom when all say yes, so that nobody can ever be without a home.

    A ring is one group that signs at once. Who signed already is left out, and so is who cannot
    sign because the home does not come free. Keys are handed over in the same order.
    """
    yes = dict.fromkeys((link.proposal for link in _unsigned_links(course)), _P.ACCEPTED)
    at = after(course, yes)
    order: list[tuple[str, ...]] = []
    while ready := next(_may_sign(at), None):
        order.append(ready)
        at = after(at, dict.fromkeys(ready, _P.SIGNED))
    return tuple(order)


def _unsigned_links(course: Course) -> list[Link]:
    return [link for link in course.standing() if link.state is not _P.SIGNED]


def _may_sign(course: Course) -> Iterator[tuple[str, ...]]:
    for link in _unsigned_links(course):
        if refusal(course, link.proposal, _P.SIGNED) is None:
            yield together(course, link.proposal, _P.SIGNED)
