"""Counts of people that may be shown: by tens, and nothing of fewer than ten.

A planner who looks at an area must not learn anything of a household in it. A count below ten is
not told at all (None, also when it is nought), any other is rounded to tens: so a total less its
parts, or one figure less another, never comes to how many people there are in a small cell.
"""

from __future__ import annotations

Count = int | None
"""How many people (households), by tens; None: fewer than SMALL."""
SMALL = 10


def told(people: int) -> Count:
    """Say how many people there are as it may be shown: 9 is not told, 14 is 10, 15 is 20."""
    return None if people < SMALL else (people + SMALL // 2) // SMALL * SMALL
