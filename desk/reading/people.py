"""A household as its own coach sees it: what the home must have, and how fresh what we know is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from data_contracts.phrases import ACCESS, PRIORITIES
from data_contracts.words import Access, Mobility, Priority
from desk.reading.homes import plain_row
from desk.reading.words import PACES, features_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data_contracts.policy import Policy
    from matching.state import State

SOON_STALE = 30
"""Days before a wish or consent is too old for the policy that it gets a mark."""


@dataclass(frozen=True, slots=True)
class HouseholdSide:
    """Who would move, without a name: size, what the home must have, what we know and since when.

    `must` is what the home must have, in words; `stale` says what is too old for the policy, or
    will be within a month.
    """

    household: str
    corporation: str
    coach: str | None
    persons: int | None
    aow: bool
    older: bool
    mobility: Mobility
    moves_words: str
    must: tuple[str, ...]
    priority: str
    registered: date | None
    willingness: str
    wish_stated: date | None
    wish_until: date | None
    consent_given: date | None
    max_rent: int | None
    stale: tuple[str, ...]

    @property
    def size_words(self) -> str:
        """Say how many persons, and whether with AOW."""
        persons = {None: "huishouden", 1: "1 persoon"}.get(self.persons, f"{self.persons} personen")
        return f"{persons}, AOW" if self.aow else persons


def household_side(state: State, household: str, policy: Policy, on: date) -> HouseholdSide | None:
    """Describe a household from the State; None when nobody knows it any more."""
    if household not in state.households.index:
        return None
    row = plain_row(state.households.loc[household].to_dict())
    known = household in state.wishes.index
    wish = plain_row(state.wishes.loc[household].to_dict()) if known else {}
    return HouseholdSide(
        household=household,
        corporation=str(row["corporation"]),
        coach=row["coach"],
        persons=row["persons"],
        aow=bool(row["aow"]),
        older=bool(row["aow"]) or _age(row, on) >= policy.older_from_age,
        mobility=Mobility(row["mobility"]),
        moves_words=PACES[Mobility(row["mobility"])],
        must=_must(row, wish, policy),
        priority=PRIORITIES[Priority(row["priority"])] if row["priority"] else "",
        registered=row["registered"],
        willingness=str(row["willingness"] or ""),
        wish_stated=wish.get("stated"),
        wish_until=wish.get("valid_until"),
        consent_given=row["consent_date"] if row["consent"] else None,
        max_rent=wish.get("max_rent"),
        stale=stale(row, wish, policy, on),
    )


def _age(row: Mapping[str, Any], on: date) -> int:
    return on.year - int(row["birth_year"]) - 1 if row.get("birth_year") else -1


def _must(row: Mapping[str, Any], wish: Mapping[str, Any], policy: Policy) -> tuple[str, ...]:
    access, mobility = Access(row["access_needed"]), Mobility(row["mobility"])
    told = [] if access is Access.ZON else [ACCESS[access]]
    highest = policy.highest_floor_without_lift[mobility]
    if mobility is not Mobility.LOPEND:
        told.append(
            "begane grond of met lift"
            if highest < 1
            else f"zonder lift hoogstens {highest}e verdieping"
        )
    told += features_in_words(row["features_needed"])
    asked = {
        "min_rooms": "minstens {} kamers",
        "min_area": "minstens {} m²",
        "max_floor": "niet hoger dan verdieping {}",
    }
    told += [
        words.format(wish[name]) for name, words in asked.items() if wish.get(name) is not None
    ]
    return tuple(told)


def stale(
    row: Mapping[str, Any], wish: Mapping[str, Any], policy: Policy, on: date
) -> tuple[str, ...]:
    """Say what of a household is older than the policy asks, or soon will be. Days are dates."""
    told = (
        _aged("De woonwens", wish.get("stated"), policy.wish_fresh_days, on),
        _aged("De toestemming", row.get("consent_date"), policy.consent_fresh_days, on),
        _ended("De woonwens", wish.get("valid_until"), on),
    )
    return tuple(sentence for sentence in told if sentence)


def _aged(what: str, since: date | None, days: int, on: date) -> str:
    if since is None:
        return f"{what} heeft geen datum. Vraag het na."
    ends = since + timedelta(days=days)
    if ends < on:
        return f"{what} is ouder dan {days} dagen. Vraag haar opnieuw."
    if ends <= on + timedelta(days=SOON_STALE):
        return f"{what} is over {(ends - on).days} dagen te oud. Vraag haar op tijd opnieuw."
    return ""


def _ended(what: str, until: date | None, on: date) -> str:
    if until is None or until > on + timedelta(days=SOON_STALE):
        return ""
    if until < on:
        return f"{what} gold tot {until:%d-%m-%Y}. Vraag haar opnieuw."
    return f"{what} geldt nog tot {until:%d-%m-%Y}. Vraag haar op tijd opnieuw."
