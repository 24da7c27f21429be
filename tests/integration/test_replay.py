"""P10: a plan is made again from the log alone, to the byte; and one fact less shows what it did.

In fresh processes: with other hash seeds, the facts in another order, one worker and two.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_contracts.words import DeclineReason, ProposalState
from matching.model import PLAN
from pipelines import asking
from pipelines.cli import app
from pipelines.on_event import Rematcher
from pipelines.replay import NoSuchFact, NoSuchPlan, replay
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store import history, log, plans, proposals
from store.database import connect
from tests.counts import count

ON = date(2026, 11, 22)
ROOT = Path(__file__).parents[2]
PROCESSES = count(ci=3, soak=20, of="P10 verse processen, zelfde bytes")


@pytest.fixture(scope="module")
def told(fresh_database, tmp_path_factory):
    """Two nights, with a refusal in between: settings, the numbers of both plans, and the facts."""
    folder = tmp_path_factory.mktemp("nachten")
    write(region(dwellings=300, seed=5, on=ON), folder / "leveringen")
    with fresh_database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "connect", lambda address: connect(address, test=True))
        given = {"data": folder / "data", "deliveries": folder / "leveringen"}
        settings = Settings(database_url=url, **given)
        first = asking.night(settings, on=ON)["run"]
        with asking.database(settings) as engine:
            refused, position = refuse(engine)
        second = asking.night(settings, on=ON + timedelta(days=1))["run"]
        yield settings, {"first": first, "second": second, "refused": refused, "at": position}


def refuse(engine):
    """Let the household that is last in the longest chain refuse: the proposal, and the fact."""
    with engine.begin() as connection:
        refused = proposals.of_coach(connection).sort_values(["step", "proposal"]).iloc[-1]
        position = proposals.answer(
            connection,
            refused["proposal"],
            ProposalState.DECLINED,
            on=ON,
            expected_position=int(refused["position"]),
            reason=DeclineReason.WOB_NETWERK,
        )
    return refused, position


@pytest.fixture
def engine(told):
    with asking.database(told[0]) as engine:
        yield engine


@pytest.mark.parametrize("night", ["first", "second"])
def test_a_published_plan_is_made_again_byte_for_byte(told, engine, night):
    settings, known = told

    again = replay(engine, settings, known[night])

    assert again.same
    assert (again.receipt, again.differences, again.remarks) == ((), (), ())


def test_without_a_number_the_plan_in_force_is_made_again(told, engine):
    settings, known = told

    assert replay(engine, settings).plan == known["second"]


def test_a_refusal_left_out_gives_yesterdays_proposal_back(told, engine):
    settings, known = told
    refused = known["refused"]

    again = replay(engine, settings, without=known["at"])

    assert not again.same
    assert again.without == f"ProposalAnswered {refused['proposal']}"
    back = {one.household: one for one in again.differences}[refused["household"]]
    assert back.published != refused["dwelling"]
    assert back.replayed == refused["dwelling"]


def test_a_fact_that_the_plan_does_not_rest_on_cannot_be_left_out(told, engine):
    settings, known = told

    with pytest.raises(NoSuchFact, match="geen feit"):
        replay(engine, settings, known["first"], without=known["at"])


def test_a_plan_that_nobody_published_cannot_be_made_again(told, engine):
    with pytest.raises(NoSuchPlan, match="nooit gepubliceerd"):
        replay(engine, told[0], "20260101-00000000")


def test_another_policy_is_named_as_what_differs(told, engine, tmp_path):
    settings, known = told
    policy = tmp_path / "beleid.yaml"
    policy.write_text("longest_chain: 1\n")

    again = replay(engine, settings.model_copy(update={"policy": policy}), known["first"])

    assert not again.same
    assert {"policy_hash", "longest_chain"} <= set(again.receipt)
    assert again.differences


def test_a_plan_that_rests_on_what_was_forgotten_says_so(told):
    settings, known = told
    with asking.database(settings) as engine, engine.connect() as connection:
        plan = history.published(connection, known["first"])
        mover = PLAN.validate_json(plan.json).chains[0].moves[0].household
        assert history.forgotten(connection, up_to=10**9) == 0
        emptied = log.forget(connection, [mover])
        assert history.forgotten(connection, up_to=10**9) == emptied > 0
        connection.rollback()


# Between two nights


@pytest.fixture(scope="module")
def repaired(fresh_database, tmp_path_factory):
    """A night, and two refusals after each of which the plan was repaired."""
    folder = tmp_path_factory.mktemp("herstel")
    write(region(dwellings=300, seed=6, on=ON), folder / "leveringen")
    with fresh_database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "connect", lambda address: connect(address, test=True))
        given = {"data": folder / "data", "deliveries": folder / "leveringen"}
        settings = Settings(database_url=url, **given)
        night = asking.night(settings, on=ON)["run"]
        with asking.database(settings) as engine:
            warm, steps = Rematcher(engine, settings), []
            for _ in range(2):
                refused, position = refuse(engine)
                steps.append((refused, position, warm.catch_up().plan))
            yield settings, engine, night, steps


def test_a_plan_that_was_repaired_is_repaired_again_with_the_same_moves(repaired):
    settings, engine, night, steps = repaired

    again = [replay(engine, settings, plan) for *_, plan in steps]

    assert [one.same for one in again] == [True, True]
    assert [one.differences for one in again] == [(), ()]
    assert [one.repairs for one in again] == [night, steps[0][2]]


def test_a_refusal_left_out_of_a_repair_gives_the_proposal_back(repaired):
    settings, engine, _, steps = repaired
    for refused, position, plan in steps:
        again = replay(engine, settings, plan, without=position)

        back = {one.household: one for one in again.differences}[refused["household"]]
        assert back.published != refused["dwelling"]
        assert back.replayed == refused["dwelling"]


def test_a_fact_that_an_earlier_plan_rests_on_is_not_left_out_of_a_repair(repaired):
    settings, engine, _, ((_, first, _), (_, _, second_plan)) = repaired

    with pytest.raises(NoSuchFact, match="zo maakte"):
        replay(engine, settings, second_plan, without=first)


# Fresh processes

SCRIPT = """
import hashlib, json, sys
from functools import partial
import pandas as pd
from matching.model import PLAN
from matching.terms import agreed
from pipelines.replay import remade
from pipelines.settings import Settings
from store import history, log
from store.database import connect

