"""Ties that must be near, to a household that seeks too: then both homes matter, not one.

The rule `moet_band` judges a home by where the other lives now. When the other moves as well, its
new home must be near too: measured in the same minutes, at the pace of who has the tie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data_contracts.words import Mobility
from matching.conditions import Together
from matching.proximity import MOBILITIES, Anchors, walks
from matching.terms.table import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from matching.terms.table import Tonight
    from matching.walking import Network

Far = dict[tuple[str, str, str], frozenset[str]]
"""By household, home entered and other household: the homes of the other that are near enough."""


def musts(tonight: Tonight, network: Network | None) -> Term:
    """Say of every home near another household's where that household may then move.

    Where the other may go anywhere nothing is said. Homes that are near only to where the other
    would go are no options tonight, so no pair of moves needs each other here.
    """
    allowed: Far = {}
    everywhere: Far = {}
    for tie in _ties(tonight):
        for key, near, every in _near(tonight, tie, network):
            allowed[key] = allowed.get(key, near) & near
            everywhere[key] = every
    together = tuple(
        Together(*key, tuple(sorted(near)))
        for key, near in sorted(allowed.items())
        if near != everywhere[key]
    )
    return Term(together=together)


def _ties(tonight: Tonight) -> Iterator[pd.Series]:
    """The ties that must be near, of one household that has options to another that has some."""
    ties = tonight.state.ties
    seeking = tonight.options["household"].unique()
    asked = ties[
        ties["must"]
        & ties["household"].isin(seeking)
        & ties["with_household"].isin(seeking)
        & (ties["household"] != ties["with_household"])
    ]
    for _, tie in asked.sort_index().iterrows():  # ties between seekers are few
        yield tie


def _near(
    tonight: Tonight, tie: pd.Series, network: Network | None
) -> Iterator[tuple[tuple[str, str, str], frozenset[str], frozenset[str]]]:
    mine, theirs = (_homes_of(tonight, str(tie[side])) for side in ("household", "with_household"))
    minutes = _minutes(tonight, tie, mine, theirs, network)
    for at, home in enumerate(mine):
        others = [str(other) for other in theirs if other != home]
        within = [
            str(other)
            for other, walk in zip(theirs, minutes[:, at], strict=True)
            if other != home and walk <= tie["minutes"]
        ]
        key = str(tie["household"]), str(home), str(tie["with_household"])
        yield key, frozenset(within), frozenset(others)


def _homes_of(tonight: Tonight, household: str) -> list[str]:
    options = tonight.options
    return sorted(options.loc[options["household"] == household, "dwelling"])


def _minutes(
    tonight: Tonight, tie: pd.Series, mine: list[str], theirs: list[str], network: Network | None
) -> NDArray[np.int32]:
    """Minutes from where the other may live (rows) to where the household may (columns)."""
    there, here = (
        tonight.homes.loc[homes, ["x", "y"]].to_numpy(dtype=np.int64) for homes in (theirs, mine)
    )
    many = len(theirs)
    pace = tonight.state.households["mobility"].get(tie["household"], Mobility.LOPEND)
    anchors = Anchors(
        places=there,
        mobility=np.full(many, MOBILITIES.index(Mobility(pace)), dtype=np.intp),
        weight=np.zeros(many, dtype=np.int32),
        minutes=np.full(many, int(tie["minutes"]), dtype=np.int32),
        must=np.ones(many, dtype=bool),
        back=np.zeros(many, dtype=bool),
        first=np.array([0, many], dtype=np.intp),
    )
    measured = walks(anchors, here, policy=tonight.policy, network=network)
    rows, columns = np.indices((many, len(mine)))
    flat = measured.minutes(rows.ravel(), columns.ravel())
    return flat.reshape(many, len(mine))
