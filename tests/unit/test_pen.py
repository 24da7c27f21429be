"""One pen: who waits is written together, in order, and one bad call spoils nothing for others."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Lock

import pytest

from pipelines.api import pen as pen_module
from pipelines.api.pen import MOST_FACTS, Pen
from store.database import Outage
from store.incoming import Call, Place


class Disk:
    """Stands for an engine: every transaction waits until the test says it may go on."""

    def __init__(self):
        self.groups, self.may_go, self.started, self.lock = [], Event(), Event(), Lock()

    @contextmanager
    def begin(self):
        self.started.set()
        assert self.may_go.wait(30)
        yield self


@pytest.fixture
def disk(monkeypatch):
    made = Disk()

    def write(connection, calls):
        if not made.lock.acquire(blocking=False):
            pytest.fail("two transactions at once")
        try:
            connection.groups.append([call.machine for call in calls])
            for call in calls:
                if isinstance(call.machine, Exception):
                    raise call.machine
            return [(Place(call.machine),) for call in calls]
        finally:
            made.lock.release()

    monkeypatch.setattr(pen_module.incoming, "write", write)
    return made


def call(number, facts=1):
    return Call(number, (None,) * facts)


def all_of(pen, disk, calls):
    """Let the first call hold the pen until every other one is waiting."""
    with ThreadPoolExecutor(len(calls)) as threads:
        first = threads.submit(pen.write, calls[0])
        assert disk.started.wait(30)
        ready = Barrier(len(calls))

        def write(one):
            ready.wait(30)
            return pen.write(one)

        others = [threads.submit(write, one) for one in calls[1:]]
        ready.wait(30)
        end = time.monotonic() + 30
        while len(pen._queue) < len(others):
            assert time.monotonic() < end
            time.sleep(0.001)
        disk.may_go.set()
        return [f.exception() or f.result() for f in (first, *others)]


def test_who_waits_goes_together_and_everybody_hears_its_own(disk):
    answers = all_of(Pen(disk), disk, [call(n) for n in range(1, 9)])

    assert answers == [(Place(n),) for n in range(1, 9)]
    assert [len(group) for group in disk.groups] == [1, 7]


def test_one_bad_call_spoils_nothing_for_the_others(disk):
    bad = ValueError("one of them")
    answers = all_of(Pen(disk), disk, [call(1), call(2), call(bad), call(3)])

    assert {a for a in answers if a is not bad} == {(Place(1),), (Place(2),), (Place(3),)}
    assert answers[2] is bad


def test_when_the_database_is_away_everybody_hears_it_at_once(disk):
    away = Outage()
    answers = all_of(Pen(disk), disk, [call(1), call(away), call(away)])

    assert answers == [(Place(1),), away, away]
    assert len(disk.groups) == 2


def test_a_transaction_has_a_most(disk):
    size = MOST_FACTS // 2
    answers = all_of(Pen(disk), disk, [call(n, size) for n in range(1, 7)])

    assert answers == [(Place(n),) for n in range(1, 7)]
    assert [len(group) for group in disk.groups] == [1, 2, 2, 1]
