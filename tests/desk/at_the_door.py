"""A desk of which only the door is looked at: who knocks, and whether they are in."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.app import application
from pipelines.settings import Settings
from store import users
from tests.desk.client import TestClient

HERE = "http://127.0.0.1:8080"
CORPORATION = "12345678"
SECRET = "vier paarden op een fiets"  # noqa: S105 - of nobody
LATER = "vijf koeien in een trein"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until somebody moves it."""

    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at

    def on(self, **more):
        self.at += timedelta(**more)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def door(database, tmp_path, clock):
    """A desk without any night: only its door is looked at."""
    return application(database, Settings(data=tmp_path), clock=clock)


@pytest.fixture
def browser(door):
    """Make browsers: each its own cookies."""
    made = []

    def one():
        client = TestClient(
            door,
            base_url=HERE,
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
        )
        made.append(client)
        return client

    yield one
    for client in made:
        client.close()


def somebody(database, login="anna", corporation=CORPORATION, **more):
    given = {"roles": ["coach"], "password": SECRET, "factor_needed": False} | more
    with database.begin() as connection:
        return users.add(
            connection, corporation=corporation, login=login, name="Anna Proef", **given
        )


def knock(client, login="anna", password=SECRET, **more):
    given = {"gebruikersnaam": login, "wachtwoord": password} | more
    return client.post("/aanmelden", data=given)
