"""A night that runs out of memory while it chooses: nothing is offered, yesterday stays."""

import os
import subprocess
import sys
from datetime import date

import pytest

from pipelines import asking
from store import plans, runs

ON = date(2026, 11, 22)
SECONDS = 300
REACHED = "het geheugen is vol"
CHILD = """
import resource, sys
from datetime import date
from pathlib import Path
from matching.optimise import linear
from pipelines import asking
from pipelines.settings import Settings
from store.database import connect

asking.connect = lambda url: connect(url, test=True)
real = linear._solved

def cramped(*given):
    print("het geheugen is vol", file=sys.stderr, flush=True)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    full = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (full, full))
    if sys.argv[1] == "python":
        bytearray(2**28)
    return real(*given)

linear._solved = cramped
asking.night(Settings(), on=date(2026, 11, 22))
"""


def night_without_memory(settings, where):
    told = {
        "VERHUISKETEN_DATA": str(settings.data),
        "VERHUISKETEN_DELIVERIES": str(settings.deliveries),
        "VERHUISKETEN_DATABASE_URL": settings.database_url,
        "VERHUISKETEN_LEASE_SECONDS": "1",
    }
    return subprocess.run(
        [sys.executable, "-c", CHILD, where],
        env=os.environ | told,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def in_force(settings):
    with asking.database(settings) as engine, engine.begin() as connection:
        return plans.current(connection, "regio")


def booked(settings):
    with asking.database(settings) as engine, engine.begin() as connection:
        return {row["id"]: row for row in runs.latest(connection)}


@pytest.mark.skipif(sys.platform != "linux", reason="leest /proc en RLIMIT_AS")
@pytest.mark.parametrize("where", ["python", "solver"])
def test_a_night_that_runs_out_of_memory_offers_nothing_and_leaves_yesterday_in_force(
    settings, where
):
    first = asking.night(settings, on=ON)["run"]
    before = in_force(settings)

    died = night_without_memory(settings, where)

    # Where it breaks differs: in Python, in C++, at a new thread, or by a signal without a word.
    assert died.returncode != 0
    assert REACHED in died.stderr
    assert in_force(settings) == before
    nights = booked(settings)
    assert nights.pop(first)["status"] == "done"
    assert not any(row["status"] == "done" for row in nights.values())
