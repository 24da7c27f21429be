"""The numbers behind the sentences: what a rule or preference looked at, a column per number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.criteria.allocation import aftoppingsgrens
from matching.criteria.preferences import (
    facilities_near,
    family_home_freed,
    older_to_suitable,
    stay_behind_minutes,
    tie_minutes,
    years_waiting,
)
from matching.criteria.rent import paid_rent, schemes_by_name

if TYPE_CHECKING:
    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.criteria.pairs import Numbers, Pairs

MONEY = frozenset({"huur", "streefhuur", "huur_nu", "huur_grens", "huur_wens"})
"""The figures in eurocents a month; -1 stands for: not known, or no limit."""
OF_NOW = frozenset({"minuten_nu", "voorzieningen_nu"})
"""The figures about where the household lives now; -1 for a starter, who comes from elsewhere."""


def figures(pairs: Pairs, rules: Rules, policy: Policy) -> pd.DataFrame:
    """Give the numbers that sentences may name, a row per pair; int32, -1 where there is none.

    And `regelingen`, the names of the schemes that hold. Also what plans are measured by:
    `older_to_suitable`, `family_home_freed` (bool) and `minutes_change` (summed over the
    household's own ties, negative when nearer; 0 for a starter).
    """
    ties = tie_minutes(pairs, policy)
    near = facilities_near(pairs, policy)
    change = np.where(pairs.has_home, ties.then - ties.now, 0)
    columns: dict[str, Numbers | np.ndarray | pd.Series] = {
        "personen": pairs.of_seeker("persons"),
        "aantal_kamers": pairs.of_home("rooms"),
        "verdieping": pairs.of_home("floor", missing=0),
        "vierkante_meters": pairs.of_home("area"),
        "huur": paid_rent(pairs, policy),
        "streefhuur": pairs.of_home("target_rent"),
        "huur_nu": pairs.of_seeker("home_rent"),
        "huur_wens": pairs.of_seeker("max_rent"),
        "huur_grens": aftoppingsgrens(pairs, rules),
        "jaar": np.full(len(pairs), rules.year, dtype=np.int32),
        "minuten_nu": np.where(pairs.has_home, ties.now, np.int32(-1)),
        "minuten_straks": ties.then,
        "minuten_achterblijvers": stay_behind_minutes(pairs, policy)[0],
        "voorzieningen_nu": np.where(pairs.has_home, near.now, np.int32(-1)),
        "voorzieningen_straks": near.then,
        "regelingen": pd.Series(schemes_by_name(pairs, policy), dtype="str"),
        "jaren_ingeschreven": years_waiting(pairs),
        "minutes_change": change.astype(np.int32),
        "older_to_suitable": older_to_suitable(pairs, policy),
        "family_home_freed": family_home_freed(pairs, policy),
    }
    return pd.DataFrame(columns)
