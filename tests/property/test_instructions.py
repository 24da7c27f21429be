"""What coaches ask of the plan: it is the best of all that do so, at night and between two nights.

Beside the slow, obvious optimiser in worlds of a few homes; in a made-up region, fact by fact,
beside the laws of every re-match.
"""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.match import match
from matching.rematch import rematch, take_up
from matching.state import project
from matching.terms import terms
from matching.verify import verify
from tests.brute_force import best_plan
from tests.builders import PLACE, a_dwelling, a_household, a_policy, a_state, an_offer, the_rules
from tests.counts import count
from tests.property.test_rematch_laws import (  # noqa: F401 - a fixture among them
    EVENTS,
    POLICY,
    RULES,
    WAYS,
    fact,
    offered,
    table,
    the_laws_hold,
)
from tests.property.test_terms_laws import OCCASION
from tests.terms_world import terms_of
from tests.unit.test_terms_instructed import an_instruction, judged

HOMES, PEOPLE = ("W0", "W1", "W2"), ("H0", "H1", "H2")
PAIRS = [(person, home) for person in PEOPLE for home in HOMES]


@st.composite
def worlds(draw):
    """A State without instructions and the instructions for it: (rows by table, instructions)."""
    seats = draw(st.permutations([HOMES[0], None, None]))
    rows = {
        "dwellings": [
            a_dwelling(
                home,
                x=PLACE["x"] + draw(st.sampled_from([0, 2_000])),
                features=draw(st.sampled_from(["", "TUIN"])),
                rooms=draw(st.sampled_from([2, 3])),
            )
            for home in HOMES
        ],
        "households": [
            a_household(
                person,
                lives_in=seat,
                registered=f"20{draw(st.integers(10, 24))}-06-15",
                wish={"min_rooms": draw(st.sampled_from([None, 3]))},
            )
            for person, seat in zip(PEOPLE, seats, strict=True)
        ],
        "offers": [
            an_offer(person, home, state="offered")
            for person, home in draw(st.lists(st.sampled_from(PAIRS), max_size=2, unique=True))
        ],
    }
    pairs = draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=4, unique=True))
    asks = [draw(st.sampled_from(["pin", "forbid"])) for _ in pairs]
    return rows, [an_instruction(*pair, ask) for pair, ask in zip(pairs, asks, strict=True)]


def fresh(rows, **more):
    return a_state(**{name: [dict(row) for row in some] for name, some in rows.items()}, **more)


def obviously_best(state, pins, forbids, **choices):
    """The value of the best plan with these moves and without those; None when there is none."""
    bare, policy = terms_of(state, **choices), a_policy(**choices)
    shut = pd.MultiIndex.from_frame(bare.options[["household", "dwelling"]]).isin(list(forbids))
    going = {household for household, _ in pins}
    seen = [p for p in bare.conditions.seen if p not in forbids and p[0] not in going]
    found = best_plan(
        bare.options[~shut],
        openings_of(state, policy),
        longest_chain=policy.longest_chain,
        longest_ring=policy.longest_ring,
        acceptance=policy.acceptance_percent / 100,
        conditions=replace(bare.conditions, pinned=tuple(pins), seen=tuple(seen)),
    )
    return None if found is None else round(found[0])


def openings_of(state, policy):
    return match(state, the_rules(), policy, OCCASION).found.openings


@settings(max_examples=25)
@given(worlds(), st.sampled_from([0, 15]), st.sampled_from([None, 1]))
def test_a_night_makes_the_best_plan_of_all_that_do_what_was_asked(world, change_cost, most_open):
    rows, asked = world
    choices = {"change_cost": change_cost, "most_open": most_open}
    state = fresh(rows, instructions=asked)
    matched = match(state, the_rules(), a_policy(**choices), OCCASION)
    made = {(move.household, move.to) for c in matched.plan.chains for move in c.moves}
    pins = [(one["household"], one["dwelling"]) for one in asked if one["asks"] == "pin"]
    forbids = {(one["household"], one["dwelling"]) for one in asked if one["asks"] == "forbid"}
    kept = [pair for pair in pins if pair in made]

    assert not made & forbids
    assert judged(matched, state, **choices) == ()
    said = [one for one in matched.plan.remarks if one.startswith("Aanwijzing niet gevolgd")]
    assert len(said) == len(pins) - len(kept)
    bare = fresh(rows)
    going = [pair for pair in pins if pair in kept]
    assert matched.plan.receipt.value == obviously_best(bare, going, forbids, **choices)
    at_once = [pair for pair in pins if _alone(pair, pins)]
    if most_open is None:
        for more in combinations(at_once, len(kept) + 1):
            assert obviously_best(bare, more, forbids, **choices) is None


