"""Proposals that touch one another, and who lives where meanwhile: what every step depends on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from data_contracts.words import ProposalState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_P = ProposalState
NEXT: dict[ProposalState, frozenset[ProposalState]] = {
    _P.OFFERED: frozenset({_P.TAKEN_UP, _P.DECLINED, _P.EXPIRED, _P.SUPERSEDED}),
    _P.TAKEN_UP: frozenset({_P.ACCEPTED, _P.DECLINED, _P.EXPIRED}),
    _P.ACCEPTED: frozenset({_P.SIGNED, _P.DECLINED}),
    _P.SIGNED: frozenset({_P.MOVED}),
    _P.DECLINED: frozenset(),
    _P.EXPIRED: frozenset(),
    _P.SUPERSEDED: frozenset(),
    _P.MOVED: frozenset(),
}
"""What somebody may let follow what. Who accepted may still think better of it, until the contract.

Besides, what can no longer be falls (`fallen`), and a last step can be taken back (`BACK`).
"""
BACK = {
    _P.TAKEN_UP: _P.OFFERED,
    _P.ACCEPTED: _P.TAKEN_UP,
    _P.SIGNED: _P.ACCEPTED,
    _P.MOVED: _P.SIGNED,
}
"""What a step goes back to when it is taken back; a refusal goes back to what came before."""
STANDING = frozenset({_P.OFFERED, _P.TAKEN_UP, _P.ACCEPTED, _P.SIGNED})
"""The states in which a proposal claims its household and its home."""


@dataclass(frozen=True, slots=True)
class Link:
    """One proposal in a chain: who goes where, leaving which home (None: a starter), how far."""

    proposal: str
    household: str
    dwelling: str
    leaves: str | None
    state: ProposalState


@dataclass(frozen=True, slots=True)
class Living:
    """Who lives where today, and what is known to change whatever the chains do.

    `tenants` by home, also who rents it from a later day; `noticed` homes come free because notice
    was given; `withdrawn` homes are not let again, `unfinished` ones not yet; `gone` households are
    no longer known.
    """

    tenants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    noticed: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    unfinished: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    def in_home_of(self, link: Link) -> frozenset[str]:
        """Who must be out before this household can move in."""
        return self.tenants.get(link.dwelling, frozenset()) - self.gone - {link.household}

    def keep(self, link: Link) -> frozenset[str]:
        """Who keeps its home from coming free unless they move: nobody once notice was given."""
        return frozenset() if link.dwelling in self.noticed else self.in_home_of(link)

    def lost(self, link: Link) -> bool:
        """Whether this can never be any more: the home was withdrawn or the household is gone."""
        return link.dwelling in self.withdrawn or link.household in self.gone


@dataclass(frozen=True, slots=True)
class Course:
    """Proposals that touch one another, by id, with who lives where: what a step depends on."""

    links: Mapping[str, Link]
    living: Living
    leaving: Mapping[tuple[str, str], Link]

    def out_of(self, household: str, home: str) -> Link | None:
        """The standing proposal by which a household leaves a home."""
        return self.leaving.get((household, home))

    def standing(self) -> list[Link]:
        """The proposals that claim their household and home, in the order in which they came."""
        return [link for link in self.links.values() if link.state in STANDING]


def course_of(links: Iterable[Link], living: Living) -> Course:
    """Put proposals together with who lives where."""
    known = {link.proposal: link for link in links}
    leaving = {
        (link.household, link.leaves): link
        for link in known.values()
        if link.leaves is not None and link.state in STANDING
    }
    return Course(known, living, leaving)


def after(course: Course, passed: Mapping[str, ProposalState]) -> Course:
    """Give the course once these proposals have passed; who moved lives in the new home."""
    links = [
        replace(link, state=passed.get(name, link.state)) for name, link in course.links.items()
    ]
    moved = [link for link in links if passed.get(link.proposal) is _P.MOVED]
    return course_of(links, _moved(course.living, moved))


def _moved(living: Living, moved: Iterable[Link]) -> Living:
    tenants = dict(living.tenants)
    known = list(moved)
    for link in known:
        if link.leaves is not None:
            tenants[link.leaves] = tenants.get(link.leaves, frozenset()) - {link.household}
    for link in known:
        tenants[link.dwelling] = tenants.get(link.dwelling, frozenset()) | {link.household}
    return replace(living, tenants=tenants)
