"""The judge: a valid plan passes, and every mutant falls on the rule it breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data_contracts.rules import rules_on
from matching.match import Occasion, match
from matching.model import Chain
from matching.verify import verify, walks_to_judge
from tests.builders import (
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tenancy,
    an_offer,
)
from tests.judged import (
    POLICY,
    RULES,
    changed,
    judged_state,
    matched_in,
    rules_found,
    with_chain,
    with_rows,
    without,
)

OWN_POOL = a_policy(longest_ring=2, pool="own")
NEVER_ASK = a_policy(longest_ring=2, propose_asks=False)


@pytest.fixture(scope="module")
def state():
    return judged_state()


@pytest.fixture(scope="module")
def matched(state):
    return matched_in(state)


@pytest.fixture(scope="module")
def plan(matched):
    return matched.plan


def test_the_world_holds_a_chain_of_three_a_ring_and_a_starter(plan):
    assert plan.totals.by_length == ((1, 1), (2, 1), (3, 1))
    assert plan.totals.rings == 1


def test_a_valid_plan_passes(matched, state):
    assert verify(matched.plan, state, RULES, POLICY, options=matched.found.options) == ()


FACTS = {
    "consent withdrawn": ("households", "mevrouw", {"consent": False}, "toestemming"),
    "consent a day too old": (
        "households",
        "mevrouw",
        {"consent_date": "2024-06-14"},
        "toestemming",
    ),
    "wish a day too old": ("wishes", "gezin", {"stated": "2025-06-14"}, "wens_geldig"),
    "wish that ended yesterday": ("wishes", "gezin", {"valid_until": "2026-06-14"}, "wens_geldig"),
    "household that will not move": ("households", "gezin", {"willingness": "NEE"}, "wens_geldig"),
    "a room too few": ("dwellings", "flat-3", {"rooms": 3}, "kamers"),
    "a room more than asked": ("wishes", "gezin", {"max_rooms": 3, "min_rooms": 1}, "kamers"),
    "a larger family": ("households", "starter", {"persons": 4}, "kamers"),
    "a square metre too small": ("wishes", "gezin", {"min_area": 71}, "oppervlakte"),
    "label lowered": ("dwellings", "hofje", {"access": "GNV"}, "toegankelijkheid"),
    "incomparable label": ("dwellings", "hofje", {"access": "ROG"}, "toegankelijkheid"),
    "need added": (
        "households",
        "mevrouw",
        {"features_needed": "DOUCHE_DREMPELVRIJ"},
        "kenmerken",
    ),
    "a floor too high with a rollator": ("dwellings", "hofje", {"floor": 1}, "etage_zonder_lift"),
    "a floor higher than asked": ("wishes", "gezin", {"max_floor": 2}, "etage_zonder_lift"),
    "a home out of letting": ("dwellings", "flat-3", {"status": "UIT"}, "woning_komt_vrij"),
    "a vacancy out of letting": (
        "dwellings",
        "opgezegd",
        {"status": "ADM"},
        "begint_met_leegstand",
    ),
    "a year too young": ("dwellings", "hofje", {"min_age": 82}, "leeftijdslabel"),
    "household too large for the label": (
        "dwellings",
        "flat-3",
        {"max_persons": 3},
        "huishoudlabel",
    ),
    "household too small for the label": (
        "dwellings",
        "klein",
        {"min_persons": 2},
        "huishoudlabel",
    ),
    "rent a cent over the wish": ("wishes", "gezin", {"max_rent": 65_999}, "huur_binnen_wens"),
    "rent a cent over the aftoppingsgrens": (
        "dwellings",
        "klein",
        {"target_rent": 71_303},
        "passend_toewijzen",
    ),
    "rent a cent over the high aftoppingsgrens": (
        "dwellings",
        "flat-3",
        {"target_rent": 76_415},
        "passend_toewijzen",
    ),
    "income over": ("households", "starter", {"income": "BOVEN"}, "daeb_inkomen"),
    "a tie a minute too far": ("ties", "kind", {"minutes": 4}, "moet_band"),
    "the daughter moved away": ("dwellings", "dochterhuis", {"x": 143_361}, "moet_band"),
    "other area asked": ("wishes", "uit-noord", {"areas": "BU99990101"}, "wens_gebied"),
    "other kind asked": ("wishes", "jong", {"kinds": "EIN|TUS"}, "wens_soort"),
    "no area asked and too far away": ("wishes", "uit-zuid", {"areas": ""}, "zoekgebied"),
    "home no longer empty": ("dwellings", "hofje", {"status": "VEH"}, "begint_met_leegstand"),
    "home that will be renewed": (
        "dwellings",
        "hofje",
        {"available": "2026-10-14"},
        "begint_met_leegstand",
    ),
    "notice refused": ("notices", "opzegging-opgezegd", {"status": "AFG"}, "begint_met_leegstand"),
    "notice cancelled": (
        "notices",
        "opzegging-opgezegd",
        {"status": "GEA"},
        "begint_met_leegstand",
    ),
    "notice a day after the horizon": (
        "notices",
        "opzegging-opgezegd",
        {"ends": "2026-10-14"},
        "begint_met_leegstand",
    ),
    "family that moved elsewhere": (
        "tenancies",
        "gezin-klein",
        {"dwelling": "dochterhuis"},
        "verlaat_eigen_woning",
    ),
    "tenancy that is over": ("tenancies", "gezin-klein", {"end": ON}, "verlaat_eigen_woning"),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_changed_breaks_the_rule_it_names(fact, plan, state):
    table, key, values, rule = FACTS[fact]
    assert rule in rules_found(plan, changed(state, table, key, **values))


@pytest.mark.parametrize(
    ("table", "key", "values"),
    [
        ("households", "mevrouw", {"consent_date": "2024-06-15"}),
        ("wishes", "gezin", {"stated": "2025-06-15"}),
        ("wishes", "gezin", {"valid_until": "2026-06-15"}),
        ("dwellings", "klein", {"target_rent": 71_302}),
        ("dwellings", "flat-3", {"target_rent": 76_414}),
        ("wishes", "gezin", {"max_rent": 66_000}),
        ("households", "starter", {"income": "DAEB"}),
        ("households", "starter", {"income": "ONBEKEND"}),
        ("dwellings", "hofje", {"min_age": 80}),
        ("dwellings", "hofje", {"access": "RUI"}),
        ("ties", "kind", {"minutes": 5}),
        ("notices", "opzegging-opgezegd", {"ends": "2026-10-13"}),
    ],
)
def test_what_is_just_within_the_rule_passes(table, key, values, plan, state):
    assert rules_found(plan, changed(state, table, key, **values)) == set()


ROWS = {
    "works within the horizon": (
        {
            "works": [
                {"works": "K1", "dwelling": "hofje", "kind": "RENOVATIE", "start": "2026-10-13"}
            ]
        },
        "werkzaamheden",
    ),
    "demolition in ten years": (
        {"works": [{"works": "K1", "dwelling": "hofje", "kind": "SLOOP", "start": "2036-01-01"}]},
        "werkzaamheden",
    ),
    "a home they declined": (
        {"offers": [an_offer("mevrouw", "hofje", state="declined", reason="HUU")]},
        "afgewezen",
    ),
    "a household that signed elsewhere": (
        {"offers": [an_offer("mevrouw", "nieuw", state="signed")]},
        "lopend_voorstel",
    ),
    "a home that somebody accepted": (
        {"offers": [an_offer("dochter", "hofje", state="accepted")]},
        "begint_met_leegstand",
    ),
    "a home left that somebody accepted": (
        {"offers": [an_offer("dochter", "flat-3", state="accepted")]},
        "woning_komt_vrij",
    ),
    "a vacancy that is let": ({"tenancies": [a_tenancy("hofje", "ander")]}, "begint_met_leegstand"),
    "a home left that is let already": (
        {"tenancies": [a_tenancy("flat-3", "ander", start="2026-08-01")]},
        "woning_komt_vrij",
    ),
    "somebody who stays behind in the home": (
        {"tenancies": [a_tenancy("flat-3", "inwoner")]},
        "woning_komt_vrij",
    ),
    "somebody who stays behind where a chain ends": (
        {"tenancies": [a_tenancy("klein", "inwoner")]},
        "verlaat_eigen_woning",
    ),
    "a household that moved since its wish": (
        {"offers": [an_offer("mevrouw", "nieuw", state="moved")]},
        "lopend_voorstel",
    ),
    "an old notice of a home let again": (
        {"tenancies": [a_tenancy("opgezegd", "ander", start="2026-06-02")]},
        "begint_met_leegstand",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_fact_that_was_added_breaks_the_rule_it_names(row, plan, state):
    tables, rule = ROWS[row]
    assert rule in rules_found(plan, with_rows(state, **tables))


@pytest.mark.parametrize("start", ["2015-01-01", "2026-09-01"])
def test_who_leaves_another_behind_frees_nothing_and_that_is_no_fault(start):
    together = a_state(
        dwellings=[a_dwelling("leeg"), a_dwelling("samen")],
        households=[a_household("gaat", lives_in="samen"), a_household("blijft", wish=None)],
        tenancies=[a_tenancy("samen", "blijft", start=start)],
    )
    made = match(together, RULES, POLICY, Occasion("proef", ON, 1, 7, "proef"))
    (chain,) = made.plan.chains
    assert chain.closes is None
    assert verify(made.plan, together, RULES, POLICY, options=made.found.options) == ()
    freed = with_chain(made.plan, chain, Chain((replace(chain.moves[0], leaves="samen"),)))
    assert "verlaat_eigen_woning" in rules_found(freed, together)


def test_another_corporation_is_no_pool_of_ones_own(plan, state):
    other = changed(state, "dwellings", "hofje", corporation=OTHER_CORPORATION)
    assert "eigen_corporatie" in rules_found(plan, other, OWN_POOL)


def test_another_corporation_is_in_the_pool_of_the_region(plan, state):
    other = changed(state, "dwellings", "hofje", corporation=OTHER_CORPORATION)
    assert rules_found(plan, other) == set()


def test_a_question_for_the_coach_is_a_no_where_the_policy_never_asks(plan, state):
    unknown = changed(state, "households", "starter", income="ONBEKEND")
    assert "daeb_inkomen" in rules_found(plan, unknown, NEVER_ASK)


def test_income_that_was_tested_last_year_is_a_question_and_not_a_no(plan, state):
    old = changed(state, "households", "starter", income="BOVEN", income_year=2025)
    assert rules_found(plan, old) == set()


def test_54a_is_a_question_and_not_a_no(plan, state):
    dear = changed(state, "dwellings", "hofje", target_rent=80_000)
    asked = changed(dear, "households", "mevrouw", exception_54a=True)
    streefhuur = a_policy(longest_ring=2, toetshuur="streefhuur")
    assert "passend_toewijzen" in rules_found(plan, dear, streefhuur)
    assert rules_found(plan, asked, streefhuur) == set()


def test_minutes_that_were_walked_decide_where_there_are_streets(plan, state):
    near, far = {("kind", "hofje"): 10}, {("kind", "hofje"): 11}
    assert verify(plan, state, RULES, POLICY, network_minutes=near) == ()
    (found,) = verify(plan, state, RULES, POLICY, network_minutes=far)
    assert (found.rule, found.household, found.dwelling) == ("moet_band", "mevrouw", "hofje")


def test_the_judge_names_the_walks_that_decide(plan, state):
    (walk,) = walks_to_judge(plan, state, POLICY).to_dict("records")
    who = {"tie": "kind", "dwelling": "hofje", "minutes": 10, "mobility": "ROLLATOR"}
    assert walk == who | {"x": 143_150, "y": 487_000, "home_x": 143_000, "home_y": 487_000}


def test_a_tie_that_nobody_can_place_is_a_question_over_streets_too(plan, state):
    gone = without(state, "tenancies", "dochter-dochterhuis")
    assert verify(plan, gone, RULES, POLICY, network_minutes={}) == ()


def test_a_plan_over_streets_is_held_to_the_straight_line(plan, state):
    walked = replace(plan, receipt=replace(plan.receipt, network="straten"))
    # five minutes with a rollator are 225 metres; the daughter lives 180 metres from the home
    assert rules_found(walked, changed(state, "dwellings", "dochterhuis", x=143_180)) == set()
    four = changed(state, "ties", "kind", minutes=4)
    assert rules_found(plan, changed(four, "dwellings", "dochterhuis", x=143_180)) == {"moet_band"}
    assert rules_found(walked, changed(four, "dwellings", "dochterhuis", x=143_180)) == set()
    assert rules_found(walked, changed(four, "dwellings", "dochterhuis", x=143_200)) == {
        "moet_band"
    }


def test_unknown_households_and_homes_are_found(plan, state):
    assert "onbekend" in rules_found(plan, without(state, "households", "starter"))
    assert "onbekend" in rules_found(plan, without(state, "dwellings", "klein"))


def test_a_policy_that_changed_afterwards_is_found(plan, state):
    (found,) = verify(plan, state, RULES, a_policy(longest_ring=2, search_radius=2_501))
    assert found.rule == "verantwoording"


def test_rules_of_another_year_are_found(plan, state):
    found = verify(plan, state, rules_on(ON.replace(year=2025)), POLICY)
    assert "verantwoording" in {each.rule for each in found}


@pytest.mark.parametrize(
    ("choices", "rule"),
    [({"longest_chain": 2}, "ketenlengte"), ({"longest_ring": 0}, "ruillengte")],
)
def test_a_chain_or_ring_that_is_too_long_is_found(choices, rule, plan, state):
    assert rule in rules_found(plan, state, a_policy(**{"longest_ring": 2, **choices}))


def test_a_finding_says_in_dutch_what_is_wrong(plan, state):
    (found,) = verify(plan, changed(state, "dwellings", "hofje", access="GNV"), RULES, POLICY)
    assert found.sentence == "De verhuizing mag niet van de harde regel 'toegankelijkheid'."
