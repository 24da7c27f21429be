"""An installation to copy, copies of it, and an empty place to put one back."""

import shutil

import pytest

from store import backup
from store.database import connect, migrate
from tests.copies import (
    SECRET,
    administer,
    an_empty_database,
    furnish,
    kept,
)


@pytest.fixture
def installation(database, tmp_path):
    """A database and a folder with a plan in force, and where their copy will be."""
    furnish(database, tmp_path / "nachten")
    return database, kept(tmp_path)


@pytest.fixture
def empty(database_url, tmp_path):
    """A database without a table, and a folder without a night."""
    url = an_empty_database(database_url)
    engine = connect(url, test=True)
    yield engine, tmp_path / "nieuw" / "nachten"
    engine.dispose()
    administer(database_url, f"DROP DATABASE {engine.url.database} WITH (FORCE)")


@pytest.fixture(scope="module")
def originals(server, tmp_path_factory):
    """Two copies of one installation, with their manifests: sealed and open."""
    folder = tmp_path_factory.mktemp("kopieen")
    engine = connect(an_empty_database(server), test=True)
    migrate(engine)
    furnish(engine, folder / "nachten")
    made = {}
    for secret in (SECRET, None):
        one = kept(folder)._replace(file=folder / f"{secret is None}.vhk", secret=secret)
        made[secret] = one.file, backup.make(engine, one)
    engine.dispose()
    yield made
    administer(server, f"DROP DATABASE {engine.url.database} WITH (FORCE)")


@pytest.fixture
def copy(originals, tmp_path):
    """A copy on another disk, and its manifest."""
    file, manifest = originals[SECRET]
    return brought(file, tmp_path, SECRET), manifest


def brought(file, folder, secret):
    made = kept(folder, secret)
    shutil.copyfile(file, made.file)
    return made


def restored(empty, made):
    engine, nights = empty
    return backup.restore(engine, made._replace(nights=nights))


def tables_in(engine):
    with engine.connect() as connection:
        return connection.execute(backup.digests.TABLES).scalars().all()


def assert_still_empty(empty):
    engine, nights = empty
    assert tables_in(engine) == []
    assert not nights.exists() or list(nights.iterdir()) == []
