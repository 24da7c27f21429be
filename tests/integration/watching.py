"""A watched folder, what is put in it, and what became of that."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pipelines import inbox
from pipelines.settings import Settings
from pipelines.watch import Watch, one_round
from tests.deliveries import DWELLING, csv_text

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)


@pytest.fixture
def watched(database, tmp_path):
    settings = Settings(inbox=tmp_path / "postvak", settle_seconds=10)
    inbox.ready(settings.inbox)
    return Watch(database, settings)


def dwellings(*keys, **differs):
    return csv_text([DWELLING | {"eenheidcode": key} | differs for key in keys])


def put(watched, name, content):
    path = watched.settings.inbox / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rounds(watched, at=AT):
    """Two looks, far enough apart."""
    return [*one_round(watched, at), *one_round(watched, at + timedelta(seconds=10))]


def ended(watched, where):
    """Names of the files in one of the folders, the answers left out."""
    files = (watched.settings.inbox / where).rglob("*")
    return sorted(p.name for p in files if p.is_file() and p.suffix != ".json")


def booked(engine):
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM delivery ORDER BY id")).mappings()
        return [dict(row) for row in rows]
