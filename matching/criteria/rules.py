"""The hard rules about household, wish and home: one function, sentences and a source each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data_contracts.words import Access, DwellingKind, Feature, Mobility, Willingness
from matching.criteria.pairs import UNLIMITED, verdicts
from matching.criteria.rent import SATISFIES, paid_rent
from matching.lookup import places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from data_contracts.words import Verdict
    from matching.criteria.pairs import Column, Mask, Pairs, Positions, Side

LEVELS = ("neighbourhood", "district", "municipality")
LONG_AGO, NEVER = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule: its column per pair, what it says for each verdict, and where it comes from.

    `about` says what decides: the seeker, the home, or the pair. An ask that `costs` lowers the
    gain; an untested income never does, for that may not be held against anybody. `along` is said
    where it holds only because somebody else moves in the same plan. `sorts` has a rule that looks
    at few things: a table of all seekers by all homes is then judged faster than half the pairs.
    """

    name: str
    judge: Callable[[Pairs, Rules, Policy], Column]
    sentences: Mapping[Verdict, str]
    source: str
    about: str = "pair"
    costs: bool = True
    along: str = ""
    sorts: Callable[[Pairs, Policy], Sorts] | None = None


class Sorts(NamedTuple):
    """Which sorts of household (rows) and of home (columns) suit, and of what sort each is."""

    suit: Mask
    of_seeker: Positions
    of_home: Positions

    def table(self) -> Mask:
        """Say of every household (rows) and every home (columns) whether they suit."""
        suit: Mask = self.suit[:, self.of_home][self.of_seeker]
        return suit


def by_sort(sorts: Callable[[Pairs, Policy], Sorts]) -> Callable[[Pairs, Rules, Policy], Column]:
    """Make the judge of a rule that goes by sorts: no where these do not suit."""

    def judge(pairs: Pairs, _rules: Rules, policy: Policy) -> Column:
        suit, of_seeker, of_home = sorts(pairs, policy)
        return verdicts(no=~suit[of_seeker[pairs.seeker], of_home[pairs.home]])

    return judge


def toestemming(pairs: Pairs, _rules: Rules, policy: Policy) -> Column:
    """Consent to be approached was given, and not too long ago."""
    oldest = np.datetime64(pairs.on - timedelta(days=policy.consent_fresh_days), "D")
    fresh = pairs.seekers.days("consent_date", missing=LONG_AGO) >= oldest
    return verdicts(no=~(pairs.seekers.flags("consent") & fresh)[pairs.seeker])


def wens_geldig(pairs: Pairs, _rules: Rules, policy: Policy) -> Column:
    """There is a wish, it holds today, it is fresh, and the household did not say no."""
    today = np.datetime64(pairs.on, "D")
    oldest = today - policy.wish_fresh_days
    stated = pairs.seekers.days("stated", missing=LONG_AGO) >= oldest
    holds = pairs.seekers.days("valid_until", missing=NEVER) >= today
    refuses = pairs.seekers.codes("willingness", [Willingness.NEE]) == 0
    return verdicts(no=~(stated & holds & ~refuses)[pairs.seeker])


