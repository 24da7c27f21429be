"""Chains to carry out in tests: who lives where at first, and the truth of it kept apart.

The truth is written again here, from the promise and not from `matching.carry_out`: a household
lives where it lives until it moves, and a home holds one household.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from data_contracts.words import ProposalState
from matching.carry_out import Course, Link, Living, after, course_of, fallen, passing, refusal

P = ProposalState
STEPS = (P.TAKEN_UP, P.ACCEPTED, P.SIGNED, P.MOVED)
REFUSALS = (P.DECLINED, P.EXPIRED)
LAST = (P.MOVED, P.DECLINED, P.EXPIRED, P.SUPERSEDED)


@dataclass(frozen=True)
class World:
    """Proposals and who lives where; `failures` so far; `let_down`: signed, and then not kept."""

    links: tuple[Link, ...]
    homes: tuple[tuple[str, str], ...]
    noticed: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()
    let_down: frozenset[str] = frozenset()
    failures: int = field(default=0)

    def course(self) -> Course:
        tenants: dict[str, frozenset[str]] = {}
        for who, home in self.homes:
            tenants[home] = tenants.get(home, frozenset()) | {who}
        return course_of(self.links, Living(tenants, self.noticed, self.withdrawn, gone=self.dead))


def chain_of(length, *, starter=False, noticed=False, closed=False):
    """H1 enters `leeg` and leaves thuis-1, H2 enters thuis-1, and so on; all are on offer.

    `noticed`: somebody who gave notice still lives in `leeg`. `closed`: that is the last household.
    """
    homes = ["leeg", *(f"thuis-{n}" for n in range(1, length + 1))]
    if closed:
        homes[-1] = "leeg"
    links = [
        Link(f"v{n}", f"H{n}", homes[n - 1], homes[n], P.OFFERED) for n in range(1, length + 1)
    ]
    if starter:
        links[-1] = replace(links[-1], leaves=None)
    lives = {link.household: link.leaves for link in links if link.leaves is not None}
    if noticed and not closed:
        lives["opzegger"] = "leeg"
    return World(
        tuple(links),
        tuple(sorted(lives.items())),
        noticed=frozenset({"leeg"} if noticed or closed else ()),
    )


def ring_of(length):
    """H1 enters what the last leaves, H2 what H1 leaves, and so on; all are on offer."""
    chain = chain_of(length)
    first = replace(chain.links[0], dwelling=f"thuis-{length}")
    return replace(chain, links=(first, *chain.links[1:]))


def steps_from(world):
    """Every world that one step of people, one mishap or one look round can make of this one."""
    course = world.course()
    for link in course.standing():
        for state in STEPS + REFUSALS:
            if state in REFUSALS and world.failures == 2:
                continue
            if refusal(course, link.proposal, state) is None:
                yield f"{link.proposal} {state}", stepped(world, link.proposal, state)
    if fallen(course):
        yield "look round", passed(world, dict.fromkeys(fallen(course), P.SUPERSEDED))
    yield from _leaving_by_notice(world)
    if world.failures < 2:
        yield from _mishaps(world)


def stepped(world, proposal, state):
    """The world after one step, with all that passes with it."""
    after_it = passed(world, passing(world.course(), proposal, state))
    return replace(after_it, failures=world.failures + (state in REFUSALS))


def passed(world, states):
    links = after(world.course(), states).links
    moved = {
        links[name].household: links[name].dwelling for name, s in states.items() if s is P.MOVED
    }
    down = {
        link.household
        for link in world.links
        if link.state is P.SIGNED and states.get(link.proposal) is P.SUPERSEDED
    }
    return replace(
        world,
        links=tuple(links.values()),
        homes=tuple(sorted((dict(world.homes) | moved).items())),
        let_down=world.let_down | down,
    )


def _leaving_by_notice(world):
    if "opzegger" in dict(world.homes):
        rest = tuple(one for one in world.homes if one[0] != "opzegger")
        yield "notice ends", replace(world, homes=rest)


def _mishaps(world):
    more = world.failures + 1
    for link in world.links:
        if link.household not in world.dead:
            rest = tuple(one for one in world.homes if one[0] != link.household)
            dead = world.dead | {link.household}
            yield f"{link.household} dies", replace(world, dead=dead, homes=rest, failures=more)
        if link.dwelling not in world.withdrawn:
            shut = world.withdrawn | {link.dwelling}
            yield f"{link.dwelling} burns", replace(world, withdrawn=shut, failures=more)


def promises_broken(world, *, at_first):
    """Say which promise this world breaks; () when none."""
    lives = dict(world.homes)
    housed = [who for who in dict(at_first.homes) if who not in world.dead and who != "opzegger"]
    broken = [f"{who} has no home" for who in housed if lives.get(who) is None]
    for home in set(lives.values()):
        living = [who for who, place in lives.items() if place == home]
        if len(living) > 1:
            broken.append(f"{living} live in {home} together")
    signed = {link.household: link for link in world.links if link.state is P.SIGNED}
    for link in signed.values():
        for who, home in lives.items():
            keeps = home == link.dwelling and who != link.household and home not in world.noticed
            if keeps and who not in signed and who not in world.let_down:
                broken.append(f"{link.household} signed for {home}, which {who} keeps")
    claims = [link.dwelling for link in world.links if link.state not in LAST]
    if len(set(claims)) < len(claims):
        broken.append("a home is promised twice")
    return tuple(broken)


def signed_in_vain(world, then):
    """Who signed by this step for a home that somebody keeps: () when nobody.

    Keeps it whoever lives there and has not signed, by this step at the latest, for a home that
    nobody withdrew.
    """
    was = {link.proposal for link in world.links if link.state is P.SIGNED}
    sure = {
        link.household
        for link in then.links
        if link.state is P.SIGNED and link.dwelling not in world.withdrawn
    }
    new = [link for link in then.links if link.state is P.SIGNED and link.proposal not in was]
    return tuple(
        (link, who)
        for link in new
        for who, home in world.homes
        if home == link.dwelling not in world.noticed and who not in {link.household, *sure}
    )
