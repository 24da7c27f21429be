"""What would change it: one wish asked less of, this household searched again, what opens told.

Only the household is searched again, with all that is supposed at once; no other option changes. A
law in the tests says that the answer is that of supposing it for real and searching everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.around import Change, price
from matching.around.difference import difference
from matching.candidates import one_pair
from matching.candidates.anew import some_seekers
from matching.candidates.blocking import Map, in_area
from matching.candidates.search import allowed, best_options, no_counts
from matching.conditions import ImpossibleConditions
from matching.relaxed import Relaxed, applied, missing, relaxations
from matching.rematch import kept_on
from matching.terms import terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matching.around import Price, Standing
    from matching.candidates.search import Market
    from matching.rematch import Warm, Ways
    from matching.state import State


@dataclass(frozen=True, slots=True)
class WouldChange:
    """What one relaxed wish would open for a household.

    `opens`: the homes it could enter, with gain, and could not before; first what it gains most
    by after what the plan asks for that home (its price). `vacant`: how many of them come free
    without anybody moving. `gain`, `minutes_then` and `minutes_now` (summed over its ties; -1 for
    a starter's) are of the best, the first. `price`: what giving it the best would cost the plan;
    None where not asked, or where no chain brings that home free.
    """

    relaxed: Relaxed
    opens: tuple[str, ...]
    vacant: int
    gain: int
    minutes_now: int
    minutes_then: int
    price: Price | None = None

    @property
    def best(self) -> str:
        """The home that would help the household most, at what the plan asks for it."""
        return self.opens[0]


def would_change(
    warm: Warm, household: str, ways: Ways, *, priced: int = 1
) -> tuple[WouldChange, ...]:
    """Say of every wish what opens when it is asked less of, the one that opens most first.

    Only what opens a home is told; of the first few the best home is priced. Empty for who does
    not seek.
    """
    market = _of(warm, household)
    if market is None:
        return ()
    asked = relaxations(warm.state, household, market.homes.frame, ways.rules, ways.policy)
    found = _opened(warm, household, asked, market, ways)
    told = sorted(found, key=lambda one: (-len(one.opens), -one.gain, one.relaxed.name))
    return tuple(
        replace(one, price=price_of(warm, household, one.best, ways, relaxed=one.relaxed))
        if place < priced
        else one
        for place, one in enumerate(told)
    )


def price_of(
    warm: Warm, household: str, dwelling: str, ways: Ways, *, relaxed: Relaxed | None = None
) -> Price | None:
    """Say what putting a household in a home costs the plan; None where no chain can.

    Also in a home that is no option of the household now; `relaxed` is supposed with it. Raises
    `candidates.UnknownHere`.
    """
    try:
        return price(*placing(warm, household, dwelling, ways, relaxed=relaxed), tries=1)
    except ImpossibleConditions:
        return None


def placing(
    warm: Warm, household: str, dwelling: str, ways: Ways, *, relaxed: Relaxed | None = None
) -> tuple[Standing, Change]:
    """Suppose that a household goes to a home, whatever the rules say of it: they were told.

    With the plan to ask it of: the one that is warm, as a rule. Raises `candidates.UnknownHere`,
    and ImpossibleConditions when no side condition leaves room.
    """
    pin = Change(pinned=((household, dwelling),))
    if relaxed is None and _is_option(warm.options, household, dwelling):
        return warm.standing, pin
    state = warm.state if relaxed is None else applied(warm.state, household, relaxed)
    known = _with_row(warm, state, household, dwelling, ways)
    found = replace(warm.search.found, options=known)
    rules, policy, on = ways.rules, ways.policy, warm.plan.receipt.on
    asked = terms(state, found, rules, policy, on, network=ways.network)
    change = difference(
        warm.standing.facts,
        (warm.options, asked.options),
        (warm.openings, warm.openings),
        asked.as_made(warm.standing.chains),
        again=frozenset([household]),
    )
    if change is not None:
        return warm.standing, change.and_then(pin)
    # A side condition reads a column that the warm plan does not have: the first of its kind.
    search = replace(warm.search, found=found)
    return kept_on(search, warm.plan, state, warm.position, ways).standing, pin


def _is_option(options: pd.DataFrame, household: str, dwelling: str) -> bool:
    theirs = options["dwelling"].to_numpy()[(options["household"] == household).to_numpy()]
    return dwelling in set(theirs)


def _with_row(warm: Warm, state: State, household: str, dwelling: str, ways: Ways) -> pd.DataFrame:
    """The options of the search, with this one told as it would be."""
    rules, policy, on = ways.rules, ways.policy, warm.plan.receipt.on
    row = one_pair(state, household, dwelling, rules, policy, on, network=ways.network)
    known = warm.search.found.options
    same = (known["household"] == household) & (known["dwelling"] == dwelling)
    both = pd.concat([known[~same.to_numpy(dtype=bool)], row]).astype(known.dtypes)
    return both.sort_values(["household", "dwelling"], kind="stable").reset_index(drop=True)


def _of(warm: Warm, household: str) -> Market | None:
    """The market of this household alone; None where it does not seek."""
    market = warm.search.market
    at = market.seekers.index.get_indexer([household])
    return some_seekers(market, at) if at[0] >= 0 else None


def _opened(
    warm: Warm, household: str, asked: Sequence[Relaxed], market: Market, ways: Ways
) -> list[WouldChange]:
    rows = _searched(warm, household, asked, market, ways)
    theirs = warm.options["household"] == household
    before = {*rows["dwelling"][rows["asked"] == 0], *warm.options["dwelling"][theirs]}
    fresh = rows[~rows["dwelling"].isin(before)]
    left = fresh["gain"] - _asked_for(warm, fresh["dwelling"])
    fresh = fresh.assign(left=left).sort_values(
        ["asked", "left", "dwelling"], ascending=[True, False, True]
    )
    vacant = frozenset(warm.openings)
    return [
        _told(asked[int(number) - 1], some, vacant)  # 0 is what is asked now
        for number, some in fresh.groupby("asked", sort=True)
    ]


def _asked_for(warm: Warm, dwellings: pd.Series) -> NDArray[np.int64]:
    """What the plan asks for a home, in whole points: what it is worth to others."""
    standing = warm.standing
    first = standing.market.households
    asked = standing.price[first : first + standing.market.homes] // standing.walks.task.scale
    at = standing.homes.get_indexer(pd.Index(dwellings, dtype=object))
    points: NDArray[np.int64] = np.append(asked, 0)[at]  # -1: a home that nobody could enter yet
    return points


def _told(relaxed: Relaxed, rows: pd.DataFrame, vacant: frozenset[str]) -> WouldChange:
    best, opens = rows.iloc[0], tuple(rows["dwelling"].astype("str"))
    return WouldChange(
        relaxed,
        opens,
        len(vacant.intersection(opens)),
        int(best["gain"]),
        int(best["minuten_nu"]),
        int(best["minuten_straks"]),
    )


def _searched(
    warm: Warm, household: str, asked: Sequence[Relaxed], market: Market, ways: Ways
) -> pd.DataFrame:
    """Every option, however many, of the household as it is (`asked` 0) and with each supposed.

    Each supposition is a seeker of its own, so that one search answers all.
    """
    policy, network = ways.policy, ways.network
    supposed = _supposed(warm.state, household, asked, market)
    everyone = supposed.run(slice(0, len(supposed.seekers)), policy, network)
    inside = in_area(everyone, Map.of(supposed.homes), policy, network=network is not None)
    counts = no_counts()
    every = policy.model_copy(update={"options_per_household": max(1, len(supposed.homes))})
    pairs = allowed(everyone, inside, ways.rules, policy, counts)
    rows = best_options(pairs, ways.rules, every, counts)
    return rows.assign(asked=rows["household"].astype("int64"))


def _supposed(state: State, household: str, asked: Sequence[Relaxed], market: Market) -> Market:
    """One household many times, each time with one thing supposed: a seeker by number."""
    many = 1 + len(asked)
    people = market.seekers.iloc[np.zeros(many, dtype=np.intp)].copy()
    people.index = pd.Index([str(number) for number in range(many)], dtype="str")
    dtypes = people.dtypes
    anchors, size = market.anchors, len(market.anchors.places)
    must, minutes = np.tile(anchors.must, many), np.tile(anchors.minutes, many)
    mine = state.ties.index[(state.ties["household"] == household).to_numpy(dtype=bool)]
    ties = [str(tie) for tie in mine.sort_values()]  # own ties come first, in this order
    for number, one in enumerate(asked, start=1):
        for column, value in one.columns:
            if one.tie is None:
                known = missing(state.wishes, column) if value is None else value
                people.loc[str(number), column] = known
            else:
                place = number * size + ties.index(one.tie)
                (must if column == "must" else minutes)[place] = value
    return replace(
        market,
        seekers=people.astype(dtypes),
        own_metres=np.repeat(market.own_metres, many, axis=0),
        anchors=replace(
            anchors,
            places=np.tile(anchors.places, (many, 1)),
            mobility=np.tile(anchors.mobility, many),
            weight=np.tile(anchors.weight, many),
            minutes=minutes,
            must=must,
            back=np.tile(anchors.back, many),
            first=np.arange(many + 1, dtype=anchors.first.dtype) * size,
        ),
        declined=(market.declined[None, :] + len(market.homes) * np.arange(many)[:, None]).ravel(),
    )
