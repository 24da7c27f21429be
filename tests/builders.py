"""Small readable builders: a test names only what matters, the rest has a sensible default.

    state = a_state(
        dwellings=[a_dwelling("leeg"), a_dwelling("oud", floor=3, lift=False)],
        households=[a_household("mw-jansen", lives_in="oud", birth_year=1945, aow=True)],
    )

Rows go through the record models, so a builder cannot make what a delivery could not hold.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from data_contracts.events import TABLES
from data_contracts.policy import Policy, policy_from
from data_contracts.record import fact_fields
from data_contracts.records import DELIVERIES
from data_contracts.rules import Rules, rules_on
from matching.state import State, changes, no_facts, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]

_NOTHING = State()
ON = date(2026, 6, 15)
"""The day on which tests match."""
CORPORATION = "00000099000000001000"
OTHER_CORPORATION = "00000099000000002000"
SOURCE = "urn:nld:oin:00000099000000001000:systeem:proef"
PLACE = {"x": 143_000, "y": 487_000}


def a_dwelling(dwelling: str = "W1", **differs: Any) -> Row:
    """A three-room flat on the ground floor, cheap enough for anybody; LEE unless lived in."""
    return {
        "dwelling": dwelling,
        "corporation": CORPORATION,
        **PLACE,
        "municipality": "GM9999",
        "district": "WK999901",
        "neighbourhood": "BU99990101",
        "kind": "POW",
        "rooms": 3,
        "area": 70,
        "floor": 0,
        "lift": False,
        "access": "ZON",
        "rent": 60_000,
        "target_rent": 65_000,
        "daeb": True,
        **differs,
    }


def a_newbuild(dwelling: str = "N1", **differs: Any) -> Row:
    """A dwelling that is handed over in a month."""
    return {**a_dwelling(dwelling), "status": "ONT", "completed": "2026-07-15", **differs}


def a_household(household: str = "H1", **differs: Any) -> Row:
    """One tested, willing person of 40 with consent.

    `lives_in` names a dwelling and makes a tenancy (net rent `pays`, else that of the dwelling).
    A wish without demands is added in `a_state` unless one is given there or `wish=None`; `wish`
    may also be a dict of what the wish says.
    """
    return {
        "household": household,
        "corporation": CORPORATION,
        "persons": 1,
        "birth_year": 1986,
        "aow": False,
        "income": "PASSEND",
        "income_year": 2026,
        "registered": "2020-06-15",
        "mobility": "LOPEND",
        "access_needed": "ZON",
        "consent": True,
        "consent_date": "2026-01-15",
        "willingness": "ZEKER",
        "coach": "COACH-01",
        **differs,
    }


def an_older_household(household: str = "H1", **differs: Any) -> Row:
    """One person of 81 with a rollator who needs a home without steps."""
    return a_household(
        household,
        **{
            "birth_year": 1945,
            "aow": True,
            "mobility": "ROLLATOR",
            "access_needed": "NUL",
            **differs,
        },
    )


def a_wish(household: str = "H1", **differs: Any) -> Row:
    """A fresh wish that demands nothing."""
    return {"household": household, "stated": "2026-05-01", **differs}


def a_tie(tie: str = "T1", household: str = "H1", **differs: Any) -> Row:
    """A child at most twenty minutes on foot: at the usual place, or at another household."""
    place = {} if "with_household" in differs else PLACE
    named = {"tie": tie, "household": household, "kind": "KIND", "minutes": 20}
    return {**place, **named, **differs}


def a_facility(facility: str = "F1", **differs: Any) -> Row:
    """A supermarket at the usual place."""
    return {"facility": facility, "kind": "SUPERMARKT", **PLACE, **differs}


def a_notice(dwelling: str = "W1", **differs: Any) -> Row:
    """A confirmed notice that ends in a month."""
    named = {"notice": f"opzegging-{dwelling}", "dwelling": dwelling, "given": "2026-06-01"}
    return {**named, "ends": "2026-07-15", "status": "GOE", **differs}


def a_tenancy(dwelling: str = "W1", household: str = "H1", **differs: Any) -> Row:
    """A tenancy that runs since 2010."""
    named = {"tenancy": f"{household}-{dwelling}", "dwelling": dwelling, "household": household}
    return {**named, "start": "2010-01-01", "rent": 60_000, **differs}


def an_offer(household: str = "H1", dwelling: str = "W1", **differs: Any) -> Row:
    """A proposal that was offered two weeks ago."""
    named = {"proposal": f"{household}-{dwelling}", "household": household, "dwelling": dwelling}
    life = {"plan": "P1", "chain": "C1", "position": 1, "state": "offered", "on": "2026-06-01"}
    return {**named, **life, **differs}


def a_state(**tables: Iterable[Row]) -> State:
    """A checked State of these rows, by table name (`dwellings=[...]`, `households=[...]`, ...)."""
    rows = {name: [dict(row) for row in table] for name, table in tables.items()}
    homes = rows.get("dwellings", [])
    _settle(rows, {row["dwelling"]: row["rent"] for row in homes})
    taken = {row["dwelling"] for row in rows.get("tenancies", [])}
    for home in homes:
        home.setdefault("status", "VEH" if home["dwelling"] in taken else "LEE")
    made = {name: table_of(name, _as_facts(name, table)) for name, table in rows.items()}
    return State(
        {**_NOTHING.tables, **{name: table.sort_index() for name, table in made.items()}}
    ).check()


def _settle(rows: dict[str, list[Row]], rents: dict[str, int]) -> None:
    """Turn `lives_in`, `pays` and `wish` of the households into tenancies and wishes."""
    wishes = {row["household"]: row for row in rows.get("wishes", [])}
    tenancies = rows.setdefault("tenancies", [])
    for row in rows.get("households", []):
        home, wish = row.pop("lives_in", None), row.pop("wish", {})
        rent = row.pop("pays", rents.get(home, 60_000))
        if home is not None:
            tenancies.append(a_tenancy(home, row["household"], rent=rent))
        if wish is not None and row["household"] not in wishes:
            wishes[row["household"]] = a_wish(row["household"], **wish)
    rows["wishes"] = list(wishes.values())


def _as_facts(table: str, rows: list[Row]) -> list[Row]:
    record = TABLES[table][0]
    fields = set(fact_fields(record))
    return [record.model_validate(row).model_dump(mode="json", include=fields) for row in rows]


def facts_of(state: State, *, source: str = SOURCE, at: datetime | None = None) -> pd.DataFrame:
    """The facts that one full delivery of everything in this State would be (offers left out)."""
    moment = at or datetime(2026, 6, 14, 22, tzinfo=UTC)
    said = [
        changes(
            _NOTHING, table, rows.reset_index(), source=source, delivery=f"proef/{table}", at=moment
        )
        for table, rows in state.tables.items()
        if table in DELIVERIES and len(rows)
    ]
    return pd.concat(said, ignore_index=True) if said else no_facts()


def a_policy(**choices: Any) -> Policy:
    """The default policy with these choices instead."""
    return policy_from(None, **choices) if choices else _default_policy()


@cache
def _default_policy() -> Policy:
    return policy_from(None)


@cache
def the_rules() -> Rules:
    """The rules of the year in which tests match."""
    return rules_on(ON)
