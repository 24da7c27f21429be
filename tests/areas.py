"""Homes around one place, for tests of an area."""

from matching.area import explore
from tests.builders import (
    ON,
    PLACE,
    a_dwelling,
    a_policy,
    an_older_household,
    the_rules,
)

HERE, THERE = "BU99990101", "BU99990102"
X, Y = PLACE["x"], PLACE["y"]


def at(metres, north=0):
    """A place so many metres east (and north) of the usual one."""
    return {"x": X + metres, "y": Y + north}


def explored(state, neighbourhood=HERE, **more):
    """A neighbourhood of this state, explored by the policy of the tests."""
    return explore(state, the_rules(), a_policy(), ON, neighbourhood, **more)


def homes_of_old(number, prefix="H", home=None, **person):
    """So many homes with an older household each."""
    names = [f"{prefix}{one:03d}" for one in range(number)]
    return (
        [a_dwelling(name, **(home or {})) for name in names],
        [an_older_household(name, lives_in=name, **person) for name in names],
    )
