"""Two of anything at once is harmless: the same delivery, fact, night or answer from two sides."""

import pytest

from tests.counts import count
from tests.faults.scenario import STAGES

TOLD_TO_WAIT = {None, "Busy", "Stale", "NotAllowed", "LookAgain"}
"""What the slower of two may hear, besides that all went well."""


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_runs_two_to_four_times_at_once_is_done_once(town, stage):
    for turn in range(count(ci=1, soak=20, of="two to four of anything at once, rounds")):
        town.back(stage)
        pids = town.start_at_once(stage, 2 + turn % 3)
        ended = [town.forks.wait(pid, town.site) for pid in pids]
        assert {one["error"] for one in ended} <= TOLD_TO_WAIT, [one.get("trace") for one in ended]
        assert any(one["error"] is None for one in ended)
        assert town.wrong(stage) == []


def test_one_and_the_same_run_that_is_started_twice_publishes_once(town):
    """Prefect may execute one run twice: the number of the run is taken by the first."""
    stage = "nacht"
    for _ in range(count(ci=1, soak=20, of="one run started twice, rounds")):
        town.back(stage)
        pids = town.start_at_once(stage, 2, given={"run": "20261122-dubbel"})
        ended = [town.forks.wait(pid, town.site) for pid in pids]
        assert sorted(one["answer"] or "" for one in ended) == ["", "20261122-dubbel"]
        assert town.wrong(stage) == []
