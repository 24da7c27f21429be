"""Nights after answers: what was taken up stays, what was seen stays unless it pays, and the judge
reads the same conditions as the plan was made under."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from data_contracts.words import ProposalState
from matching.model import PLAN
from pipelines import asking, steps
from pipelines.conditions_file import NAME, read_conditions
from store import proposals

ON = date(2026, 11, 22)


def night(settings, on=ON):
    return asking.night(settings, on=on)


def plan_of(summary):
    path = next(Path(name) for name in summary["files"] if name.endswith("verhuisplan.json"))
    return PLAN.validate_json(path.read_bytes()), path.parent


def first_steps(settings):
    """The proposals that enter an opening, whose move stands whatever the others say."""
    standing = asking.proposals(settings, None)
    return standing[standing["step"] == 1]


def take_up(settings, row, on=ON):
    with asking.database(settings) as engine, engine.begin() as connection:
        proposals.answer(
            connection,
            row["proposal"],
            ProposalState.TAKEN_UP,
            on=on,
            expected_position=int(row["position"]),
        )


def pairs_of(plan):
    return {(move.household, move.to) for chain in plan.chains for move in chain.moves}


@pytest.fixture
def second_night(settings, tmp_path):
    """A night after one proposal was taken up, under a policy with every side condition on."""
    night(settings)
    row = first_steps(settings).iloc[0]
    take_up(settings, row)
    own = tmp_path / "beleid.yaml"
    own.write_text("coach_hours_per_week: 12\nfair_pool: true\nmost_open: 1\n", "utf-8")
    strict = settings.model_copy(update={"policy": own})
    return strict, (row["household"], row["dwelling"]), night(strict, ON + timedelta(days=1))


def test_a_plan_on_every_term_keeps_what_was_taken_up_and_passes_the_judge(second_night):
    settings, taken_up, summary = second_night
    plan, folder = plan_of(summary)
    conditions = read_conditions(folder)

    assert conditions.pinned == (taken_up,)
    assert taken_up in pairs_of(plan)
    assert conditions.seen
    assert conditions.hash == plan.receipt.conditions
    assert asking.verify(settings, folder / "verhuisplan.json").findings == ()


def test_other_conditions_than_the_plan_was_made_under_are_found_out(second_night):
    settings, _, summary = second_night
    _, folder = plan_of(summary)
    kept = json.loads((folder / NAME).read_text("utf-8"))
    (folder / NAME).write_text(json.dumps(kept | {"pinned": []}), "utf-8")

    assert asking.verify(settings, folder / "verhuisplan.json").findings


def test_nights_in_a_row_are_counted_from_plan_to_plan(settings, monkeypatch):
    heard = []
    real = steps.match

    def listening(*args, **kwargs):
        heard.append(kwargs["earlier"])
        return real(*args, **kwargs)

    monkeypatch.setattr(steps, "match", listening)
    plan, _ = plan_of(night(settings))
    night(settings, ON + timedelta(days=1))

    assert [one.on for one in heard] == [None, ON]
    assert dict(heard[1].nights) == {one.household: one.nights for one in plan.passed_over}
