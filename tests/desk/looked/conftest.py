"""One desk for everybody who only looks at its pages: nobody acts here."""

import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Said

import pytest
from sqlalchemy import text

from desk.app import application
from desk.sessions import PLAIN
from desk.whatif import study
from pipelines import inbox
from pipelines.settings import Settings
from pipelines.watch import Watch, one_round
from store import sessions, users
from store.database import connect
from tests.conftest import _administer, _named
from tests.deliveries import csv_text
from tests.desk.browser import serving
from tests.desk.test_quarantine import household
from tests.desk.whatif_runs import a_scenario, put


@pytest.fixture(scope="package")
def house(server, after_a_night, night_folder, tmp_path_factory):
    """One desk for all pages: nobody acts here. Gives its engine, its application, its origin."""
    with copied(server, after_a_night) as url:
        engine = connect(url, test=True)
        settings = Settings(
            data=night_folder / "data",
            database_url=url,
            inbox=tmp_path_factory.mktemp("postvak"),
            settle_seconds=0,
        )
        app = application(engine, settings)
        with serving(app) as origin:
            app.state.desk.thinking.look()
            yield engine, app, origin, settings
        engine.dispose()


@contextmanager
def copied(server, template):
    """Copy the database of the night."""
    name = f"verhuisketen_pages_{os.getpid()}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def served(house):
    """The origin of the desk that all pages share."""
    return house[2]


@pytest.fixture
def engine(house):
    """The database behind it."""
    return house[0]


@pytest.fixture
def desk(house):
    """The desk itself."""
    return house[1]


@pytest.fixture(scope="package")
def clients():
    """Who signed in here before, by role."""
    return {}


@pytest.fixture
def halfway(desk, engine, busiest):
    """Let somebody stand at the door with only the password right."""

    def client(role, account):
        with engine.begin() as connection:
            one = users.add(
                connection,
                corporation=busiest[1],
                login=f"deur-{'-'.join(account)}",
                name="Proef deur",
                roles=[role],
                **({"factor_needed": False} | account),
            )
            at = desk.state.desk.clock()
            token = sessions.begin(connection, one.corporation, one.id, at=at, stage="password")
        return Said(cookies={PLAIN: token})

    return client


@pytest.fixture(scope="package")
def things():
    """The ids that stand for the names in a path; found once."""
    return {}


@pytest.fixture
def look(browse, seen, as_role, busiest, clients, halfway, named):
    """Open a page of the list as whoever should look at it."""

    def viewer(page):
        if page.role is None:
            return None
        if page.account is not None:
            return halfway(page.role, page.account)
        if page.role not in clients:
            clients[page.role] = as_role(
                page.role, coach=busiest[0] if page.role == "coach" else None
            )
        return clients[page.role]

    def opened(page, **how):
        if page.status != 200:
            seen.expected = ("the server responded with a status of",)
        shown = browse(viewer(page), **how)
        path = page.path.format(**named()) if "{" in page.path else page.path
        answer = shown.goto(path)
        assert answer.status == page.status, f"{path}: {answer.status}"
        return shown

    return opened


@pytest.fixture
def named(engine, busiest, house, things):
    """Find a thing of every sort that a path may name, of the busiest coach and corporation."""

    def found():
        if not things:
            bring_a_refused_row(engine, house[3], busiest[1])
            with engine.connect() as connection:
                things.update(whatifs(house, busiest[1]))
                for sentence in NAMED:
                    rows = connection.execute(text(sentence), dict(zip(WHOM, busiest, strict=True)))
                    things.update(rows.mappings().one())
        return things

    return found


WHOM = ("coach", "corporation")
PROPOSAL = """
    SELECT id AS proposal, household, dwelling, leaves AS home FROM proposal
    WHERE coach = :coach AND corporation = :corporation AND state = 'offered'
    AND leaves IS NOT NULL ORDER BY household LIMIT 1
"""
DELIVERY = """
    SELECT delivery FROM delivery_share WHERE corporation = :corporation
    ORDER BY delivery DESC LIMIT 1
"""
NAMED = (
    PROPOSAL,
    DELIVERY,
    "SELECT id AS row FROM quarantine WHERE corporation = :corporation LIMIT 1",
    "SELECT id AS user FROM account WHERE corporation = :corporation LIMIT 1",
    "SELECT 'BU99990000' AS area, 'V-000003' AS facility",
)


def whatifs(house, corporation):
    """Put what-ifs: two that are done, with their summary ready, and one that waits."""
    engine, app, _, settings = house
    some = {"simulation": ("done", None, 2), "other": ("done", None, 3), "waits": ("waiting", 0, 4)}
    found = {
        name: put(
            engine,
            settings,
            corporation,
            scenario=a_scenario(years=years),
            most=most,
            status=status,
        )
        for name, (status, most, years) in some.items()
    }
    for name in ("simulation", "other"):
        one = study.seen(app.state.desk, Said(corporation=corporation), found[name])
        assert study.results(Said(app=app), app.state.desk, one, patience=120)
    return found


def bring_a_refused_row(engine, settings, corporation):
    """Take in a delivery with a row that is refused."""
    inbox.ready(settings.inbox)
    rows = [household(f"H-PROEF-{number}", corporation) for number in range(40)]
    rows.append(household("H-PROEF-X", corporation, inschrijfdatum="31-31-2015"))
    (settings.inbox / "huishoudens-proef.csv").write_text(csv_text(rows), "utf-8")
    later = datetime.now(tz=UTC) + timedelta(seconds=1)
    assert one_round(Watch(engine, settings), later)
