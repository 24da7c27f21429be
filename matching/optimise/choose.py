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
from matching.model import Certificate, Status
from matching.optimise.market import Market, UnusableOptions, market_of, plain_ids
from matching.optimise.solve import SMALL, Solved, solve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

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
    workers: int = 1,
    small: int = SMALL,
) -> Choice:
    """Choose chains that begin in an opening, and rings, that together gain the most.

    `options` has columns household, dwelling (the home entered), leaves (the home freed, missing
    for a starter) and gain (whole points ≥ 0); other columns come back untouched. Every household
    moves at most once and every dwelling receives at most one household. Ties are decided by lot
    (`seed`), never by id or by the order of rows; `workers` does not change the answer. `small` is
    for tests: the number of columns up to which a market is handed to the integer solver whole.
    Raises UnusableOptions.
    """
    openings = list(openings)
    if not options.size:  # nothing to choose from needs no columns to say so
        options = pd.DataFrame(options, columns=options.columns.union(COLUMNS, sort=False))
    market = market_of(options, openings, seed=seed)
    scale = scale_of(market, limits)
    parts = list(markets(market, limits))
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        solved = list(pool.map(lambda part: solve(part, limits, scale=scale, small=small), parts))
    rows = [part.row[answer.arcs] for part, answer in zip(parts, solved, strict=True)]
    certificate = _certificate(options, openings, limits, parts, solved, scale)
    value = round(sum((answer.value for answer in solved), Fraction(0)))
    bound = whole_points(sum((answer.bound for answer in solved), Fraction(0)), limits.acceptance)
    bound = max(value, min(bound, certificate.bound))
    picked = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *rows]))
    return Choice(options.iloc[picked], value, bound, _status(picked, value, bound), certificate)


def _status(picked: NDArray[Any], value: int, bound: int) -> Status:
    if value == bound:
        return Status.PROVEN if len(picked) else Status.EMPTY
    return Status.BOUNDED


def scale_of(market: Market, limits: Limits) -> int:
    """Into how many parts a point is divided for prices: as fine as 64 bits allow."""
    fine = 1_000 if limits.acceptance == 1 else 1_000_000
    most = int(market.gain.max(initial=0)) * max(1, market.households) * 4
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
        yield market.part(arcs).renumbered()


def _components(market: Market) -> NDArray[np.int64]:
    """Of each arc the number of its market, in order of first arc."""
    stays = market.frees >= 0
    person = market.homes + market.household
    ends = (
        np.concatenate([market.home, market.frees[stays]]),
        np.concatenate([person, person[stays]]),
    )
    nodes = market.homes + market.households
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
    parts: list[Market],
    solved: list[Solved],
    scale: int,
) -> Certificate:
    """All prices by household and dwelling, and the bound they prove."""
    people: dict[str, int] = {}
    homes: dict[str, int] = {}
    household = plain_ids(options["household"]).to_numpy()
    dwelling = plain_ids(options["dwelling"]).to_numpy()
    for part, answer in zip(parts, solved, strict=True):
        paid, charged = answer.price[: part.households], answer.price[part.households :]
        for at in np.flatnonzero(paid[part.household]):
            people[str(household[part.row[at]])] = int(paid[part.household[at]])
        for at in np.flatnonzero(charged[part.home]):
            homes[str(dwelling[part.row[at]])] = int(charged[part.home[at]])
    bare = Certificate(scale, tuple(sorted(people.items())), tuple(sorted(homes.items())))
    bound = bound_of(
        options,
        openings,
        bare,
        longest_chain=limits.longest_chain,
        longest_ring=limits.longest_ring,
        acceptance=limits.acceptance,
    )
    return replace(bare, bound=bound)
