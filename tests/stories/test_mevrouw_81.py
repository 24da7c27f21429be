"""Mevrouw is 81 en loopt met een rollator. Zij woont op de derde verdieping, zonder lift.

| wie | woont nu | zoekt |
|---|---|---|
| mevrouw (81, rollator) | flat-3, drie hoog, vier kamers | gelijkvloers, dicht bij haar dochter |
| haar dochter | dochterhuis | niets: zij blijft wonen waar zij woont |
| een gezin van vier | klein, drie kamers | vier kamers of meer |
| een starter | nergens bij ons | een eerste woning |

Er staat één woning leeg: hofje, gelijkvloers, vijf minuten van de dochter. Eén lege woning helpt zo
drie huishoudens.
"""

from __future__ import annotations

import pytest

from data_contracts.rules import rules_on
from data_contracts.words import Verdict
from matching.explain import why, why_not
from matching.match import Occasion, match
from matching.model import Status
from matching.verify import verify
from tests.builders import (
    ON,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tie,
    an_older_household,
)

RULES = rules_on(ON)
POLICY = a_policy()


@pytest.fixture(scope="module")
def neighbourhood():
    return a_state(
        dwellings=[
            a_dwelling("hofje", access="NUL", rooms=2, rent=62_000, target_rent=64_000),
            a_dwelling("flat-3", floor=3, rooms=4, x=143_900, rent=55_000, target_rent=66_000),
            a_dwelling("klein", floor=2, rooms=3, x=143_600, rent=60_000, target_rent=62_000),
            a_dwelling("dochterhuis", rooms=4, x=143_150),
        ],
        households=[
            an_older_household("mevrouw", lives_in="flat-3"),
            a_household("dochter", lives_in="dochterhuis", persons=3, willingness="NEE"),
            a_household("gezin", lives_in="klein", persons=4, wish={"min_rooms": 4}),
            a_household("starter", birth_year=2001, registered="2018-06-15"),
        ],
        ties=[
            a_tie(
                "kind",
                "mevrouw",
                with_household="dochter",
                minutes=10,
                must=True,
                weight=8,
            )
        ],
    )


@pytest.fixture(scope="module")
def matched(neighbourhood):
    return match(neighbourhood, RULES, POLICY, Occasion("proef", ON, 1, 7, "proef"))


@pytest.fixture(scope="module")
def plan(matched):
    return matched.plan


def test_one_empty_home_helps_three_households(plan):
    (chain,) = plan.chains
    assert [(move.household, move.to) for move in chain.moves] == [
        ("mevrouw", "hofje"),
        ("gezin", "flat-3"),
        ("starter", "klein"),
    ]


def test_the_plan_is_proven_to_be_the_best(plan):
    assert plan.receipt.status is Status.PROVEN


def test_another_pair_of_eyes_finds_nothing_wrong(matched, neighbourhood):
    found = verify(matched.plan, neighbourhood, RULES, POLICY, options=matched.found.options)
    assert found == ()


def test_the_plan_counts_an_older_woman_who_now_lives_suitably(plan):
    assert plan.totals.older_to_suitable == 1


def test_the_plan_brings_her_nearer_to_her_daughter(plan):
    assert plan.totals.minutes_to_ties < 0


def test_the_coach_reads_why_mevrouw_gets_this_home(plan):
    said = [reason.sentence for reason in why(plan, "mevrouw").reasons]
    assert "Een oudere verhuist van een ongeschikte naar een geschikte woning." in said
    assert "De woning is zo toegankelijk als het huishouden nodig heeft." in said


def test_the_coach_reads_how_far_it_is_to_those_who_matter(plan):
    said = [reason.sentence for reason in why(plan, "mevrouw").reasons]
    assert "Lopen naar belangrijke mensen en plekken: straks samen 5 minuten, nu 21." in said


def test_mevrouw_cannot_move_to_the_small_flat_upstairs(neighbourhood, plan):
    told = why_not(neighbourhood, "mevrouw", "klein", RULES, POLICY, ON, plan=plan)
    assert {reason.verdict for reason in told.reasons} == {Verdict.NO}
    assert {"toegankelijkheid", "etage_zonder_lift"} <= {r.criterion for r in told.reasons}


def test_the_starter_hears_which_chain_took_the_home(neighbourhood, plan):
    told = why_not(neighbourhood, "starter", "hofje", RULES, POLICY, ON, plan=plan)
    assert [reason.criterion for reason in told.reasons][-1] == "ging_naar_een_ander"
    assert "De verhuisketen die begint met woning hofje" in told.reasons[-1].sentence


def test_nobody_hears_about_somebody_else(neighbourhood, plan):
    told = why_not(neighbourhood, "starter", "hofje", RULES, POLICY, ON, plan=plan)
    said = " ".join(reason.sentence for reason in told.reasons)
    assert not any(who in said for who in ("mevrouw", "gezin", "dochter"))


def test_registration_order_would_have_helped_only_the_starter(plan):
    assert (plan.shadow.moves, plan.shadow.older_to_suitable) == (1, 0)


def test_the_daughter_is_not_asked_to_move(plan):
    assert why(plan, "dochter") is None
