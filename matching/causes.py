"""Which facts changed which chain: those that name a household or a home in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from data_contracts.events import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from matching.model import Chain, Plan

NAMES = ("household", "with_household", "dwelling", "leaves")
"""The fields of a fact's data that name a household or a home."""
OF_PEOPLE_AND_HOMES = frozenset({"households", "wishes", "dwellings", "newbuild"})
"""The tables whose key itself names one."""


def named_in(facts: pd.DataFrame) -> dict[int, frozenset[str]]:
    """Say of every fact (indexed by log position) which households and homes it names."""
    named = {}
    for position, kind, subject, data in zip(
        facts.index, facts["kind"], facts["subject"], facts["data"], strict=True
    ):
        told = json.loads(data)
        names = {str(told[field]) for field in NAMES if told.get(field)}
        names |= {subject} if KINDS[kind].table in OF_PEOPLE_AND_HOMES else set()
        named[int(position)] = frozenset(names)
    return named


def causes(
    before: Plan, after: Plan, facts: dict[int, frozenset[str]]
) -> dict[str, tuple[int, ...]]:
    """Give by household in a changed chain the positions of the facts that changed it.

    Chains that share a household or a home, before and after, changed together. Where no fact names
    anybody in them (a facility closed, a norm filled up) all facts are given.
    """
    everything = tuple(sorted(facts))
    found: dict[str, tuple[int, ...]] = {}
    for people, homes in _changed_together(before, after):
        told = tuple(sorted(p for p, names in facts.items() if names & (people | homes)))
        found |= dict.fromkeys(sorted(people), told or everything)
    return found


def _changed_together(before: Plan, after: Plan) -> list[tuple[frozenset[str], frozenset[str]]]:
    """The households and homes of changed chains, together where chains share one."""
    old, new = frozenset(before.chains), frozenset(after.chains)
    groups: list[tuple[frozenset[str], frozenset[str]]] = []
    for chain in [
        *(c for c in before.chains if c not in new),
        *(c for c in after.chains if c not in old),
    ]:
        people, homes = _members(chain)
        apart = [g for g in groups if not (g[0] & people or g[1] & homes)]
        for one in groups:
            if one not in apart:
                people, homes = people | one[0], homes | one[1]
        groups = [*apart, (people, homes)]
    return groups


def _members(chain: Chain) -> tuple[frozenset[str], frozenset[str]]:
    people = frozenset(move.household for move in chain.moves)
    homes = {move.to for move in chain.moves} | {m.leaves for m in chain.moves if m.leaves}
    return people, frozenset(homes)
