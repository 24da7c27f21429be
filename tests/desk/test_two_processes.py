"""The desk gives pages from two processes: one door, one stop, and either goes on alone."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.desk.test_desk_command import SECONDS, Opened, gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kijkt in /proc")


def other_of(desk):
    """The number of the process beside the first that gives pages too, once it is there."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if found := others(desk):
            return found[0]
        os.sched_yield()
    return pytest.fail("er kwam geen tweede proces")


def others(desk):
    """The processes beside the first that give pages, by number."""
    found = Path(f"/proc/{desk.program.pid}/task").glob("*/children")
    children = [int(one) for own in found for one in own.read_text().split()]
    return [one for one in children if b"--deur" in Path(f"/proc/{one}/cmdline").read_bytes()]


def test_two_processes_share_the_door_and_stop_together(tmp_path):
    desk = Opened(tmp_path, "--zonder-luisteraar")
    other = other_of(desk)
    os.kill(desk.program.pid, signal.SIGSTOP)
    try:
        assert desk.get("/aanmelden")[0] == 200  # the first holds still, so the second gave it
    finally:
        os.kill(desk.program.pid, signal.SIGCONT)
    os.kill(other, signal.SIGSTOP)
    try:
        assert desk.get("/aanmelden")[0] == 200
    finally:
        os.kill(other, signal.SIGCONT)
    assert desk.stop() == 0
    assert gone(other)
    codes = [line for line in desk.said if "eerste beheerder" in line.casefold()]
    assert len(codes) == 1

    desk = Opened(tmp_path, "--zonder-luisteraar")
    other = other_of(desk)
    assert desk.stop(signal.SIGKILL) == -signal.SIGKILL
    assert gone(other)


def test_one_process_is_enough_when_asked(tmp_path):
    desk = Opened(tmp_path, "--zonder-luisteraar", "--processen", "1")
    assert others(desk) == []
    assert desk.get("/aanmelden")[0] == 200
    assert desk.stop() == 0
