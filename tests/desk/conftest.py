"""A region with a night behind it: made once per worker, copied for every test that asks for it."""

import os
from datetime import UTC, date, datetime
from itertools import count

import pytest
from sqlalchemy import text

from desk.app import application
from desk.sessions import PLAIN, viewer_from
from desk.thinking import Thinking
from pipelines import asking
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store import sessions, users
from store.database import connect
from tests.conftest import _administer, _named
from tests.desk.api_calls import (  # noqa: F401 - fixtures
    coach_who_calls,
    her_proposal,
    her_proposals,
)
from tests.desk.at_the_door import browser, clock, door  # noqa: F401 - fixtures
from tests.desk.browser import browse, chromium, seen, served  # noqa: F401 - fixtures
from tests.desk.client import TestClient

ON = date(2026, 11, 22)
MORNING = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
NIGHT = f"verhuisketen_night_{os.getpid()}"
NUMBERS = count()


@pytest.fixture(scope="session")
def night_folder(tmp_path_factory):
    """The files of the night: settings.data of every desk in this session."""
    return tmp_path_factory.mktemp("nacht")


@pytest.fixture(scope="session")
def after_a_night(server, night_folder):
    """The name of a database in which a night was run on 600 made-up dwellings."""
    from tests.conftest import TEMPLATE  # noqa: PLC0415 - named by the process

    _administer(server, f"CREATE DATABASE {NIGHT} TEMPLATE {TEMPLATE}")
    write(region(dwellings=600, seed=5, on=ON), night_folder / "leveringen")
    url = _named(server, NIGHT)
    settings = Settings(
        data=night_folder / "data", deliveries=night_folder / "leveringen", database_url=url
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "connect", lambda url: connect(url, test=True))
        patch.setattr(asking, "new_run", lambda on: f"{on:%Y%m%d}-proef")  # the same every time
        asking.night(settings, on=ON)
    yield NIGHT
    _administer(server, f"DROP DATABASE {NIGHT} WITH (FORCE)")


@pytest.fixture
def night_url(server, after_a_night):
    """The URL of a fresh copy of that database."""
    name = f"verhuisketen_desk_{os.getpid()}_{next(NUMBERS)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {after_a_night}")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(night_url, night_folder):
    """The settings of the installation behind the desk."""
    return Settings(
        data=night_folder / "data", deliveries=night_folder / "leveringen", database_url=night_url
    )


@pytest.fixture
def engine(night_url):
    """The database after the night."""
    engine = connect(night_url, test=True)
    yield engine
    engine.dispose()


HERE = "http://127.0.0.1:8080"
"""Where the desk of a test stands: the first address it answers to."""
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def desk(engine, settings):
    """The desk after the night, as an application; its clock is the real one."""
    made = application(engine, settings)
    yield made
    stop = getattr(made.state.desk.thinking, "stop", None)
    if stop is not None:
        stop()


@pytest.fixture
def busiest(engine):
    """The (coach, corporation) with most proposals that stand."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT coach, corporation FROM proposal WHERE coach IS NOT NULL"
                " AND state = 'offered' AND corporation IS NOT NULL"
                " GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2"
            )
        )
        return tuple(rows.first())


@pytest.fixture
def as_role(desk, engine, busiest):
    """Sign in with a role: `as_role("steward", corporation)` gives a client with a real session.

    `client.viewer` says who it is. The busiest corporation unless another is named.
    """
    clients = []

    def client(role, corporation=None, *, coach=None):
        with engine.begin() as connection:
            one = users.add(
                connection,
                corporation=corporation or busiest[1],
                login=f"{role}-{next(NUMBERS)}",
                name=f"Proef {role}",
                roles=[str(role)],
                coach=coach,
                factor_needed=False,
            )
            at = desk.state.desk.clock()
            token = sessions.begin(connection, one.corporation, one.id, at=at, stage="whole")
        made = TestClient(desk, base_url=HERE, headers=SAME_ORIGIN, follow_redirects=False)
        made.cookies.set(PLAIN, token, domain="127.0.0.1")
        made.viewer = viewer_from(one)
        clients.append(made)
        return made

    yield client
    for made in clients:
        made.close()


@pytest.fixture
def as_coach(as_role, busiest, engine):
    """Sign in as a coach: `as_coach()` is the busiest one, `as_coach("COACH-02")` another."""

    def client(coach=None, corporation=None):
        chosen = coach or busiest[0]
        if corporation is None and chosen != busiest[0]:
            most = text(
                "SELECT corporation FROM proposal WHERE coach = :coach AND corporation IS NOT NULL"
                " GROUP BY 1 ORDER BY count(*) DESC, 1"
            )
            with engine.connect() as connection:
                corporation = connection.execute(most, {"coach": chosen}).scalar()
        return as_role("coach", corporation, coach=chosen)

    return client


@pytest.fixture
def as_steward(as_role):
    """Sign in as a data steward of the busiest corporation."""
    return lambda corporation=None: as_role("steward", corporation)


@pytest.fixture
def as_planner(as_role):
    """Sign in as a planner of the busiest corporation."""
    return lambda corporation=None: as_role("planner", corporation)


@pytest.fixture
def as_administrator(as_role):
    """Sign in as an administrator of the busiest corporation."""
    return lambda corporation=None: as_role("administrator", corporation)


@pytest.fixture
def anonymous(desk):
    """Make a client that is not signed in."""
    clients = []

    def client():
        made = TestClient(desk, base_url=HERE, headers=SAME_ORIGIN, follow_redirects=False)
        clients.append(made)
        return made

    yield client
    for made in clients:
        made.close()


@pytest.fixture(scope="module")
def night_engine(server, after_a_night):
    """A copy of the night's database for a whole module, to read only."""
    name = f"verhuisketen_stand_{os.getpid()}_{next(NUMBERS)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {after_a_night}")
    engine = connect(_named(server, name), test=True)
    yield engine
    engine.dispose()
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def stand(night_engine, night_folder):
    """The plan of the night, warm; the same for every copy of the night's database."""
    return Thinking(night_engine, Settings(data=night_folder / "data")).now()


@pytest.fixture
def thought(stand, monkeypatch):
    """Let every desk of this test think of the night right away, and of nothing after it."""
    monkeypatch.setattr(Thinking, "now", lambda _: stand)
    return stand
