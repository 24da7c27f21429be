"""The mix of a complex: how many of its households ask, and how many give (gemengd wonen).

The bands are the corporation's own, per complex: no national norm is confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.words import ProposalState, ResidentKind
from matching.conditions import Mix
from matching.terms.table import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matching.terms.table import Tonight

EVERY = 1_000_000
"""Stands in a band for: no upper limit."""
COMING = (ProposalState.ACCEPTED, ProposalState.SIGNED)
"""Somebody will move, but does not live there yet: that may happen before, between or after."""


def mixing(tonight: Tonight) -> Term:
    """Keep every complex with a band within it, whoever moves first.

    A band is a share of the homes of the complex; `now` counts the households that live there. Who
    accepted a home elsewhere counts where that is worst: coming for the most, gone for the least.
    """
    complexes = tonight.state.complexes
    banded = complexes[complexes.filter(regex="^(least|most)_").notna().any(axis=1)]
    resident = tonight.of_household("resident")
    if banded.empty or resident.isna().all():
        return Term()
    columns = {
        "resident": resident,
        "complex": tonight.of_home("complex"),
        "leaves_complex": tonight.of_home_left("complex"),
    }
    touched = _touched(columns)
    mixes = [mix for mix in _bands(tonight, banded) if (mix.complex, mix.kind) in touched]
    return Term(columns, mixes=tuple(mixes)) if mixes else Term()


def _touched(columns: dict[str, pd.Series]) -> set[tuple[str, str]]:
    """The complexes and kinds that some option changes."""
    named = pd.concat(
        [
            pd.DataFrame({"complex": columns[side], "kind": columns["resident"]})
            for side in ("complex", "leaves_complex")
        ]
    ).dropna()
    some = named.drop_duplicates()
    return set(zip(some["complex"].map(str), some["kind"].map(str), strict=True))


def _bands(tonight: Tonight, banded: pd.DataFrame) -> Iterator[Mix]:
    counted = tonight.homes["complex"].value_counts()
    homes = banded["units"].fillna(counted.reindex(banded.index)).fillna(0)
    now, coming, going = (_lived(tonight, where) for where in _whereabouts(tonight))
    for kind in ResidentKind:
        least, most = (banded[f"{side}_{kind.lower()}"] for side in ("least", "most"))
        for name in banded.index[least.notna() | most.notna()]:
            at = (str(name), str(kind))
            low = 0 if pd.isna(least[name]) else -(-int(homes[name]) * int(least[name]) // 100)
            high = EVERY if pd.isna(most[name]) else int(homes[name]) * int(most[name]) // 100
            yield Mix(
                *at,
                now=now.get(at, 0),
                least=low + going.get(at, 0),
                most=high - coming.get(at, 0),
            )


def _whereabouts(tonight: Tonight) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Homes by household: where they live, where they will live, and what they will leave."""
    offers = tonight.state.offers
    promised = offers[offers["state"].isin(COMING)].drop_duplicates("household")
    to = promised.set_index("household")["dwelling"]
    to = to[to != tonight.lives.reindex(to.index)]
    return tonight.lives, to, tonight.lives.reindex(to.index)


def _lived(tonight: Tonight, where: pd.Series) -> dict[tuple[str, str], int]:
    """Count households by complex and kind."""
    table = pd.DataFrame(
        {
            "complex": tonight.homes["complex"].reindex(where).to_numpy(),
            "kind": tonight.state.households["resident"].reindex(where.index).to_numpy(),
        }
    ).dropna()
    counts = table.value_counts()
    return {(str(name), str(kind)): int(many) for (name, kind), many in counts.items()}
