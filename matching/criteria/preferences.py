"""The preferences: whole points per pair, one function, sentence and source each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data_contracts.words import (
    FAMILY_HOUSE,
    FOR_A_LIMITATION,
    Access,
    DwellingKind,
    Feature,
    Priority,
)
from matching.criteria.pairs import UNLIMITED
from matching.criteria.rent import SATISFIES, applies, certain_age, paid_rent
from matching.criteria.rules import climbable

if TYPE_CHECKING:
    from collections.abc import Callable

    from data_contracts.policy import Policy
    from matching.criteria.pairs import Mask, Numbers, Pairs, Side

MOST_YEARS = 20
"""Waiting longer than so many years earns no more points."""
OUTDOORS = (Feature.TUIN, Feature.BALKON)
USUAL_WEIGHT = 5
LIMITATIONS = sum(1 << at for at, one in enumerate(Feature) if one in FOR_A_LIMITATION)
"""The features that a limitation asks for, as bits over Feature."""
"""A wish weight of 5 leaves the points as the policy has them."""


@dataclass(frozen=True, slots=True)
class Preference:
    """A preference: its points per pair (int32), what it says of them, and where it comes from.

    `along` is said too where the move goes through only if somebody else moves in the same plan.
    """

    name: str
    points: Callable[[Pairs, Policy], Numbers]
    sentence: str
    source: str
    along: str = ""


class TieMinutes(NamedTuple):
    """Minutes summed over a household's own ties, now and in the home entered, and weighted."""

    now: Numbers
    then: Numbers
    weighted_gain: Numbers


class NowAndThen(NamedTuple):
    """How many, where the household lives now and in the home entered."""

    now: Numbers
    then: Numbers


def tie_minutes(pairs: Pairs, policy: Policy) -> TieMinutes:
    """Sum the minutes to a household's own ties; none counts farther than the farthest walk.

    A starter comes from nowhere we know: for each tie now is the most minutes the household named.
    """
    anchors = pairs.walks.anchors
    own = ~anchors.back & anchors.known
    seeker = anchors.seeker
    now = np.where(pairs.seekers.housed()[seeker], pairs.minutes_now(), anchors.minutes)
    now = np.where(own, np.minimum(now, policy.farthest_walk), 0)
    pair, anchor = pairs.with_anchors(own)
    then = np.minimum(pairs.minutes_then(pair, anchor), policy.farthest_walk)
    before, weighed = (
        _summed(seeker, what, len(pairs.seekers))[pairs.seeker]
        for what in (now, now * anchors.weight)
    )
    after = _summed(pair, then, len(pairs))
    return TieMinutes(
        before, after, weighed - _summed(pair, then * anchors.weight[anchor], len(pairs))
    )


