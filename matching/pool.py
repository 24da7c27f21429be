"""A fair pool: in a region with several corporations none is worse off than alone.

Every corporation is solved by itself first (its households, its homes), and what that comes to is
the least it must get from the plan of all: as many solves as there are corporations, and one.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from matching.certificate import chance_of
from matching.chains import link, moves_of
from matching.conditions import Share
from matching.model import Pooled
from matching.terms.agreed import agree

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from matching.conditions import Conditions
    from matching.model import Chain
    from matching.optimise import Choice, Limits


def alone(
    options: pd.DataFrame,
    openings: Iterable[str],
    limits: Limits,
    conditions: Conditions,
    *,
    seed: int,
) -> tuple[Pooled, ...]:
    """Say what every corporation comes to by itself; nothing when there is but one.

    Reads the columns corporation (of the household) and landlord (of the home entered).
    """
    names = sorted(str(name) for name in options["corporation"].dropna().unique())
    if len(names) < 2:  # noqa: PLR2004 - a pool takes two
        return ()
    free = tuple(openings)
    return tuple(_alone(name, options, free, limits, conditions, seed=seed) for name in names)


def _alone(
    corporation: str,
    options: pd.DataFrame,
    openings: tuple[str, ...],
    limits: Limits,
    conditions: Conditions,
    *,
    seed: int,
) -> Pooled:
    own = (options["corporation"] == corporation) & (options["landlord"] == corporation)
    mine = options[own.to_numpy(dtype=bool, na_value=False)].reset_index(drop=True)
    homes = frozenset(mine["dwelling"])
    free = tuple(home for home in openings if home in homes)
    agreed = agree(mine, free, limits, _of(mine, conditions), seed=seed)
    worth = sum(worth_of(_linked(agreed.chosen, free), limits).values(), Fraction(0))
    return Pooled(corporation, worth.__floor__(), agreed.chosen.bound, 0)


def _of(options: pd.DataFrame, conditions: Conditions) -> Conditions:
    """The conditions of the pool as far as they speak of these options; stability is no gain."""
    here = set(zip(options["household"], options["dwelling"], strict=True))
    pinned = tuple(pair for pair in conditions.pinned if pair in here)
    return replace(conditions, pinned=pinned, change_cost=0, shares=())


def _linked(chosen: Choice, openings: tuple[str, ...]) -> tuple[Chain, ...]:
    return link(moves_of(chosen.moves), openings=frozenset(openings))


def shares_of(pooled: Iterable[Pooled]) -> tuple[Share, ...]:
    """Ask of the plan of all that every corporation gets at least what it has alone."""
    return tuple(Share(one.corporation, one.alone) for one in pooled if one.alone > 0)


def worth_of(chains: Iterable[Chain], limits: Limits) -> dict[str, Fraction]:
    """Give the expected gain of every move, by household: the k-th of a chain counts p^k."""
    chance = chance_of(limits.acceptance)
    return {
        move.household: move.gain * chance ** (len(chain.moves) if chain.ring else place)
        for chain in chains
        for place, move in enumerate(chain.moves, 1)
    }


def together(
    pooled: tuple[Pooled, ...], chains: Iterable[Chain], options: pd.DataFrame, limits: Limits
) -> tuple[Pooled, ...]:
    """Fill in what the plan of all gives every corporation's households, rounded down."""
    if not pooled:
        return ()
    worth = worth_of(chains, limits)
    some = options.loc[options["household"].isin(worth), ["household", "corporation"]]
    total = dict.fromkeys((one.corporation for one in pooled), Fraction(0))
    for household, corporation in some.drop_duplicates().itertuples(index=False):
        total[str(corporation)] += worth[str(household)]
    return tuple(replace(one, together=total[one.corporation].__floor__()) for one in pooled)


def gain_of(pooled: tuple[Pooled, ...]) -> tuple[str, ...]:
    """Say in a sentence what the pool gains over every corporation alone; nothing for no pool."""
    if not pooled:
        return ()
    more = sum(one.together - one.alone for one in pooled)
    worse = [one.corporation for one in pooled if one.together < one.alone]
    fair = (
        "geen van hen is slechter af dan alleen"
        if not worse
        else f"slechter af: {', '.join(worse)}"
    )
    many = len(pooled)
    return (f"Samen komen de {many} corporaties {more} punten hoger uit dan ieder apart; {fair}.",)
