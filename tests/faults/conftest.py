"""A process that forks, and a town whose story it is told to break off anywhere."""

import pytest

from tests.faults.forks import Forks
from tests.faults.town import Town


@pytest.fixture(scope="session")
def forks():
    with Forks() as started:
        yield started


@pytest.fixture(scope="session")
def town(server, tmp_path_factory, forks):
    """The town, its story told once without a fault."""
    made = Town(server, tmp_path_factory.mktemp("dorp"), forks)
    try:
        yield made.tell()
    finally:
        made.close()
