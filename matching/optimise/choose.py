"""Which moves: of all options those that together gain the most, with a bound that is proven."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.certificate import bound_of, whole_points
from matching.conditions import NONE
from matching.model import Certificate, Status
from matching.optimise.market import Market, UnusableOptions, market_of, plain_ids
from matching.optimise.moments import solve_at_every_moment
from matching.optimise.solve import SMALL, Solved, solve, task_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from matching.conditions import Conditions
    from matching.optimise.limits import Limits

TOGETHER = 400  # moves: smaller markets share one call of the solver
ROOM = 2**60
COLUMNS = ["household", "dwelling", "leaves", "gain"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Moves (rows of the options), their value and a bound on any plan's value, in whole points.

    `status` says how good the plan is known to be; `certificate` lets anyone prove its own bound
    again without a solver (`matching.certificate.bound_of`).
    """

    moves: pd.DataFrame
    value: int
    bound: int
    status: Status
    certificate: Certificate


def choose(
    options: pd.DataFrame,
    openings: Iterable[object],
    limits: Limits,
    *,
    seed: object,
    conditions: Conditions = NONE,
    workers: int = 1,
    small: int = SMALL,
) -> Choice:
    """Choose chains that begin in an opening, and rings, that together gain the most.

    `options` has columns household, dwelling (the home entered), leaves (the home freed, missing
    for a starter) and gain (whole points ≥ 0); other columns come back untouched. Every household
    moves at most once and every dwelling receives at most one household. Ties are decided by lot
    (`seed`), never by id or by the order of rows; `workers` does not change the answer. `small` is
    for tests: the number of columns up to which a market is handed to the integer solver whole.
    The plan keeps the `conditions` (options then carry the columns these read); what stability
    adds or costs is in value and bound. Raises UnusableOptions and ImpossibleConditions.
    """
    openings = list(openings)
    if not options.size:  # nothing to choose from needs no columns to say so
        options = pd.DataFrame(options, columns=options.columns.union(COLUMNS, sort=False))
    market = market_of(options, openings, seed=seed, conditions=conditions)
    scale = scale_of(market, limits)
    parts = list(markets(market, limits))
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        solved = list(pool.map(lambda part: solved_part(part, limits, scale, small), parts))
    rows = [part.row[answer.arcs] for part, answer in zip(parts, solved, strict=True)]
    certificate = _certificate(options, openings, limits, conditions, parts, solved, scale)
    unkept = conditions.at_stake
    value = round(sum((answer.value for answer in solved), Fraction(0)) - unkept)
    known = sum((answer.bound for answer in solved), Fraction(0)) - unkept
    bound = whole_points(known, limits.acceptance)
    bound = max(value, min(bound, certificate.bound))
    picked = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *rows]))
    return Choice(options.iloc[picked], value, bound, _status(picked, value, bound), certificate)


def solved_part(part: Market, limits: Limits, scale: int, small: int) -> Solved:
    """Solve one market, by what its side conditions ask."""
    if part.rows.always.any():
        return solve_at_every_moment(part, limits, scale=scale, small=small)
    return solve(task_of(part, limits, scale=scale), limits, small=small)


def _status(picked: NDArray[Any], value: int, bound: int) -> Status:
    if value == bound:
        return Status.PROVEN if len(picked) else Status.EMPTY
    return Status.BOUNDED


def scale_of(market: Market, limits: Limits) -> int:
    """Into how many parts a point is divided for prices: as fine as 64 bits allow."""
    fine = 1_000 if limits.acceptance == 1 else 1_000_000
    best = int((market.gain + market.bonus).max(initial=0))
    most = best * max(1, market.households) * 4
    while fine > 1 and most * fine >= ROOM:
        fine //= 10
    if most * fine >= ROOM:
        raise UnusableOptions
    return fine


