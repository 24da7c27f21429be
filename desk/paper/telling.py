"""From what the coach's page shows to what paper tells: the same figures, and nothing of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.words import ACCESS_IMPLIES, Access, FacilityKind, ProposalState, TieKind
from desk.paper.told import Caller, Home, Rent, Told, Walk
from desk.reading.words import FACILITIES, TIES
from store.life import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from desk.reading import HomeSide, NearRow, NearTable, ProposalView, Strip

PEOPLE = {
    TieKind.KIND: "uw kind",
    TieKind.OUDER: "uw ouder",
    TieKind.FAMILIE: "uw familie",
    TieKind.MANTELZORGER: "uw mantelzorger",
    TieKind.MANTELONTVANGER: "wie u helpt",
    TieKind.VRIEND: "uw vriend of vriendin",
    TieKind.BUUR: "uw buur",
}
PLACES = {
    TieKind.VERENIGING: "uw vereniging",
    TieKind.GELOOF: "uw kerk, moskee of tempel",
    TieKind.HUISARTS: "uw huisarts",
    TieKind.DAGBESTEDING: "uw dagbesteding",
    TieKind.SCHOOL: "de school",
    TieKind.WERK: "uw werk",
}
NEARBY = {
    FacilityKind.HUISARTS: "de huisarts",
    FacilityKind.APOTHEEK: "de apotheek",
    FacilityKind.SUPERMARKT: "de supermarkt",
    FacilityKind.HALTE: "de halte",
    FacilityKind.ONTMOETINGSRUIMTE: "de ontmoetingsruimte",
}
_TIES = {TIES[kind]: (words, True) for kind, words in PEOPLE.items()} | {
    TIES[kind]: (words, False) for kind, words in PLACES.items()
}
_NEARBY = {FACILITIES[kind]: (words, False) for kind, words in NEARBY.items()}


class NothingToPrint(NotAllowed):
    """Dit voorstel loopt niet meer. Daarom maken wij er geen brief meer over."""


def told(
    view: ProposalView,
    *,
    on: date,
    name: str,
    addresses: Mapping[str, str],
    caller: Caller,
) -> Told:
    """Tell of a proposal on a day, to a household by its name; addresses by dwelling, if known.

    Raises NothingToPrint for one that is over or whose home nobody knows any more.
    """
    if view.over or view.then is None or view.rent.then is None:
        raise NothingToPrint
    return Told(
        proposal=view.id,
        name=name,
        on=on,
        until=view.until,
        home=None if view.now is None else _home(view.now, addresses),
        to=_home(view.then, addresses),
        rent=Rent(
            view.rent.now,
            view.rent.then,
            kept=view.rent.kept,
            grants=tuple((one.name, one.grant) for one in view.rent.schemes if one.grant),
        ),
        caller=caller,
        walks=() if view.near is None else _walks(view.near),
        estimate=view.near is None or view.near.estimate,
        priority=view.household is not None and bool(view.household.priority),
        waits_for=_waits_for(view.strip),
        together=len(view.strip.links) - 1 if view.strip.ring else 0,
    )


def _home(side: HomeSide, addresses: Mapping[str, str]) -> Home:
    return Home(
        kind=side.kind_words,
        rooms=side.rooms,
        area=side.area,
        floor=side.floor,
        lift=side.lift,
        step_free=side.access is not None and Access.NUL in ACCESS_IMPLIES[side.access],
        address=addresses.get(side.dwelling, ""),
    )


def _walks(near: NearTable) -> tuple[Walk, ...]:
    found = [_walk(row, _TIES) for row in near.ties if row.known]
    return (*found, *(_walk(row, _NEARBY) for row in near.facilities))


def _walk(row: NearRow, words: Mapping[str, tuple[str, bool]]) -> Walk:
    to, person = words.get(row.what, (row.what, False))
    return Walk(to, row.now, row.then, person=person)


def _waits_for(strip: Strip) -> int:
    """How many households before this one have still to move."""
    if strip.ring or strip.this is None:
        return 0
    before = [link for link in strip.links if link.step < strip.this.step]
    return sum(link.state is not ProposalState.MOVED for link in before)
