"""A small world that is judged, and ways to change it: for the tests of the judge."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from data_contracts.rules import rules_on
from matching.chains import link, moves_of
from matching.conditions import NONE, Budget, Group, Mix, Together
from matching.explain import explain_plan
from matching.match import Occasion, match, options_hash
from matching.model import Chain, Status
from matching.optimise import Limits, choose
from matching.passed_over import passed_over
from matching.shadow import totals
from matching.state import State
from matching.verify import verify
from tests.builders import (
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_household,
    a_newbuild,
    a_notice,
    a_policy,
    a_state,
    a_tie,
    an_older_household,
)

RULES = rules_on(ON)
POLICY = a_policy(longest_ring=2)
OF_PEOPLE = ("resident", "corporation", "coach")
ASKS = {"resident": "VRAGEND"}
OPEN = (("jong", "tweede-keus"),)
HOURS = ("coach", "anne")
NORTH = {"corporation": OTHER_CORPORATION}
"""Mevrouw and the gezin are of another corporation."""


def judged_state():
    """A chain of three from `hofje`, a ring of two, and a starter in a home that gets free."""
    return a_state(
        dwellings=[
            a_dwelling("hofje", access="NUL", rooms=2, target_rent=64_000, complex="hof"),
            a_dwelling(
                "flat-3",
                floor=3,
                rooms=4,
                x=143_900,
                rent=55_000,
                target_rent=66_000,
                complex="plein",
            ),
            a_dwelling("klein", floor=2, x=143_600, target_rent=62_000, complex="plein"),
            a_dwelling("dochterhuis", rooms=4, x=143_150),
            a_dwelling("noord", rooms=4, y=489_600, neighbourhood="BU99990102", complex="noordhof"),
            a_dwelling("zuid", rooms=4, y=484_500, neighbourhood="BU99990103"),
            a_dwelling("opgezegd", rooms=1, kind="GAL", features="BALKON", complex="hof"),
            a_dwelling("tweede-keus", rooms=1, kind="GAL", complex="hof"),
        ],
        newbuild=[a_newbuild("nieuw", rooms=6, kind="VRI", target_rent=100_000, daeb=False)],
        households=[
            an_older_household(
                "mevrouw", lives_in="flat-3", income="PASSEND", coach="anne", **ASKS, **NORTH
            ),
            a_household("dochter", lives_in="dochterhuis", persons=3, willingness="NEE"),
            a_household(
                "gezin", lives_in="klein", persons=4, wish={"min_rooms": 4}, **ASKS, **NORTH
            ),
            a_household(
                "starter", wish={"min_rooms": 3, "max_rooms": 3}, coach="anne", resident="DRAGEND"
            ),
            a_household(
                "uit-noord", lives_in="noord", persons=3, wish={"areas": "BU99990103"}, **ASKS
            ),
            a_household(
                "uit-zuid", lives_in="zuid", persons=3, wish={"areas": "BU99990102"}, **ASKS
            ),
            a_household("jong", wish={"kinds": "GAL"}, **ASKS),
            a_household("vertrekt", lives_in="opgezegd", wish=None),
        ],
        ties=[
            a_tie("kind", "mevrouw", with_household="dochter", minutes=10, must=True, weight=8),
            a_tie("school", "uit-noord", kind="SCHOOL", y=484_600, weight=9),
        ],
        notices=[a_notice("opgezegd")],
    )


def matched_in(state):
    return match(state, RULES, POLICY, Occasion("proef", ON, 1, 7, "proef"))


def rules_found(plan, state, policy=POLICY, options=None, conditions=NONE):
    told = replace(plan.receipt, policy_hash=policy.hash, conditions=conditions.hash)
    judged = replace(plan, receipt=told)
    found = verify(judged, state, RULES, policy, options=options, conditions=conditions)
    return {each.rule for each in found}


def told_apart(options, state):
    """The options of the judged world with the columns that side conditions read."""
    homes, people = state.tables["dwellings"], state.tables["households"]
    left = options["household"].map(state.tables["tenancies"].set_index("household")["dwelling"])
    return options.assign(
        complex=options["dwelling"].map(homes["complex"]),
        leaves_complex=left.map(homes["complex"]),
        **{axis: options["dwelling"].map(homes[axis]) for axis in ("x", "y")},
        **{name: options["household"].map(people[name]) for name in OF_PEOPLE},
        minutes=60,
    )


def plan_under(matched, options, conditions):
    """The plan that is chosen from these options under these conditions."""
    limits = Limits(POLICY.longest_chain, POLICY.longest_ring, POLICY.acceptance_percent / 100)
    openings = matched.found.openings
    chosen = choose(options, openings, limits, seed=7, conditions=conditions)
    chains = link(moves_of(chosen.moves), openings=frozenset(openings))
    bound = chosen.certificate.bound
    status = chosen.status if bound == chosen.value else Status.BOUNDED
    told = replace(matched.plan.receipt, value=chosen.value, bound=bound, status=status)
    plan = replace(
        matched.plan,
        chains=chains,
        reasons=explain_plan(chains, options),
        totals=totals(chains, options),
        receipt=replace(told, conditions=conditions.hash),
        certificate=chosen.certificate,
        passed_over=passed_over(chains, options, on=ON, after=POLICY.passed_over_nights),
    )
    return resting_on(plan, options)


def resting_on(plan, options):
    """The plan, with these options in its receipt."""
    rest = replace(plan.receipt, options=len(options), options_hash=options_hash(options))
    return replace(plan, receipt=rest)


def changed(state, table, key, **values):
    """The State with other values in one row."""
    rows = state.tables[table].copy()
    for column, value in values.items():
        is_day = str(rows[column].dtype).startswith("datetime")
        rows.loc[key, column] = pd.Timestamp(value) if is_day else value
    return State({**state.tables, table: rows}).check()


def with_rows(state, **tables):
    """The State with rows added."""
    more = a_state(**tables)
    added = {name: pd.concat([state.tables[name], more.tables[name]]) for name in tables}
    return State({**state.tables, **added}).check()


def without(state, table, key):
    """The State without one row."""
    return State({**state.tables, table: state.tables[table].drop(index=key)}).check()


def chain_of(plan, key):
    return next(chain for chain in plan.chains if chain.key == key)


def with_chain(plan, old, *new):
    """The plan with other chains in the place of one."""
    chains = tuple(chain for chain in plan.chains if chain is not old)
    return replace(plan, chains=tuple(sorted((*chains, *new), key=lambda chain: chain.key)))


def unchecked(*moves, ring=False):
    """A chain that was never checked, as a tampered file could hold."""
    chain = object.__new__(Chain)
    object.__setattr__(chain, "moves", moves)
    object.__setattr__(chain, "ring", ring)
    return chain


def a_mix(complex_, now, least, most, kind="VRAGEND"):
    return {"mixes": (Mix(complex_, kind, now, least, most),)}


def a_group(*members, metres=None):
    return {"groups": (Group("samen", members, metres),)}


def a_budget(at_most, where=None, column="minutes"):
    return {"budgets": (Budget("uren", column, at_most, where),)}


def asks(other, *allowed, needs=False, dwelling="hofje"):
    return {"together": (Together("mevrouw", dwelling, other, allowed, needs),)}
