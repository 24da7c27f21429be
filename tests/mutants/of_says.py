"""Mutants by what a plan says of itself: its sums, its proof, its reasons, what it rests on."""

from __future__ import annotations

from dataclasses import replace

from data_contracts.words import Verdict
from matching.certificate import bound_of
from matching.model import Explanation, PassedOver, Reason, Status, Totals
from tests.builders import a_policy
from tests.mutants.world import one_of

# Sums


def a_gain_raised(world, dice):
    chain = one_of(dice, world.plan.chains)
    at = dice.randrange(len(chain.moves))
    return world.moved(chain, at, gain=chain.moves[at].gain + 1), "punten"


def a_gain_lowered(world, dice):
    chain = one_of(dice, world.plan.chains)
    at = dice.randrange(len(chain.moves))
    return world.moved(chain, at, gain=chain.moves[at].gain - 1), "punten"


def a_value_raised(world, _dice):
    return world.told(value=world.plan.receipt.value + 1), "waarde"


def a_value_lowered(world, _dice):
    return world.told(value=world.plan.receipt.value - 1), "waarde"


def another_chance(world, _dice):
    percent = world.plan.receipt.acceptance_percent - 1
    return world.told(acceptance_percent=percent), "verantwoording"


def a_total_raised(world, dice):
    name = one_of(dice, ["moves", "chains", "rings", "starters"])
    return world.counted(**{name: getattr(world.plan.totals, name) + 1}), "totalen"


def lengths_miscounted(world, _dice):
    (length, times), *rest = world.plan.totals.by_length
    return world.counted(by_length=((length, times + 1), *rest)), "totalen"


def empty_with_moves(world, _dice):
    return world.told(status=Status.EMPTY), "status"


def no_solution_told_as_an_empty_plan(world, _dice):
    """A solver that found nothing in time, as a plan without moves."""
    empty = world.planned(chains=(), reasons=(), passed_over=(), pooling=(), totals=Totals())
    return empty.told(status=Status.BOUNDED, value=0), "leeg"


def proven_with_a_gap(world, _dice):
    high = world.plan.receipt.value + 1
    return world.told(status=Status.PROVEN, bound=high), "status"


# The proof


def a_bound_lowered(world, _dice):
    return world.told(bound=world.plan.receipt.bound - 1), "bewijs"


def a_bound_under_the_value(world, _dice):
    return world.told(bound=world.plan.receipt.value - 1), "grens"


def a_claim_lowered(world, _dice):
    low = world.plan.certificate.bound - 1
    return world.proved(bound=low).told(bound=low), "bewijs"


