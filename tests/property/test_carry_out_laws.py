"""Nobody is ever without a home (P11): every state a chain can reach, with up to two mishaps.

Mishaps: a refusal or a missed appointment (a proposal that expires), a death, a home that is
withdrawn. After a mishap the product may look round at once or later (a crash, a busy night): both
are walked.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from data_contracts.words import ProposalState
from matching.carry_out import (
    Link,
    Living,
    after,
    course_of,
    fallen,
    next_steps,
    order_of_signatures,
    passing,
    refusal,
)
from tests.carrying_out import (
    chain_of,
    passed,
    promises_broken,
    ring_of,
    signed_in_vain,
    stepped,
    steps_from,
)

P = ProposalState
P_OPEN = (P.OFFERED, P.TAKEN_UP, P.ACCEPTED, P.SIGNED)
CHAINS = {
    **{f"chain of {n}": chain_of(n) for n in (1, 2, 3, 4)},
    **{f"chain of {n} with a starter": chain_of(n, starter=True) for n in (1, 2, 3)},
    **{f"chain of {n} into a home under notice": chain_of(n, noticed=True) for n in (1, 2, 3)},
    **{f"chain of {n} that closes on its opening": chain_of(n, closed=True) for n in (2, 3)},
    **{f"ring of {n}": ring_of(n) for n in (2, 3)},
}


@cache
def explored(first):
    """Every world that can be reached, with the steps from it: (what happens, the world then)."""
    steps, waiting = {}, [first]
    while waiting:
        world = waiting.pop()
        if world not in steps:
            steps[world] = tuple(steps_from(world))
            waiting += [then for _, then in steps[world]]
    return steps


every = pytest.mark.parametrize("first", CHAINS.values(), ids=CHAINS.keys())


@every
def test_in_every_state_a_chain_can_reach_everybody_has_one_home(first):
    for world in explored(first):
        assert not promises_broken(world, at_first=first), world


@every
def test_nobody_signs_for_a_home_that_does_not_come_free(first):
    for world, steps in explored(first).items():
        for step, then in steps:
            assert not signed_in_vain(world, then), (world, step)


@every
def test_once_looked_round_every_open_proposal_can_still_come_true(first):
    for world, steps in explored(first).items():
        if any(step == "look round" for step, _ in steps):
            continue
        standing = {link.household: link for link in world.links if link.state in P_OPEN}
        for link in standing.values():
            assert link.household not in world.dead
            assert link.dwelling not in world.withdrawn
            for who, home in world.homes:
                stays = home == link.dwelling and home not in world.noticed and who not in standing
                assert not stays or link.state is P.SIGNED, (link, who)


@every
def test_without_a_mishap_nothing_gets_stuck(first):
    for world, steps in explored(first).items():
        if world.failures == 0:
            onward = [step for step, then in steps if then.failures == 0]
            assert onward or all(link.state is P.MOVED for link in world.links), world


@every
def test_everybody_can_sign_in_the_order_that_is_told(first):
    world = passed(first, {link.proposal: P.ACCEPTED for link in first.links})

    order = order_of_signatures(first.course())

    assert sorted(name for group in order for name in group) == sorted(
        link.proposal for link in first.links
    )
    for group in order:
        assert refusal(world.course(), group[0], P.SIGNED) is None
        world = stepped(world, group[0], P.SIGNED)
        signed = {link.proposal for link in world.links if link.state is P.SIGNED}
        assert signed >= set(group)
        assert not promises_broken(world, at_first=first)


def test_a_chain_signs_from_front_to_back_and_a_ring_at_once():
    assert order_of_signatures(chain_of(3).course()) == (("v1",), ("v2",), ("v3",))
    (together,) = order_of_signatures(ring_of(3).course())
    assert set(together) == {"v1", "v2", "v3"}


def test_a_household_cannot_sign_before_the_one_in_front():
    world = passed(chain_of(2), {"v1": P.ACCEPTED, "v2": P.ACCEPTED})

    assert refusal(world.course(), "v2", P.SIGNED) == (
        "Eerst moet de vorige in de keten getekend hebben."
    )
    assert refusal(stepped(world, "v1", P.SIGNED).course(), "v2", P.SIGNED) is None


def test_a_household_cannot_move_before_the_one_in_front_has():
    world = passed(chain_of(2), {"v1": P.SIGNED, "v2": P.SIGNED})

    assert "leeg" in refusal(world.course(), "v2", P.MOVED)
    assert refusal(stepped(world, "v1", P.MOVED).course(), "v2", P.MOVED) is None


def test_who_gave_notice_must_be_out_before_anybody_moves_in():
    world = passed(chain_of(1, noticed=True), {"v1": P.SIGNED})

    assert "opzegde" in refusal(world.course(), "v1", P.MOVED)


def test_a_home_that_is_being_built_can_be_signed_for_and_not_moved_into():
    world = passed(chain_of(1), {"v1": P.ACCEPTED}).course()
    building = replace(world, living=replace(world.living, unfinished=frozenset({"leeg"})))

    assert refusal(building, "v1", P.SIGNED) is None
    signed = after(building, {"v1": P.SIGNED})
    assert "oplevering" in refusal(signed, "v1", P.MOVED)


def test_when_a_link_says_no_the_front_stands_and_the_tail_falls_back():
    world = passed(chain_of(4), {"v1": P.SIGNED, "v2": P.ACCEPTED, "v3": P.ACCEPTED})

    assert passing(world.course(), "v2", P.DECLINED) == {
        "v2": P.DECLINED,
        "v3": P.SUPERSEDED,
        "v4": P.SUPERSEDED,
    }


def test_when_one_of_a_ring_says_no_nobody_of_it_moves():
    passed_ = passing(ring_of(3).course(), "v2", P.DECLINED)
    assert passed_ == {"v2": P.DECLINED, "v1": P.SUPERSEDED, "v3": P.SUPERSEDED}


def test_a_ring_signs_only_when_everybody_accepted_and_then_all_at_once():
    two = passed(ring_of(3), {"v1": P.ACCEPTED, "v2": P.ACCEPTED})
    assert "woningruil" in refusal(two.course(), "v1", P.SIGNED)
    three = passed(two, {"v3": P.ACCEPTED})
    assert refusal(three.course(), "v1", P.SIGNED) is None
    assert passing(three.course(), "v1", P.SIGNED) == dict.fromkeys(("v1", "v2", "v3"), P.SIGNED)


def test_who_signed_for_a_home_that_burns_keeps_the_old_one_and_the_others_wait():
    world = passed(chain_of(3), {"v1": P.SIGNED, "v2": P.SIGNED, "v3": P.ACCEPTED})
    world = replace(world, withdrawn=frozenset({"leeg"}))
    assert fallen(world.course()) == {"v1"}

    world = passed(world, {"v1": P.SUPERSEDED})

    assert fallen(world.course()) == frozenset()
    assert "leeg" in refusal(world.course(), "v2", P.MOVED)
    assert "vorige" in refusal(world.course(), "v3", P.SIGNED)
    assert dict(world.homes) == {"H1": "thuis-1", "H2": "thuis-2", "H3": "thuis-3"}


def test_who_waits_with_a_signature_may_become_part_of_a_ring():
    """The home of H1 was withdrawn after both had signed; now H1 may have that of H2."""
    waiting = chain_of(2).links[1]
    again = Link("v1b", "H1", "thuis-2", "thuis-1", P.ACCEPTED)
    lives = {"thuis-1": frozenset({"H1"}), "thuis-2": frozenset({"H2"})}
    course = course_of([replace(waiting, state=P.SIGNED), again], Living(lives))

    assert refusal(course, "v1b", P.SIGNED) is None
    assert passing(course, "v1b", P.SIGNED) == {"v1b": P.SIGNED}
    signed = after(course, {"v1b": P.SIGNED})
    assert set(passing(signed, "v2", P.MOVED)) == {"v1b", "v2"}


def test_when_somebody_dies_the_home_comes_free_for_the_next():
    world = passed(chain_of(2), {"v1": P.ACCEPTED, "v2": P.ACCEPTED})
    world = replace(world, dead=frozenset({"H1"}))

    assert fallen(world.course()) == {"v1"}
    assert refusal(world.course(), "v2", P.SIGNED) is None


def test_the_next_steps_say_what_is_open_and_why_not():
    world = passed(chain_of(2), {"v1": P.ACCEPTED, "v2": P.ACCEPTED})

    told = {(step.proposal, step.state): step for step in next_steps(world.course())}

    assert {key for key, step in told.items() if step.open} == {
        ("v1", P.SIGNED),
        ("v1", P.DECLINED),
        ("v2", P.DECLINED),
    }
    assert "vorige in de keten" in told["v2", P.SIGNED].sentence


def test_a_step_that_does_not_follow_is_refused():
    assert "kan nu niet" in refusal(chain_of(1).course(), "v1", P.MOVED)
