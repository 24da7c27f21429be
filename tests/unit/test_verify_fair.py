"""The judge counts again who is passed over, what a pool gives each, and what was chosen from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matching.conditions import NONE
from matching.match import Occasion, match, options_hash
from matching.passed_over import Earlier
from matching.verify import verify
from tests.builders import (
    CORPORATION,
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    the_rules,
)
from tests.terms_world import terms_of

OCCASION = Occasion("regio", ON, 1, 7, "proef")
FAIR = {"fair_pool": True}


def judged(matched, state, plan=None, **choices):
    """The names of what the judge finds, of the plan or of another one."""
    found = verify(
        matched.plan if plan is None else plan,
        state,
        the_rules(),
        a_policy(**choices),
        options=matched.found.options,
        conditions=matched.conditions,
    )
    return {each.rule for each in found}


# Passed over


def best_placed_stays():
    """H1 gains most by W1, yet all are helped best when H2 moves there and H3 into its home."""
    return a_state(
        dwellings=[a_dwelling("W1", area=90), a_dwelling("thuis", kind="EIN")],
        households=[
            a_household("H1", registered="2010-06-15", wish={"min_area": 80}),
            a_household("H2", lives_in="thuis", registered="2014-06-15"),
            a_household("H3", registered="2014-06-15", wish={"kinds": "EIN"}),
        ],
    )


@pytest.fixture(scope="module")
def passing():
    state = best_placed_stays()
    return state, match(state, the_rules(), a_policy(), OCCASION)


def one_of(plan, **differs):
    return replace(plan, passed_over=(replace(plan.passed_over[0], **differs),))


LISTS = {
    "nobody is named": lambda plan: replace(plan, passed_over=()),
    "another household is named": lambda plan: one_of(plan, household="H3"),
    "another home is named": lambda plan: one_of(plan, dwelling="thuis"),
    "another chain is named": lambda plan: one_of(plan, chain="thuis"),
    "somebody is named twice": lambda plan: replace(plan, passed_over=plan.passed_over * 2),
    "a first night is the third": lambda plan: one_of(plan, nights=3),
    "a night is none": lambda plan: one_of(plan, nights=0),
    "a person is asked too soon": lambda plan: one_of(plan, to_show=True),
}


def test_a_plan_that_names_who_is_passed_over_passes(passing):
    state, matched = passing

    assert [one.household for one in matched.plan.passed_over] == ["H1"]
    assert judged(matched, state) == set()


@pytest.mark.parametrize("what", LISTS)
def test_a_list_of_who_is_passed_over_that_is_not_so_is_found(what, passing):
    state, matched = passing

    assert judged(matched, state, LISTS[what](matched.plan)) == {"overgeslagen"}


def test_who_was_passed_over_too_often_cannot_be_kept_from_a_person():
    state, earlier = best_placed_stays(), Earlier(ON - timedelta(days=1), (("H1", 5),))
    matched = match(state, the_rules(), a_policy(), OCCASION, earlier=earlier)
    hidden = one_of(matched.plan, to_show=False)

    assert matched.plan.passed_over[0].to_show
    assert judged(matched, state) == set()
    assert judged(matched, state, hidden) == {"overgeslagen"}


# A fair pool


def region():
    """The other corporation's household would gain more by our home than our own household does."""
    return a_state(
        dwellings=[a_dwelling("W1")],
        households=[
            a_household("H1", registered="2018-06-15"),
            a_household("H2", registered="2010-06-15", corporation=OTHER_CORPORATION),
        ],
    )


@pytest.fixture(scope="module")
def pooled():
    state = region()
    return state, match(state, the_rules(), a_policy(**FAIR), OCCASION)


def ours(plan, **differs):
    first, *rest = plan.pooling
    return replace(plan, pooling=(replace(first, **differs), *rest))


POOLS = {
    "no pool is told of": lambda plan: replace(plan, pooling=()),
    "a corporation is left out": lambda plan: replace(plan, pooling=plan.pooling[:1]),
    "a corporation is told twice": lambda plan: replace(plan, pooling=plan.pooling[:1] * 2),
    "the plan gives less than it says": lambda plan: ours(plan, together=33),
    "a corporation has less alone": lambda plan: ours(plan, alone=31),
    "alone is more than can be": lambda plan: ours(plan, alone_bound=31),
    "the gain is not told": lambda plan: replace(plan, remarks=()),
    "another gain is told": lambda plan: replace(
        plan, remarks=tuple(said.replace(" 0 punten", " 9 punten") for said in plan.remarks)
    ),
}


