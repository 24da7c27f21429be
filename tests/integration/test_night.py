"""A whole night on a small made-up region, against a real PostgreSQL; and nights that fail."""

import json
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from data_contracts.words import DeclineReason, ProposalState
from matching.match import Occasion, match
from matching.model import PLAN
from matching.state import State, project
from pipelines import asking, steps
from pipelines.sealing import HEADS
from store import audit, log, plans, proposals, runs
from store.audit import Head

ON = date(2026, 11, 22)


def night(settings):
    return asking.night(settings, on=ON)


def standing_proposals(settings):
    return asking.proposals(settings, None)


def plan_in_force(settings):
    with asking.database(settings) as engine, engine.begin() as connection:
        return plans.current(connection, "regio")


def test_a_night_proposes_moves_and_says_what_it_came_to(settings):
    summary = night(settings)

    assert summary["totals"]["moves"] > 0
    assert summary["receipt"]["value"] <= summary["receipt"]["bound"]
    assert (
        summary["offered"]["new"] == summary["totals"]["moves"] == len(standing_proposals(settings))
    )
    assert list(summary["seconds"]) == ["leveringen", "plan", "keuring", "aanbieden", "uitdraaien"]


def test_a_night_leaves_a_workbook_a_report_and_a_plan_that_reads_back(settings):
    files = {path.rpartition(".")[2] for path in night(settings)["files"]}

    assert files == {"html", "xlsx", "json"}
    assert PLAN.validate_json(plan_in_force(settings)).totals.moves > 0


def test_a_night_seals_who_it_read_and_writes_the_heads_down_outside_the_database(settings):
    night(settings)

    heads = [json.loads(line) for line in (settings.data / HEADS).read_text().splitlines()]
    with asking.database(settings) as engine, engine.begin() as connection:
        looks = connection.execute(text("SELECT count(*) FROM access")).scalar_one()
        assert sum(head["number"] for head in heads) == looks > 0
        kept = [Head(one["corporation"], one["number"], one["hash"]) for one in heads]
        assert audit.verify(connection, kept) is None
        assert audit.seal_new(connection) == ()


def test_the_same_night_again_keeps_every_proposal_that_stands(settings):
    first = night(settings)
    before = set(standing_proposals(settings)["proposal"])

    again = night(settings)

    assert (again["offered"]["new"], again["offered"]["superseded"]) == (0, 0)
    assert again["offered"]["kept"] == first["offered"]["new"]
    assert set(standing_proposals(settings)["proposal"]) == before


def test_the_facts_of_the_log_make_the_published_plan_again_to_the_byte(settings):
    night(settings)
    published = PLAN.validate_json(plan_in_force(settings))

    assert PLAN.dump_json(remade(settings, published)) == PLAN.dump_json(published)


def remade(settings, published):
    """Make a plan anew from the log up to where the published one stood."""
    state = State()
    with asking.database(settings) as engine, engine.begin() as connection:
        for facts in log.read(connection, up_to=published.receipt.position):
            state = project(facts, state)
    receipt = published.receipt
    occasion = Occasion("regio", ON, receipt.position, receipt.seed, receipt.code_version)
    return match(state, rules_on(ON), policy_from(), occasion).plan


def test_the_judge_passes_the_plan_again_afterwards(settings):
    plan = next(path for path in night(settings)["files"] if path.endswith(".json"))

    judged = asking.verify(settings, Path(plan))

    assert judged.findings == ()


@pytest.mark.parametrize("step", ["match", "verify", "proposals.publish", "handover.plan_file"])
def test_a_night_that_fails_leaves_yesterdays_proposals_in_force_and_says_why(
    settings, monkeypatch, step
):
    night(settings)
    before = plan_in_force(settings)

    def broken(*_args, **_kwargs):
        raise MemoryError

    monkeypatch.setattr(f"pipelines.steps.{step}", broken)
    with pytest.raises(MemoryError):
        night(settings)

    assert plan_in_force(settings) == before
    standing = asking.status(settings, rejects=False)
    assert any("MemoryError" in sentence for sentence in standing.sentences)


def test_a_night_that_fails_after_publishing_says_that_its_plan_is_in_force(settings, monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError

    monkeypatch.setattr("pipelines.steps.handover.report", broken)
    with pytest.raises(OSError, match=r"^$"):
        night(settings)

    assert plan_in_force(settings) is not None
    said = " ".join(asking.status(settings, rejects=False).sentences)
    assert "Het plan is aangeboden en geldt" in said


def test_a_plan_the_judge_rejects_is_not_offered(settings, monkeypatch):
    real = steps.match

    def greedy(*args, **kwargs):
        matched = real(*args, **kwargs)
        receipt = replace(matched.plan.receipt, value=10**9, bound=10**9)
        plan = replace(matched.plan, receipt=receipt)
        return replace(matched, plan=plan)

    monkeypatch.setattr(steps, "match", greedy)
    with pytest.raises(steps.Rejected, match="niet aangeboden"):
        night(settings)

    assert plan_in_force(settings) is None
    assert standing_proposals(settings).empty


def test_of_two_nights_at_once_one_publishes_and_the_other_says_that_it_waits(settings):
    outcomes = []

    def one():
        try:
            outcomes.append(night(settings)["run"])
        except runs.Busy as busy:
            outcomes.append(busy)

    both = [threading.Thread(target=one) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Busy", "str"]


def test_a_night_without_deliveries_still_makes_a_plan_of_nothing(settings, tmp_path):
    empty = tmp_path / "niets"
    empty.mkdir()

    summary = night(settings.model_copy(update={"deliveries": empty}))

    assert summary["totals"]["moves"] == 0
    assert summary["receipt"]["status"] == "niets voor te stellen"


def test_an_answer_changes_the_next_plan_a_declined_home_is_not_proposed_again(settings):
    night(settings)
    first = standing_proposals(settings).iloc[0]
    with asking.database(settings) as engine, engine.begin() as connection:
        proposals.answer(
            connection,
            first["proposal"],
            ProposalState.DECLINED,
            on=ON,
            expected_position=int(first["position"]),
            reason=DeclineReason.HUU,
        )

    night(settings)

    pairs = standing_proposals(settings)[["household", "dwelling"]].apply(tuple, axis=1)
    assert (first["household"], first["dwelling"]) not in set(pairs)
