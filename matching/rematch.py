"""The plan between two nights: what new facts touch is matched again, the rest stands.

A plan is taken up once, as it holds on the facts of now; after that every event makes the next out
of the last. What comes out is a whole plan, with a value and a bound for the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.around.again import Touched, local_prices, the_same
from matching.around.difference import difference
from matching.around.facts import facts_of
from matching.around.pins import repriced
from matching.around.repair import SMALLEST, repair, solved
from matching.around.standing import closest, standing_of
from matching.candidates import search, search_again
from matching.chains import unlink
from matching.conditions import ImpossibleConditions
from matching.explain import explain_plan
from matching.lookup import among
from matching.match import options_hash
from matching.model import Certificate, Chain, Status
from matching.optimise import Limits
from matching.passed_over import Earlier, by_themselves, passed_over
from matching.rows import barred
from matching.shadow import totals
from matching.terms import Terms, loosened, terms
from matching.terms.instructed import NOT_FOLLOWED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.around import Standing
    from matching.candidates import Search
    from matching.conditions import Conditions, Pair
    from matching.model import Move, Plan
    from matching.state import State
    from matching.walking import Network


TIDY = 0.9
"""Less than this share of the rows still counts: time to throw the others away."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What the matching goes by, the same from event to event: law, choices, streets."""

    rules: Rules
    policy: Policy
    network: Network | None = None


@dataclass(frozen=True, slots=True)
class Warm:
    """A plan in force with all that its next change needs.

    `options` are those the plan rests on, `standing` the same plan as `matching.around` knows it.
    """

    plan: Plan
    state: State
    position: int
    search: Search
    options: pd.DataFrame
    standing: Standing

    @property
    def openings(self) -> tuple[str, ...]:
        """The homes a chain may begin in."""
        return self.search.found.openings


def take_up(
    plan: Plan,
    state: State,
    position: int,
    ways: Ways,
    *,
    name: str | None = None,
    named: Iterable[str] = (),
) -> Warm:
    """Take up a plan on the facts of now: what can still be stands, what fell is matched again.

    `name` is the number under which it was published: what it was the first to propose has been
    shown since it was made. `named` are households and dwellings that facts spoke of since then.
    """
    rules, policy, on = ways.rules, ways.policy, plan.receipt.on
    found = search(state, rules, policy, on, network=ways.network)
    asked = terms(state, found.found, rules, policy, on, network=ways.network)
    chains = _possible(plan.chains, asked, found)
    fallen = unlink(set(plan.chains) - set(chains))
    since = (fallen, named, _first_proposed(name, state))
    stands = _taken_up(asked, found, plan, policy, chains, since)
    warm = Warm(plan, state, position, found, asked.options, stands)
    return replace(warm, plan=_told(warm, policy, asked))


def _taken_up(
    asked: Terms,
    found: Search,
    plan: Plan,
    policy: Policy,
    chains: tuple[Chain, ...],
    since: tuple[Iterable[Move], Iterable[str], frozenset[Pair]],
) -> Standing:
    """The plan on the terms of now, or the least loose ones on which there is one."""
    fell, names, shown = tuple(since[0]), tuple(since[1]), since[2]
    trouble = ImpossibleConditions()
    for looser, _ in loosened(asked.conditions, asked.instructed.pinned):
        try:
            stands = _closer(_standing(asked, looser, found, plan, policy, chains), plan, shown)
            touched = _touched(stands, fell, (*names, *_asked_anew(looser, chains)))
            any_ = touched.households or touched.homes
            return _settled(stands, touched) if any_ else stands
        except ImpossibleConditions as impossible:
            trouble = impossible
    raise trouble


def _asked_anew(conditions: Conditions, chains: Iterable[Chain]) -> Iterator[str]:
    """Whom and what a pin names that the chains do not have, or a ban that they do."""
    made = {(move.household, move.to) for move in unlink(chains)}
    for pair in (*(set(conditions.pinned) - made), *(set(conditions.forbidden) & made)):
        yield from pair


def rematch(warm: Warm, state: State, position: int, ways: Ways) -> Warm:
    """Match again what new facts touch. Of a chain that breaks the front stands."""
    rules, policy, on = ways.rules, ways.policy, warm.plan.receipt.on
    found = search_again(warm.search, state, rules, policy, network=ways.network)
    asked = terms(state, found.found, rules, policy, on, network=ways.network)
    stands = _repaired(warm, found, asked, policy)
    after = Warm(warm.plan, state, position, found, asked.options, stands)
    return replace(after, plan=_told(after, policy, asked))