given = json.loads(sys.argv[1])
agreed.choose = partial(agreed.choose, workers=given["workers"])
settings = Settings(**given["settings"])
engine = connect(settings.database_url, test=True)
with engine.connect() as connection:
    plan = history.published(connection, given["plan"])
    receipt = PLAN.validate_json(plan.json).receipt
    facts = pd.concat([*log.read(connection, up_to=receipt.position)])
    shuffled = facts.sample(frac=1, random_state=given["salt"])
    assert list(shuffled.index) != list(facts.index)
    before = history.before(connection, plan)
engine.dispose()
text = PLAN.dump_json(remade(shuffled, receipt, settings, before=before))
print(hashlib.sha256(text).hexdigest())
"""


def test_fresh_processes_make_the_same_bytes_whatever_the_order_of_the_facts(told):
    settings, known = told
    with asking.database(settings) as engine, engine.connect() as connection:
        published = plans.by_id(connection, known["second"])

    said = {_in_a_fresh_process(settings, known["second"], salt) for salt in range(PROCESSES)}

    assert said == {hashlib.sha256(published.encode()).hexdigest()}


def _in_a_fresh_process(settings, plan, salt):
    given = {
        "plan": plan,
        "salt": salt,
        "workers": 1 + salt % 2,
        "settings": settings.model_dump(mode="json", exclude_none=True),
    }
    salted = {"PYTHONHASHSEED": str(random.Random(salt).randrange(2**32)), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(given)],
        env={**os.environ, **salted},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


# The command


def command(settings, monkeypatch, *words):
    for name in ("data", "deliveries", "database_url"):
        monkeypatch.setenv(f"VERHUISKETEN_{name.upper()}", str(getattr(settings, name)))
    return CliRunner().invoke(app, ["replay", *words])


def test_the_command_says_byte_for_byte_and_ends_well(told, monkeypatch):
    said = command(told[0], monkeypatch)

    assert said.exit_code == 0
    assert "byte voor byte gelijk" in " ".join(said.stdout.split())


def test_the_command_says_what_differs_and_ends_with_one(told, monkeypatch, tmp_path):
    policy = tmp_path / "beleid.yaml"
    policy.write_text("longest_chain: 1\n")
    monkeypatch.setenv("VERHUISKETEN_POLICY", str(policy))

    said = command(told[0], monkeypatch)

    assert said.exit_code == 1
    assert "maar niet gelijk" in " ".join(said.stdout.split())
    assert "het beleid" in " ".join(said.stdout.split())


def test_the_command_shows_what_one_fact_did(told, monkeypatch):
    settings, known = told

    said = command(settings, monkeypatch, "--without", str(known["at"]))

    assert said.exit_code == 0
    assert known["refused"]["household"] in said.stdout
    as_json = command(settings, monkeypatch, "--without", str(known["at"]), "--json")
    assert json.loads(as_json.stdout)["without"].startswith("ProposalAnswered")