def _alone(pair, pins):
    return not any(p != pair and (p[0] == pair[0] or p[1] == pair[1]) for p in pins)


def pinned(draw, warm, turn):
    rows = warm.options
    row = rows.iloc[int(draw.integers(len(rows)))]
    return instruction("MovePinned", row["household"], row["dwelling"], turn)


def forbidden(draw, warm, turn):
    chains = warm.plan.chains
    chain = chains[int(draw.integers(len(chains)))]
    move = chain.moves[int(draw.integers(len(chain.moves)))]
    return instruction("MoveForbidden", move.household, move.to, turn)


def let_go(draw, warm, turn):
    names = list(warm.state.instructions.index)
    if not names:
        return pinned(draw, warm, turn)
    return fact("InstructionWithdrawn", names[int(draw.integers(len(names)))], {"by": "U1"}, turn)


def instruction(kind, household, dwelling, turn):
    name = f"aanwijzing-{household}-{dwelling}"
    asks = {"MovePinned": "pin", "MoveForbidden": "forbid"}[kind]
    said = {"instruction": name, "household": household, "dwelling": dwelling, "asks": asks}
    return fact(kind, name, said | {"on": "2026-11-22", "by": "U1"}, turn)


ASKED = [pinned, pinned, forbidden, forbidden, let_go]


@pytest.mark.parametrize("seed", range(count(ci=2, soak=200)))
def test_between_two_nights_the_plan_does_what_is_asked_as_soon_as_it_is(offered, seed):  # noqa: F811 - the fixture
    draw = np.random.default_rng(seed)
    plan, state = offered
    warm = take_up(plan, state, 2, WAYS)
    for turn in range(5):
        events = ASKED if draw.random() < 0.7 else EVENTS
        facts = table([events[int(draw.integers(len(events)))](draw, warm, turn)])
        facts.index = pd.Index([turn + 3], name="position")
        before, state = warm.plan, project(facts, state)
        warm = rematch(warm, state, turn + 3, WAYS)
        the_laws_hold(before, warm, facts)
        _followed(warm)
        night = match(state, RULES, POLICY, _occasion(warm)).plan.receipt
        assert warm.plan.receipt.value <= night.bound
        assert night.value <= warm.plan.receipt.bound


def _occasion(warm):
    told = warm.plan.receipt
    return replace(OCCASION, region=told.region, on=told.on, position=warm.position, seed=told.seed)


def _followed(warm):
    made = {(move.household, move.to) for c in warm.plan.chains for move in c.moves}
    table_ = warm.state.instructions
    for household, home, asks in zip(
        table_["household"], table_["dwelling"], table_["asks"], strict=True
    ):
        about = f"huishouden {household} naar woning {home}: "
        said = any(about in one for one in warm.plan.remarks)
        assert (
            (household, home) not in made
            if asks == "forbid"
            else said != ((household, home) in made)
        )


def test_a_plan_in_force_is_taken_up_with_what_was_asked_since(offered):  # noqa: F811 - the fixture
    plan, state = offered
    chain = plan.chains[0]
    move = chain.moves[0]
    facts = table([instruction("MoveForbidden", move.household, move.to, 1)])
    after = take_up(plan, project(facts, state), 3, WAYS)
    _followed(after)
    asked = terms(after.state, after.search.found, RULES, POLICY, plan.receipt.on)
    assert asked.conditions == after.standing.facts.conditions
    assert not verify(
        after.plan,
        after.state,
        RULES,
        POLICY,
        options=after.options,
        conditions=after.standing.facts.conditions,
    )
