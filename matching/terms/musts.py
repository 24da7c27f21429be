"""Ties that must be near, to a household that seeks too: then both homes matter, not one.

The rule `moet_band` judges a home by where the other lives now. When the other moves as well, its
new home must be near too: measured in the same minutes, at the pace of who has the tie. A home that
is near only to where the other may go (`matching.candidates.moving_along`) needs that move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.candidates.along import between_seekers, minutes_between, mobility_of, place_now
from matching.conditions import Together
from matching.lookup import among
from matching.terms.table import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from matching.terms.table import Tonight
    from matching.walking import Network

Key = tuple[str, str, str]
"""A household, the home it would enter, and the other household."""
Homes = frozenset[str]


def musts(tonight: Tonight, network: Network | None) -> Term:
    """Say of every home near another household's where that household may then move, or must.

    Where the other may stay and may go anywhere nothing is said. Of two ties to one household both
    must hold.
    """
    allowed: dict[Key, Homes] = {}
    everywhere: dict[Key, Homes] = {}
    needed: set[Key] = set()
    for tie in _ties(tonight):
        for key, now, near, every in _near(tonight, tie, network):
            allowed[key] = allowed.get(key, near) & near
            everywhere[key] = every
            needed |= set() if now else {key}
    together = tuple(
        Together(*key, tuple(sorted(near)), needs=key in needed)
        for key, near in sorted(allowed.items())
        if near != everywhere[key] or key in needed
    )
    return Term(together=together)


def _ties(tonight: Tonight) -> Iterator[pd.Series]:
    """The ties that must be near, of one household that has options to another that has some."""
    asked = between_seekers(tonight.state, tonight.options)
    asked = asked[among(asked["household"], tonight.options["household"].unique())]
    for _, tie in asked.iterrows():  # ties between seekers are few
        yield tie


def _near(
    tonight: Tonight, tie: pd.Series, network: Network | None
) -> Iterator[tuple[Key, bool, Homes, Homes]]:
    """Of each home entered: is it near where the other lives now, and near which it may enter.

    And which homes the other may enter at all.
    """
    household, other = str(tie["household"]), str(tie["with_household"])
    mine, theirs = _homes_of(tonight, household), _homes_of(tonight, other)
    now = place_now(tie, tonight.homes, tonight.lives)
    there, here = (
        tonight.homes.loc[homes, ["x", "y"]].to_numpy(dtype=np.int64) for homes in (theirs, mine)
    )
    near = int(tie["minutes"]) >= minutes_between(
        np.concatenate([now, there]),
        here,
        most=int(tie["minutes"]),
        mobility=mobility_of(tonight.state, household),
        policy=tonight.policy,
        network=network,
    )
    near[0] |= now[0, 0] < 0  # where nobody knows it, the coach is asked
    for at, home in enumerate(mine):
        within = frozenset(
            one for one, yes in zip(theirs, near[1:, at], strict=True) if yes and one != home
        )
        key = (household, home, other)
        yield key, bool(near[0, at]), within, frozenset(theirs) - {home}


def _homes_of(tonight: Tonight, household: str) -> list[str]:
    options = tonight.options
    return sorted(map(str, options.loc[options["household"] == household, "dwelling"]))
