"""Mutants by a side condition: what was asked of this plan, and it does not keep."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import isqrt

from matching.conditions import Budget, Group, Mix, Share, Together
from matching.match import options_hash
from tests.mutants.world import one_of, two_of


def a_forbidden_move_made(world, dice):
    move = one_of(dice, world.moves)
    pairs = (*world.conditions.forbidden, (move.household, move.to))
    return world.under(forbidden=pairs), "uitgesloten"


def a_pinned_move_left_out(world, dice):
    made = {(move.household, move.to) for move in world.moves}
    pairs = zip(world.options["household"], world.options["dwelling"], strict=True)
    others = sorted(set(pairs) - made)
    if not others:
        return None
    return world.under(pinned=(*world.conditions.pinned, one_of(dice, others))), "vastgezet"


def one_open_proposal_too_many(world, dice):
    move = one_of(dice, world.moves)
    seen = (*world.conditions.seen, (move.household, "elders"))
    return world.under(seen=seen, most_open=1), "open_voorstellen"


def a_proposal_dropped_for_nothing(world, _dice):
    """A proposal that people have seen is not kept, and the value does not say what that costs."""
    seen = (*world.conditions.seen, ("een-ander", "elders"))
    return world.under(seen=seen, change_cost=world.conditions.change_cost + 7), "waarde"


def half_a_group(world, dice):
    move = one_of(dice, world.moves)
    group = Group("samen", (move.household, "wie-blijft"))
    return world.under(groups=(*world.conditions.groups, group)), "samen_verhuizen"


def a_group_a_metre_too_far_apart(world, dice):
    one, other = two_of(dice, world.moves)
    here, there = (world.home(move.to)[1] for move in (one, other))
    apart = (int(here["x"]) - int(there["x"])) ** 2 + (int(here["y"]) - int(there["y"])) ** 2
    if apart <= 1:
        return None
    group = Group("dichtbij", (one.household, other.household), metres=isqrt(apart - 1))
    return world.under(groups=(*world.conditions.groups, group)), "dicht_bij_elkaar"


def a_group_in_two_complexes(world, dice):
    one, other = two_of(dice, world.moves)
    here, there = (world.home(move.to)[1]["complex"] for move in (one, other))
    if here == there and here is not None:
        return None
    group = Group("samen", (one.household, other.household))
    return world.under(groups=(*world.conditions.groups, group)), "dicht_bij_elkaar"


def a_complex_with_one_too_many(world, dice):
    """A household comes in by the first move of a chain; as many live there as may."""
    for chain in dice.sample(world.plan.chains, len(world.plan.chains)):
        move = chain.moves[0]
        kind = world.row("households", move.household)["resident"]
        complex_ = world.home(move.to)[1]["complex"]
        if not chain.ring and kind and complex_ and _leaves_complex(world, move) != complex_:
            mix = Mix(complex_, kind, now=3, least=0, most=3)
            return world.under(mixes=(*world.conditions.mixes, mix)), "samenstelling"
    return None


def _leaves_complex(world, move):
    return None if move.leaves is None else world.home(move.leaves)[1]["complex"]


def a_minute_over_the_budget(world, _dice):
    spent = _spent(world, world.moves)
    budget = Budget("uren van allen", "minutes", spent - 1)
    return world.under(budgets=(*world.conditions.budgets, budget)), "budget"


def a_minute_over_the_hours_of_a_coach(world, dice):
    coach = world.row("households", one_of(dice, world.moves).household)["coach"]
    if coach is None:
        return None
    theirs = [m for m in world.moves if world.row("households", m.household)["coach"] == coach]
    spent = _spent(world, theirs)
    budget = Budget(f"uren van {coach}", "minutes", spent - 1, ("coach", coach))
    return world.under(budgets=(*world.conditions.budgets, budget)), "budget"


def _spent(world, moves):
    made = {(move.household, move.to): 0 for move in moves}
    columns = (world.options[name] for name in ("household", "dwelling", "minutes"))
    for household, dwelling, minutes in zip(*columns, strict=True):
        if (household, dwelling) in made:
            made[household, dwelling] = int(minutes)
    return sum(made.values())


def a_tie_left_behind(world, dice):
    move = one_of(dice, world.moves)
    asked = Together(move.household, move.to, "wie-blijft", needs=True)
    return world.under(together=(*world.conditions.together, asked)), "band_verhuist_mee"


def a_tie_that_goes_elsewhere(world, dice):
    one, other = two_of(dice, world.moves)
    asked = Together(one.household, one.to, other.household, allowed=("elders",))
    return world.under(together=(*world.conditions.together, asked)), "band_verhuist_mee"


def a_share_a_point_too_small(world, dice):
    name = world.row("households", one_of(dice, world.moves).household)["corporation"]
    chance = Fraction(world.plan.receipt.acceptance_percent, 100)
    worth = Fraction(0)
    for chain in world.plan.chains:
        for place, move in enumerate(chain.moves, start=1):
            if world.row("households", move.household)["corporation"] == name:
                worth += chance ** (len(chain.moves) if chain.ring else place) * move.gain
    share = Share(name, int(worth) + 1)
    return world.under(shares=(*world.conditions.shares, share)), "aandeel"


def options_that_lie_about_a_household(world, dice):
    """A condition reads of whom somebody is, and the options say something else than the facts."""
    household = one_of(dice, world.moves).household
    here = world.options["household"] == household
    lied = world.options.assign(corporation=world.options["corporation"].mask(here, "een-ander"))
    return _reads(world, lied), "kolom_klopt"


def options_without_a_column(world, _dice):
    """A condition reads a column that is not among what was handed over."""
    return _reads(world, world.options.drop(columns="corporation")), "kolom_ontbreekt"


def _reads(world, options):
    asked = world.under(shares=(*world.conditions.shares, Share("niemand", 0)))
    told = asked.told(options_hash=options_hash(options))
    return replace(told, options=options)


OPERATORS = (
    a_forbidden_move_made,
    a_pinned_move_left_out,
    one_open_proposal_too_many,
    a_proposal_dropped_for_nothing,
    half_a_group,
    a_group_a_metre_too_far_apart,
    a_group_in_two_complexes,
    a_complex_with_one_too_many,
    a_minute_over_the_budget,
    a_minute_over_the_hours_of_a_coach,
    a_tie_left_behind,
    a_tie_that_goes_elsewhere,
    a_share_a_point_too_small,
    options_that_lie_about_a_household,
    options_without_a_column,
)
