"""P8: of a valid plan one thing is spoilt, and the judge rejects it by the very rule it breaks.

The worlds are made by hand (a chain of three, a ring, somebody passed over) and made-up towns; the
operators stand in `tests/mutants`. What breaks a rule is said by the operator, never by the judge.
"""

import random
import re
from functools import cache
from itertools import count as numbers
from pathlib import Path

import pytest

from matching.verify import fair
from matching.verify.law import HARD_RULES
from tests.counts import count
from tests.mutants import of_facts, of_moves, of_says, of_terms
from tests.mutants.world import NotHere, little_world, passing_world, pooled_world, town

OPERATORS = tuple(one for told in (of_moves, of_says, of_terms, of_facts) for one in told.OPERATORS)
PARTS = 4
"""So many workers may share the work; each has towns of its own."""
MUTANTS = count(ci=400, soak=10_000, of="P8 mutanten van geldige plannen")
TOWNS = count(ci=4, soak=80, of="P8 verzonnen plaatsen waarvan het plan bedorven wordt")
HAND_MADE = (little_world, passing_world, pooled_world, lambda: little_world(80, 3))
MAKERS = (*HAND_MADE, *(lambda seed=seed: town(seed) for seed in range(PARTS)))
JUDGE = Path(__file__).parents[2] / "matching" / "verify"


@cache
def worlds_of(part):
    return [*(made() for made in HAND_MADE), *(town(seed) for seed in range(part, TOWNS, PARTS))]


def mutants(part):
    """A share of all mutants: the operator, the world spoilt by it, and the rule that is broken."""
    worlds, made = worlds_of(part), 0
    for number in numbers(part, PARTS):
        operator = OPERATORS[number // PARTS % len(OPERATORS)]
        dice = random.Random(number)
        if spoilt := _spoilt(operator, dice.choice(worlds), dice):
            yield operator.__name__, *spoilt
            made += 1
        if made == MUTANTS // PARTS:
            return


def _spoilt(operator, world, dice=None):
    """The world spoilt and the rule that breaks; None when there is nothing here to spoil."""
    try:
        return operator(world, dice or random.Random(1)) or None
    except NotHere:
        return None


@pytest.mark.parametrize("part", range(PARTS))
def test_a_plan_that_nobody_spoilt_passes(part):
    assert [world.found() for world in worlds_of(part)] == [set()] * len(worlds_of(part))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_mutant_falls_on_the_rule_it_breaks(part):
    missed = [
        (name, rule, found)
        for name, spoilt, rule in mutants(part)
        if rule not in (found := spoilt.found())
    ]

    assert missed == []


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_every_operator_finds_something_to_spoil(operator):
    """In one of the hand-made worlds or the first towns; else it would prove nothing."""
    assert any(_spoilt(operator, make()) for make in MAKERS)


def test_there_is_an_operator_for_every_rule_that_the_judge_knows():
    assert rules_of_the_judge() - {rule for _, _, rule in every_operator()} == set()


def every_operator():
    """Each operator once: in the first world in which it finds something to spoil."""
    for operator in OPERATORS:
        for make in MAKERS:
            if spoilt := _spoilt(operator, make()):
                yield operator, *spoilt
                break


def rules_of_the_judge():
    """Every name that a finding of the judge may have, read from its source."""
    source = "".join(path.read_text("utf-8") for path in sorted(JUDGE.glob("*.py")))
    names = set(re.findall(r'Finding\(\s*"(\w+)"', source))
    return names | {rule.__name__ for rule in HARD_RULES} | {fair.PASSED, fair.POOL}
