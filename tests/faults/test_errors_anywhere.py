"""P1 again: an error anywhere, instead of a death, loses and doubles nothing either."""

import pytest

from tests.counts import count
from tests.faults.scenario import STAGES

POINTS = {"fail": (11, 400), "away": (5, 200)}
"""How many points in CI and in soak, besides the three where a plan is put in force."""


@pytest.mark.parametrize("how", POINTS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_meets_an_error_at_any_crossing_ends_as_if_nothing_happened(town, stage, how):
    """`fail` is one error (lost connection, deadlock, full disk, no memory); `away`: no database.

    An error that is overcome may go unsaid; then the stage must be done. One that is said is told
    to whoever runs the stage, who runs it again.
    """
    ci, soak = POINTS[how]
    points = town.points(count(ci=ci, soak=soak, of=f"P1 errors ({how}), points"))[stage]
    wrong = []
    for at in points:
        town.back(stage)
        met = town.forks.run(stage, town.site, at=at, how=how, seed=at)
        assert met["met"] is not None or met["error"] is None, met["trace"]
        town.time_passes()
        torn = town.torn(stage)
        said = town.wrong(stage) if met["error"] is None else town.finish(stage)
        name = town.stages[stage].names[at - 1]
        wrong += [f"{at} ({name}), {met['met']}: {one}" for one in torn + said]
    assert wrong == []
