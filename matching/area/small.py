"""Counts of people that may be shown: by tens, and nothing of fewer than ten.

A planner who looks at an area must not learn anything of a household in it. A count below ten is
not told at all (None, also when it is nought), any other is rounded to tens. How many households
there are in all can be known exactly, for homes are: so of parts of a whole another one is left out
where what is left out could be told from the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Count = int | None
"""How many people (households), by tens; None: they are few, or would give few others away."""
SMALL = 10


def told(people: int) -> Count:
    """Say how many people there are as it may be shown: 9 is not told, 14 is 10, 15 is 20."""
    return None if people < SMALL else (people + SMALL // 2) // SMALL * SMALL


def told_least(people: int) -> Count:
    """Say how many there are at least: 19 is 10."""
    return told(people // SMALL * SMALL)


def told_most(people: int) -> Count:
    """Say how many there are at most: 11 is 20."""
    return None if people < SMALL else -(-people // SMALL) * SMALL


def told_sum(parts: Sequence[Count]) -> Count:
    """Say how many there are in the parts that are told; of the sum of all a part would follow."""
    return sum(one for one in parts if one is not None) or None


def told_parts(parts: Sequence[int]) -> tuple[Count, ...]:
    """Say of a whole that may be known exactly how many people are in each part.

    Where something is left out, at least two parts are, with at least ten people together. Which
    others: those before the last that is small, going round; never the smallest, for that choice
    itself would tell how large they are.
    """
    hidden = [people < SMALL for people in parts]
    last = max((at for at, hide in enumerate(hidden) if hide), default=0)
    for step in range(1, len(parts)):
        left_out = [people for people, hide in zip(parts, hidden, strict=True) if hide]
        if not left_out or sum(left_out) >= SMALL:  # then two at least, for one is smaller
            break
        hidden[(last - step) % len(parts)] = True
    return tuple(None if hide else told(people) for people, hide in zip(parts, hidden, strict=True))


def told_of(people: int, whole: int, *, say: Callable[[int], Count] = told) -> Count:
    """Say how many of a whole that may be known exactly; not where few are left besides."""
    return None if told_parts((people, whole - people))[0] is None else say(people)
