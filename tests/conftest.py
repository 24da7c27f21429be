"""One real PostgreSQL per test session, one fresh database per test that asks for it."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import create_engine, make_url, text

from store.database import connect, migrate
from store.embedded import embedded
from tests import counts

settings.register_profile(
    "ci",
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("soak", parent=settings.get_profile("ci"), max_examples=5_000)
settings.register_profile(
    "sabotage",  # only whether a test goes red matters there, not how small a reason can be
    parent=settings.get_profile("ci"),
    phases=(Phase.explicit, Phase.generate),
    database=None,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
counts.count(ci=100, soak=5_000, of="elke wet die zelf niet telt")

TEMPLATE = f"verhuisketen_template_{os.getpid()}"
NUMBERS = count()


@pytest.fixture(scope="session")
def folder_of_server():
    # Not pytest's own folder: that one is closed to the account the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="vhk-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(folder_of_server):
    """The URL of this session's private PostgreSQL, with a migrated template database."""
    with embedded(folder_of_server, durable=False) as url:
        _administer(url, f"CREATE DATABASE {TEMPLATE}")
        engine = connect(str(_named(url, TEMPLATE)), test=True)
        migrate(engine)
        engine.dispose()
        yield url
        _administer(url, f"DROP DATABASE {TEMPLATE} WITH (FORCE)")


@pytest.fixture(scope="session")
def fresh_database(server):
    """Make migrated, empty databases for a test that needs many: `with fresh_database() as url`."""

    @contextmanager
    def fresh():
        name = f"verhuisketen_test_{os.getpid()}_{next(NUMBERS)}"
        _administer(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield _named(server, name)
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")

    return fresh


@pytest.fixture
def database_url(fresh_database):
    """The URL of a migrated, empty database that lives as long as the test."""
    with fresh_database() as url:
        yield url


@pytest.fixture
def database(database_url):
    """A migrated, empty database: an engine."""
    engine = connect(database_url, test=True)
    yield engine
    engine.dispose()


def _named(url, name):
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _administer(url, statement):
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def pytest_sessionfinish(session):
    """Let a worker hand over what its tests counted."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["counts"] = counts.TOLD


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Take over what the tests of a worker counted."""
    counts.TOLD.update(getattr(node, "workeroutput", {}).get("counts", {}))


def pytest_terminal_summary(terminalreporter):
    """Say how often each law was tried here, and how often by `make soak`."""
    here = "soak" if counts.SOAK else "ci"
    terminalreporter.section(f"tellingen: naam ci/soak; hier draaide {here}")
    for line in counts.told():
        terminalreporter.write_line(line)
