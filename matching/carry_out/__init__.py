"""A chain being carried out: which step each proposal may take now, so nobody is without a home.

A household signs only for a home that is empty, or that whoever lives there has signed to leave; it
moves only into an empty home. So signatures and keys go from the front of a chain to its back, and
a ring signs and moves as one. Pure: proposals and who lives where go in, what may happen comes out.
"""

from matching.carry_out.course import (
    BACK,
    NEXT,
    STANDING,
    Course,
    Link,
    Living,
    after,
    course_of,
)
from matching.carry_out.steps import fallen, fronts, passing, refusal, together
from matching.carry_out.telling import NextStep, next_steps, order_of_signatures

__all__ = [
    "BACK",
    "NEXT",
    "STANDING",
    "Course",
    "Link",
    "Living",
    "NextStep",
    "after",
    "course_of",
    "fallen",
    "fronts",
    "next_steps",
    "order_of_signatures",
    "passing",
    "refusal",
    "together",
]
