"""Nights that stand still or are killed halfway: another takes over."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date

import pytest

from pipelines import asking
from store import plans, runs

ON = date(2026, 11, 22)
SECONDS = 60
CHILD = """
import os, signal, sys
from datetime import date
from pipelines import asking, steps
from pipelines.settings import Settings
from store import runs
from store.database import connect

where, sign = sys.argv[1], getattr(signal, sys.argv[2])
asking.connect = lambda url: connect(url, test=True)
room = steps.proposals if where == "publish" else steps
real = getattr(room, where)

def marked(*given, **named):
    os.kill(os.getpid(), sign)
    return real(*given, **named)

setattr(room, where, marked)
try:
    asking.night(Settings(), on=date(2026, 11, 22))
except runs.Outdated:
    sys.exit(75)
"""


@contextmanager
def night_that_stops(settings, where, sign, *, lease_seconds):
    """Run a night in a process of its own that gives itself a signal just before a step."""
    told = {
        "VERHUISKETEN_DATA": str(settings.data),
        "VERHUISKETEN_DELIVERIES": str(settings.deliveries),
        "VERHUISKETEN_DATABASE_URL": settings.database_url,
        "VERHUISKETEN_LEASE_SECONDS": str(lease_seconds),
    }
    child = subprocess.Popen([sys.executable, "-c", CHILD, where, sign], env=os.environ | told)
    try:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        yield child, status
    finally:
        if child.poll() is None:
            child.kill()
            child.wait(SECONDS)


def night_as_soon_as_it_may(settings):
    until = time.monotonic() + SECONDS
    while True:
        try:
            return asking.night(settings, on=ON)["run"]
        except runs.Busy:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def plan_in_force(settings):
    with asking.database(settings) as engine, engine.begin() as connection:
        return plans.current(connection, "regio")


def booked(settings):
    with asking.database(settings) as engine, engine.begin() as connection:
        return {row["id"]: row for row in runs.latest(connection)}


@pytest.mark.parametrize("where", ["verify", "publish"])
def test_a_night_that_overslept_its_lease_publishes_nothing_when_it_wakes(settings, where):
    with night_that_stops(settings, where, "SIGSTOP", lease_seconds=1) as (asleep, status):
        assert os.WIFSTOPPED(status)
        successor = night_as_soon_as_it_may(settings)
        published = plan_in_force(settings)

        asleep.send_signal(signal.SIGCONT)
        code = asleep.wait(SECONDS)

    nights = booked(settings)
    zombie = nights.pop(next(run for run in nights if run != successor))
    assert code == 75
    assert plan_in_force(settings) == published
    assert zombie["status"] == "failed"
    assert zombie["sentence"] == str(runs.Outdated())
    assert nights[successor]["status"] == "done"


def test_a_night_that_is_killed_leaves_yesterday_in_force_and_the_next_one_says_until_when(
    settings,
):
    asking.night(settings, on=ON)
    before = plan_in_force(settings)

    with night_that_stops(settings, "match", "SIGKILL", lease_seconds=900) as (_, status):
        assert os.WTERMSIG(status) == signal.SIGKILL

    assert plan_in_force(settings) == before
    with pytest.raises(runs.Busy, match=r"om \d\d:\d\d:\d\d; probeer het daarna opnieuw"):
        asking.night(settings, on=ON)


def test_after_a_killed_night_the_next_takes_over_and_books_that_it_broke_off(settings):
    with night_that_stops(settings, "match", "SIGKILL", lease_seconds=1):
        successor = night_as_soon_as_it_may(settings)

    nights = booked(settings)
    assert nights.pop(successor)["status"] == "done"
    assert [(row["status"], row["sentence"]) for row in nights.values()] == [
        ("failed", runs.BROKEN_OFF)
    ]
