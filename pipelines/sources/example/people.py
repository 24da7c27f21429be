"""The people: who lives where, since when, for what rent; and the starters who live nowhere yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data_contracts.words import Mobility
from pipelines.sources.example import figures as f
from pipelines.sources.example.drawing import (
    Column,
    Rng,
    chance,
    choose,
    identifiers,
    pick,
    pick_by,
)
from pipelines.sources.example.stock import age_class

_YEAR = 365.25
_STARTER_AGES = {0: 0.36, 1: 0.40, 2: 0.12, 3: 0.07, 4: 0.05, 5: 0.0, 6: 0.0, 7: 0.0}
_STARTER_PERSONS = {1: 0.62, 2: 0.19, 3: 0.11, 4: 0.06, 5: 0.02}


@dataclass(frozen=True, slots=True)
class People:
    """Households (tenants first, then starters), tenancies, and the stock as the people left it."""

    households: pd.DataFrame
    tenancies: pd.DataFrame
    stock: pd.DataFrame


def days_before(on: date, days: Column) -> Column:
    """Give the dates that lie so many days before a day, as datetime64[D]."""
    return np.datetime64(on, "D") - np.asarray(days).astype(int).astype("timedelta64[D]")


def settle(stock: pd.DataFrame, on: date, rng: Rng) -> People:
    """Let people live in the stock: all but the vacant homes have a tenant."""
    empty = choose(rng, np.ones(len(stock)), round(f.VACANT * len(stock)))
    vacant = np.zeros(len(stock), dtype=bool)
    vacant[empty] = True
    homes = stock[~vacant].reset_index(drop=True)
    everybody = crowd(len(homes), rng)
    tenants = everybody.iloc[_seated(everybody, homes, rng)].reset_index(drop=True)
    years = _years(tenants, rng)
    behind = np.minimum(f.RENT_GAP_MOST, f.RENT_GAP_YEAR * years)
    rent = np.rint(homes["target_rent"].to_numpy() * (1 - behind)).astype(int)
    start = days_before(on, np.ceil(years * _YEAR))
    households = tenants.assign(
        household=identifiers("H", len(homes)),
        corporation=homes["corporation"],
        dwelling=homes["dwelling"],
        registered=start,
    )
    tenancies = pd.DataFrame(
        {
            "tenancy": identifiers("O", len(homes)),
            "dwelling": homes["dwelling"],
            "household": households["household"],
            "start": start,
            "end": pd.NaT,
            "rent": rent,
        }
    )
    return People(households, tenancies, _as_left(stock, vacant, rent, on=on, rng=rng))


def _as_left(
    stock: pd.DataFrame, vacant: Column, rent: Column, *, on: date, rng: Rng
) -> pd.DataFrame:
    paid = stock["target_rent"].to_numpy().copy()
    paid[~vacant] = rent
    since = np.full(len(stock), np.datetime64("NaT"), dtype="datetime64[D]")
    repair = rng.integers(-20, 25, vacant.sum()).astype("timedelta64[D]")
    since[vacant] = np.datetime64(on, "D") + repair
    return stock.assign(rent=paid, status=np.where(vacant, "LEE", "VEH"), available=since)


def crowd(count: int, rng: Rng) -> pd.DataFrame:
    """Draw households by age and size, and how they get about."""
    ages = pick(rng, f.AGE_SHARES, count)
    age = _within(ages, rng)
    older = np.digitize(age, [65, 75])
    return pd.DataFrame(
        {
            "age": age,
            "persons": pick_by(rng, ages, f.PERSONS),
            "walks": pick_by(rng, older, f.MOBILITY),
            "settled": (age >= 55) & chance(rng, f.CHILDREN_GONE, count),  # noqa: PLR2004 - figures
            "starter": False,
        }
    )


def _within(ages: Column, rng: Rng) -> Column:
    return rng.integers(np.asarray(f.AGE_LOW)[ages], np.asarray(f.AGE_HIGH)[ages])


def _seated(everybody: pd.DataFrame, homes: pd.DataFrame, rng: Rng) -> Column:
    """Say for every home which row of the crowd lives there; everybody has exactly one home.

    Homes with an age label go first, to small older households. The rest is put in order of size
    on both sides, with noise: large households mostly in large homes, and those who settled when
    their children still lived with them as well.
    """
    seat = np.full(len(homes), -1)
    label = homes["min_age"].fillna(0).to_numpy(int)
    labelled = np.flatnonzero(label)
    age, persons = everybody["age"].to_numpy(), everybody["persons"].to_numpy()
    unsteady = (everybody["walks"] != Mobility.LOPEND).to_numpy()
    pull = np.select([age >= 75, age >= 65, age >= 55], [3.0, 1.5, 0.25], 0.0) * (persons <= 2)  # noqa: PLR2004 - age labels
    moved_in = choose(rng, pull * (1 + 2 * unsteady), len(labelled))
    oldest_first = moved_in[np.argsort(-(age[moved_in] >= 65).astype(int), kind="stable")]  # noqa: PLR2004 - idem
    strict_first = labelled[np.argsort(-label[labelled], kind="stable")]
    seat[strict_first[: len(oldest_first)]] = oldest_first
    others = np.setdiff1d(np.arange(len(everybody)), moved_in)
    left = np.flatnonzero(seat < 0)
    space = persons + 2.0 * everybody["settled"].to_numpy() + rng.normal(0, 0.8, len(everybody))
    room = homes["rooms"].to_numpy() + rng.normal(0, 0.55, len(homes))
    seat[left[np.argsort(room[left], kind="stable")]] = others[
        np.argsort(space[others], kind="stable")
    ]
    return seat


def _years(tenants: pd.DataFrame, rng: Rng) -> Column:
    """Draw how long they live there already, never longer than since their nineteenth year."""
    age = tenants["age"].to_numpy()
    usual = rng.exponential(1.5 + 0.28 * (age - 20))
    long = rng.normal(np.maximum(age - 40, 10), 7)
    years = np.where(tenants["settled"], long, usual)
    return np.asarray(np.clip(years, 0.1, np.minimum(age - 18.5, 55)))


def starters(blocks: pd.DataFrame, count: int, *, first: int, on: date, rng: Rng) -> pd.DataFrame:
    """Draw households without a home of their own, each with a block they look from (`x`, `y`)."""
    ages = pick(rng, _STARTER_AGES, count)
    home = rng.choice(len(blocks), count, p=(blocks["homes"] / blocks["homes"].sum()).to_numpy())
    place = blocks.iloc[home][["x", "y", "neighbourhood", "district"]].reset_index(drop=True)
    numbered = [f"H-{number:06d}" for number in range(first, first + count)]
    drawn = pd.DataFrame(
        {
            "age": _within(ages, rng),
            "persons": pick(rng, _STARTER_PERSONS, count),
            "walks": pick(rng, f.MOBILITY[0], count),
            "settled": False,
            "starter": True,
            "household": pd.Series(numbered, dtype=object),
            "corporation": pick(rng, f.CORPORATIONS, count),
            "dwelling": None,
            "registered": np.datetime64(on - timedelta(days=1)),
        }
    )
    return pd.concat([drawn, place], axis=1)


def leave_classes(age: Column) -> Column:
    """Give the pull to leave of every age: under 40 and over 80 the strongest."""
    return np.asarray(f.LEAVES)[age_class(age)]
