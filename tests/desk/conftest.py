"""A region with a night behind it: made once per worker, copied for every test that asks for it."""

import os
from datetime import UTC, date, datetime
from itertools import count

import pytest

from pipelines import asking
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store.database import connect
from tests.conftest import _administer, _named

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
