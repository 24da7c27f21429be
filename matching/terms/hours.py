"""The hours of the coaches: how many proposals a week of theirs can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.conditions import Budget
from matching.terms.table import Term

if TYPE_CHECKING:
    from matching.conditions import Pair
    from matching.terms.table import Tonight

MINUTES = 60


def hours(tonight: Tonight, pinned: tuple[Pair, ...]) -> Term:
    """Limit the plan to what each coach, and all of them together, can discuss in a week.

    Policy: `coach_hours_per_week`, `region_hours_per_week`; without either there is no limit. What
    is pinned has been taken up and always fits. A household without a coach takes hours of the
    region only.
    """
    policy = tonight.policy
    if policy.coach_hours_per_week is None and policy.region_hours_per_week is None:
        return Term()
    each = policy.coach_minutes_per_proposal
    coaches = tonight.state.households["coach"]
    busy = coaches.reindex([household for household, _ in pinned]).value_counts()
    budgets = []
    many = tonight.options["household"].groupby(tonight.of_household("coach").to_numpy()).nunique()
    if policy.coach_hours_per_week is not None:
        least = policy.coach_hours_per_week * MINUTES
        budgets += [
            Budget(
                f"coach|{coach}",
                "coach_minutes",
                max(least, int(busy.get(coach, 0)) * each),
                ("coach", str(coach)),
            )
            for coach in sorted(many.index)
            if many[coach] * each > least
        ]
    if policy.region_hours_per_week is not None:
        most = max(policy.region_hours_per_week * MINUTES, len(pinned) * each)
        budgets.append(Budget("regio-uren", "coach_minutes", most))
    minutes = np.full(len(tonight.options), each, dtype=np.int64)
    columns = {
        "coach": tonight.of_household("coach"),
        "coach_minutes": tonight.whole(minutes),
    }
    return Term(columns, budgets=tuple(budgets))
