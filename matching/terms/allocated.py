"""The running counter: what was allocated this year, as far as the State can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import IncomeClass, Priority, ProposalState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data_contracts.rules import Rules
    from matching.terms.table import Tonight

UNKNOWN = IncomeClass.ONBEKEND
PROMISED = (ProposalState.ACCEPTED, ProposalState.SIGNED, ProposalState.MOVED)
"""Somebody said yes: the home is theirs, whether or not the tenancy is delivered yet."""
OF_HOME = ("corporation", "municipality", "daeb", "target_rent")
OF_HOUSEHOLD = ("income", "income_year", "persons", "priority")
"""What a norm asks of the home and of the household."""
LOW_LIMIT_PERSONS = 2
"""Up to so many persons the low aftoppingsgrens holds. Source: Woningwet art. 46 lid 2."""


def allocated(tonight: Tonight) -> pd.DataFrame:
    """Give the allocations of this year: tenancies that started in it, and homes somebody accepted.

    Columns: landlord, municipality, daeb, within_limit (rent up to the DAEB limit), income (as
    tested this year, else ONBEKEND), fits (rent up to the aftoppingsgrens) and binding. Of
    tenancies the contract's rent counts, of promises the target rent.
    """
    pairs = _pairs(tonight)
    homes = tonight.homes[list(OF_HOME)].reindex(pairs["dwelling"])
    people = tonight.state.households[list(OF_HOUSEHOLD)].reindex(pairs["household"])
    rent = pairs["rent"].fillna(homes["target_rent"].set_axis(pairs.index))
    return pd.DataFrame(
        {
            "landlord": homes["corporation"].to_numpy(),
            "municipality": homes["municipality"].to_numpy(),
            "daeb": homes["daeb"].to_numpy(dtype=bool, na_value=False),
            "within_limit": within_daeb_rent(rent, tonight.rules),
            "income": tested(people, tonight.rules),
            "fits": _fits(rent, people, tonight.rules),
            "binding": (people["priority"] == Priority.BIN).to_numpy(dtype=bool, na_value=False),
        }
    )


def _pairs(tonight: Tonight) -> pd.DataFrame:
    """Household, dwelling and rent of every allocation, each once."""
    first, today = pd.Timestamp(tonight.on.year, 1, 1), pd.Timestamp(tonight.on)
    tenancies = tonight.state.tenancies
    let = tenancies[(tenancies["start"] >= first) & (tenancies["start"] <= today)]
    offers = tonight.state.offers
    promised = offers[offers["state"].isin(PROMISED) & (offers["on"] >= first)]
    columns = ["household", "dwelling", "rent"]
    known = pd.concat([let[columns], promised.reindex(columns=columns).astype({"rent": "Int64"})])
    return known.drop_duplicates(["household", "dwelling"]).reset_index(drop=True)


def tested(people: pd.DataFrame, rules: Rules) -> NDArray[np.object_]:
    """Give the class of income as it was tested this year, else ONBEKEND."""
    this_year = (people["income_year"] == rules.year).to_numpy(dtype=bool, na_value=False)
    said = people["income"].fillna(UNKNOWN).to_numpy(dtype=object)
    return np.where(this_year, said, UNKNOWN).astype(object)


def within_daeb_rent(rent: pd.Series, rules: Rules) -> NDArray[np.bool_]:
    """Whether a rent is up to the DAEB limit; where that is not confirmed, every rent is."""
    limit = rules.value("daeb", "huurgrens")
    cents = rent.to_numpy(dtype=np.int64, na_value=0)
    within: NDArray[np.bool_] = cents <= (limit if limit is not None else cents.max(initial=0))
    return within


def _fits(rent: pd.Series, people: pd.DataFrame, rules: Rules) -> NDArray[np.bool_]:
    """Whether a rent is up to the aftoppingsgrens of the household; not confirmed is no."""
    low, high = (
        rules.value("passend_toewijzen", f"aftoppingsgrens_{step}") for step in ("laag", "hoog")
    )
    persons = people["persons"].to_numpy(dtype=np.int64, na_value=1)
    limit = np.where(persons <= LOW_LIMIT_PERSONS, low or 0, high or 0)
    fits: NDArray[np.bool_] = rent.to_numpy(dtype=np.int64, na_value=0) <= limit
    return fits
