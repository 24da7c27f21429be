"""Laws of the judge on side conditions, on little worlds where these bite."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.certificate import bound_of
from matching.model import Certificate, Chain, Move, Plan, Receipt, Status, Totals
from matching.rows import rows_of
from matching.verify.proof import Terms, reproved_bound
from matching.verify.side_conditions import cost_of_change, kept
from matching.verify.structure import value_of
from tests.brute_force import best_plan, broken, facts_of, pieces_of, plans_of
from tests.worlds import KINDS, a_world

WORLDS = st.builds(a_world, st.integers(0, 2**32), st.sampled_from(KINDS), crowded=st.booleans())
SAYS = {
    "vastgezet": "pinned",
    "uitgesloten": "forbidden",
    "open_voorstellen": "most open",
    "samen_verhuizen": "group",
    "dicht_bij_elkaar": "group",
    "samenstelling": "mix",
    "budget": "budget",
    "band_verhuist_mee": "together",
    "aandeel": "share",
}
"""What the judge calls a broken condition, and what the slow optimiser calls it."""


@st.composite
def priced(draw: st.DrawFn):
    """A little world with prices out of the blue, on its conditions too."""
    world = draw(WORLDS)
    scale = draw(st.sampled_from([1, 10, 1000, 1_000_000]))
    prices = st.integers(0, 20 * scale)
    rows = rows_of(world.options, world.conditions)
    certificate = Certificate(
        scale=scale,
        households=tuple((f"h{n}", draw(prices)) for n in range(6) if draw(st.booleans())),
        dwellings=tuple((f"w{n}", draw(prices)) for n in range(6) if draw(st.booleans())),
        conditions=tuple(
            (name, draw(st.integers(0, 3_000_000) if by_worth else prices))
            for name, by_worth in dict(zip(rows.names, rows.by_worth, strict=True)).items()
            if draw(st.booleans())
        ),
    )
    return world, certificate


def terms_of(world):
    return Terms(world.longest_chain, world.longest_ring, round(world.acceptance * 100))


def reproved(world, certificate):
    return reproved_bound(
        world.options, world.openings, certificate, terms_of(world), conditions=world.conditions
    )


@given(priced())
def test_both_provers_find_the_same_bound_under_conditions(market):
    world, certificate = market
    bound = bound_of(world.options, world.openings, certificate, **world.for_brute_force())
    if set(world.options["leaves"]) & set(world.openings):
        # who leaves a vacancy ends a chain for the judge; a prover may count rings through it
        assert reproved(world, certificate) <= bound
    else:
        assert reproved(world, certificate) == bound


@given(priced())
def test_no_prices_prove_less_than_the_best_plan_that_keeps_the_conditions(market):
    world, certificate = market
    best = best_plan(world.options, world.openings, **world.for_brute_force())
    if best is not None:
        assert reproved(world, certificate) >= round(best[0])


@given(priced(), st.data())
def test_a_price_that_is_tampered_with_proves_no_less_than_the_best_plan(market, data):
    world, certificate = market
    rows = [name for name, _ in certificate.conditions]
    if not rows:
        return
    name, price = data.draw(st.sampled_from(rows)), data.draw(st.integers(-5, 2**64))
    changed = {**dict(certificate.conditions), name: price}
    tampered = replace(certificate, conditions=tuple(changed.items()))
    bound = reproved(world, tampered)
    best = best_plan(world.options, world.openings, **world.for_brute_force())
    if bound is not None and best is not None:
        assert bound >= round(best[0])


@given(priced(), st.sampled_from(["pin|niemand|nergens", "budget|", ""]))
def test_a_price_on_no_condition_of_the_plan_proves_nothing(market, name):
    world, certificate = market
    more = (*certificate.conditions, (name, 0))
    assert reproved(world, replace(certificate, conditions=more)) is None


@given(WORLDS)
def test_the_judge_finds_broken_exactly_what_the_definition_says(world):
    facts, chance = facts_of(world.options), Fraction(str(world.acceptance))
    for made in some_plans(world, facts):
        plan = plan_of(made, world)
        judged = {SAYS[found.rule] for found in kept(plan, world.conditions, world.options)}
        said = broken(made, facts, world.conditions, chance)
        assert judged == {next(name for name in SAYS.values() if s.startswith(name)) for s in said}


@given(WORLDS)
def test_the_judge_counts_the_value_by_the_definition(world):
    for made in some_plans(world, facts_of(world.options)):
        plan = plan_of(made, world)
        cost = cost_of_change(plan, world.conditions)
        percent = plan.receipt.acceptance_percent
        worth = sum((piece.worth for piece in made), Fraction(0))
        pairs = {(move.household, move.dwelling) for piece in made for move in piece.moves}
        dropped = sum(pair not in pairs for pair in set(world.conditions.seen))
        worth -= dropped * world.conditions.change_cost
        assert value_of(plan.chains, acceptance_percent=percent, cost=cost) == round(worth)


@pytest.mark.parametrize("kind", KINDS)
def test_the_worlds_have_plans_that_keep_and_plans_that_break_every_condition(kind):
    verdicts = set()
    for seed in range(20):
        world = a_world(seed, kind)
        for made in some_plans(world, facts_of(world.options)):
            verdicts.add(bool(list(kept(plan_of(made, world), world.conditions, world.options))))
    assert verdicts == {True, False}


def some_plans(world, facts):
    """A few of the plans that are possible, also such as break the conditions."""
    chance = Fraction(str(world.acceptance))
    limits = (set(world.openings), world.longest_chain, world.longest_ring, chance)
    return islice(plans_of(pieces_of(list(facts), *limits)), 0, 400, 13)


def plan_of(made, world):
    """The pieces as a plan, in which only what conditions speak of is filled in."""
    chains = tuple(Chain(tuple(Move(*move) for move in piece.moves), piece.ring) for piece in made)
    receipt = Receipt(
        region="proef",
        on=date(2026, 6, 15),
        position=0,
        rules_year=2026,
        rules_hash="",
        policy_hash="",
        code_version="",
        seed=0,
        longest_chain=world.longest_chain,
        longest_ring=world.longest_ring,
        acceptance_percent=round(world.acceptance * 100),
        openings=0,
        options=0,
        options_hash="",
        status=Status.BOUNDED,
        value=0,
        bound=0,
        conditions=world.conditions.hash,
    )
    return Plan(chains=chains, reasons=(), totals=Totals(), receipt=receipt)
