"""By which event a proposal changed: a Dutch sentence per kind of fact, never with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.words import ProposalState
from desk.figures import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store.reading import LogFact


HOME = {
    "DwellingRegistered": "De gegevens van {home} zijn veranderd",
    "DwellingRemoved": "{home} is ingetrokken",
    "NewBuildPlanned": "De planning van {home} (nieuwbouw) is veranderd",
    "NewBuildCancelled": "{home} (nieuwbouw) gaat niet door",
    "NoticeGiven": "De huur van {home} is opgezegd",
    "NoticeWithdrawn": "De opzegging van een woning is ingetrokken",
    "WorksPlanned": "Er zijn werkzaamheden gepland aan {home}",
    "WorksCancelled": "Geplande werkzaamheden gaan niet door",
    "TenancyStarted": "{home} is verhuurd, of de huur is veranderd",
    "TenancyEnded": "Een huurovereenkomst is beëindigd",
    "ComplexRegistered": "De gegevens van een complex zijn veranderd",
    "ComplexRemoved": "Een complex wordt niet meer geleverd",
}
"""What is said of a home; {home} is its id where the coach may know it."""
PEOPLE = {
    "HouseholdRegistered": "De gegevens van {who} zijn veranderd",
    "HouseholdRemoved": "{who} staat niet meer in de administratie",
    "WishExpressed": "De woonwens van {who} is veranderd",
    "WishWithdrawn": "De woonwens van {who} is ingetrokken",
    "TieNamed": "{who} noemde iemand of iets dat belangrijk is",
    "TieDropped": "Een belangrijke persoon of plek telt niet meer mee",
    "VisitPlanned": "Er is een bezoek gepland bij {who}",
    "VisitCancelled": "Een bezoek gaat niet door",
    "MovePinned": "De coach van {who} zette een verhuizing vast",
    "MoveForbidden": "De coach van {who} sloot een verhuizing uit",
    "InstructionWithdrawn": "Een aanwijzing van een coach is ingetrokken",
}
"""What is said of a household; {who} is its id where it is her own."""
ANSWERS = {
    ProposalState.OFFERED: "Er kwam een voorstel voor {who}",
    ProposalState.TAKEN_UP: "{who} is in gesprek over een woning",
    ProposalState.ACCEPTED: "{who} zei ja tegen een woning",
    ProposalState.DECLINED: "{who} zei nee tegen een woning",
    ProposalState.EXPIRED: "{who} antwoordde niet op tijd",
    ProposalState.SUPERSEDED: "Het voorstel voor {who} verviel",
    ProposalState.SIGNED: "{who} tekende voor een woning",
    ProposalState.MOVED: "{who} is verhuisd",
}
"""What is said of another proposal in the chain."""
PLACES = {
    "FacilityOpened": "Er is een voorziening bij gekomen",
    "FacilityClosed": "Een voorziening is gesloten",
}
NIGHT = "Het plan van de nacht koos anders"


def because(
    facts: Iterable[LogFact], *, mine: Iterable[str], homes: Iterable[str]
) -> tuple[str, ...]:
    """Say which facts changed a proposal, the latest first, each with its moment.

    `mine` are the households this coach may be told of by id, `homes` the homes.
    """
    people, known = frozenset(mine), frozenset(homes)
    newest = sorted(facts, key=lambda fact: fact.at, reverse=True)
    told = [f"{_sentence(fact, people, known)}, {moment(fact.at)}." for fact in newest]
    return tuple(dict.fromkeys(told))


def _sentence(fact: LogFact, people: frozenset[str], homes: frozenset[str]) -> str:
    if fact.kind in HOME:
        return _capital(HOME[fact.kind].format(home=_home(fact, homes)))
    if fact.kind in PEOPLE:
        return _capital(PEOPLE[fact.kind].format(who=_who(fact, people)))
    if fact.kind in PLACES:
        return PLACES[fact.kind]
    state = fact.data.get("state")
    if state in ANSWERS:
        return _capital(ANSWERS[ProposalState(state)].format(who=_who(fact, people)))
    return "Er kwam een nieuw gegeven binnen"


def _home(fact: LogFact, homes: frozenset[str]) -> str:
    dwelling = fact.data.get("dwelling", fact.subject)
    return f"woning {dwelling}" if dwelling in homes else "een andere woning in de keten"


def _who(fact: LogFact, people: frozenset[str]) -> str:
    household = fact.data.get("household", fact.subject)
    return f"huishouden {household}" if household in people else "een ander huishouden in de keten"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
