"""The judge and the slow optimiser say the same of every plan, good or bad, and of every bound."""

from datetime import date
from fractions import Fraction

import pytest

from matching.conditions import ImpossibleConditions
from matching.model import Chain, Plan, Receipt, Status, Totals
from matching.model import Move as Moved
from matching.optimise import Limits, choose
from matching.verify.proof import Terms, reproved_bound
from matching.verify.side_conditions import cost_of_change, kept
from tests.brute_force import broken, facts_of, moves_in, pieces_of, plans_of
from tests.worlds import KINDS, a_world


def as_plan(pieces, world):
    """The same moves as the judge gets them: chains, rings and a receipt."""
    chains = tuple(
        Chain(
            tuple(Moved(m.household, m.dwelling, m.leaves, m.gain) for m in piece.moves), piece.ring
        )
        for piece in pieces
    )
    return Plan(chains=chains, reasons=(), totals=Totals(), receipt=receipt_of(world))


def receipt_of(world):
    return Receipt(
        region="proef",
        on=date(2026, 11, 22),
        position=1,
        rules_year=2026,
        rules_hash="",
        policy_hash="",
        code_version="",
        seed=1,
        longest_chain=world.longest_chain,
        longest_ring=world.longest_ring,
        acceptance_percent=round(world.acceptance * 100),
        openings=len(world.openings),
        options=len(world.options),
        options_hash="",
        status=Status.BOUNDED,
        value=0,
        bound=0,
        conditions=world.conditions.hash,
    )


def plans(world):
    chance = Fraction(str(world.acceptance))
    limits = (world.longest_chain, world.longest_ring, chance)
    return plans_of(pieces_of(list(facts_of(world.options)), set(world.openings), *limits))


@pytest.mark.parametrize("kind", KINDS)
def test_the_judge_finds_something_just_when_a_condition_is_broken(kind):
    for seed in range(10):
        world = a_world(seed, kind)
        facts, chance = facts_of(world.options), Fraction(str(world.acceptance))
        for pieces in plans(world):
            found = list(kept(as_plan(pieces, world), world.conditions, world.options))
            wrong = broken(pieces, facts, world.conditions, chance)
            assert bool(found) == bool(wrong), (seed, found, wrong)


def test_the_judge_counts_what_every_dropped_proposal_costs():
    for seed in range(20):
        world = a_world(seed, "shown")
        for pieces in plans(world):
            made = {(move.household, move.dwelling) for move in moves_in(pieces)}
            dropped = [pair for pair in world.conditions.seen if pair not in made]
            cost = len(dropped) * world.conditions.change_cost
            assert cost_of_change(as_plan(pieces, world), world.conditions) == cost


@pytest.mark.parametrize("kind", KINDS)
def test_the_judge_proves_the_bound_of_every_certificate(kind):
    for seed in range(20):
        world = a_world(seed, kind)
        limits = Limits(world.longest_chain, world.longest_ring, world.acceptance)
        try:
            certificate = choose(
                world.options, world.openings, limits, conditions=world.conditions, seed=1
            ).certificate
        except ImpossibleConditions:
            continue
        options = world.options.astype(
            dict.fromkeys(["household", "dwelling", "leaves"], "str")
        )  # as a night keeps them
        terms = Terms(world.longest_chain, world.longest_ring, receipt_of(world).acceptance_percent)
        proved = reproved_bound(
            options, world.openings, certificate, terms, conditions=world.conditions
        )
        assert proved is not None, seed
        assert proved <= certificate.bound, seed
