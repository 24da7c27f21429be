"""P1: whoever is killed, anywhere, and killed again while recovering, loses and doubles nothing."""

import random
import signal

import pytest

from tests.counts import count
from tests.faults.scenario import STAGES

TWICE = 0.7
"""At least this share of the points is killed again during the recovery."""


def killed(town, stage, at):
    """Kill a stage at a crossing; say whether it got there, how many it crossed, what is torn."""
    died = town.forks.run(stage, town.site, at=at)
    town.time_passes()
    return died["signal"] == signal.SIGKILL, len(died.get("names", ())), town.torn(stage)


def killed_twice(town, stage, at, dice):
    """Kill a stage, and its recovery at a random crossing; whether both died, and what is torn.

    A recovery that had less to do than we thought ends before it dies: then all of it once more.
    """
    reach = len(town.stages[stage].names)
    for _ in range(2):
        town.back(stage)
        first, _, torn = killed(town, stage, at)
        again, crossed, more = killed(town, stage, dice.randint(1, reach))
        if first and again:
            return True, torn + more
        reach = crossed or reach
    assert first
    return False, torn + more


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_is_killed_at_any_crossing_ends_as_if_nothing_happened(town, stage):
    points = town.points(count(ci=25, soak=2_000, of="P1 kill -9, points"))[stage]
    wrong, twice = [], 0
    for turn, at in enumerate(points):
        both, torn = killed_twice(town, stage, at, random.Random(f"{at} {turn}"))
        twice += both
        name = town.stages[stage].names[at - 1]
        wrong += [f"{at} ({name}), turn {turn}: {said}" for said in torn + town.finish(stage)]
    assert wrong == []
    assert twice >= TWICE * len(points)
