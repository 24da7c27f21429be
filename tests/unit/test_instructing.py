"""What an instruction would cost is the difference of two nights: without it, and with it."""

import pytest

from data_contracts.words import InstructionKind
from matching.instructing import outlook
from matching.rematch import Ways, kept_warm
from tests.builders import PLACE, a_dwelling, a_household, a_policy, a_state, a_tie, the_rules
from tests.terms_world import moves_of_plan, plan_of
from tests.unit.test_terms_instructed import an_instruction

ASKS = list(InstructionKind)
FAR = PLACE["x"] + 900
PAIRS = [("A", "W2"), ("A", "W3"), ("B", "W1"), ("B", "W2"), ("C", "W1"), ("C", "W2")]


def small(*instructions):
    """Two empty homes and the one that A leaves; A and B each have somebody near one of them."""
    return a_state(
        dwellings=[
            a_dwelling("W1"),
            a_dwelling("W2", x=FAR, features="TUIN", rooms=3),
            a_dwelling("W3", x=FAR + 900),
        ],
        households=[
            a_household("A", lives_in="W3", wish={"weight_outdoor": 10}),
            a_household("B"),
            a_household("C", wish={"min_rooms": 3}),
        ],
        ties=[
            a_tie("T", "A", x=PLACE["x"], minutes=5, weight=9),
            a_tie("U", "B", x=FAR, minutes=5, weight=9),
        ],
        instructions=list(instructions),
    )


WAYS = Ways(the_rules(), a_policy())


@pytest.fixture(scope="module")
def warm():
    """The plan of a night on which nothing was asked."""
    return kept(small())


def kept(state):
    return kept_warm(plan_of(state).plan, state, 1, WAYS)


@pytest.mark.parametrize("asks", ASKS)
@pytest.mark.parametrize("pair", PAIRS)
def test_the_price_of_an_instruction_is_the_difference_of_two_nights(warm, pair, asks):
    """In a small market both plans are proven, so the price is exact."""
    night, seen = warm.plan, outlook(warm, WAYS, *pair, asks=asks)
    with_it = plan_of(small(an_instruction(*pair, str(asks))))
    if seen.price is None:
        assert any(seen.why in remark for remark in with_it.plan.remarks)
        assert with_it.plan.receipt.value == night.receipt.value
        return
    assert seen.price.points == night.receipt.value - with_it.plan.receipt.value
    assert seen.price.at_least <= seen.price.points <= seen.price.at_most
    assert seen.price.moves == with_it.plan.totals.moves - night.totals.moves
    made = pair in {(m.household, m.to) for c in night.chains for m in c.moves}
    assert seen.already is (made is (asks is InstructionKind.PIN))


def test_some_of_these_prices_are_not_nothing(warm):
    prices = [outlook(warm, WAYS, *pair, asks=asks).price for pair in PAIRS for asks in ASKS]
    assert len({one.points for one in prices if one is not None}) > 2
    assert any(one is None for one in prices)


def test_what_was_asked_of_a_pair_before_does_not_count_twice():
    pinned = small(an_instruction("C", "W1"))
    assert moves_of_plan(plan_of(pinned))["C"] == "W1"
    before = kept(pinned)
    seen = outlook(before, WAYS, "C", "W1", asks=InstructionKind.FORBID)
    other = plan_of(small(an_instruction("C", "W1", "forbid")))
    assert seen.price.points == before.plan.receipt.value - other.plan.receipt.value < 0
