"""Valid plans in their worlds, the hand that spoils one thing of them, and the judge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.feeds import parse
from data_contracts.rules import rules_on
from matching.match import Occasion, match, options_hash
from matching.model import Chain
from matching.state import State, changes, project, table_of
from matching.verify import verify
from pipelines.sources import deliveries_in, read
from pipelines.sources.example import region, write
from tests.builders import ON, a_policy
from tests.judged import judged_state, unchecked
from tests.unit.test_verify_fair import best_placed_stays
from tests.unit.test_verify_fair import region as pool_of_two

if TYPE_CHECKING:
    from matching.conditions import Conditions
    from matching.model import Plan

TOWN_ON = date(2026, 11, 22)
HOMES = 150
OF_HOME = ("complex", "x", "y")
OF_HOUSEHOLD = ("resident", "corporation", "coach")


@dataclass(frozen=True)
class World:
    """A plan, what it was made of, and what the judge is given besides."""

    state: State
    policy: object
    rules: object
    plan: Plan
    options: pd.DataFrame
    openings: list[str]
    conditions: Conditions

    @property
    def on(self):
        return self.plan.receipt.on

    @property
    def moves(self):
        return [move for chain in self.plan.chains for move in chain.moves]

    def row(self, table, key):
        """One row of the State as plain values; None where nothing is known, or no such row."""
        rows = self.state.tables[table]
        if key not in rows.index:
            return None
        found = rows.loc[key]
        return {name: None if pd.isna(value) else value for name, value in found.items()}

    def home(self, dwelling):
        """The table a home stands in, and its row."""
        table = "dwellings" if dwelling in self.state.dwellings.index else "newbuild"
        return table, self.row(table, dwelling)

    def lives_in(self, household):
        """The tenancies of a household."""
        lets = self.state.tenancies
        return lets[lets["household"] == household]

    # What spoils

    def put(self, table, key, **values):
        """The same plan, while the State says something else of one row."""
        rows = self.state.tables[table].copy()
        for column, value in values.items():
            is_day = str(rows[column].dtype).startswith("datetime")
            rows.loc[key, column] = pd.Timestamp(value) if is_day else value
        return replace(self, state=State({**self.state.tables, table: rows}))

    def add(self, table, **row):
        """The same plan, while the State has one row more."""
        more = pd.concat([self.state.tables[table], table_of(table, [row])])
        return replace(self, state=State({**self.state.tables, table: more}))

    def drop(self, table, keys):
        """The same plan, while the State has some rows less."""
        fewer = self.state.tables[table].drop(index=keys)
        return replace(self, state=State({**self.state.tables, table: fewer}))

    def planned(self, **differs):
        return replace(self, plan=replace(self.plan, **differs))

    def told(self, **differs):
        return self.planned(receipt=replace(self.plan.receipt, **differs))

    def proved(self, **differs):
        return self.planned(certificate=replace(self.plan.certificate, **differs))

    def counted(self, **differs):
        return self.planned(totals=replace(self.plan.totals, **differs))

    def chained(self, old, *new):
        """The plan with other chains in the place of one; none of them checked."""
        kept = tuple(chain for chain in self.plan.chains if chain is not old)
        return self.planned(chains=kept + new)

    def moved(self, chain, at, **differs):
        """The plan with one move told otherwise."""
        moves = [*chain.moves]
        moves[at] = replace(moves[at], **differs)
        return self.chained(chain, unchecked(*moves, ring=chain.ring))

    def under(self, **asked):
        """The plan under other side conditions, which its receipt names."""
        conditions = replace(self.conditions, **asked)
        return replace(self.told(conditions=conditions.hash), conditions=conditions)

    def by_policy(self, policy):
        """The plan by another policy, which its receipt names."""
        return replace(self.told(policy_hash=policy.hash), policy=policy)

    def found(self):
        """The names of the rules that the judge finds broken."""
        findings = verify(
            self.plan,
            self.state,
            self.rules,
            self.policy,
            options=self.options,
            conditions=self.conditions,
        )
        return {finding.rule for finding in findings}


class NotHere(Exception):
    """This world has nothing that this operator could spoil."""


def one_of(dice, things):
    """One of these; raises NotHere when there is none."""
    some = list(things)
    if not some:
        raise NotHere
    return dice.choice(some)


def two_of(dice, things):
    """Two different ones of these; raises NotHere when there are not so many."""
    some = list(things)
    if len(some) < 2:
        raise NotHere
    return dice.sample(some, 2)


def loose(*moves, ring=False):
    """A chain as a tampered file could hold it: checked where it can be, else not."""
    try:
        return Chain(moves, ring=ring)
    except Exception:  # noqa: BLE001 - whatever it breaks, the judge must see it
        return unchecked(*moves, ring=ring)


@cache
def little_world(acceptance_percent=100, longest_ring=2):
    """A chain of three, a ring of two, a starter: made by hand."""
    policy = a_policy(
        longest_ring=longest_ring,
        acceptance_percent=acceptance_percent,
        toetshuur="streefhuur",
    )
    return _planned(judged_state(), policy, ON)


@cache
def passing_world():
    """Somebody who fits a home best of all is passed over, and the plan says so."""
    return _planned(best_placed_stays(), a_policy(), ON)


@cache
def pooled_world():
    """Two corporations in a fair pool."""
    return _planned(pool_of_two(), a_policy(fair_pool=True), ON)


@cache
def town(seed):
    """A made-up town of some hundred homes with groups, mixed complexes and ties of seekers."""
    policy = a_policy(
        longest_ring=2,
        pool=("own", "region")[seed % 2],
        toetshuur="streefhuur",
        acceptance_percent=(100, 80)[seed // 2 % 2],
        coach_hours_per_week=(None, 20)[seed // 4 % 2],
    )
    return _planned(_state_of(seed), policy, TOWN_ON)


def _state_of(seed):
    state = State()
    with TemporaryDirectory() as folder:
        write(region(dwellings=HOMES, seed=seed, on=TOWN_ON, agreements=True), Path(folder))
        for delivery, path in deliveries_in(Path(folder)):
            rows = parse(read(path), delivery).rows
            at = datetime(2026, 11, 22, tzinfo=UTC)
            told = {"source": "proef", "delivery": delivery.name, "at": at}
            state = project(changes(state, delivery.table, rows, **told), state)
    return state


def _planned(state, policy, on):
    rules = rules_on(on)
    matched = match(state, rules, policy, Occasion("proef", on, 1, 7, "proef"))
    options = _told_apart(matched.found.options, state)
    rest = {"options": len(options), "options_hash": options_hash(options)}
    plan = replace(matched.plan, receipt=replace(matched.plan.receipt, **rest))
    openings = list(matched.found.openings)
    return World(state, policy, rules, plan, options, openings, matched.conditions)


def _told_apart(options, state):
    """The options with every column that side conditions read."""
    homes = pd.concat([state.dwellings, state.newbuild.drop(columns="completed")])
    lets = state.tenancies[state.tenancies["end"].isna()].sort_values(["start", "dwelling"])
    left = options["household"].map(
        lets.drop_duplicates("household", keep="last").set_index("household")["dwelling"]
    )
    told = {name: options["dwelling"].map(homes[name]) for name in OF_HOME}
    told |= {name: options["household"].map(state.households[name]) for name in OF_HOUSEHOLD}
    told |= {"leaves_complex": left.map(homes["complex"]), "minutes": 60}
    return options.assign(**{k: v for k, v in told.items() if k not in options})