def tidied(warm: Warm) -> Warm:
    """The same, without the rows of options that no longer count: they pile up with every event."""
    facts = warm.standing.facts
    if facts.alive.mean() > TIDY:
        return warm
    fresh = facts_of(
        warm.options, warm.openings, facts.limits, conditions=facts.conditions, seed=facts.seed
    )
    certificate = warm.standing.certificate()
    stands = standing_of(fresh, warm.standing.chains, certificate=certificate)
    return replace(warm, standing=stands)


def _repaired(warm: Warm, found: Search, asked: Terms, policy: Policy) -> Standing:
    trouble = ImpossibleConditions()
    for looser, _ in loosened(asked.conditions, asked.instructed.pinned):
        change = difference(
            warm.standing.facts,
            (warm.options, asked.options),
            (warm.openings, found.found.openings),
            looser,
            again=found.again,
        )
        try:
            if change is None:  # a column is needed that the standing plan does not have
                chains = _possible(warm.plan.chains, asked, found)
                fallen = unlink(set(warm.plan.chains) - set(chains))
                stands = _standing(asked, looser, found, warm.plan, policy, chains)
                anew = _asked_anew(looser, chains)
                return _settled(stands, _touched(stands, fallen, anew))
            return repair(warm.standing, change).standing
        except ImpossibleConditions as impossible:
            trouble = impossible
    raise trouble


def _standing(
    asked: Terms,
    conditions: Conditions,
    found: Search,
    plan: Plan,
    policy: Policy,
    chains: tuple[Chain, ...],
) -> Standing:
    limits = Limits(policy.longest_chain, policy.longest_ring, policy.acceptance_percent / 100)
    facts = facts_of(
        asked.options,
        found.found.openings,
        limits,
        conditions=conditions,
        seed=plan.receipt.seed,
    )
    stands = standing_of(facts, chains, certificate=plan.certificate)
    # A plan of between two nights has been paid for keeping what was shown before, not for more.
    return closest(stands, _with_bonus(plan, chains, conditions))


def _with_bonus(plan: Plan, chains: Iterable[Chain], conditions: Conditions) -> Certificate:
    """The certificate, where proposals have been shown since: keeping one is paid by who gets it.

    So the bound stays as close as it was.
    """
    certificate = plan.certificate
    if plan.receipt.conditions == conditions.hash:
        return certificate
    paid = dict(certificate.households)
    made = {(move.household, move.to) for move in unlink(chains)}
    for household, _ in sorted(set(conditions.seen) & made):
        paid[household] = paid.get(household, 0) + conditions.change_cost * certificate.scale
    return replace(certificate, households=tuple(sorted(paid.items())))


def _settled(stands: Standing, touched: Touched) -> Standing:
    """Solve again where it is touched; there the prices are those of its own relaxation.

    Else a hole that fell in the plan would stay in the bound, once it is filled. Right after a
    night all that was proposed is touched: so large a relaxation takes a minute, and the prices of
    the night are good.
    """
    gap = max(0, stands.bound - stands.value)
    done = solved(stands, touched, gap=gap, sizes=SMALLEST)
    after = done.standing
    near = the_same(after, after, done.near, done.found)
    if np.count_nonzero(near.moves) > SMALLEST[-1]:
        return after
    return repriced(after, local_prices(after, near))


def _touched(stands: Standing, fallen: Iterable[Move], named: Iterable[str]) -> Touched:
    names = frozenset(named)
    people, homes = names & set(stands.people), names & set(stands.homes)
    for move in fallen:
        people |= {move.household} & set(stands.people)
        homes |= {move.to} & set(stands.homes)
    return Touched(frozenset(people), frozenset(homes))


def _possible(chains: Iterable[Chain], asked: Terms, found: Search) -> tuple[Chain, ...]:
    """The chains as far as they can still be, on the options that no side condition bars."""
    shut = barred(asked.options, asked.conditions)
    options = asked.options[~shut] if shut.any() else asked.options
    return still_possible(chains, options, found.found.openings)


def still_possible(
    chains: Iterable[Chain], options: pd.DataFrame, openings: Iterable[str]
) -> tuple[Chain, ...]:
    """The chains, as far as their moves are still among the options; of a broken one the front.

    A ring stands whole or not at all. A move's gain is that of its option now.
    """
    known, vacant = tuple(chains), frozenset(openings)
    gains = _gains(unlink(known), options)
    stand = []
    for chain in known:
        moves: list[Move] = []
        for move in chain.moves:
            gain = gains.get((move.household, move.to, move.leaves))
            if gain is None or (not chain.ring and move.to in vacant and moves):
                break
            moves.append(replace(move, gain=gain))
        whole = len(moves) == len(chain.moves)
        if whole if chain.ring else moves and moves[0].to in vacant:
            stand.append(Chain(tuple(moves), ring=chain.ring))
    return tuple(stand)


