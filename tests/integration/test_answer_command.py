"""A coach's answer from the command line."""

import json

import pytest
from typer.testing import CliRunner

from data_contracts.words import ProposalState
from pipelines import asking, screen
from pipelines.cli import app
from store import life
from store.database import connect
from tests.chains_in_store import answer, house, publish, rows_of, states
from tests.plans_for_store import a_chain

P = ProposalState


@pytest.fixture
def type_in(database, database_url, monkeypatch):
    """Type a command about a chain of two who both accepted."""
    monkeypatch.setattr(asking, "connect", lambda url: connect(url, test=True))
    monkeypatch.setattr(screen.console, "width", 200)  # or a sentence is broken over lines
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", database_url)
    chain = a_chain("H1", "H2")
    house(database, chain)
    publish(database, "A", chain)
    for who in ("H1", "H2"):
        answer(database, who, P.TAKEN_UP, P.ACCEPTED)

    def type_(command, household, *words):
        number = rows_of(database)[household]["id"]
        return CliRunner().invoke(app, [command, number, *words])

    return type_


def test_an_answer_is_booked_and_the_next_steps_are_told(type_in, database):
    said = json.loads(type_in("answer", "H1", "signed", "--json").stdout)

    assert states(database) == {"H1": "signed", "H2": "accepted"}
    mine = rows_of(database)["H2"]["id"]
    assert said["position"] == rows_of(database)["H1"]["position"]
    assert said["order"] == [[mine]]
    assert {(s["proposal"], s["step"]) for s in said["steps"] if s["open"]} >= {(mine, "signed")}


def test_a_step_out_of_turn_is_refused_with_the_reason(type_in, database):
    refused = type_in("answer", "H2", "signed")

    assert isinstance(refused.exception, life.NotAllowed)
    assert "Eerst moet de vorige in de keten getekend hebben." in str(refused.exception)
    assert states(database) == {"H1": "accepted", "H2": "accepted"}


def test_without_a_step_nothing_is_booked_and_a_person_reads_what_can_be_done(type_in, database):
    before = rows_of(database)

    said = type_in("answer", "H2").stdout

    assert "Eerst moet de vorige in de keten getekend hebben." in said
    assert "Volgorde van tekenen" in said
    assert rows_of(database) == before


def test_a_refusal_takes_a_reason_and_can_be_taken_back(type_in, database):
    type_in("answer", "H1", "declined", "--reason", "WOB_NETWERK")
    assert states(database) == {"H1": "declined", "H2": "superseded"}

    assert "aangenomen" in type_in("undo", "H1").stdout
    assert states(database) == {"H1": "accepted", "H2": "accepted"}


def test_an_answer_to_what_was_seen_before_it_changed_is_refused(type_in, database):
    seen = rows_of(database)["H2"]["position"]
    type_in("answer", "H2", "declined", "--reason", "HUU")

    again = type_in("answer", "H2", "declined", "--reason", "HUU", "--position", str(seen))
    other = type_in("answer", "H2", "signed", "--position", str(seen))

    assert again.exit_code == 0
    assert isinstance(other.exception, life.Stale)
