"""What happened in a month: who moved, what came free, what was let to whom, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import IncomeClass, Priority
from matching.area.classes import (
    AGE_BANDS,
    HOME_CLASSES,
    RENT_CLASSES,
    UNKNOWN,
    age_codes,
    certain_ages,
    class_codes,
    rent_codes,
)
from matching.area.columns import encoded, flags, whole
from matching.lookup import places
from matching.simulate.classes import known_homes
from matching.simulate.counting import Counts, Dimension
from matching.simulate.ledger import Cause
from matching.terms.allocated import tested

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.simulate.model import Happened

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

FAMILY = 3
"""Persons from which a household is called a family here; whether there are children, is unsaid."""
OF_PEOPLE = ["persons", "birth_year", "aow", "income", "income_year", "priority"]


@dataclass(frozen=True, slots=True)
class Movers:
    """Who moved this month: rows of `happened.moves`, with their household and home entered."""

    moves: pd.DataFrame
    people: pd.DataFrame
    homes: pd.DataFrame
    older: Mask
    by: dict[str, Dimension]


def movers_of(happened: Happened, policy: Policy) -> Movers:
    """Look up who moved, and into what."""
    moves = happened.moves
    people = _people(happened)
    homes = known_homes(happened, moves["dwelling"])
    ages = certain_ages(people, happened.on.year)
    by = {
        "home": Dimension(HOME_CLASSES, class_codes(homes)),
        "neighbourhood": Dimension(*encoded(homes["neighbourhood"])),
        "age": Dimension(AGE_BANDS, age_codes(ages)),
        "kind": Dimension(*encoded(moves["kind"])),
        "channel": Dimension(*encoded(moves["channel"])),
    }
    older = (ages >= policy.older_from_age) | flags(people["aow"])
    return Movers(moves, people, homes, older, by)


def _people(happened: Happened) -> pd.DataFrame:
    """Describe every mover as it is after the month; who is gone by then as it was before."""
    asked = happened.moves["household"]
    after, before = happened.after.households, happened.before.households
    at = places(after.index, asked)
    known = after[OF_PEOPLE].take(at[at >= 0])
    if (at >= 0).all():
        return known
    lost = places(before.index, asked[at < 0])
    rest = before[OF_PEOPLE].take(lost[lost >= 0])
    return pd.concat([known, rest]).reindex(pd.Index(asked, dtype="str"))


def count_moves(counts: Counts, movers: Movers) -> None:
    """Count who moved, who of them were housed at the end of a chain, and what they gained."""
    moves = movers.moves
    place = {name: movers.by[name] for name in ("home", "neighbourhood")}
    kind = moves["kind"].to_numpy(dtype=object)
    family = whole(movers.people["persons"]) >= FAMILY
    urgent = (movers.people["priority"] == Priority.URG).to_numpy(dtype=bool, na_value=False)
    counts.rows("moves", movers.by)
    counts.rows("moves_starters", place, kind == "starter")
    counts.rows("moves_outside", place, kind == "outside")
    counts.rows("moves_older", place, movers.older)
    counts.rows("moves_families", place, family)
    counts.rows("moves_urgent", place, urgent)
    last = moves["leaves"].isna().to_numpy()
    counts.rows("housed_last", {"end": movers.by["kind"]}, last)
    counts.whole("housed_last_families", int((last & family).sum()))
    counts.whole("housed_last_urgent", int((last & urgent).sum()))
    counts.rows("older_to_suitable", place, flags(moves["older_to_suitable"]))
    counts.whole("tie_minutes", int(whole(moves["minutes_change"], 0).sum()))
    counts.whole("facility_gain", int(whole(moves["facilities_change"], 0).sum()))


def count_freed(counts: Counts, happened: Happened, rules: Rules) -> None:
    """Count the homes that came free, those a chain began with, and family homes among them."""
    homes = known_homes(happened, happened.freed["dwelling"])
    by = {
        "cause": Dimension(*encoded(happened.freed["cause"])),
        "home": Dimension(HOME_CLASSES, class_codes(homes)),
        "neighbourhood": Dimension(*encoded(homes["neighbourhood"])),
    }
    first = (happened.freed["cause"] != Cause.MOVE.value).to_numpy(dtype=bool)
    counts.rows("chains_begun", by, first)
    rent = Dimension(RENT_CLASSES, rent_codes(homes["target_rent"], rules))
    counts.rows("freed", by | {"rent": rent})
    moves = happened.moves
    left = moves["leaves"][flags(moves["family_home_freed"])].dropna()
    where = known_homes(happened, left)["neighbourhood"]
    counts.rows("family_homes_freed", {"neighbourhood": Dimension(*encoded(where))})


def count_norms(counts: Counts, movers: Movers, rules: Rules, year: int) -> None:
    """Count what the norms of a calendar year go by, as `matching.terms.norms` does.

    Whether an income counts is what was tested in the year of `rules`.
    """
    passend = movers.moves["passend"]
    applies = passend.notna().to_numpy()
    income = tested(movers.people, rules)
    daeb = flags(movers.homes["daeb"]) & (income != IncomeClass.ONBEKEND)
    bound = (movers.people["priority"] == Priority.BIN).to_numpy(dtype=bool, na_value=False)
    calendar = {"year": Dimension((str(year),), np.zeros(len(applies), dtype=np.int64))}
    towns = {"municipality": Dimension(*encoded(movers.homes["municipality"], UNKNOWN))}
    counts.rows("passend_let", calendar, applies)
    counts.rows("passend_met", calendar, applies & flags(passend))
    counts.rows("daeb_let", calendar, daeb)
    counts.rows("daeb_met", calendar, daeb & (income != IncomeClass.BOVEN))
    counts.rows("local_let", calendar | towns, bound)
    counts.rows("lets", calendar | towns)
