"""Synthetic worlds to roll through time: what is true in them follows from how they are made.

`a_stock` is lived in and nobody seeks: only the portal lets its homes, by given shares. `a_list`
has homes that are all alike, and a list of starters and tenants for them. `a_town` has some of
everything: family homes, flats, older people, families and starters.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from data_contracts import policy as policies
from data_contracts.scenario import Scenario
from matching.simulate import simulate
from matching.simulate.model import Asked, Run, World
from matching.state import State
from tests.builders import (
    ON,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tenancy,
    the_rules,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

Row = dict[str, Any]
Shares = dict[str, dict[str, float]]

AREA = "BU99990101"
NEVER = [{"age": 0, "chance": 0.0}]
NOBODY_ARRIVES = {"starters_a_year": 0, "tenants_a_year": 0, "leave_list_a_year": 0.0}
QUIET = {
    "leave": NEVER,
    "death": NEVER,
    "limitation": NEVER,
    "arrivals": NOBODY_ARRIVES,
    "vacancy_months": 0,
}
"""A demography in which nothing happens by itself, and homes are let without delay."""
HALF_STARTERS = {"after_months": 0, "starters": 0.5, "outside": 0.0}


def in_month(number: int) -> str:
    """The month so many months after the one in which the simulation begins, as 2026-07."""
    years, months = divmod(ON.month - 1 + number, 12)
    return f"{ON.year + years}-{months + 1:02}"


@cache
def _default() -> str:
    return (policies.DEFAULT.with_name("default_scenario.yaml")).read_text("utf-8")


def a_scenario(name: str = "proef", **differs: Any) -> Scenario:
    """The default scenario with these choices instead; maps are merged, the rest replaced."""
    named = {"name": name, "title": name} | differs
    return Scenario.model_validate(_over(yaml.safe_load(_default()), named))


def _over(under: Row, over: Row) -> Row:
    nested = {
        key: _over(under[key], value)
        for key, value in over.items()
        if isinstance(value, dict) and isinstance(under.get(key), dict)
    }
    return under | over | nested


def quiet(portal: Row, **differs: Any) -> Row:
    """A demography in which homes are let by the portal only, and nothing else happens."""
    return QUIET | {"portal": portal} | differs


def new_homes(number: int, *, month: int | str = 1, let_to: str = "free", **home: Any) -> Row:
    """So many new homes: two-room flats unless told otherwise; `month` as 2028-03 or by number."""
    flat = {"kind": "GAL", "rooms": 2, "area": 55, "floor": 0, "lift": True, "access": "ROA"}
    return {
        "change": "new_build",
        "month": month if isinstance(month, str) else in_month(month),
        "number": number,
        "home": flat | {"rent": 60_000} | home,
        "place": {},
        "let_to": let_to,
    }


def family_homes(number: int, **differs: Any) -> Row:
    """So many new family homes of five rooms."""
    house = {"kind": "EIN", "rooms": 5, "area": 110, "lift": False, "access": "ZON"}
    return new_homes(number, **{**house, **differs})


def by_lot(how: str = "lottery") -> Row:
    """Homes are allocated by lot (or otherwise) from the beginning."""
    return {"change": "allocation", "how": how}


def a_world(homes: Iterable[Row], people: Iterable[Row], **choices: Any) -> World:
    """A world of these rows, on the day and by the rules of the tests."""
    state = a_state(dwellings=list(homes), households=list(people))
    return World(state, the_rules(), a_policy(**choices), ON)


@cache
def a_stock(**kinds: int) -> World:
    """So many homes of each kind, all lived in by somebody who seeks nothing."""
    names = [f"{kind}-{n:05}" for kind, number in kinds.items() for n in range(number)]
    homes = _many(a_dwelling("W"), "dwellings", names, kind=[name[:3] for name in names])
    people = _many(a_household("H"), "households", [f"H-{name}" for name in names])
    lets = _many(
        a_tenancy("W", "H"), "tenancies", names, dwelling=names, household=list(people.index)
    )
    homes["status"] = pd.array(["VEH"] * len(names), dtype=homes["status"].dtype)
    nothing = State().tables
    tables = {"dwellings": homes, "households": people, "tenancies": lets}
    return World(State(nothing | tables).check(), the_rules(), a_policy(), ON)


def _many(row: Row, table: str, names: list[str], **differs: list[str]) -> pd.DataFrame:
    """A table of one row under many names (much faster than reading each row for itself)."""
    made = a_state(**{table: [row]}).tables[table]
    rows = made.iloc[[0] * len(names)].set_axis(pd.Index(names, name=made.index.name))
    columns = {name: pd.array(values, dtype=made[name].dtype) for name, values in differs.items()}
    return rows.assign(**columns).sort_index()


@cache
def a_list(*, starters: int, tenants: int) -> World:
    """Homes that are all alike; each is lived in by a seeker; and starters who seek as well."""
    names = [f"W-{n:03}" for n in range(tenants)]
    wish = {"areas": AREA}
    people = [a_household(f"T-{name}", lives_in=name, wish=wish) for name in names]
    people += [a_household(f"S-{n:03}", wish=wish) for n in range(starters)]
    return a_world([a_dwelling(name) for name in names], people)


@cache
def a_town(size: int = 12) -> World:
    """Family homes, flats upstairs and two-room flats; older people, families and starters.

    `size` is how many of each kind. Of three older people who seek a flat without stairs one lives
    in a family home and two upstairs; some families live too small; starters are the most.
    """
    numbers = range(size)
    house = {"kind": "EIN", "rooms": 5, "area": 110, "rent": 70_000}
    upstairs = {"kind": "POW", "rooms": 3, "floor": 3, "rent": 60_000}
    small = {"kind": "GAL", "rooms": 2, "area": 50, "lift": True, "access": "ROA", "rent": 55_000}
    homes = [
        *(a_dwelling(f"EIN-{n:02}-{who}", **house) for n in numbers for who in "ab"),
        *(a_dwelling(f"POW-{n:02}-{who}", **upstairs) for n in numbers for who in "abc"),
        *(a_dwelling(f"POW-{n:02}-d", **upstairs, complex="HOOG") for n in numbers),
        *(a_dwelling(f"GAL-{n:02}-{who}", **small) for n in numbers for who in "ab"),
    ]
    people = [_person(kind, n) for kind in _WHO for n in numbers]
    return a_world(homes, people)


_OLDER = {"birth_year": 1948, "aow": True}
_WHO: dict[str, tuple[str | None, Row]] = {
    "older-large": (
        "EIN-{:02}-a",
        {**_OLDER, "persons": 2, "wish": {"max_rooms": 3, "max_floor": 0}},
    ),
    "family": ("EIN-{:02}-b", {"persons": 4, "wish": None}),
    "older-high": ("POW-{:02}-a", {**_OLDER, "access_needed": "NUL", "mobility": "ROLLATOR"}),
    "older-high-too": ("POW-{:02}-d", {**_OLDER, "access_needed": "NUL", "mobility": "ROLLATOR"}),
    "cramped": ("POW-{:02}-b", {"persons": 4, "wish": {"min_rooms": 4}}),
    "couple": ("POW-{:02}-c", {"persons": 2, "wish": None}),
    "single": ("GAL-{:02}-a", {"wish": None}),
    "older-small": ("GAL-{:02}-b", {**_OLDER, "wish": None}),
    "starter": (None, {"birth_year": 2000}),
    "starter-too": (None, {"birth_year": 2001}),
    "starter-as-well": (None, {"birth_year": 2002}),
    "starter-again": (None, {"birth_year": 2003}),
    "couple-starting": (None, {"birth_year": 1998, "persons": 2}),
}
"""By kind of household: which home it lives in, and what it is like."""


def _person(kind: str, number: int) -> Row:
    home, told = _WHO[kind]
    wish = told.get("wish", {})
    wish = None if wish is None else {"areas": AREA, **wish}
    registered = f"{2012 + number % 12}-03-01"
    lives = home.format(number) if home else None
    named = {**told, "wish": wish, "registered": registered, "lives_in": lives}
    return a_household(f"{kind}-{number:02}", **named)


def shuffled(world: World, seed: int) -> World:
    """The same world with the rows of every table in another order."""
    dice = np.random.default_rng(seed)
    mixed = {
        name: rows.iloc[dice.permutation(len(rows))] for name, rows in world.state.tables.items()
    }
    return replace(world, state=State(mixed, world.state.said))


def rolled(world: World, scenario: Scenario, replication: int = 0, acceptance: int = 100) -> Run:
    """One run, in which every proposal goes through unless told otherwise."""
    return simulate(world, scenario, Asked(replication, acceptance))


def some_runs(world: World, scenario: Scenario, number: int) -> list[Run]:
    """The first replications of a scenario."""
    return [rolled(world, scenario, replication) for replication in range(number)]


def chains_of(runs: Iterable[Run], cause: str | None = None) -> pd.DataFrame:
    """The chains of some runs together, perhaps those of one cause only."""
    told = pd.concat([run.chains.assign(run=run.asked.replication) for run in runs])
    return told if cause is None else told[told["cause"] == cause]


def total(run: Run, measure: str, group: str = "") -> int:
    """What a measure comes to over all months."""
    figures = run.figures
    chosen = (figures["measure"] == measure) & (figures["group"] == group)
    return int(figures.loc[chosen, "value"].sum())


def digest(run: Run) -> str:
    """The sha256 of every table of a run, byte for byte; not of what was asked."""
    told = hashlib.sha256()
    for table in (run.figures, run.chains, run.freed, run.steps):
        told.update(table.to_csv(index=False).encode())
    return told.hexdigest()


def expected_links(steps: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Mean vacancies of a chain by the kind it opens with: the rows of (I - Q)^-1, summed.

    `steps` says of each kind how many homes of each kind come free, on average, when it is entered.
    """
    kinds = list(steps)
    q = np.array([[steps[one].get(other, 0.0) for other in kinds] for one in kinds])
    links: NDArray[np.float64] = np.linalg.solve(np.eye(len(kinds)) - q, np.ones(len(kinds)))
    return dict(zip(kinds, links.tolist(), strict=True))


def standard_error(values: Iterable[float]) -> float:
    """The standard error of a mean of independent values."""
    drawn = np.asarray(list(values), dtype=float)
    return float(drawn.std(ddof=1) / np.sqrt(len(drawn)))