def test_a_plan_that_is_fair_to_its_pool_passes(pooled):
    state, matched = pooled

    assert [(one.corporation, one.together) for one in matched.plan.pooling] == [
        (CORPORATION, 32),
        (OTHER_CORPORATION, 0),
    ]
    assert judged(matched, state, **FAIR) == set()


@pytest.mark.parametrize("what", POOLS)
def test_a_pool_that_is_not_as_the_plan_says_is_found(what, pooled):
    state, matched = pooled

    assert judged(matched, state, POOLS[what](matched.plan), **FAIR) == {"eerlijke_pool"}


def unfair(matched, *remarks):
    """The same night, with nothing asked for the corporations and our own household left out."""
    open_to_all = match(region(), the_rules(), a_policy(), OCCASION).plan
    ours_, others = matched.plan.pooling
    return replace(
        matched.plan,
        chains=open_to_all.chains,
        reasons=open_to_all.reasons,
        totals=open_to_all.totals,
        passed_over=open_to_all.passed_over,
        certificate=open_to_all.certificate,
        receipt=replace(
            matched.plan.receipt,
            value=open_to_all.receipt.value,
            bound=open_to_all.receipt.bound,
            conditions="",
        ),
        pooling=(replace(ours_, together=0), replace(others, together=open_to_all.receipt.value)),
        remarks=remarks,
    )


def test_a_plan_that_cannot_be_fair_to_all_says_so(pooled):
    state, matched = pooled
    more = unfair(matched).pooling[1].together - 32
    worse = (
        f"Samen komen de 2 corporaties {more} punten hoger uit dan ieder apart; "
        f"slechter af: {CORPORATION}."
    )
    gave_way = (
        "Niet elke corporatie kan er in dit plan minstens zo goed uitkomen als alleen: de andere "
        "voorwaarden laten dat niet toe. Het plan is gemaakt zonder die eis."
    )
    found = {
        remarks: judged(replace(matched, conditions=NONE), state, unfair(matched, *remarks), **FAIR)
        for remarks in ((gave_way, worse), (gave_way,), (worse,))
    }

    assert list(found.values()) == [set(), {"eerlijke_pool"}, {"eerlijke_pool"}]


def test_a_pool_that_the_policy_does_not_ask_for_is_found(pooled):
    state, matched = pooled

    assert "eerlijke_pool" in judged(matched, state)


# What was chosen from


def a_night_with_terms():
    people = [
        a_household(name, resident="VRAGEND", wish={"group": "G", "group_metres": 300})
        for name in ("H1", "H2")
    ]
    homes = [a_dwelling(f"W{n}", complex="C1") for n in range(4)]
    band = {"complex": "C1", "corporation": CORPORATION, "most_vragend": 50, "units": 4}
    return a_state(dwellings=homes, households=people, complexes=[band])


EVERY_TERM = {"coach_hours_per_week": 1, "fair_pool": True}


def columns_of_terms():
    without = set(terms_of(a_state()).options.columns)
    return sorted(set(terms_of(a_night_with_terms(), **EVERY_TERM).options.columns) - without)


def test_the_terms_of_a_night_add_columns():
    assert {"coach", "complex", "corporation", "landlord", "resident", "x"} <= set(
        columns_of_terms()
    )


@pytest.mark.parametrize("column", columns_of_terms())
def test_every_column_that_terms_add_is_in_what_the_receipt_rests_on(column):
    options = terms_of(a_night_with_terms(), **EVERY_TERM).options

    assert options_hash(options.assign(**{column: 7})) != options_hash(options)


@pytest.mark.parametrize("column", ["resident", "x", "coach_minutes", "norm_daeb"])
def test_a_column_that_was_changed_since_is_found(column):
    state = a_night_with_terms()
    matched = match(state, the_rules(), a_policy(**EVERY_TERM), OCCASION)
    options = matched.found.options
    value = "DRAGEND" if column == "resident" else 7
    told = replace(matched.found, options=options.assign(**{column: value}))

    assert judged(matched, state, **EVERY_TERM) == set()
    assert "verantwoording" in judged(replace(matched, found=told), state, **EVERY_TERM)
