"""A small made-up region on disk and an empty database: what a night needs."""

from datetime import date

import pytest

from pipelines import asking
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store.database import connect
from tests.integration.at_the_gate import app, client, machine  # noqa: F401 - fixtures
from tests.integration.copying import copy, empty, installation, originals  # noqa: F401 - fixtures
from tests.integration.listening import clock, receiver, sender, way_out  # noqa: F401 - fixtures
from tests.integration.watching import watched  # noqa: F401 - fixtures


@pytest.fixture
def settings(database_url, tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "connect", lambda url: connect(url, test=True))
    write(region(dwellings=600, seed=5, on=date(2026, 11, 22)), tmp_path / "leveringen")
    return Settings(
        data=tmp_path / "data", deliveries=tmp_path / "leveringen", database_url=database_url
    )
