"""The market once something has changed: moves fall out, new ones come in, the prices stay.

Numbers of households and homes stay too; new ones come behind them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.around.facts import facts_after
from matching.around.standing import with_bonus
from matching.certificate import rings_of
from matching.conditions import Conditions
from matching.lookup import among, places
from matching.optimise.market import NOBODY, Market, lots_of
from matching.optimise.prices import Walks
from matching.rows import barred, kept_bonus, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.around.change import Change
    from matching.around.facts import Facts
    from matching.around.standing import Standing
    from matching.conditions import Pair
    from matching.optimise.prices import Task
    from matching.rows import Rows


@dataclass(frozen=True, slots=True)
class Numbers:
    """The names of households and homes by number, old ones first."""

    people: pd.Index
    homes: pd.Index


def changed(
    standing: Standing, change: Change, *, answered: bool = False, let_go: tuple[Pair, ...] = ()
) -> Standing:
    """The same chains over the changed market; which of them can stand is not yet asked.

    The moves `let_go` are no longer pinned. Raises ImpossibleConditions when a side condition
    needs a move that is no longer possible.
    """
    facts = facts_after(standing.facts, change, answered=answered, let_go=let_go)
    added = _added(standing, facts, change)
    fresh = facts.options.iloc[added]
    numbers = Numbers(
        _longer(standing.people, fresh["household"]),
        _longer(standing.homes, pd.concat([fresh["dwelling"], fresh["leaves"].dropna()])),
    )
    kept = _still(standing, facts, change)
    market, order = _together(standing, facts, kept, added, numbers)
    if change.conditions is not None:
        told = facts.options.iloc[market.row]
        market = replace(market, bonus=kept_bonus(told, facts.conditions))
    market = replace(market, rows=_rows(standing, facts, change, market, kept, order))
    task = _task(standing.walks.task, market, kept, order)
    after = replace(
        standing, facts=facts, walks=Walks(task), people=numbers.people, homes=numbers.homes
    )
    return after.under(_carried(standing, facts, market))


def _still(standing: Standing, facts: Facts, change: Change) -> NDArray[np.int64]:
    """Which of the old moves remain: not gone, not forbidden, no rival of a pinned one."""
    market = standing.market
    stays = facts.alive[market.row]
    if change.conditions is not None:
        stays &= ~barred(facts.options.iloc[market.row], facts.conditions)
    if change.forbidden:
        who, where = _numbered(standing, change.forbidden)
        shut = who[(who >= 0) & (where >= 0)] * market.homes + where[(who >= 0) & (where >= 0)]
        stays &= ~np.isin(market.household * market.homes + market.home, shut)
    if change.pinned:
        who, where = _numbered(standing, change.pinned)
        goes_to = np.full(market.households + 1, NOBODY, dtype=np.int64)
        taken_by = np.full(market.homes + 1, NOBODY, dtype=np.int64)
        goes_to[who], taken_by[where] = where, who
        to, by = goes_to[market.household], taken_by[market.home]
        stays &= ((to == market.home) | (to == NOBODY)) & (
            (by == market.household) | (by == NOBODY)
        )
    return np.flatnonzero(stays)


def _numbered(
    standing: Standing, pairs: tuple[Pair, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    who = standing.people.get_indexer([household for household, _ in pairs])
    where = standing.homes.get_indexer([dwelling for _, dwelling in pairs])
    return who.astype(np.int64), where.astype(np.int64)


def _number(names: pd.Index, name: str) -> int:
    return int(names.get_indexer([name])[0]) if len(names) else NOBODY


def _added(standing: Standing, facts: Facts, change: Change) -> NDArray[np.int64]:
    """Rows that were no move before and are one now: new ones, and those a change brings to life.

    A home that opens, or that somebody may leave now, can be entered; who no longer has as many
    open proposals as allowed may go elsewhere, and so may the rivals of a move that was pinned.
    """
    inside = np.zeros(len(facts.options), dtype=bool)
    inside[standing.market.row] = True
    outside = facts.alive & ~inside
    found = np.zeros(len(inside), dtype=bool)
    found[len(standing.facts.options) :] = True
    released = standing.facts.conditions.full_of() - facts.conditions.full_of()
    let_go = _let_go(standing, facts)
    released |= {household for household, _ in let_go}
    found |= outside & facts.where("household", sorted(released))
    found |= outside & facts.where("dwelling", sorted(dwelling for _, dwelling in let_go))
    enterable, news = set(change.vacated), found
    while True:
        leaves = facts.options["leaves"][news].dropna()
        enterable |= set(leaves)
        news = outside & ~found & facts.where("dwelling", sorted(enterable))
        if not news.any():
            break
        found |= news
    return _usable(standing, facts, np.flatnonzero(found & facts.alive))


def _usable(standing: Standing, facts: Facts, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of new rows those that are a move at all; of equal ones that with the best gain."""
    if not len(rows):
        return rows
    table = facts.options.iloc[rows]
    left = {*standing.homes, *facts.openings, *table["leaves"].dropna()}
    moves = (table["dwelling"] != table["leaves"].fillna("")).to_numpy()
    known = among(table["dwelling"], left)
    fine = moves & known & ~barred(table, facts.conditions)
    best = (
        table[fine]
        .sort_values("gain", ascending=False, kind="stable")
        .drop_duplicates(["household", "dwelling", "leaves"])
    )
    return np.sort(best.index.to_numpy(dtype=np.int64))


