"""The bench measures what it says: a small run prints every table, and its pictures hold."""

from __future__ import annotations

import importlib
import json
import math
import os
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks import around, optimiser, page, parts, tables, turns
from benchmarks.children import NothingTold, child, peak_mib
from benchmarks.curves import Axis, Line, chart
from benchmarks.goals import goals
from benchmarks.intervals import bootstrap, more
from benchmarks.regions import SEED, hashes, limits, measured
from benchmarks.small import world
from matching.optimise import Limits, choose, solve

TINY = parts.Scale(
    sizes=(200,), usual=200, compared=2, country=(2, 200), arcs=(60,), worlds=1, workers=(1, 2),
    orders=(1,), hashes=(), changes=4, full_solves=2,
)  # fmt: skip
ALONE = [part for part in parts.PARTS if part != "pools"]


def here(task: str, *, hash_seed: int | None = None, **facts: object) -> dict[str, Any]:
    """As `children.child`, but in this process: through the same text."""
    del hash_seed
    module, _, name = task.partition(":")
    told = getattr(importlib.import_module(module), name)(**json.loads(json.dumps(facts)))
    return {"load": 0.0, **json.loads(json.dumps(told))}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """A small run of every part that needs no peer, kept and read back."""
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "child", here)
        patch.setattr(around, "child", here)
        failed = optimiser.measure_all(ALONE, parts.Run(folder / "work", TINY), folder / "kept")
    assert failed == []
    return optimiser.kept_in(folder / "kept")


def facts_of(kept: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {part: one["facts"] for part, one in kept.items()}


def test_a_small_run_measures_every_part(kept):
    assert list(kept) == ALONE


@pytest.mark.parametrize("part", ALONE)
def test_every_part_is_told_as_a_table(kept, part):
    told = tables.PARTS[part](kept[part]["facts"])
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert len(rows) >= 3


def test_the_page_has_every_section_and_its_pictures(kept, tmp_path):
    written = page.write(kept, tmp_path)
    told = (tmp_path / "performance.md").read_text("utf-8")
    for section in page.SECTIONS:
        assert f"## {section.title}\n" in told
    for path in written:
        assert path.name == "performance.md" or f"performance/{path.name}" in told
        assert path.suffix == ".md" or ET.fromstring(path.read_text("utf-8")) is not None  # noqa: S314 - our own
    assert "nan" not in told


def test_the_goals_say_what_was_not_measured(kept):
    told = goals({"small": kept["small"]["facts"]})
    assert told.count("not measured") == 7
    assert "missed" not in goals({})


def test_a_small_run_never_meets_a_goal_for_a_town(kept):
    rows = [row for row in goals(facts_of(kept)).splitlines() if "dwellings only" in row]
    assert len(rows) == 3
    assert all("**missed**" in row for row in rows)


def test_a_region_in_a_country_gets_the_plan_it_gets_alone(kept):
    assert facts_of(kept)["country"]["alone"]["same"]


def test_the_bench_sees_the_same_plan_over_workers_and_row_orders(kept):
    assert all(region["same"] for region in facts_of(kept)["sameness"]["regions"])


def test_another_plan_has_another_hash():
    options, openings = world("life-like", arcs=60, seed=0)
    whole = choose(options, openings, Limits(5, 3), seed=1)
    fewer = choose(options, openings, Limits(1, 0), seed=1)
    assert hashes(whole)["plan"] != hashes(fewer)["plan"]


def test_the_curve_ends_at_the_plan_and_its_bound_never_rises():
    options, openings = world("life-like", arcs=400, seed=1)
    choice, told = measured(options, openings)
    curve = np.array(told["curve"])
    assert tuple(curve[-1, 2:]) == (choice.value, choice.bound)
    assert (np.diff(curve[:, 3]) <= 1e-6).all()
    assert (np.diff(curve[:, 2]) >= 0).all()
    assert (curve[:, 3] >= choice.value).all()


def test_what_is_watched_is_seen_before_the_end():
    options, openings = world("life-like", arcs=400, seed=1)
    with turns.watching() as seen:
        choose(options, openings, Limits(5, 3), seed=1, small=1)
    assert {kind for _, _, kind, _, _ in seen.events} == {"bound", "plan"}
    assert seen.turns()["turns of prices"] > 1
    assert seen.turns()["markets"] >= 1


def test_watching_leaves_the_optimiser_as_it_was():
    before = solve.value_of, turns.prices.Walks.bound
    with turns.watching():
        assert (solve.value_of, turns.prices.Walks.bound) != before
    assert (solve.value_of, turns.prices.Walks.bound) == before


def test_watching_changes_no_plan():
    options, openings = world("everyone swaps", arcs=60, seed=2)
    unwatched = choose(options, openings, limits(), seed=SEED)
    assert measured(options, openings)[1]["plan"] == hashes(unwatched)["plan"]


def test_a_child_tells_its_result_and_its_memory_is_its_own():
    told = child("benchmarks.children:machine")
    assert told["cores"] == os.cpu_count()
    assert peak_mib() > 0


def test_a_child_that_fails_is_an_error():
    with pytest.raises(NothingTold):
        child("benchmarks.children:peak_mib", no_such="argument")


def test_a_part_that_fails_costs_the_others_nothing(tmp_path, monkeypatch, capsys):
    def broken(_: parts.Run) -> dict[str, Any]:
        raise NothingTold("on purpose")

    small = parts.PARTS["small"]
    monkeypatch.setattr(parts, "child", here)
    monkeypatch.setattr(optimiser, "PARTS", {"country": broken, "small": small})
    failed = optimiser.measure_all(["country", "small"], parts.Run(tmp_path, TINY), tmp_path)
    assert failed == ["country"]
    assert list(optimiser.kept_in(tmp_path)) == ["small"]
    assert "life-like" in capsys.readouterr().out


def test_the_interval_of_equal_values_is_that_value():
    sure = bootstrap([3.0, 3.0, 3.0])
    assert (sure.mean, sure.low, sure.high) == (3.0, 3.0, 3.0)


def test_the_interval_holds_the_mean_and_is_the_same_every_time():
    values = [float(value) for value in range(20)]
    sure = bootstrap(values)
    assert sure.low < sure.mean < sure.high
    assert sure == bootstrap(values)


def test_more_than_nothing_is_no_number():
    assert math.isnan(more(3, 0))
    assert more(3, 2) == 50


def test_a_chart_is_well_formed_whatever_its_words():
    drawn = chart('a < b & "c"', [Line("<&>", [(1, 1), (10, 100)])], Axis("x", log=True), Axis("y"))
    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - our own


def test_a_flat_line_can_be_drawn():
    assert "<path" in chart("flat", [Line("one", [(1, 5), (2, 5)])], Axis("x"), Axis("y"))
