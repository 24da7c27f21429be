"""One real PostgreSQL per test session, one fresh database per test that asks for it."""

from __future__ import annotations

import os
import shutil
import tempfile
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text

from store.database import connect, migrate
from store.embedded import embedded

settings.register_profile(
    "ci",
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("soak", parent=settings.get_profile("ci"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

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


@pytest.fixture
def database_url(server):
    """The URL of a migrated, empty database that lives as long as the test."""
    name = f"verhuisketen_test_{os.getpid()}_{next(NUMBERS)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


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