def banden(pairs: Pairs, policy: Policy) -> Numbers:
    """Nearer to the people and places that matter: minutes x tie weight / 10 x wish weight / 5."""
    gain = tie_minutes(pairs, policy).weighted_gain.astype(np.int64) * policy.weights.tie_minute
    weight = pairs.of_seeker("weight_proximity", missing=USUAL_WEIGHT)
    return (gain * weight // (10 * USUAL_WEIGHT)).astype(np.int32)


def stay_behind_minutes(pairs: Pairs, policy: Policy) -> tuple[Numbers, Numbers]:
    """Sum the minutes that others come farther from their tie to this household; and weighted."""
    anchors = pairs.walks.anchors
    pair, anchor = pairs.with_anchors(anchors.back & anchors.known)
    now = np.minimum(pairs.minutes_now()[anchor], policy.farthest_walk)
    then = np.minimum(pairs.minutes_then(pair, anchor), policy.farthest_walk)
    longer = np.where(pairs.has_home[pair], np.maximum(then - now, 0), 0)
    weighted = longer * anchors.weight[anchor]
    return _summed(pair, longer, len(pairs)), _summed(pair, weighted, len(pairs))


def achterblijvers(pairs: Pairs, policy: Policy) -> Numbers:
    """What those lose who stay behind when their tie leaves; counts down."""
    weighted = stay_behind_minutes(pairs, policy)[1]
    return -(weighted * policy.weights.stay_behind_minute // 10).astype(np.int32)


def facilities_near(pairs: Pairs, policy: Policy) -> NowAndThen:
    """Count the kinds of facility within rollator distance; a starter has none now."""
    now, then = _near(pairs.seekers, policy), _near(pairs.homes, policy)
    return NowAndThen(now[pairs.seeker], then[pairs.home])


def voorzieningen(pairs: Pairs, policy: Policy) -> Numbers:
    """Facilities at rollator distance that were not, less those that were."""
    near = facilities_near(pairs, policy)
    points = (near.then - near.now) * policy.weights.facility_near
    return _by_wish(points, pairs, "weight_facilities")


def older_to_suitable(pairs: Pairs, policy: Policy) -> Mask:
    """Whether an older household leaves an unsuitable home for a suitable one.

    Unsuitable: the label, the floor without lift or the features that a limitation asks for fall
    short of what is needed.
    Source: Monitor Ouderenhuisvesting (ABF voor BZK, 2021); the wording of the Langer Thuis
    indicator itself is not confirmed. That the home entered is suitable the hard rules see to.
    """
    seekers = pairs.seekers
    older = (certain_age(seekers, pairs.on) >= policy.older_from_age) | seekers.flags("aow")
    leaves = older & seekers.housed() & _unsuitable(pairs, policy)
    return leaves[pairs.seeker]


def langer_thuis(pairs: Pairs, policy: Policy) -> Numbers:
    """An older household from an unsuitable to a suitable home."""
    return _points(older_to_suitable(pairs, policy), policy.weights.unsuitable_to_suitable)


def family_home_freed(pairs: Pairs, policy: Policy) -> Mask:
    """Whether a scarce family home comes free to be let again, and none is taken for it."""
    least = policy.family_home_min_rooms
    leaves = (pairs.seekers.numbers("home_rooms", missing=-1) >= least) & (
        _family_house(pairs.seekers, "home_kind") & pairs.seekers.flags("frees")
    )
    takes = (pairs.homes.numbers("rooms", missing=-1) >= least) & _family_house(pairs.homes, "kind")
    return leaves[pairs.seeker] & ~takes[pairs.home]


def gezinswoning(pairs: Pairs, policy: Policy) -> Numbers:
    """Frees a scarce family home."""
    return _points(family_home_freed(pairs, policy), policy.weights.family_home_freed)


def huur(pairs: Pairs, policy: Policy) -> Numbers:
    """Net rent, per ten euros lower or higher than now; nothing for a starter."""
    old = pairs.of_seeker("home_rent")
    lower = np.where(old >= 0, old - paid_rent(pairs, policy), 0)
    saved = np.maximum(lower, 0) // 1000 * policy.weights.euro_rent_saved
    risen = np.maximum(-lower, 0) // 1000 * policy.weights.euro_rent_risen
    return _by_wish(saved - risen, pairs, "weight_rent")


def eigen_buurt(pairs: Pairs, policy: Policy) -> Numbers:
    """Stays in the own neighbourhood."""
    stays = pairs.same("home_neighbourhood", "neighbourhood")
    points = _points(stays, policy.weights.own_neighbourhood)
    return _by_wish(points, pairs, "weight_neighbourhood")


def years_waiting(pairs: Pairs) -> Numbers:
    """Give the whole years since registration, at most twenty."""
    registered = pairs.seekers.days("registered", missing=pairs.on)
    since_first = (registered - registered.astype("datetime64[M]")).astype(np.int64)
    months = (np.datetime64(pairs.on, "M") - registered.astype("datetime64[M]")).astype(np.int64)
    whole = (months - (since_first >= pairs.on.day)) // 12
    years: Numbers = np.clip(whole, 0, MOST_YEARS).astype(np.int32)
    return years[pairs.seeker]


def wachttijd(pairs: Pairs, policy: Policy) -> Numbers:
    """Time since registration."""
    return (years_waiting(pairs) * policy.weights.year_waiting).astype(np.int32)


def voorrang(pairs: Pairs, policy: Policy) -> Numbers:
    """Priority, as the municipality or corporation gave it."""
    points = [policy.weights.priority.get(str(kind), 0) for kind in Priority]
    table = np.array([*points, 0], dtype=np.int32)
    return table[pairs.seekers.codes("priority", Priority)][pairs.seeker]


def buitenruimte(pairs: Pairs, policy: Policy) -> Numbers:
    """A garden or balcony."""
    outdoors = pairs.homes.bits("features", OUTDOORS_FIRST)[pairs.home] & _OUTDOOR_BITS
    points = _points(outdoors != 0, policy.weights.outdoor)
    return _by_wish(points, pairs, "weight_outdoor")


def sorteerlabel(pairs: Pairs, policy: Policy) -> Numbers:
    """Meets an age or household label of the home that sorts but does not select."""
    sorts_age = pairs.homes.codes("age_use", ("SOR",)) == 0
    asked = np.where(sorts_age, pairs.homes.numbers("min_age", missing=UNLIMITED), UNLIMITED)
    by_age = certain_age(pairs.seekers, pairs.on)[pairs.seeker] >= asked[pairs.home]
    persons = pairs.of_seeker("persons")
    least = pairs.homes.numbers("min_persons", missing=-1)
    most = pairs.homes.numbers("max_persons", missing=-1)
    labelled = (pairs.homes.codes("persons_use", ("SOR",)) == 0) & ((least >= 0) | (most >= 0))
    upto = np.where(most >= 0, most, UNLIMITED)
    fits = (persons >= least[pairs.home]) & (persons <= upto[pairs.home])
    met = by_age.astype(np.int32) + (labelled[pairs.home] & fits)
    points: Numbers = (met * policy.weights.sort_criterion).astype(np.int32)
    return points


def regeling(pairs: Pairs, policy: Policy) -> Numbers:
    """Points of the local schemes for people who move on."""
    points = np.zeros(len(pairs), dtype=np.int32)
    for scheme in policy.schemes:
        if scheme.points:
            points += _points(applies(scheme, pairs), scheme.points)
    return points


def navraag(pairs: Pairs, policy: Policy) -> Numbers:
    """What it costs that the coach has to ask first; an untested income costs nothing."""
    if pairs.asks is None:
        return np.zeros(len(pairs), dtype=np.int32)
    return -pairs.asks * np.int32(policy.weights.ask_penalty)


OUTDOORS_FIRST = tuple(Feature)
_OUTDOOR_BITS = np.int32(sum(1 << OUTDOORS_FIRST.index(feature) for feature in OUTDOORS))


def _summed(pair: np.ndarray, values: np.ndarray, pairs: int) -> Numbers:
    # float64 sums of whole numbers this small are exact
    return np.bincount(pair, weights=values, minlength=pairs).astype(np.int32)


def _points(holds: Mask, points: int) -> Numbers:
    return holds * np.int32(points)


def _by_wish(points: Numbers, pairs: Pairs, weight: str) -> Numbers:
    weights = pairs.of_seeker(weight, missing=USUAL_WEIGHT)
    return (points * weights // USUAL_WEIGHT).astype(np.int32)


def _near(side: Side, policy: Policy) -> Numbers:
    near: Mask = side.metres <= policy.rollator_distance
    count: Numbers = near.sum(axis=1, dtype=np.int32)
    return count


def _family_house(side: Side, column: str) -> Mask:
    return side.codes(column, [kind for kind in DwellingKind if kind in FAMILY_HOUSE]) >= 0


def _unsuitable(pairs: Pairs, policy: Policy) -> Mask:
    seekers = pairs.seekers
    offered = seekers.codes("home_access", Access)
    label = ~SATISFIES[offered, seekers.codes("access_needed", Access)]
    floor = seekers.numbers("home_floor", missing=-UNLIMITED)
    stairs = ~seekers.flags("home_lift") & (floor > climbable(pairs, policy))
    needed = seekers.bits("features_needed", Feature)
    lacks = (needed & ~seekers.bits("home_features", Feature) & LIMITATIONS) != 0
    unsuitable: Mask = label | stairs | lacks
    return unsuitable