def markets(market: Market, limits: Limits) -> Iterator[Market]:
    """The housing markets that share no household and no home, small ones taken together."""
    market = market.part(_reachable(market, limits)).renumbered()
    if not market.size:
        return
    label = _components(market)
    sizes = np.bincount(label)
    # Components are numbered as the lot meets them, so how they are taken together is drawn too.
    batch = np.cumsum(np.where(sizes < TOGETHER, sizes, 0)) // TOGETHER
    batch = np.where(sizes < TOGETHER, batch, batch.max() + 1 + np.arange(len(sizes)))
    ticket = batch[label]
    order = np.argsort(ticket, kind="stable")
    for arcs in np.split(order, np.flatnonzero(np.diff(ticket[order])) + 1):
        yield _alone(market, arcs)


def _alone(market: Market, arcs: NDArray[np.int64]) -> Market:
    """Some of the markets, with the side conditions that are about them and no others."""
    rows = market.rows
    about = np.unique(rows.row[np.isin(rows.arc, arcs)])
    theirs = np.isin(np.arange(len(rows)), about)
    return replace(market, rows=rows.only(theirs)).part(arcs).renumbered()


def _components(market: Market) -> NDArray[np.int64]:
    """Of each arc the number of its market, in order of first arc."""
    stays = market.frees >= 0
    person = market.homes + market.household
    ends = (
        np.concatenate([market.home, market.frees[stays]]),
        np.concatenate([person, person[stays]]),
    )
    nodes = market.homes + market.households
    rows = market.rows  # who is in one side condition is in one market
    ends = (
        np.concatenate([ends[0], person[rows.arc]]),
        np.concatenate([ends[1], nodes + rows.row]),
    )
    nodes += len(rows)
    graph = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(nodes, nodes))
    _, label = connected_components(graph, directed=False)
    numbered: NDArray[np.int64] = pd.factorize(label[market.home])[0]
    return numbered


def _reachable(market: Market, limits: Limits) -> NDArray[np.bool_]:
    """Whether a move can be on a chain from an opening, or on a ring."""
    reached = market.opening.copy() if limits.longest_chain else np.zeros(market.homes, dtype=bool)
    for _ in range(limits.longest_chain - 1):
        onward = market.onward[reached[market.home]]
        reached[onward[onward < market.homes]] = True
    on_ring = np.zeros(market.size, dtype=bool)
    if limits.longest_ring > 1:
        stays = market.frees >= 0
        ends = (market.home[stays], market.frees[stays])
        graph = coo_array(
            (np.ones(int(stays.sum()), dtype=np.int8), ends), shape=(market.homes, market.homes)
        )
        _, strong = connected_components(graph, connection="strong")
        on_ring[stays] = strong[ends[0]] == strong[ends[1]]
    return reached[market.home] | on_ring


def _certificate(
    options: pd.DataFrame,
    openings: list[object],
    limits: Limits,
    conditions: Conditions,
    parts: list[Market],
    solved: list[Solved],
    scale: int,
) -> Certificate:
    """All prices by household and dwelling, and the bound they prove."""
    people: dict[str, int] = {}
    homes: dict[str, int] = {}
    asked: dict[str, int] = {}
    household = plain_ids(options["household"]).to_numpy()
    dwelling = plain_ids(options["dwelling"]).to_numpy()
    for part, answer in zip(parts, solved, strict=True):
        paid, charged = answer.price[: part.households], answer.price[part.households :]
        rows = zip(part.rows.names, charged[part.homes :].tolist(), strict=True)
        asked |= {name: price for name, price in rows if price}
        for at in np.flatnonzero(paid[part.household]):
            people[str(household[part.row[at]])] = int(paid[part.household[at]])
        for at in np.flatnonzero(charged[part.home]):
            homes[str(dwelling[part.row[at]])] = int(charged[part.home[at]])
    bare = Certificate(
        scale,
        tuple(sorted(people.items())),
        tuple(sorted(homes.items())),
        conditions=tuple(sorted(asked.items())),
    )
    bound = bound_of(
        options,
        openings,
        bare,
        longest_chain=limits.longest_chain,
        longest_ring=limits.longest_ring,
        acceptance=limits.acceptance,
        conditions=conditions,
    )
    return replace(bare, bound=bound)