def a_multiplier_lowered(world, dice):
    """One price lowered below need: the prover itself, another program, no longer gets there."""
    told = world.plan.certificate
    for _ in range(12):
        side = one_of(dice, ["households", "dwellings"])
        prices = dict(getattr(told, side))
        if not any(prices.values()):
            continue
        name = one_of(dice, [name for name, price in prices.items() if price])
        prices[name] = one_of(dice, [0, prices[name] // 2, prices[name] - 1])
        lowered = replace(told, **{side: tuple(prices.items())})
        if _proves(world, lowered) > told.bound:
            return world.planned(certificate=lowered), "bewijs"
    return None


def _proves(world, certificate):
    receipt = world.plan.receipt
    return bound_of(
        world.options,
        world.openings,
        certificate,
        longest_chain=receipt.longest_chain,
        longest_ring=receipt.longest_ring,
        acceptance=receipt.acceptance_percent / 100,
        conditions=world.conditions,
    )


def a_multiplier_below_zero(world, _dice):
    prices = (*world.plan.certificate.households, ("een-ander", -1))
    return world.proved(households=prices), "bewijs"


def a_multiplier_named_twice(world, _dice):
    prices = world.plan.certificate.households
    return prices and (world.proved(households=(*prices, prices[0])), "bewijs")


def a_scale_of_nothing(world, _dice):
    return world.proved(scale=0), "bewijs"


def no_multipliers(world, _dice):
    without = world.proved(households=(), dwellings=(), conditions=())
    enough = _proves(world, without.plan.certificate) <= world.plan.certificate.bound
    return None if enough else (without, "bewijs")


# What it rests on


def other_rules(world, _dice):
    return world.told(rules_hash="0" * 16), "verantwoording"


def rules_of_last_year(world, _dice):
    return world.told(rules_year=world.on.year - 1), "verantwoording"


def another_policy(world, _dice):
    return world.told(policy_hash=a_policy(region="elders").hash), "verantwoording"


def another_limit(world, _dice):
    return world.told(longest_chain=world.policy.longest_chain + 1), "verantwoording"


def other_options(world, _dice):
    return world.told(options_hash="0" * 64), "verantwoording"


def an_option_fewer(world, dice):
    """The list of what could be chosen lacks a move that was chosen."""
    move = one_of(dice, world.moves)
    made = (world.options["household"] == move.household) & (world.options["dwelling"] == move.to)
    return replace(world, options=world.options[~made]), "mogelijkheid"


def other_conditions(world, _dice):
    return world.told(conditions="0" * 16), "verantwoording"


def somebody_passed_over_left_out(world, dice):
    some = world.plan.passed_over
    if not some:
        return None
    at = dice.randrange(len(some))
    return world.planned(passed_over=(*some[:at], *some[at + 1 :])), "overgeslagen"


def somebody_passed_over_too_many(world, dice):
    move = one_of(dice, world.moves)
    more = PassedOver("een-ander", move.to, move.to, 1, to_show=False, sentence="")
    return world.planned(passed_over=(*world.plan.passed_over, more)), "overgeslagen"


def a_night_too_many(world, _dice):
    """Passed over for a second night, while no plan of the night before says so."""
    some = world.plan.passed_over
    if not some or world.plan.receipt.earlier:
        return None
    return world.planned(passed_over=(replace(some[0], nights=2), *some[1:])), "overgeslagen"


def a_reason_left_out(world, dice):
    told = world.plan.reasons
    at = dice.randrange(len(told))
    return world.planned(reasons=(*told[:at], *told[at + 1 :])), "uitleg"


def a_reason_too_many(world, _dice):
    more = Explanation("een-ander", "elders", ())
    return world.planned(reasons=(*world.plan.reasons, more)), "uitleg"


def a_reason_that_says_no(world, dice):
    told = [*world.plan.reasons]
    at = dice.randrange(len(told))
    no = Reason("kamers", Verdict.NO, 0, "Te klein.", "")
    told[at] = replace(told[at], reasons=(*told[at].reasons, no))
    return world.planned(reasons=tuple(told)), "uitleg"


def a_corporation_left_out_of_the_pool(world, _dice):
    some = world.plan.pooling
    return some and (world.planned(pooling=some[:-1]), "eerlijke_pool")


def a_corporation_that_gets_less_than_told(world, dice):
    some = world.plan.pooling
    lucky = one_of(dice, some)
    more = tuple(replace(p, together=p.together + 1) if p is lucky else p for p in some)
    return world.planned(pooling=more), "eerlijke_pool"


def a_gain_of_the_pool_not_told(world, _dice):
    return world.plan.pooling and (world.planned(remarks=()), "eerlijke_pool")


OPERATORS = (
    a_gain_raised,
    a_gain_lowered,
    a_value_raised,
    a_value_lowered,
    another_chance,
    a_total_raised,
    lengths_miscounted,
    empty_with_moves,
    no_solution_told_as_an_empty_plan,
    proven_with_a_gap,
    a_bound_lowered,
    a_bound_under_the_value,
    a_claim_lowered,
    a_multiplier_lowered,
    a_multiplier_below_zero,
    a_multiplier_named_twice,
    a_scale_of_nothing,
    no_multipliers,
    other_rules,
    rules_of_last_year,
    another_policy,
    another_limit,
    other_options,
    an_option_fewer,
    other_conditions,
    somebody_passed_over_left_out,
    somebody_passed_over_too_many,
    a_night_too_many,
    a_reason_left_out,
    a_reason_too_many,
    a_reason_that_says_no,
    a_corporation_left_out_of_the_pool,
    a_corporation_that_gets_less_than_told,
    a_gain_of_the_pool_not_told,
)
