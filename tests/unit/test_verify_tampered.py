"""A plan that was tampered with falls on the rule it breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.model import Chain, Move, Status
from tests.judged import (
    chain_of,
    judged_state,
    matched_in,
    rules_found,
    unchecked,
    with_chain,
)


@pytest.fixture(scope="module")
def state():
    return judged_state()


@pytest.fixture(scope="module")
def matched(state):
    return matched_in(state)


def swap_two_homes(plan):
    ring = next(chain for chain in plan.chains if chain.ring)
    one, other = ring.moves
    swapped = (replace(one, to=other.to), replace(other, to=one.to))
    return with_chain(plan, ring, unchecked(*swapped, ring=True))


def drop_a_link(plan):
    first, _, last = chain_of(plan, "hofje").moves
    return with_chain(plan, chain_of(plan, "hofje"), Chain((first,)), Chain((last,)))


def drop_a_link_in_the_file(plan):
    first, _, last = chain_of(plan, "hofje").moves
    return with_chain(plan, chain_of(plan, "hofje"), unchecked(first, last))


def drop_the_head(plan):
    chain = chain_of(plan, "hofje")
    return with_chain(plan, chain, Chain(chain.moves[1:]))


def drop_a_starter(plan):
    chain = chain_of(plan, "hofje")
    return with_chain(plan, chain, Chain(chain.moves[:2]))


def duplicate_a_chain(plan):
    return replace(plan, chains=(*plan.chains, plan.chains[0]))


def move_somebody_twice(plan):
    return replace(plan, chains=(*plan.chains, Chain((Move("starter", "nieuw", None, 5),))))


def make_a_tenant_a_starter(plan):
    chain = chain_of(plan, "hofje")
    lone = replace(chain.moves[0], leaves=None)
    return with_chain(plan, chain, Chain((lone,)))


def make_a_starter_a_tenant(plan):
    chain = chain_of(plan, "hofje")
    last = replace(chain.moves[-1], leaves="dochterhuis")
    return with_chain(plan, chain, Chain((*chain.moves[:-1], last)))


def begin_in_a_home_that_is_lived_in(plan):
    return replace(plan, chains=(*plan.chains, Chain((Move("vertrekt", "dochterhuis", None, 9),))))


def open_a_ring(plan):
    ring = next(chain for chain in plan.chains if chain.ring)
    return with_chain(plan, ring, Chain(ring.moves))


def ring_that_does_not_close(plan):
    chain = chain_of(plan, "hofje")
    return with_chain(plan, chain, unchecked(*chain.moves, ring=True))


def stay_at_home(plan):
    chain = chain_of(plan, "hofje")
    return with_chain(plan, chain, unchecked(replace(chain.moves[0], to="flat-3")))


def told(plan, **differs):
    return replace(plan, receipt=replace(plan.receipt, **differs))


def raise_a_gain(plan):
    chain = chain_of(plan, "hofje")
    first, *rest = chain.moves
    return with_chain(plan, chain, Chain((replace(first, gain=first.gain + 1), *rest)))


def prove(plan, **differs):
    return replace(plan, certificate=replace(plan.certificate, **differs))


def without_prices(plan):
    return prove(plan, households=(), dwellings=())


def a_lowered_price(plan):
    prices = dict(plan.certificate.households)
    prices["jong"] //= 2  # two vacancies would like to have this household
    return prove(plan, households=tuple(sorted(prices.items())))


PLANS = {
    "two homes swapped": (swap_two_homes, "eigen_woning"),
    "a link dropped": (drop_a_link, "begint_met_leegstand"),
    "a link dropped in the file": (drop_a_link_in_the_file, "keten_sluit_aan"),
    "the head dropped": (drop_the_head, "begint_met_leegstand"),
    "a starter dropped": (drop_a_starter, "totalen"),
    "a chain twice": (duplicate_a_chain, "woning_eenmaal"),
    "a household twice": (move_somebody_twice, "huishouden_eenmaal"),
    "a tenant as starter": (make_a_tenant_a_starter, "verlaat_eigen_woning"),
    "a starter as tenant": (make_a_starter_a_tenant, "verlaat_eigen_woning"),
    "a chain from a home lived in": (begin_in_a_home_that_is_lived_in, "begint_met_leegstand"),
    "a ring as a chain": (open_a_ring, "begint_met_leegstand"),
    "a chain as a ring": (ring_that_does_not_close, "keten_sluit_aan"),
    "the own home": (stay_at_home, "eigen_woning"),
    "an empty chain": (lambda p: replace(p, chains=(*p.chains, unchecked())), "keten_sluit_aan"),
    "a starter too many counted": (
        lambda p: replace(p, totals=replace(p.totals, starters=9)),
        "totalen",
    ),
    "other lengths counted": (
        lambda p: replace(p, totals=replace(p.totals, by_length=((3, 3),))),
        "totalen",
    ),
    "a higher value": (lambda p: told(p, value=p.receipt.value + 1), "waarde"),
    "a bound under the value": (lambda p: told(p, bound=p.receipt.value - 1), "grens"),
    "proven with a gap": (lambda p: told(p, bound=p.receipt.bound + 1), "status"),
    "empty with moves": (lambda p: told(p, status=Status.EMPTY), "status"),
    "rules of another year": (lambda p: told(p, rules_year=2025), "verantwoording"),
    "other rules": (lambda p: told(p, rules_hash="0" * 16), "verantwoording"),
    "a chance of ninety percent": (lambda p: told(p, acceptance_percent=90), "waarde"),
    "another limit": (lambda p: told(p, longest_chain=8), "verantwoording"),
    "other options": (lambda p: told(p, options_hash="0" * 64), "verantwoording"),
    "a point more": (raise_a_gain, "punten"),
    "a claimed bound one lower": (
        lambda p: prove(p, bound=p.certificate.bound - 1),
        "bewijs",
    ),
    "no prices": (without_prices, "bewijs"),
    "a price lowered": (a_lowered_price, "bewijs"),
    "a price below zero": (lambda p: prove(p, households=(("starter", -1),)), "bewijs"),
    "a scale of nothing": (lambda p: prove(p, scale=0), "bewijs"),
    "a reason lost": (lambda p: replace(p, reasons=p.reasons[1:]), "uitleg"),
}


@pytest.mark.parametrize("mutant", PLANS)
def test_a_tampered_plan_falls_on_the_rule_it_breaks(mutant, matched, state):
    tamper, rule = PLANS[mutant]
    assert rule in rules_found(tamper(matched.plan), state, options=matched.found.options)
