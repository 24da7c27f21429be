"""A coach who calls the API: her proposals, and a step with one of them."""

import pytest
from sqlalchemy import text

PROBLEM = "application/problem+json"
WAIT = 30
CANARY = "Kanarie-Jansen"


@pytest.fixture(name="coach")
def coach_who_calls(as_coach):
    return as_coach()


@pytest.fixture(name="proposals")
def her_proposals(coach):
    found = coach.get("/v1/voorstellen", params={"aantal": 100}).json()["voorstellen"]
    assert found
    return found


@pytest.fixture(name="proposal")
def her_proposal(proposals):
    """One that may be taken up."""
    return next(one for one in proposals if one["stand"] == "aangeboden")


def react(client, proposal, step, *, key="sleutel-1", **more):
    said = {"stap": step, "positie": proposal["positie"], **more}
    path = f"/v1/voorstellen/{proposal['id']}/reacties"
    return client.post(path, json=said, headers={"Idempotency-Key": key})


def again(client, proposal):
    return client.get(f"/v1/voorstellen/{proposal['id']}").json()


def facts_of(engine, proposal):
    with engine.connect() as connection:
        said = "SELECT count(*) FROM log WHERE subject = :id"
        return connection.scalar(text(said), {"id": proposal["id"]})