def _let_go(standing: Standing, facts: Facts) -> frozenset[Pair]:
    """The moves that were pinned and are no more."""
    return frozenset(standing.facts.conditions.pinned) - frozenset(facts.conditions.pinned)


def _longer(names: pd.Index, more: pd.Series) -> pd.Index:
    new = pd.Index(sorted(set(more) - set(names)), dtype=object) if len(more) else names[:0]
    return names.append(new) if len(new) else names


def _together(
    standing: Standing,
    facts: Facts,
    kept: NDArray[np.int64],
    added: NDArray[np.int64],
    numbers: Numbers,
) -> tuple[Market, NDArray[np.int64]]:
    """The old moves that remain and the new ones, by home; and which went where."""
    old, fresh = standing.market, facts.options.iloc[added]
    opening = np.zeros(len(numbers.homes) + 1, dtype=bool)
    opening[numbers.homes.get_indexer(pd.Index(facts.openings, dtype=object))] = True
    opening[-1] = False
    home = np.concatenate([old.home[kept], places(numbers.homes, fresh["dwelling"])])
    lot = np.concatenate(
        [old.lot[kept], lots_of(fresh["household"], fresh["dwelling"], seed=facts.seed)]
    )
    left = places(numbers.homes, fresh["leaves"])
    frees = np.concatenate([old.frees[kept], np.where(fresh["leaves"].isna(), NOBODY, left)])
    frees = np.where(opening[frees], NOBODY, frees)
    order = np.argsort(home, kind="stable")  # two sorted runs: merged rather than sorted
    market = Market(
        row=np.concatenate([old.row[kept], added])[order],
        household=np.concatenate([old.household[kept], places(numbers.people, fresh["household"])])[
            order
        ].astype(np.int64),
        home=home[order].astype(np.int64),
        frees=frees[order].astype(np.int64),
        gain=np.concatenate([old.gain[kept], fresh["gain"].to_numpy(dtype=np.int64)])[order],
        lot=lot[order],
        opening=opening[:-1],
        households=len(numbers.people),
        bonus=np.concatenate([old.bonus[kept], kept_bonus(fresh, facts.conditions)])[order],
        rows=old.rows,
    )
    return market, order


def _rows(
    standing: Standing,
    facts: Facts,
    change: Change,
    market: Market,
    kept: NDArray[np.int64],
    order: NDArray[np.int64],
) -> Rows:
    """The side conditions over the new market: compiled anew if they, or moves, are new."""
    if len(order) > len(kept) or change.conditions is not None:
        return rows_of(facts.options, facts.conditions).over(market.row)
    fallen = {f"pin|{household}|{dwelling}" for household, dwelling in _let_go(standing, facts)}
    stays = np.array([name not in fallen for name in standing.market.rows.names], dtype=bool)
    rows = standing.market.rows.only(stays).over(kept[order])
    known = frozenset(standing.facts.conditions.pinned)
    pins = [pair for pair in dict.fromkeys(change.pinned) if pair not in known]
    some = np.flatnonzero(
        np.isin(market.household, [_number(standing.people, name) for name, _ in pins])
    )
    asked = rows_of(facts.options.iloc[market.row[some]], Conditions(pinned=tuple(pins)))
    return rows.and_rows(replace(asked, arc=some[asked.arc])) if pins else rows


