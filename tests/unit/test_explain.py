"""Why, and why not: in sentences a resident can read, and never about somebody else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from data_contracts.rules import rules_on
from data_contracts.words import Verdict
from matching.around import margin as margin_of
from matching.around import standing
from matching.candidates import UnknownHere
from matching.criteria import RULES as HARD_RULES
from matching.explain import Margin, euros, explain_plan, why, why_not
from matching.match import Occasion, match
from tests.builders import (
    ON,
    a_dwelling,
    a_facility,
    a_household,
    a_policy,
    a_state,
    a_tie,
    an_older_household,
)

RULES = rules_on(ON)
POLICY = a_policy()


@pytest.fixture(scope="module")
def state():
    """Two empty homes, three households; the home on the ground floor suits two of them."""
    return a_state(
        dwellings=[
            a_dwelling("begane-grond", access="NUL", features="TUIN"),
            a_dwelling("boven", floor=2, target_rent=64_000),
            a_dwelling("duur", target_rent=90_000),
            a_dwelling("oud", floor=3, rooms=3),
        ],
        households=[
            an_older_household("mw-a", lives_in="oud", pays=50_000),
            a_household("dhr-b", registered="2024-06-15"),
            a_household("stel-c", persons=2, registered="2025-06-15", income="ONBEKEND"),
        ],
    )


@pytest.fixture(scope="module")
def matched(state):
    return match(state, RULES, POLICY, Occasion("proef", ON, 1, 7, "proef"))


def asked(state, household, dwelling, plan=None, policy=POLICY, margin=None):
    return why_not(state, household, dwelling, RULES, policy, ON, plan=plan, margin=margin).reasons


def test_every_move_has_an_explanation_in_the_order_of_the_chains(matched):
    moves = [(m.household, m.to) for chain in matched.plan.chains for m in chain.moves]
    assert [(told.household, told.dwelling) for told in matched.plan.reasons] == moves


def test_an_explanation_names_every_rule_and_no_rule_says_no(matched):
    for told in matched.plan.reasons:
        ruled = [reason for reason in told.reasons if reason.verdict is not None]
        assert {reason.criterion for reason in ruled} == {rule.name for rule in HARD_RULES}
        assert Verdict.NO not in {reason.verdict for reason in ruled}


def test_the_points_that_are_read_aloud_add_up_to_the_gain(matched):
    gains = {m.household: m.gain for chain in matched.plan.chains for m in chain.moves}
    for told in matched.plan.reasons:
        assert sum(reason.points for reason in told.reasons) == gains[told.household]


def test_every_reason_has_a_sentence_and_a_source(matched):
    for told in matched.plan.reasons:
        for reason in told.reasons:
            assert reason.sentence[0].isupper()
            assert reason.sentence.endswith(".")
            assert not re.search(r"[{}]|\bnan\b|None|-1\b", reason.sentence)
            assert reason.source


def test_what_the_coach_has_to_ask_comes_first(matched):
    told = why(matched.plan, "stel-c")
    verdicts = [reason.verdict for reason in told.reasons if reason.verdict is not None]
    assert verdicts[0] is Verdict.ASK
    assert verdicts == sorted(verdicts, key=lambda verdict: verdict is Verdict.YES)


def test_amounts_are_written_in_euros(matched):
    said = " ".join(reason.sentence for reason in why(matched.plan, "mw-a").reasons)
    assert "De huur van € 500,00 is niet hoger dan het huishouden wil betalen." in said


def test_what_nobody_knows_of_a_starter_is_said_to_be_unknown():
    near = a_state(
        dwellings=[a_dwelling("W", x=143_100)],
        households=[a_household("H")],
        ties=[a_tie("T", "H", weight=10)],
        facilities=[a_facility("F", x=143_100)],
    )
    plan = match(near, RULES, POLICY, Occasion("proef", ON, 1, 7, "proef")).plan
    said = " ".join(reason.sentence for reason in why(plan, "H").reasons)
    assert "straks samen 2 minuten, nu onbekend." in said
    assert "zijn er straks 1 dichtbij, nu onbekend." in said


def test_a_scheme_is_called_by_its_name(matched):
    said = " ".join(reason.sentence for reason in why(matched.plan, "mw-a").reasons)
    assert "een regeling voor wie doorstroomt: Huurbehoud voor ouderen." in said


def test_the_plan_itself_is_asked_why(matched):
    assert why(matched.plan, "mw-a") in matched.plan.reasons
    assert why(matched.plan, "niemand") is None


def test_what_cannot_be_is_said_by_every_rule_that_says_no(state):
    reasons = asked(state, "mw-a", "boven")
    assert {reason.verdict for reason in reasons} == {Verdict.NO}
    assert [r.criterion for r in reasons] == ["toegankelijkheid", "etage_zonder_lift"]


def test_a_rent_that_is_too_high_names_the_limit_and_the_year(state):
    reasons = asked(state, "dhr-b", "duur")
    (said,) = [r.sentence for r in reasons if r.criterion == "passend_toewijzen"]
    assert "€ 900,00" in said
    assert "€ 713,02" in said
    assert "2026" in said


def test_a_wish_that_is_too_old_is_a_no_to_every_home(state):
    reasons = asked(state, "dhr-b", "begane-grond", policy=a_policy(wish_fresh_days=1))
    assert [reason.criterion for reason in reasons] == ["wens_geldig"]


def test_what_was_proposed_is_laid_beside_what_was_asked(matched, state):
    reasons = asked(state, "dhr-b", "begane-grond", matched.plan)
    total, *preferences = [r for r in reasons if r.verdict is None][:-1]
    assert total.criterion == "past_minder_goed"
    assert "Voorgesteld is woning boven" in total.sentence
    assert total.points == sum(reason.points for reason in preferences)


def test_a_home_that_went_to_another_names_the_chain_and_not_the_household(matched, state):
    reason = asked(state, "dhr-b", "begane-grond", matched.plan)[-1]
    assert reason.criterion == "ging_naar_een_ander"
    assert "De verhuisketen die begint met woning begane-grond" in reason.sentence
    assert "mw-a" not in reason.sentence


@pytest.mark.parametrize(
    ("margin", "said", "points"),
    [
        (Margin(loses=12, below=14, possible=True), "kost het plan minstens 12 punten", -12),
        (Margin(loses=1, below=1, possible=True), "kost het plan minstens 1 punt.", -1),
        (Margin(loses=0, below=9, possible=True), "minstens 9 punten onder wat hoogstens kan", 0),
        (Margin(loses=-5, below=0, possible=True), "volgt niet uit het bewijs", 0),
        (Margin(loses=0, below=0, possible=False), "In geen enkele keten die mag", 0),
    ],
)
def test_what_the_prices_prove_of_another_choice_is_said_and_no_more(
    matched, state, margin, said, points
):
    took, reason = asked(state, "dhr-b", "begane-grond", matched.plan, margin=margin)[-2:]
    assert took.criterion == "ging_naar_een_ander"
    assert (reason.criterion, reason.points) == ("marge", points)
    assert said in reason.sentence
    assert reason.sentence[0].isupper()
    assert reason.sentence.endswith(".")


def test_the_margin_of_a_plan_itself_is_read_aloud(matched, state):
    plan = standing(matched.plan, matched.found.options, matched.found.openings)
    told = margin_of(plan, "dhr-b", "begane-grond")
    reason = asked(state, "dhr-b", "begane-grond", matched.plan, margin=told)[-1]
    assert f"minstens {told.loses} punten" in reason.sentence


def test_what_was_proposed_is_explained_and_not_excused(matched, state):
    reasons = asked(state, "mw-a", "begane-grond", matched.plan)
    assert reasons == why(matched.plan, "mw-a").reasons


def test_without_a_plan_a_move_that_may_be_is_said_to_be_allowed(state):
    assert asked(state, "dhr-b", "begane-grond")[-1].criterion == "kan_wel"


def test_a_home_that_nobody_got_says_so(matched, state):
    nothing = replace(matched.plan, chains=())
    assert asked(state, "dhr-b", "begane-grond", nothing)[-1].criterion == "niet_gekozen"


def test_a_move_that_gains_nothing_says_so(matched, state):
    worthless = a_policy(weights={"year_waiting": 0, "outdoor": 0})
    nothing = replace(matched.plan, chains=())
    reasons = asked(state, "dhr-b", "begane-grond", nothing, policy=worthless)
    assert reasons[-1].criterion == "levert_niets_op"


def test_an_unknown_home_is_said_to_be_unknown(state):
    with pytest.raises(UnknownHere):
        asked(state, "dhr-b", "luchtkasteel")


def test_no_moves_need_no_explanation(matched):
    assert explain_plan((), matched.found.options) == ()


@pytest.mark.parametrize(
    ("cents", "said"), [(71_302, "€ 713,02"), (123_456, "€ 1.234,56"), (5, "€ 0,05")]
)
def test_euros_are_written_as_in_dutch(cents, said):
    assert euros(cents) == said
