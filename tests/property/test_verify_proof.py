"""Laws of the bound: it is proved twice, by two programs that share nothing."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from matching.certificate import bound_of
from matching.model import Certificate
from matching.verify.proof import Terms, reproved_bound
from tests.brute_force import best_plan

HOMES = ["W1", "W2", "W3", "W4", "W5"]
OPENINGS = ["W4", "W5"]


@st.composite
def markets(draw: st.DrawFn, left: list[str] = HOMES) -> tuple[pd.DataFrame, Certificate, Terms]:
    """A few households, the home each leaves, where each may go, and prices out of the blue."""
    people = [f"H{n}" for n in range(draw(st.integers(1, 5)))]
    leaves = {p: draw(st.sampled_from([None, *left])) for p in people}
    rows = [
        (person, home, leaves[person], draw(st.integers(0, 30)))
        for person in people
        for home in draw(st.lists(st.sampled_from(HOMES), max_size=3, unique=True))
    ]
    options = pd.DataFrame(rows, columns=["household", "dwelling", "leaves", "gain"]).astype(
        {"household": "str", "dwelling": "str", "leaves": "str", "gain": "int64"}
    )
    scale = draw(st.sampled_from([1, 10, 1000]))
    prices = st.integers(0, 30 * scale)
    certificate = Certificate(
        scale=scale,
        households=tuple((p, draw(prices)) for p in people if draw(st.booleans())),
        dwellings=tuple((h, draw(prices)) for h in HOMES if draw(st.integers(0, 3)) == 0),
    )
    terms = Terms(
        draw(st.integers(1, 4)), draw(st.sampled_from([0, 2, 3])), draw(st.sampled_from([100, 80]))
    )
    return options, certificate, terms


@given(markets(left=HOMES[:3]))
def test_both_provers_find_the_same_bound(market):
    options, certificate, terms = market
    assert reproved_bound(options, OPENINGS, certificate, terms) == bound_of(
        options, OPENINGS, certificate, **_limits(terms)
    )


@given(markets())
def test_the_judge_never_asks_for_a_higher_bound_than_was_claimed(market):
    # who leaves a vacancy ends a chain for the judge; a prover may also count rings through it
    options, certificate, terms = market
    assert reproved_bound(options, OPENINGS, certificate, terms) <= bound_of(
        options, OPENINGS, certificate, **_limits(terms)
    )


@given(markets())
def test_no_prices_ever_prove_less_than_the_best_plan(market):
    options, certificate, terms = market
    best, _ = best_plan(options, OPENINGS, **_limits(terms))
    assert reproved_bound(options, OPENINGS, certificate, terms) >= round(best)


@given(markets())
def test_a_price_below_zero_proves_nothing(market):
    options, certificate, terms = market
    lowered = replace(certificate, households=(*certificate.households, ("iemand", -1)))
    assert reproved_bound(options, OPENINGS, lowered, terms) is None


@given(markets())
def test_a_price_named_twice_proves_nothing(market):
    options, certificate, terms = market
    doubled = replace(certificate, dwellings=(("W1", 0), ("W1", 0)))
    assert reproved_bound(options, OPENINGS, doubled, terms) is None


def _limits(terms: Terms) -> dict[str, float]:
    return {
        "longest_chain": terms.longest_chain,
        "longest_ring": terms.longest_ring,
        "acceptance": terms.acceptance_percent / 100,
    }
