"""The gate with a key to it: what is sent there, and what comes back."""

import json

import pytest
from sqlalchemy import func, select

from data_contracts.cloudevents import EVENT
from pipelines.api.app import application
from pipelines.api.doorway import HEADERS
from pipelines.api.problems import DESCRIBED, PROBLEMS
from pipelines.settings import Settings
from store import machines
from store.tables import metadata
from tests.asgi import calling
from tests.events import NOW, OURS


def key(database, organisation=OURS, **more):
    with database.begin() as connection:
        return machines.add(connection, "proef", organisation=organisation, **more)


@pytest.fixture
def app(database):
    made = application(database, Settings(database_url="unused"))
    made.state.gate.clock = lambda: NOW
    return made


@pytest.fixture
def machine(database):
    return key(database)


@pytest.fixture
def client(app, machine):
    with calling(app, Authorization=f"Bearer {machine[1]}") as made:
        yield made


def post(client, body, *, media_type=EVENT, **more):
    as_it_is = isinstance(body, bytes) or hasattr(body, "__next__")
    content = body if as_it_is else json.dumps(body).encode()
    return client.post(
        "/v1/gebeurtenissen",
        content=content,
        headers={"Content-Type": media_type} | more.pop("headers", {}),
        **more,
    )


def count(database, table="log"):
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(metadata.tables[table]))


def is_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert {"title", "detail", "status"} <= set(said)
    assert said["status"] == status
    assert said["type"] == DESCRIBED + PROBLEMS[status][0]
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    return said
