"""The judge on the bound under side conditions: what prices on these prove, and what not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from matching.conditions import NONE, Conditions, Group, Share
from matching.model import Certificate
from matching.verify import verify
from matching.verify.proof import Terms, reproved_bound
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
    judged_state,
    matched_in,
    plan_under,
    rules_found,
    told_apart,
)


@pytest.fixture(scope="module")
def state():
    return judged_state()


@pytest.fixture(scope="module")
def matched(state):
    return matched_in(state)


@pytest.fixture(scope="module")
def options(matched, state):
    return told_apart(matched.found.options, state)


BINDING = {
    "hours": a_budget(300),
    "a pin": {"pinned": OPEN},
    "a group": {"groups": (Group("samen", ("mevrouw", "uit-noord"), 900),), **a_budget(240)},
    "a mix": a_mix("hof", 4, 4, 5),
    "a tie": {**asks("gezin", "zuid"), **a_budget(360)},
    "a share": {"shares": (Share(OTHER_CORPORATION, 1),), **a_budget(180)},
    "an open proposal": {"seen": OPEN, "change_cost": 15, "most_open": 1},
}


@pytest.mark.parametrize("what", BINDING)
def test_a_plan_made_under_conditions_passes(what, matched, state, options):
    conditions = Conditions(**BINDING[what])
    plan = plan_under(matched, options, conditions)
    assert rules_found(plan, state, options=options, conditions=conditions) == set()


@pytest.mark.parametrize("what", BINDING)
def test_a_plan_made_under_conditions_is_no_plan_without_them(what, matched, state, options):
    plan = plan_under(matched, options, Conditions(**BINDING[what]))
    told = replace(plan.receipt, conditions="")
    found = verify(replace(plan, receipt=told), state, RULES, POLICY, options=options)
    assert {each.rule for each in found} & {"bewijs", "waarde"}


HOURS_OF_ALL = Conditions(**a_budget(300))


@pytest.fixture(scope="module")
def plan_within_hours(matched, options):
    return plan_under(matched, options, HOURS_OF_ALL)


def prove(plan, *prices, **differs):
    return replace(plan, certificate=replace(plan.certificate, conditions=prices, **differs))


TAMPERED = {
    "a price lowered": lambda p: prove(p, ("budget|uren", 200)),
    "a price raised": lambda p: prove(p, ("budget|uren", 900)),
    "no price": prove,
    "a price below zero": lambda p: prove(p, ("budget|uren", -400)),
    "a price twice": lambda p: prove(p, *(("budget|uren", 200),) * 2),
    "a price on nothing that is asked": lambda p: prove(
        p, *p.certificate.conditions, ("budget|jaren", 0)
    ),
    "a bound one lower": lambda p: prove(
        p, *p.certificate.conditions, bound=p.certificate.bound - 1
    ),
}


def test_hours_have_a_price(plan_within_hours):
    (priced,) = plan_within_hours.certificate.conditions
    assert priced[0] == "budget|uren"
    assert priced[1] > 0


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_price_proves_nothing(what, plan_within_hours, state, options):
    tampered = TAMPERED[what](plan_within_hours)
    found = rules_found(tampered, state, options=options, conditions=HOURS_OF_ALL)
    assert "bewijs" in found


@pytest.mark.parametrize("price", [2**58, 2**62, 2**63, 2**70])
def test_a_price_too_large_for_the_machine_proves_nothing(price, matched, state, options):
    # a limit of nothing costs nothing in the bound, whatever its price
    conditions = Conditions(**a_budget(0, where=HOURS))
    plan = prove(matched.plan, ("budget|uren", price))
    assert "bewijs" in rules_found(plan, state, options=options, conditions=conditions)


def test_many_numbers_that_fit_are_too_large_together_and_still_add_up():
    # a share of nothing costs nothing, so that only the sum over the openings can go wrong
    homes = [f"W{n}" for n in range(256)]
    rows = [(f"H{n}", home, None, 2**36, "noord") for n, home in enumerate(homes)]
    columns = ["household", "dwelling", "leaves", "gain", "corporation"]
    options = pd.DataFrame(rows, columns=columns)
    certificate = Certificate(conditions=(("share|noord", 2**20 * 1_000_000),))
    conditions = Conditions(shares=(Share("noord", 0),))
    bound = reproved_bound(options, homes, certificate, Terms(1, 0, 100), conditions=conditions)
    assert bound == 256 * (2**36 + 2**56)


@pytest.mark.parametrize(
    ("certificate", "conditions"),
    [
        (Certificate(conditions=(("share|noord", 2**55),)), {"shares": (Share("noord", 0),)}),
        (Certificate(scale=2**70), {"seen": (("een", "W1"),), "change_cost": 1}),
        (Certificate(scale=2**70), {}),
    ],
)
def test_numbers_too_large_for_the_machine_prove_nothing(certificate, conditions):
    options = pd.DataFrame(
        [("een", "W1", None, 2**20, "noord")],
        columns=["household", "dwelling", "leaves", "gain", "corporation"],
    )
    asked = Conditions(**conditions)
    assert reproved_bound(options, ["W1"], certificate, Terms(1, 0, 100), conditions=asked) is None


def test_who_must_live_near_each_other_cannot_prove_it_by_one_home():
    rows = [("een", "W1", None, 10, 0, 0), ("twee", "W1", None, 10, 0, 0)]
    columns = ["household", "dwelling", "leaves", "gain", "x", "y"]
    options = pd.DataFrame(rows, columns=columns)
    conditions = Conditions(**a_group("een", "twee", metres=100))
    prices = (("near|samen|een|twee|W1", 10), ("near|samen|twee|een|W1", 10))
    certificate, terms = Certificate(conditions=prices), Terms(1, 0, 100)
    assert reproved_bound(options, ["W1"], certificate, terms, conditions=conditions) == 0


@pytest.mark.parametrize("price", [2**63, 2**70])
def test_a_household_too_dear_for_the_machine_proves_nothing(price, matched, state, options):
    dear = replace(matched.plan.certificate, households=(("mevrouw", price),))
    assert "bewijs" in rules_found(replace(matched.plan, certificate=dear), state, options=options)


def test_a_plan_under_conditions_needs_these_conditions(plan_within_hours, state, options):
    tighter = Conditions(**a_budget(299))
    assert "budget" in rules_found(plan_within_hours, state, options=options, conditions=tighter)
    assert NONE.hash == ""
