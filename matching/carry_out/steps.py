"""Which step a proposal may take now, and what else passes with it.

A household signs only for a home that is empty, or that whoever lives there has signed to leave; it
moves only into an empty home. So signatures and keys go from the front of a chain to its back, and
a ring signs and moves as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.words import ProposalState
from matching.carry_out.course import NEXT, STANDING, after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matching.carry_out.course import Course, Link

_P = ProposalState
NOT_NEXT = (
    "Deze stap kan nu niet. Bekijk hoe ver het voorstel is en kies een stap die daarop volgt."
)
SIGNS_LATER = "Eerst moet de vorige in de keten getekend hebben."
MOVES_LATER = "Eerst moet de woning leeg zijn: de vorige in de keten is nog niet verhuisd."
STILL_LET = "Eerst moet de woning leeg zijn: de huurder die opzegde, woont er nog."
NOT_FREE = (
    "Deze woning komt niet vrij: wie er woont, verhuist nu niet. Wacht op een nieuw voorstel."
)
WAITS = "De vorige in de keten moet eerst een andere woning krijgen. Wacht daarop."
RING_SIGNS = (
    "Dit is een woningruil: iedereen tekent tegelijk. Wacht tot iedereen het voorstel heeft "
    "aangenomen."
)
RING_MOVES = (
    "Dit is een woningruil: iedereen verhuist op dezelfde dag. Wacht tot iedereen getekend heeft."
)
WITHDRAWN = (
    "Deze woning is ingetrokken. Het huishouden houdt de eigen woning; wacht op een nieuw voorstel."
)
UNFINISHED = "Deze woning is nog niet klaar. Verhuizen kan vanaf de dag van oplevering."
GONE = "Dit huishouden staat niet meer in de administratie. Laat het voorstel vervallen."


def refusal(course: Course, proposal: str, state: ProposalState) -> str | None:
    """Say in a sentence why a proposal may not pass to this state now; None when it may."""
    link = course.links[proposal]
    if state not in NEXT[link.state]:
        return NOT_NEXT
    if state not in STANDING | {_P.MOVED}:
        return None
    if course.living.lost(link):
        return GONE if link.household in course.living.gone else WITHDRAWN
    if state is _P.SIGNED:
        return _unsigned(course, link)
    if state is _P.MOVED:
        return _unmoved(course, link)
    return NOT_FREE if proposal in _fallen(course, fronts(course, proposal)) else None


def _unsigned(course: Course, link: Link) -> str | None:
    ring = _ring(course, link, course.living.keep)
    if any(course.links[other].state not in (_P.ACCEPTED, _P.SIGNED) for other in ring):
        return RING_SIGNS
    if link.proposal in _sure(course, link, also=ring):
        return None
    before = [course.out_of(who, link.dwelling) for who in course.living.keep(link)]
    if None in before:
        return NOT_FREE
    signed = all(one is not None and one.state is _P.SIGNED for one in before)
    return WAITS if signed else SIGNS_LATER


def _unmoved(course: Course, link: Link) -> str | None:
    living = course.living
    ring = [course.links[other] for other in together(course, link.proposal, _P.MOVED)]
    if any(one.state is not _P.SIGNED or living.lost(one) for one in ring):
        return RING_MOVES
    if len(ring) == 1 and living.in_home_of(link):
        return STILL_LET if link.dwelling in living.noticed else MOVES_LATER
    return UNFINISHED if any(one.dwelling in living.unfinished for one in ring) else None


def together(course: Course, proposal: str, state: ProposalState) -> tuple[str, ...]:
    """Name who pass to this state at once: a ring signs and moves as one, others alone."""
    link = course.links[proposal]
    if state is _P.SIGNED:
        ring = _ring(course, link, course.living.keep)
        return tuple(name for name in ring if course.links[name].state is not _P.SIGNED)
    if state is _P.MOVED:
        return _ring(course, link, course.living.in_home_of)
    return (proposal,)


def _ring(course: Course, link: Link, held_by: Callable[[Link], frozenset[str]]) -> tuple[str, ...]:
    """Go from each home to who must leave it, until that is where we began; else the link alone."""
    members = [link]
    while True:
        at = members[-1]
        holders = held_by(at)
        before = course.out_of(min(holders), at.dwelling) if len(holders) == 1 else None
        if before is link:
            return tuple(member.proposal for member in members)
        if before is None or before in members:
            return (link.proposal,)
        members.append(before)


def _sure(course: Course, link: Link, *, also: Iterable[str]) -> set[str]:
    """Of what a proposal hangs on: the signed ones (and these) whose home surely comes free."""
    chosen = frozenset(also)
    signed = {
        name
        for name in fronts(course, link.proposal)
        if (course.links[name].state is _P.SIGNED or name in chosen)
        and not course.living.lost(course.links[name])
    }
    return _held_up(course, signed, stays=frozenset())


def fallen(course: Course) -> frozenset[str]:
    """Name the standing proposals that can no longer be.

    Their household is gone, their home was withdrawn, or whoever lives there does not leave. Who
    signed falls by the first two only: else it keeps its contract and its old home, and waits.
    """
    return _fallen(course, frozenset(link.proposal for link in course.standing()))


def _fallen(course: Course, among: frozenset[str]) -> frozenset[str]:
    whole = {name for name in among if not course.living.lost(course.links[name])}
    signed = frozenset(name for name in whole if course.links[name].state is _P.SIGNED)
    return frozenset(among - _held_up(course, whole, stays=signed))


def fronts(course: Course, proposal: str) -> frozenset[str]:
    """Name the proposals that must go through before this one can, front of the chain and all.

    This one is among them.
    """
    found, asked = {proposal}, [course.links[proposal]]
    while asked:
        at = asked.pop()
        for who in course.living.keep(at):
            before = course.out_of(who, at.dwelling)
            if before is not None and before.proposal not in found:
                found.add(before.proposal)
                asked.append(before)
    return frozenset(found)


def _held_up(course: Course, chosen: set[str], *, stays: frozenset[str]) -> set[str]:
    """The largest part in which whoever must leave a home is in it too: a ring holds itself up."""
    kept = set(chosen)
    while True:
        loose = {name for name in kept - stays if not _comes_free(course, course.links[name], kept)}
        if not loose:
            return kept
        kept -= loose


def _comes_free(course: Course, link: Link, kept: set[str]) -> bool:
    leaving = (course.out_of(who, link.dwelling) for who in course.living.keep(link))
    return all(before is not None and before.proposal in kept for before in leaving)


def passing(course: Course, proposal: str, state: ProposalState) -> dict[str, ProposalState]:
    """Say which proposals pass to which state when this one does: its ring, then all that falls.

    When a link falls, the front of its chain stands and the tail lapses. Asks no `refusal`.
    """
    passed = dict.fromkeys(together(course, proposal, state), state)
    falls = fallen(after(course, passed)) - fallen(course)
    return passed | dict.fromkeys(sorted(falls), _P.SUPERSEDED)