def lopend_voorstel(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """Somebody who accepted a home, or signed for it, does not seek another."""
    return verdicts(no=pairs.seekers.flags("placed")[pairs.seeker])


def woning_komt_vrij(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """The home is empty or will be: by notice, new-build, or because its tenant may move too."""
    return verdicts(no=~pairs.is_home("enterable"))


def werkzaamheden(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """No works at the home within the horizon, and no demolition ever."""
    return verdicts(no=pairs.is_home("works"))


def kamers(pairs: Pairs, policy: Policy) -> Sorts:
    """The rooms suit the number of persons, and the wish."""
    persons = pairs.seekers.numbers("persons", missing=1)
    low = pairs.seekers.numbers("min_rooms", missing=0)
    high = pairs.seekers.numbers("max_rooms", missing=UNLIMITED)
    steps = sorted(policy.occupancy, key=lambda step: step.persons)
    suits = np.searchsorted([step.persons for step in steps], persons, side="right") - 1
    least = np.array([step.min_rooms for step in steps] + [0])[suits]
    most = np.array([step.max_rooms for step in steps] + [UNLIMITED])[suits]
    rooms, of_home = np.unique(pairs.homes.numbers("rooms", missing=-1), return_inverse=True)
    few = rooms < np.maximum(low, least)[:, None]
    many = rooms > np.minimum(high, most)[:, None]
    return Sorts(~few & ~many, np.arange(len(pairs.seekers)), of_home)


def oppervlakte(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """The home is as large as the wish asks."""
    return verdicts(no=pairs.of_home("area") < pairs.of_seeker("min_area", missing=0))


def toegankelijkheid(pairs: Pairs, _policy: Policy) -> Sorts:
    """The label of the home satisfies what is needed: a partial order, looked up."""
    offered = pairs.homes.codes("access", Access)
    needed = pairs.seekers.codes("access_needed", Access)
    return Sorts(SATISFIES.T, needed, offered)


def kenmerken(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """The home has every feature the household needs."""
    offered = pairs.homes.bits("features", Feature)[pairs.home]
    needed = pairs.seekers.bits("features_needed", Feature)[pairs.seeker]
    return verdicts(no=(needed & ~offered) != 0)


def etage_zonder_lift(pairs: Pairs, _rules: Rules, policy: Policy) -> Column:
    """Without a lift no higher than the mobility allows; never higher than the wish says."""
    climbs = climbable(pairs, policy)[pairs.seeker]
    floor = pairs.of_home("floor")
    too_high = ~pairs.is_home("lift") & (floor > climbs)
    return verdicts(no=too_high | (floor > pairs.of_seeker("max_floor", missing=UNLIMITED)))


def climbable(pairs: Pairs, policy: Policy) -> np.ndarray:
    """Give per seeker the highest floor that can be reached without a lift."""
    highest = np.array([policy.highest_floor_without_lift[m] for m in Mobility])
    climbs: np.ndarray = highest[pairs.seekers.codes("mobility", Mobility)]
    return climbs


def leeftijdslabel(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """The oldest has the age the home or its complex asks; a birthday still to come asks."""
    label = np.where(_selects(pairs, "age_use"), pairs.homes.numbers("min_age", missing=0), 0)
    asked = np.maximum(label, pairs.homes.numbers("complex_min_age", missing=0))[pairs.home]
    born = pairs.of_seeker("birth_year")
    this_year = np.where(born > 0, pairs.on.year - born, -1)
    labelled = asked > 0
    ask = labelled & ((this_year < 0) | (this_year == asked))
    return verdicts(no=labelled & (this_year >= 0) & (this_year < asked), ask=ask)


def huishoudlabel(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """The household is as large as the home asks, where that label selects."""
    persons = pairs.of_seeker("persons")
    few = persons < pairs.of_home("min_persons", missing=0)
    many = persons > pairs.of_home("max_persons", missing=UNLIMITED)
    return verdicts(no=(few | many) & _selects(pairs, "persons_use")[pairs.home])


def huur_binnen_wens(pairs: Pairs, _rules: Rules, policy: Policy) -> Column:
    """The rent that would be paid is within the wish."""
    return verdicts(no=paid_rent(pairs, policy) > pairs.of_seeker("max_rent", missing=UNLIMITED))


def eigen_corporatie(pairs: Pairs, _rules: Rules, policy: Policy) -> Column:
    """The home is of the household's own corporation, where the policy keeps to its own."""
    if policy.pool == "region":
        return verdicts(no=np.zeros(len(pairs), dtype=bool))
    return verdicts(no=~pairs.same("corporation", "corporation"))


def moet_band(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """Never further than the most minutes from a tie that must be near; place unknown asks."""
    anchors = pairs.walks.anchors
    must = anchors.must & ~anchors.back
    pair, anchor = pairs.with_anchors(must)
    known = anchors.known[anchor]
    far = known & (pairs.minutes_then(pair, anchor) > anchors.minutes[anchor])
    no, ask = np.zeros(len(pairs), dtype=bool), np.zeros(len(pairs), dtype=bool)
    no[pair[far]] = True
    ask[pair[~known]] = True
    return verdicts(no=no, ask=ask)


def eigen_woning(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """Not the home they live in."""
    own = places(pairs.homes.frame.index, pairs.seekers.frame["lives_in"])
    return verdicts(no=own[pairs.seeker] == pairs.home)


def afgewezen(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """Not a home they declined."""
    pair = pairs.seeker * np.int64(len(pairs.homes)) + pairs.home
    if not len(pairs.declined):
        return verdicts(no=np.zeros(len(pairs), dtype=bool))
    at = np.minimum(np.searchsorted(pairs.declined, pair), len(pairs.declined) - 1)
    return verdicts(no=pairs.declined[at] == pair)


def wens_gebied(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """In one of the areas the wish names, where it names any."""
    named = asked_areas(pairs)
    inside = np.zeros(len(pairs), dtype=bool)
    for level in LEVELS:
        inside |= named[pairs.seeker, pairs.homes.codes(level, areas(pairs.homes))[pairs.home]]
    return verdicts(no=_names_areas(pairs) & ~inside)


def areas(homes: Side) -> tuple[str, ...]:
    """Give every neighbourhood, district and municipality in which there is a home."""
    return tuple(name for level in LEVELS for name in homes.names(level))


def asked_areas(pairs: Pairs) -> Mask:
    """Give which of `areas` (columns, and one for none) each household (rows) names."""
    position = {name: at for at, name in enumerate(areas(pairs.homes))}
    lists = pairs.seekers.frame["areas"].fillna("").tolist()
    named = [
        (seeker, position[code])
        for seeker, joined in enumerate(lists)  # households, not pairs
        for code in joined.split("|")
        if code in position
    ]
    asked = np.zeros((len(lists), len(position) + 1), dtype=bool)
    asked[tuple(np.array(named, dtype=np.intp).reshape(-1, 2).T)] = True
    return asked


def _names_areas(pairs: Pairs) -> Mask:
    named: Mask = (pairs.seekers.frame["areas"].fillna("") != "").to_numpy(dtype=bool)
    return named[pairs.seeker]


def zoekgebied(pairs: Pairs, _rules: Rules, policy: Policy) -> Column:
    """Without areas in the wish: within the search radius of the own home or of a tie."""
    anchors = pairs.walks.anchors
    pair, anchor = pairs.with_anchors(~anchors.back & anchors.known)
    homes = pairs.homes.places()[pairs.home]
    own = pairs.seekers.places("home_")[pairs.seeker]
    near = (own[:, 0] >= 0) & _within(own, homes, policy.search_radius)
    near[pair[_within(anchors.places[anchor], homes[pair], policy.search_radius)]] = True
    somewhere = own[:, 0] >= 0
    somewhere[pair] = True
    return verdicts(no=~_names_areas(pairs) & somewhere & ~near)


def wens_soort(pairs: Pairs, _rules: Rules, _policy: Policy) -> Column:
    """Of one of the kinds the wish names, where it names any."""
    kinds = pairs.seekers.bits("kinds", DwellingKind)[pairs.seeker]
    kind = np.left_shift(1, pairs.homes.codes("kind", DwellingKind))[pairs.home]
    return verdicts(no=(kinds != 0) & (kinds & kind == 0))


def _within(one: np.ndarray, other: np.ndarray, metres: int) -> Mask:
    x, y = one[:, 0] - other[:, 0], one[:, 1] - other[:, 1]
    within: Mask = x * x + y * y <= metres**2
    return within


def _selects(pairs: Pairs, use: str) -> Mask:
    selects: Mask = pairs.homes.codes(use, ("SEL", "SOR")) == 0
    return selects
