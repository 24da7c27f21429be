"""A night over a network of streets: minutes are walked, and the judge walks them again."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from matching.model import PLAN
from matching.walking import EDGE_COLUMNS, BadNetwork
from pipelines import asking

ON = date(2026, 11, 22)
STEP = 200
ESTIMATED = "geschat"


@pytest.fixture
def settings(settings, tmp_path):
    """The settings of every night, with streets drawn over the region."""
    homes = pd.read_csv(settings.deliveries / "woningen.csv", sep=";", dtype=str)
    homes.columns = [name.lstrip("\ufeff") for name in homes.columns]
    streets(homes["rd_x"].astype(int), homes["rd_y"].astype(int)).to_csv(
        tmp_path / "straten.csv", index=False
    )
    return settings


def streets(x, y):
    """A grid of streets, wide and level, over everything between the outermost homes."""
    columns = np.arange(x.min() - STEP, x.max() + 2 * STEP, STEP)
    rows = np.arange(y.min() - STEP, y.max() + 2 * STEP, STEP)
    at_x, at_y = (axis.ravel() for axis in np.meshgrid(columns, rows))
    along = pd.concat(
        pd.DataFrame({"from_x": at_x, "from_y": at_y, "to_x": at_x + dx, "to_y": at_y + dy})
        for dx, dy in ((STEP, 0), (0, STEP))
    )
    return along.assign(length=STEP, width_cm=200, kerb_cm=0, stairs=False)[list(EDGE_COLUMNS)]


def plan_of(settings):
    asking.night(settings, on=ON)
    path = settings.data / "laatste" / "verhuisplan.json"
    return PLAN.validate_json(path.read_bytes()), asking.verify(settings, path)


def test_without_streets_minutes_are_estimated_and_say_so(settings):
    plan, judged = plan_of(settings)

    assert any(ESTIMATED in remark for remark in plan.remarks)
    assert judged.findings == ()


def test_over_streets_no_minute_is_estimated_and_the_judge_agrees(settings, tmp_path):
    walking = settings.model_copy(update={"network": tmp_path / "straten.csv"})

    plan, judged = plan_of(walking)

    assert plan.totals.moves > 0
    assert plan.receipt.network
    assert not any(ESTIMATED in remark for remark in plan.remarks)
    assert judged.findings == ()


def test_a_street_network_that_is_none_is_one_sentence(settings, tmp_path):
    (tmp_path / "straten.csv").write_text("a;b\n1;2\n", "utf-8")
    walking = settings.model_copy(update={"network": tmp_path / "straten.csv"})

    with pytest.raises(BadNetwork, match="stratennetwerk"):
        asking.night(walking, on=ON)
