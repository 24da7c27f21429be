"""The judge on side conditions: what keeps them passes, and what breaks one falls on that one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from matching.conditions import Conditions, Group, Share
from matching.verify import verify
from tests.builders import OTHER_CORPORATION
from tests.judged import (
    HOURS,
    OPEN,
    POLICY,
    RULES,
    a_budget,
    a_group,
    a_mix,
    asks,
    changed,
    judged_state,
    matched_in,
    plan_under,
    resting_on,
    rules_found,
    told_apart,
)

# The plan: mevrouw to the hofje, gezin to her flat-3, starter to its klein; jong to opgezegd;
# and uit-noord and uit-zuid change homes.
ALONE = 260 + 33
"""What the moves of mevrouw and gezin are worth, the households of the other corporation."""


@pytest.fixture(scope="module")
def state():
    return judged_state()


@pytest.fixture(scope="module")
def matched(state):
    return matched_in(state)


@pytest.fixture(scope="module")
def options(matched, state):
    return told_apart(matched.found.options, state)


def found_under(matched, state, options, **conditions):
    plan = matched.plan if options is None else resting_on(matched.plan, options)
    return rules_found(plan, state, options=options, conditions=Conditions(**conditions))


KEPT = {
    "a pinned move that is made": {"pinned": (("mevrouw", "hofje"),)},
    "a forbidden move that is not made": {"forbidden": (("jong", "tweede-keus"),)},
    "an open proposal that is kept": {"seen": (("jong", "opgezegd"),), "most_open": 1},
    "an open proposal fewer than may be": {"seen": OPEN, "most_open": 2},
    "a household that waits on enough and stays": {"seen": (("dochter", "klein"),), "most_open": 1},
    "a group that moves to one complex": a_group("mevrouw", "jong"),
    "a group just within its distance": a_group("mevrouw", "gezin", metres=900),
    "a group that stays": a_group("dochter", "vertrekt"),
    "a ring that is whole or not at all": a_mix("noordhof", 4, 4, 4),
    "a chain that empties no more than may be": a_mix("plein", 4, 3, 4),
    "a complex that fills up to its most": a_mix("hof", 4, 4, 6),
    "a complex too full that people leave": a_mix("plein", 9, 0, 3),
    "another kind of household": a_mix("hof", 4, 4, 4, kind="DRAGEND"),
    "hours that are just enough": a_budget(120, where=HOURS),
    "hours of all together": a_budget(360),
    "hours of a coach of nobody": a_budget(0, where=("coach", "bas")),
    "another who stays": asks("dochter"),
    "another who comes near": asks("gezin", "flat-3"),
    "another who comes near as it must": asks("gezin", "flat-3", needs=True),
    "another who need not, for the home is another": asks("dochter", needs=True, dwelling="klein"),
    "a share that is just enough": {"shares": (Share(OTHER_CORPORATION, ALONE),)},
    "a share of nothing for who has no households": {"shares": (Share("zuid", 0),)},
}

BROKEN = {
    "a pinned move that is missing": ({"pinned": OPEN}, "vastgezet"),
    "a forbidden move that is made": ({"forbidden": (("mevrouw", "hofje"),)}, "uitgesloten"),
    "a second open proposal": ({"seen": OPEN, "most_open": 1}, "open_voorstellen"),
    "a member who stays": (a_group("mevrouw", "dochter"), "samen_verhuizen"),
    "a group in two complexes": (a_group("mevrouw", "gezin"), "dicht_bij_elkaar"),
    "a group in homes of no complex": (a_group("uit-noord", "mevrouw"), "dicht_bij_elkaar"),
    "a group a metre too far": (a_group("mevrouw", "gezin", metres=899), "dicht_bij_elkaar"),
    "a complex empty halfway, full at the end": (a_mix("plein", 4, 4, 4), "samenstelling"),
    "two chains that fill a complex together": (a_mix("hof", 4, 4, 5), "samenstelling"),
    "a complex too full that gets fuller": (a_mix("hof", 9, 4, 5), "samenstelling"),
    "a complex too empty that gets emptier": (a_mix("plein", 3, 5, 9), "samenstelling"),
    "a minute too many": (a_budget(119, where=HOURS), "budget"),
    "a minute too many for all": (a_budget(359), "budget"),
    "another who goes elsewhere": (asks("gezin", "zuid"), "band_verhuist_mee"),
    "another who stays and should come": (
        asks("dochter", "flat-3", needs=True),
        "band_verhuist_mee",
    ),
    "a point too little": ({"shares": (Share(OTHER_CORPORATION, ALONE + 1),)}, "aandeel"),
}


def test_a_plan_made_under_no_conditions_passes_them(matched, state, options):
    assert found_under(matched, state, options) == set()


@pytest.mark.parametrize("what", KEPT)
def test_a_condition_that_is_kept_is_no_fault(what, matched, state, options):
    assert found_under(matched, state, options, **KEPT[what]) == set()


@pytest.mark.parametrize("what", BROKEN)
def test_a_condition_that_is_broken_is_found(what, matched, state, options):
    conditions, rule = BROKEN[what]
    assert rule in found_under(matched, state, options, **conditions)


def test_room_that_another_chain_makes_is_no_room(state):
    # in the end mevrouw has left and jong has come: as many; but her chain may be the later one
    here = state
    for home in ("opgezegd", "tweede-keus"):
        here = changed(here, "dwellings", home, complex="plein")
    here = changed(here, "households", "gezin", resident=None)
    matched = matched_in(here)
    columns = told_apart(matched.found.options, here)
    assert found_under(matched, here, columns, **a_mix("plein", 4, 3, 4)) == {"samenstelling"}
    assert found_under(matched, here, columns, **a_mix("plein", 4, 4, 5)) == {"samenstelling"}
    assert found_under(matched, here, columns, **a_mix("plein", 4, 3, 5)) == set()


def test_a_budget_may_count_down(matched, state, options):
    norm = options.assign(norm=[-5 if name == "mevrouw" else 1 for name in options["household"]])
    assert found_under(matched, state, norm, **a_budget(0, column="norm")) == set()
    late = norm.assign(norm=norm["norm"].abs())
    assert "budget" in found_under(matched, state, late, **a_budget(9, column="norm"))


def test_what_is_not_known_counts_nothing_in_a_budget(matched, state, options):
    minutes = pd.Series([60, 60, 60, None, 60, 60, 60], dtype="Int64", index=options.index)
    unknown = options.assign(minutes=minutes)
    assert found_under(matched, state, unknown, **a_budget(60, where=HOURS)) == set()


def test_a_column_that_is_missing_leaves_the_conditions_unproved(matched, state, options):
    bare = options.drop(columns="complex")
    found = found_under(matched, state, bare, **a_group("mevrouw", "jong"))
    assert found == {"kolom_ontbreekt", "bewijs"}


ELSEWHERE = {
    "complex": a_mix("hof", 9, 0, 99),
    "leaves_complex": a_mix("hof", 9, 0, 99),
    "resident": a_mix("hof", 9, 0, 99),
    "x": a_group("mevrouw", "gezin", metres=9_000),
    "y": a_group("mevrouw", "gezin", metres=9_000),
    "corporation": {"shares": (Share(OTHER_CORPORATION, 0),)},
    "coach": a_budget(9_000, where=("coach", "bas")),
}


@pytest.mark.parametrize("column", ELSEWHERE)
def test_options_that_say_something_else_than_the_facts_are_found(column, matched, state, options):
    here = options["household"] == "mevrouw"
    other = options.copy()
    other.loc[here, column] = {"x": 143_001, "y": 487_001}.get(column, "anders")
    assert found_under(matched, state, other, **ELSEWHERE[column]) == {"kolom_klopt"}


@pytest.mark.parametrize(
    "what",
    [
        "a pinned move that is missing",
        "a forbidden move that is made",
        "a second open proposal",
        "a member who stays",
        "another who goes elsewhere",
    ],
)
def test_what_needs_no_column_is_judged_without_the_options(what, matched, state):
    conditions, rule = BROKEN[what]
    assert found_under(matched, state, None, **conditions) == {rule}


def test_without_the_options_what_needs_columns_is_left_alone(matched, state):
    assert found_under(matched, state, None, **a_budget(0)) == set()


def test_a_finding_names_whom_it_is_about(matched, state, options):
    conditions = Conditions(groups=(Group("zussen", ("mevrouw", "dochter")),))
    told = replace(matched.plan.receipt, conditions=conditions.hash)
    plan = resting_on(replace(matched.plan, receipt=told), options)
    (found,) = verify(plan, state, RULES, POLICY, options=options, conditions=conditions)
    assert (found.rule, found.household) == ("samen_verhuizen", "dochter")
    assert found.sentence == "Groep 'zussen' verhuist samen of niet; dit huishouden blijft achter."


def test_a_share_is_counted_as_the_plan_is(state, matched, options):
    # at a chance of nine tenths the first move counts 234 points, the second 26.73
    told = replace(matched.plan.receipt, acceptance_percent=90)
    plan = resting_on(replace(matched.plan, receipt=told), options)
    assert "aandeel" not in rules_found(plan, state, options=options, conditions=a_share(260))
    assert "aandeel" in rules_found(plan, state, options=options, conditions=a_share(261))


def a_share(points):
    return Conditions(shares=(Share(OTHER_CORPORATION, points),))


# The receipt


@pytest.mark.parametrize("hashed", ["", "0" * 16])
def test_a_plan_made_under_other_conditions_is_found(hashed, matched, state, options):
    conditions = Conditions(forbidden=OPEN)
    told = replace(matched.plan.receipt, conditions=hashed)
    plan = resting_on(replace(matched.plan, receipt=told), options)
    (found,) = verify(plan, state, RULES, POLICY, options=options, conditions=conditions)
    assert (found.rule, found.sentence[-16:]) == ("verantwoording", " de voorwaarden.")


def test_conditions_that_were_kept_back_are_found(matched, state, options):
    told = replace(matched.plan.receipt, conditions=Conditions(forbidden=OPEN).hash)
    plan = resting_on(replace(matched.plan, receipt=told), options)
    (found,) = verify(plan, state, RULES, POLICY, options=options)
    assert found.rule == "verantwoording"


def test_dropping_a_proposal_that_people_have_seen_costs_points(matched, state, options):
    conditions = Conditions(seen=(("mevrouw", "klein"), ("jong", "opgezegd")), change_cost=15)
    plan = plan_under(matched, options, conditions)
    assert plan.receipt.value == 541 - 15
    assert rules_found(plan, state, options=options, conditions=conditions) == set()
    free = replace(plan, receipt=replace(plan.receipt, value=541, bound=541))
    assert "waarde" in rules_found(free, state, options=options, conditions=conditions)