def _task(task: Task, market: Market, kept: NDArray[np.int64], order: NDArray[np.int64]) -> Task:
    """Worth of every move and ring, as before; rings through new moves are looked up."""
    new_at = np.empty(len(order), dtype=np.int64)
    new_at[order] = np.arange(len(order))
    place = np.full(task.market.size + 1, NOBODY, dtype=np.int64)
    place[kept] = new_at[: len(kept)]
    rings = np.where(task.rings >= 0, place[task.rings], NOBODY)
    # A ring falls when one of its moves does, or when one of its homes opens.
    goes_on = (rings >= 0) & (market.frees[rings] >= 0) if market.size else rings >= 0
    rings = rings[((task.rings >= 0) == goes_on).all(axis=1)]
    more, complete = _rings_through(market, new_at[len(kept) :], rings.shape[1])
    rings = np.concatenate([rings, more])
    rings = rings[np.argsort(market.home[rings[:, 0]], kind="stable")]
    bonus = market.bonus * task.scale
    inside = rings >= 0
    gains = np.where(inside, market.gain[rings], 0).sum(axis=1)
    shown = np.where(inside, bonus[rings], 0).sum(axis=1)
    weight = np.array([0, *task.weights])[inside.sum(axis=1)]
    return replace(
        task,
        market=market,
        worth=tuple(market.gain * w + bonus for w in task.weights[: task.places]),
        rings=rings,
        ring_worth=gains * weight + shown,
        priced=np.ones(market.homes, dtype=bool),  # none needs it but those of pinned moves
        all_rings=task.all_rings and complete,
    )


def _rings_through(
    market: Market, arcs: NDArray[np.int64], longest: int
) -> tuple[NDArray[np.int64], bool]:
    """Every ring that uses one of these moves; each begins at its lowest home."""
    if not len(arcs) or longest < 2:  # noqa: PLR2004 - a ring has two moves or more
        return np.full((0, longest), NOBODY, dtype=np.int64), True
    close = np.zeros(market.homes + 1, dtype=bool)
    close[market.home[arcs]] = close[market.onward[arcs]] = True
    for _ in range(longest - 3):
        near = close[market.home] | close[market.onward]
        close[market.home[near]] = close[market.onward[near]] = True
    close[-1] = False
    some = np.flatnonzero((close[market.home] | close[market.onward]) & (market.frees >= 0))
    rings, complete = rings_of(
        market.home[some], market.frees[some], market.household[some], longest=longest
    )
    rings = np.where(rings >= 0, np.append(some, NOBODY)[rings], NOBODY)
    return rings[np.isin(rings, arcs).any(axis=1)], complete


def _carried(standing: Standing, facts: Facts, market: Market) -> NDArray[np.int64]:
    """The old prices by number and by the name of a condition; what is new costs nothing yet.

    Who was pinned and is no more, and the home, get back what they paid for it.
    """
    old = standing.market
    people, homes, rows = np.split(standing.price, [old.households, old.households + old.homes])
    people = np.pad(people, (0, market.households - old.households))
    homes = np.pad(homes, (0, market.homes - old.homes))
    told = (standing.facts.conditions, -1), (facts.conditions, 1)
    people = with_bonus(standing, people, told)
    named = dict(zip(old.rows.names, rows.tolist(), strict=True))
    for household, dwelling in sorted(_let_go(standing, facts)):
        paid = named.get(f"pin|{household}|{dwelling}", 0) // 2
        for prices, number in (
            (people, _number(standing.people, household)),
            (homes, _number(standing.homes, dwelling)),
        ):
            prices[number] = max(0, prices[number] - paid) if number >= 0 else prices[number]
    # Who has no move any more, and a home that nobody may enter, cost nothing.
    people[np.bincount(market.household, minlength=len(people)) == 0] = 0
    homes[np.bincount(market.home, minlength=len(homes)) == 0] = 0
    asked = np.array([named.get(name, 0) for name in market.rows.names], dtype=np.int64)
    asked[~_can_bind(market.rows)] = 0
    return np.concatenate([people, homes, asked])


def _can_bind(rows: Rows) -> NDArray[np.bool_]:
    """Which conditions still limit anything: the moves of some have all gone."""
    binds = rows.limit < 0
    binds[rows.row[rows.coefficient > 0]] = True
    return binds
