"""Deliveries are read apart: whatever a file does to its reader, we go on and say what it was."""

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest

from data_contracts import feeds
from data_contracts.records import DELIVERIES
from pipelines import apart, apart_reader
from pipelines.settings import Settings
from pipelines.sources import UnreadableFile, read
from tests.deliveries import DWELLING, HOUSEHOLD, csv_text

HOUSEHOLDS = DELIVERIES["households"]


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "huishoudens.csv"
    rows = [HOUSEHOLD | {"huishoudencode": f"H-{n}"} for n in range(50)]
    file.write_text(csv_text([*rows, HOUSEHOLD | {"personen": "veel"}]), "utf-8")
    return file


@pytest.fixture
def in_fork(monkeypatch):
    """Let the fork of a fresh reader do something else than read, by code."""

    def instead(code, tmp_path):
        apart.stop()
        (tmp_path / "hostile.py").write_text(
            "import sys\n"
            f"sys.path.insert(0, {apart._ROOT!r})\n"
            "from pipelines import apart_reader\n"
            f"def answered(path, table):\n    {code}\n"
            "apart_reader.answered = answered\n"
            "apart_reader.main(int(sys.argv[1]))\n",
            "utf-8",
        )
        started = subprocess.Popen

        def other(command, **how):
            return started([sys.executable, str(tmp_path / "hostile.py"), command[-1]], **how)

        monkeypatch.setattr(apart.subprocess, "Popen", other)

    yield instead
    apart.stop()


def test_what_was_read_apart_is_what_is_read_here(path, tmp_path):
    for table, rows in (("households", None), ("dwellings", [DWELLING])):
        file = path
        if rows:
            file = tmp_path / "woningen.csv"
            file.write_text(csv_text(rows), "utf-8")
        there = apart.parse(file, DELIVERIES[table], Settings())
        here = feeds.parse(read(file), DELIVERIES[table])

        pd.testing.assert_frame_equal(there.rows, here.rows)
        pd.testing.assert_frame_equal(there.apart, here.apart)
        assert there.rejects == here.rejects
        assert there.aside == here.aside
        for name in ("sha256", "accounting", "warnings", "held", "nameless"):
            assert getattr(there, name) == getattr(here, name)


def test_what_is_wrong_with_a_file_as_a_whole_is_said_as_here(tmp_path):
    for name, text, kind in (
        ("huishoudens.csv", "huishoudencode\nH-1\n", feeds.MissingColumn),
        ("huishoudens.csv", "huishoudencode;huishoudencode\nH;H\n", feeds.MissingColumn),
        ("huishoudens.xlsx", "dit is geen map", UnreadableFile),
    ):
        file = tmp_path / name
        file.write_text(text, "utf-8")
        with pytest.raises(kind) as here:
            feeds.parse(read(file), HOUSEHOLDS)
        with pytest.raises(kind) as there:
            apart.parse(file, HOUSEHOLDS, Settings())
        assert str(there.value) == str(here.value)


def test_a_file_that_is_not_there_is_no_bad_file(tmp_path):
    with pytest.raises((OSError, UnreadableFile)):
        apart.parse(tmp_path / "nergens.csv", HOUSEHOLDS, Settings())


@pytest.mark.parametrize(
    "code",
    [
        "return b'x' * (1 << 40)",
        "import mmap; mmap.mmap(-1, 2 << 30); return (b'{}',)",  # not touched: nobody pays for it
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import os; os.abort()",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise MemoryError",
        "raise SystemExit(3)",
        "open('/tmp/verhuisketen-hier-mag-niets', 'wb', 0).write(b'x' * 10); return (b'{}',)",
    ],
    ids=[
        "memory",
        "more than its bound",
        "segmentation",
        "abort",
        "killed",
        "memory error",
        "exit",
        "writes",
    ],
)
def test_whatever_fells_the_reader_fells_only_the_reader(
    code, path, in_fork, tmp_path, monkeypatch
):
    in_fork(code, tmp_path)
    with pytest.raises(UnreadableFile, match="kostte te veel geheugen of tijd"):
        apart.parse(path, HOUSEHOLDS, Settings())

    apart.stop()
    monkeypatch.undo()
    assert apart.parse(path, HOUSEHOLDS, Settings()).accounting.accepted == 50
    mark = Path("/tmp/verhuisketen-hier-mag-niets")  # noqa: S108 - the very place
    written = mark.exists() and mark.stat().st_size
    mark.unlink(missing_ok=True)
    assert not written


def test_a_file_that_takes_too_long_is_given_up(path, in_fork, tmp_path):
    in_fork("while True: pass", tmp_path)
    began = time.monotonic()
    with pytest.raises(UnreadableFile, match="Lever het in delen aan"):
        apart.parse(path, HOUSEHOLDS, Settings(read_seconds=1))
    assert time.monotonic() - began < 60


def test_a_bug_of_ours_is_no_fault_of_the_file_and_tells_no_value(path, in_fork, tmp_path):
    in_fork("return apart_reader._read_or_say(lambda: {}['H-1 Kanarie'])", tmp_path)
    with pytest.raises(apart.ReaderFell, match="KeyError in") as told:
        apart.parse(path, HOUSEHOLDS, Settings())
    assert "Kanarie" not in str(told.value)


def test_a_reader_that_was_killed_between_two_files_is_started_anew(path):
    apart.parse(path, HOUSEHOLDS, Settings())
    os.kill(apart._reader.process.pid, signal.SIGKILL)

    assert apart.parse(path, HOUSEHOLDS, Settings()).accounting.accepted == 50


def test_a_fork_of_ours_has_a_reader_of_its_own(path):
    apart.parse(path, HOUSEHOLDS, Settings())
    ours = apart._reader.process.pid
    child = os.fork()
    if child == 0:
        good = False
        with suppress(BaseException):
            good = apart.parse(path, HOUSEHOLDS, Settings()).accounting.accepted == 50
            good = good and apart._reader.process.pid != ours
            apart.stop()
        os._exit(0 if good else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert apart.parse(path, HOUSEHOLDS, Settings()).accounting.accepted == 50
    assert apart._reader.process.pid == ours


def test_several_threads_each_get_their_own_answer(path, tmp_path):
    other = tmp_path / "huishoudens-2.csv"
    other.write_text(csv_text([HOUSEHOLD]), "utf-8")
    found = {}

    def ask(file, number):
        found[number] = apart.parse(file, HOUSEHOLDS, Settings()).accounting.accepted

    threads = [Thread(target=ask, args=((path, other)[n % 2], n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {n: (50, 1)[n % 2] for n in range(8)}


def test_the_reader_knows_no_address_of_a_database_and_ends_with_us(path, monkeypatch):
    apart.stop()
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", "postgresql://geheim@ergens/db")
    apart.parse(path, HOUSEHOLDS, Settings())
    process = apart._reader.process
    known = Path(f"/proc/{process.pid}/environ").read_bytes()

    assert b"geheim" not in known
    assert b"VERHUISKETEN" not in known
    apart._reader.line.close()
    assert process.wait(30) == 0
    apart._reader = None


def test_the_bounds_are_those_of_the_settings():
    child = os.fork()
    if child == 0:
        apart_reader.bounded(seconds=7, room=1 << 30)
        right = (
            resource.getrlimit(resource.RLIMIT_CPU) == (7, 7)
            and resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0)
            and resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
            and resource.getrlimit(resource.RLIMIT_AS)[0] < 1 << 50
        )
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