def _gains(moves: Iterable[Move], options: pd.DataFrame) -> dict[tuple[str, str, str | None], int]:
    goes = {move.household: move.to for move in moves}
    rows = options[among(options["household"], set(goes))]
    rows = rows[(rows["household"].map(goes) == rows["dwelling"]).to_numpy()]
    columns = (rows["household"], rows["dwelling"], rows["leaves"], rows["gain"])
    return {
        (str(household), str(home), None if pd.isna(leaves) else str(leaves)): int(gain)
        for household, home, leaves, gain in zip(*columns, strict=True)
    }


def _told(warm: Warm, policy: Policy, asked: Terms) -> Plan:
    """The plan as it stands now, told whole: what was explained before keeps its explanation."""
    plan, chains, options = warm.plan, warm.standing.chains, warm.options
    known = frozenset(plan.chains)
    fresh = tuple(chain for chain in chains if chain not in known)
    told = {(one.household, one.dwelling): one for one in plan.reasons}
    theirs = options[among(options["household"], {move.household for move in unlink(fresh)})]
    told |= {(one.household, one.dwelling): one for one in explain_plan(fresh, theirs)}
    standing = warm.standing
    certificate = standing.certificate()
    value, bound = standing.value, certificate.bound
    status = Status.PROVEN if bound == value else Status.BOUNDED
    on, nights = plan.receipt.on, {one.household: one.nights for one in plan.passed_over}
    return replace(
        plan,
        chains=chains,
        reasons=tuple(told[move.household, move.to] for move in unlink(chains)),
        totals=totals(chains, options),
        remarks=(
            *(one for one in plan.remarks if not one.startswith(NOT_FOLLOWED)),
            *asked.instructed.remarks(chains),
        ),
        certificate=certificate,
        receipt=replace(
            plan.receipt,
            position=warm.position,
            openings=len(warm.openings),
            options=len(options),
            options_hash=options_hash(options),
            status=status if chains else Status.EMPTY,
            value=value,
            bound=bound,
            conditions=standing.facts.conditions.hash,
        ),
        passed_over=passed_over(
            chains,
            by_themselves(options),
            on=on,
            earlier=Earlier(on, tuple(sorted(nights.items()))),
            after=policy.passed_over_nights,
        ),
    )


def kept_warm(
    plan: Plan,
    state: State,
    position: int,
    ways: Ways,
    *,
    name: str | None = None,
    before: Warm | None = None,
) -> Warm:
    """Take a plan up exactly as it is in force, on the facts of now; match nothing again.

    Whoever only asks must not answer from another plan. `name` is the number under which it was
    published: what it was the first to propose has been shown since it was made. With `before`, of
    the same night, only what differs is searched again.
    """
    rules, policy, on = ways.rules, ways.policy, plan.receipt.on
    if before is None or before.plan.receipt.on != on:
        found = search(state, rules, policy, on, network=ways.network)
    else:
        found = search_again(before.search, state, rules, policy, network=ways.network)
    warm = kept_on(found, plan, state, position, ways)
    return replace(warm, standing=_closer(warm.standing, plan, _first_proposed(name, state)))


def _closer(stands: Standing, plan: Plan, shown: frozenset[Pair]) -> Standing:
    """The same plan, paid for keeping only what was shown since it was made, if that is closer.

    What was shown before, its certificate pays for already.
    """
    conditions = stands.facts.conditions
    since = replace(conditions, seen=tuple(pair for pair in conditions.seen if pair in shown))
    return closest(stands, _with_bonus(plan, stands.chains, since))


def _first_proposed(name: str | None, state: State) -> frozenset[Pair]:
    """The pairs that the plan of this number was the first to propose."""
    offers = state.offers[(state.offers["plan"] == name).to_numpy(dtype=bool, na_value=False)]
    return frozenset(zip(offers["household"], offers["dwelling"], strict=True))


def kept_on(found: Search, plan: Plan, state: State, position: int, ways: Ways) -> Warm:
    """The plan in force on what a search found; what can no longer be is not among its chains.

    Of a broken chain the front is. Raises ImpossibleConditions.
    """
    rules, policy, on = ways.rules, ways.policy, plan.receipt.on
    asked = terms(state, found.found, rules, policy, on, network=ways.network)
    chains = _possible(plan.chains, asked, found)
    for conditions, _ in loosened(asked.as_made(chains)):
        try:
            stands = _standing(asked, conditions, found, plan, policy, chains)
        except ImpossibleConditions:
            continue
        return Warm(plan, state, position, found, asked.options, stands)
    raise ImpossibleConditions
