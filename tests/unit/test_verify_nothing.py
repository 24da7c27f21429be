"""An empty result while people could move is a failure, not a plan: the judge says so."""

from dataclasses import replace
from functools import cache

import pytest

from matching.conditions import NONE, Budget, Conditions
from matching.model import Certificate, Status, Totals
from matching.verify import verify
from tests.judged import POLICY, RULES, judged_state, matched_in, plan_under, told_apart


@cache
def honest():
    return matched_in(judged_state())


def emptied(plan, status, *, bound=None, certificate=None):
    """The same plan as a solver would leave it that found nothing."""
    told = plan.receipt
    receipt = replace(told, value=0, status=status, bound=told.bound if bound is None else bound)
    return replace(
        plan,
        chains=(),
        reasons=(),
        totals=Totals(),
        passed_over=(),
        receipt=receipt,
        certificate=certificate or plan.certificate,
    )


def rules_broken(plan, options=None, conditions=NONE):
    told = honest().found.options if options is None else options
    found = verify(plan, judged_state(), RULES, POLICY, options=told, conditions=conditions)
    return {finding.rule for finding in found}


@pytest.mark.parametrize("status", [Status.BOUNDED, Status.EMPTY])
def test_nothing_is_no_plan_while_a_household_gains_by_a_home_that_is_free(status):
    assert rules_broken(emptied(honest().plan, status)) == {"leeg"}


def test_under_side_conditions_nothing_is_believed_only_when_it_is_called_proven():
    options = told_apart(honest().found.options, judged_state())
    hours = Conditions(budgets=(Budget("uren", "minutes", 0),))
    plan = plan_under(honest(), options, hours)

    assert (plan.chains, plan.receipt.status) == ((), Status.EMPTY)
    assert "leeg" not in rules_broken(plan, options, hours)
    unproven = replace(plan, receipt=replace(plan.receipt, status=Status.BOUNDED))
    assert "leeg" in rules_broken(unproven, options, hours)


def test_nothing_to_choose_from_is_a_plan_of_nothing():
    options = honest().found.options.iloc[:0]
    told = emptied(honest().plan, Status.EMPTY, bound=0, certificate=Certificate())
    assert "leeg" not in rules_broken(told, options)
