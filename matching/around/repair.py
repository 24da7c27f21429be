"""Repair: what still stands stays, what broke is solved again nearby, and the loss is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.around.again import (
    Again,
    Around,
    Touched,
    again,
    around,
    local_prices,
    put,
    reach_of,
    the_same,
)
from matching.around.change import NO_CHANGE, Change
from matching.around.changed import changed
from matching.around.pins import charged, repriced, ways_to
from matching.around.remains import Remains, what_stands
from matching.conditions import ImpossibleConditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matching.around.neighbourhood import Distances
    from matching.around.standing import Standing
    from matching.model import Chain

SMALLEST = (250, 1_000, 4_000)
"""Moves in a neighbourhood for a repair: the first that suffices, so that few chains change."""
WIDER = (1_000, 2_000, 4_000)
"""Moves in a neighbourhood for a price, which is to be close."""
TRIES = 2
"""How many neighbourhoods with a plan are tried; larger ones only to find any plan."""
ENOUGH = 1_000
"""A plan within one in so many points of its bound is near enough, or as near as it was."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """The plan after a change: `kept` are the chains that are exactly as they were.

    `standing` is ready for the next question; its `certificate()` proves the bound again.
    """

    standing: Standing
    kept: tuple[Chain, ...]

    @property
    def chains(self) -> tuple[Chain, ...]:
        """All chains of the repaired plan."""
        return self.standing.chains

    @property
    def value(self) -> int:
        """What the repaired plan is worth, in whole points."""
        return self.standing.value

    @property
    def bound(self) -> int:
        """What no plan on the changed facts exceeds, in whole points."""
        return max(self.standing.value, self.standing.bound)

    @property
    def loss_at_most(self) -> int:
        """How many points a plan made anew could be better, at most."""
        return self.bound - self.value


@dataclass(frozen=True, slots=True)
class Tried:
    """A change worked out: the plan with it, and the neighbourhood in which it was solved."""

    standing: Standing
    near: Around
    found: Again


def repair(standing: Standing, change: Change) -> Repaired:
    """Repair a plan after facts: declined, acted on, withdrawn, vacated, wished otherwise.

    What was acted on is pinned; of a chain that breaks the front stands and the tail is found
    anew; chains that are far from the change stay as they are. Raises ImpossibleConditions when no
    plan keeps what is pinned.
    """
    done = tried(standing, change, answered=True, sizes=SMALLEST)
    after = _let_go(standing, change, done)
    before = frozenset(standing.chains)
    return Repaired(after, tuple(chain for chain in after.chains if chain in before))


def _let_go(standing: Standing, change: Change, done: Tried) -> Standing:
    """The repaired plan, with fronts that were only held while it was made no longer pinned."""
    asked = {*standing.facts.conditions.pinned, *change.pinned}
    held = tuple(pair for pair in done.standing.facts.conditions.pinned if pair not in asked)
    if not held:
        return done.standing
    free = changed(done.standing, NO_CHANGE, answered=True, let_go=held)
    return repriced(free, local_prices(free, the_same(free, done.standing, done.near, done.found)))


def tried(
    standing: Standing,
    change: Change,
    *,
    answered: bool,
    sizes: tuple[int, ...] = WIDER,
    tries: int = TRIES,
) -> Tried:
    """Work out a change; when it is `answered`, fronts of chains that break stand if they can."""
    remains = what_stands(standing.chains, change, standing.facts.openings)
    if answered and remains.fronts:
        try:
            fronts = Change(pinned=remains.fronts)
            held = change.and_then(fronts)
            return _worked_out(standing, held, remains, answered=answered, sizes=sizes, tries=tries)
        except ImpossibleConditions:
            pass  # a side condition breaks with the front: then the whole chain is free
    return _worked_out(standing, change, remains, answered=answered, sizes=sizes, tries=tries)


def _worked_out(
    standing: Standing,
    change: Change,
    remains: Remains,
    *,
    answered: bool,
    sizes: tuple[int, ...],
    tries: int,
) -> Tried:
    after = changed(standing, change, answered=answered)
    after = charged(after.with_chains((*remains.kept, *remains.pieces)), change.pinned)
    ways = ways_to(after, change.pinned)
    touched = Touched(remains.households | ways.households, remains.homes | ways.homes)
    gap = max(0, standing.bound - standing.value)
    return solved(after, touched, gap=gap, sizes=sizes, tries=tries)


def solved(
    after: Standing, touched: Touched, *, gap: int, sizes: tuple[int, ...], tries: int = TRIES
) -> Tried:
    """Solve nearby, and wider, until the plan is proven to be within `gap` of the best or enough.

    At most `tries` neighbourhoods that hold a plan are solved. Raises ImpossibleConditions when the
    widest neighbourhood holds no plan.
    """
    far = reach_of(after, touched)
    best: Tried | None = None
    for near in _wider(after, far, sizes):
        try:
            found = again(after, near)
        except ImpossibleConditions:
            continue
        plan = proven_again(put(after, found), found)
        tries -= 1
        if best is None or plan.exactly > best.standing.exactly:
            best = Tried(plan, near, found)
        if tries <= 0 or plan.bound - plan.value <= max(gap, plan.value // ENOUGH):
            break
    if best is None:
        raise ImpossibleConditions
    return best


def _wider(after: Standing, far: Distances, sizes: tuple[int, ...]) -> Iterator[Around]:
    """Neighbourhoods of growing size; only the whole where that is small."""
    reached = int(np.isfinite(far.moves).sum())
    if far.everything:
        yield around(after, far, most=reached)
        return
    for most in sizes:
        yield around(after, far, most=most)
        if most >= reached:
            return


def proven_again(plan: Standing, found: Again) -> Standing:
    """The plan under the neighbourhood's own prices, where these prove more."""
    price = plan.price.copy()
    told, finer = found.certificate, plan.walks.task.scale
    rows = pd.Index(list(plan.market.rows.names), dtype=object)
    for names, prices, first in (
        (plan.people, told.households, 0),
        (plan.homes, told.dwellings, plan.market.households),
        (rows, told.conditions, plan.walks.task.row_prices.start),
    ):
        at = names.get_indexer([name for name, _ in prices])
        price[first + at] = [amount * finer // told.scale for _, amount in prices]
    return repriced(plan, price)
