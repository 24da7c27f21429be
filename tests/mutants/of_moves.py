"""Mutants by the moves of a plan: who goes where, what they leave, and how that links up."""

from __future__ import annotations

from matching.model import Chain, Move
from tests.judged import unchecked
from tests.mutants.world import loose, one_of, two_of


def _open(world):
    return [chain for chain in world.plan.chains if not chain.ring]


def _linked(world):
    """Chains and rings of two moves or more."""
    return [chain for chain in world.plan.chains if len(chain.moves) > 1]


def _ring(world):
    return next((chain for chain in world.plan.chains if chain.ring), None)


def two_homes_swapped(world, dice):
    """The second mover of one chain and the first of another get each other's home."""
    chain = one_of(dice, _linked(world))
    other = one_of(dice, [one for one in world.plan.chains if one is not chain])
    mine, theirs = chain.moves[1], other.moves[0]
    spoilt = world.moved(chain, 1, to=theirs.to)
    return spoilt.moved(other, 0, to=mine.to), "keten_sluit_aan"


def two_first_homes_swapped(world, dice):
    one, other = two_of(dice, _open(world))
    spoilt = world.moved(one, 0, to=other.moves[0].to)
    return spoilt.moved(other, 0, to=one.moves[0].to), "uitleg"


def a_link_dropped(world, dice):
    longer = [chain for chain in _open(world) if len(chain.moves) > 2]
    if not longer:
        return None
    chain = one_of(dice, longer)
    at = dice.randrange(1, len(chain.moves) - 1)
    fewer = (*chain.moves[:at], *chain.moves[at + 1 :])
    return world.chained(chain, unchecked(*fewer)), "keten_sluit_aan"


def the_head_dropped(world, dice):
    chain = one_of(dice, [chain for chain in _open(world) if len(chain.moves) > 1])
    return world.chained(chain, Chain(chain.moves[1:])), "begint_met_leegstand"


def the_tail_dropped(world, dice):
    chain = one_of(dice, [chain for chain in _open(world) if len(chain.moves) > 1])
    return world.chained(chain, Chain(chain.moves[:-1])), "totalen"


def a_chain_dropped_and_counted_right(world, dice):
    """The totals and the reasons follow, so that only the value is no longer that of the moves."""
    chain = one_of(dice, [chain for chain in _open(world) if sum(m.gain for m in chain.moves)])
    gone = {(move.household, move.to) for move in chain.moves}
    reasons = tuple(r for r in world.plan.reasons if (r.household, r.dwelling) not in gone)
    return world.chained(chain).planned(reasons=reasons), "waarde"


def a_move_twice(world, dice):
    move = one_of(dice, world.moves)
    return world.planned(chains=(*world.plan.chains, unchecked(move))), "huishouden_eenmaal"


def a_home_given_twice(world, dice):
    move = one_of(dice, world.moves)
    other = Move("een-ander", move.to, None, move.gain)
    return world.planned(chains=(*world.plan.chains, Chain((other,)))), "woning_eenmaal"


def other_leaves(world, dice):
    """The last of a chain leaves a home it does not live in."""
    chain = one_of(dice, [chain for chain in _open(world) if chain.moves[-1].leaves])
    return world.moved(chain, -1, leaves="elders"), "verlaat_eigen_woning"


def a_tenant_as_starter(world, dice):
    chain = one_of(dice, [chain for chain in _open(world) if chain.moves[-1].leaves])
    return world.moved(chain, -1, leaves=None), "verlaat_eigen_woning"


def a_starter_as_tenant(world, dice):
    starters = [chain for chain in _open(world) if chain.moves[-1].leaves is None]
    if not starters:
        return None
    return world.moved(one_of(dice, starters), -1, leaves="elders"), "verlaat_eigen_woning"


def a_home_of_ones_own(world, dice):
    chain = one_of(dice, [chain for chain in _open(world) if chain.moves[0].leaves])
    return world.moved(chain, 0, to=chain.moves[0].leaves), "eigen_woning"


def a_home_that_is_lived_in(world, dice):
    starters = [chain for chain in _open(world) if chain.moves[0].leaves is None]
    taken = {move.to for move in world.moves} | {move.leaves for move in world.moves}
    lets = world.state.tenancies
    lived = sorted(set(lets["dwelling"][lets["end"].isna()]) - taken - set(world.openings))
    if not starters or not lived:
        return None
    return world.moved(one_of(dice, starters), 0, to=one_of(dice, lived)), "woning_komt_vrij"


def a_ring_broken(world, _dice):
    ring = _ring(world)
    return ring and (world.moved(ring, -1, leaves="elders"), "keten_sluit_aan")


def a_ring_as_a_chain(world, _dice):
    ring = _ring(world)
    return ring and (world.chained(ring, loose(*ring.moves)), "begint_met_leegstand")


def a_chain_as_a_ring(world, dice):
    chain = one_of(dice, _open(world))
    return world.chained(chain, unchecked(*chain.moves, ring=True)), "keten_sluit_aan"


def an_empty_chain(world, _dice):
    return world.planned(chains=(*world.plan.chains, unchecked())), "keten_sluit_aan"


def a_chain_too_long(world, _dice):
    """The policy allows one move less than the longest chain has."""
    longest = max(len(chain.moves) for chain in _open(world))
    if longest == 1:
        return None
    shorter = world.policy.model_copy(update={"longest_chain": longest - 1})
    return world.by_policy(shorter).told(longest_chain=longest - 1), "ketenlengte"


def a_ring_too_long(world, _dice):
    if _ring(world) is None:
        return None
    none = world.policy.model_copy(update={"longest_ring": 0})
    return world.by_policy(none).told(longest_ring=0), "ruillengte"


OPERATORS = (
    two_homes_swapped,
    two_first_homes_swapped,
    a_link_dropped,
    the_head_dropped,
    the_tail_dropped,
    a_chain_dropped_and_counted_right,
    a_move_twice,
    a_home_given_twice,
    other_leaves,
    a_tenant_as_starter,
    a_starter_as_tenant,
    a_home_of_ones_own,
    a_home_that_is_lived_in,
    a_ring_broken,
    a_ring_as_a_chain,
    a_chain_as_a_ring,
    an_empty_chain,
    a_chain_too_long,
    a_ring_too_long,
)
