"""What was acknowledged survives a crash of the database, and nothing is there twice (P2)."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import text

from store import log
from store.database import NotDurable, _refuse_not_durable, connect, is_outage, migrate
from store.embedded import embedded
from store.programs import account, programs, run
from tests.copies import a_fact
from tests.counts import count

WRITERS = 4
BEFORE_A_CRASH = 25
"""Facts that each writer has acknowledged before the database is pulled away under it."""


@pytest.fixture(scope="module")
def folder():
    """A folder for a server with the durable settings, which its own account can reach."""
    made = Path(tempfile.mkdtemp(prefix="vhk-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


class Writer:
    """Appends facts, one a commit, until the database is gone; a fact it is unsure of comes again.

    `acknowledged` holds the ids whose commit came back, over all crashes.
    """

    def __init__(self, name):
        self.name = name
        self.acknowledged = []
        self.fact = a_fact("0")
        self.trouble = None

    def begin(self, engine):
        """Write on this engine, in a thread; `enough` is released when it has got somewhere."""
        self.engine, self.enough = engine, threading.Event()
        self.thread = threading.Thread(target=self._write)
        self.thread.start()

    def _write(self):
        until = len(self.acknowledged) + BEFORE_A_CRASH
        try:
            while True:
                mine = f"{self.name}/{len(self.acknowledged)}"
                with self.engine.begin() as connection:
                    log.append(connection, self.fact.assign(id=mine))
                self.acknowledged.append(mine)
                if len(self.acknowledged) == until:
                    self.enough.set()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            self.trouble = None if is_outage(error) else error
            self.enough.set()


def crash(folder):
    """Stop the server as a power cut would: no goodbye, no checkpoint."""
    who = account()
    stop = [str(programs(who) / "pg_ctl"), "stop", "-m", "immediate", "-D", str(folder / "data")]
    stopped = run(stop, who)
    assert stopped.returncode == 0, stopped.stderr


def assert_all_there(engine, writers):
    """Every acknowledged fact once, and at most the one each writer was waiting for besides."""
    acknowledged = {name for writer in writers for name in writer.acknowledged}
    with engine.connect() as connection:
        there = connection.execute(text("SELECT id FROM log")).scalars().all()
    assert acknowledged - set(there) == set()
    assert len(there) == len(set(there)) <= len(acknowledged) + len(writers)


def test_no_acknowledged_fact_is_lost_and_none_is_there_twice(folder, monkeypatch):
    monkeypatch.delenv("VERHUISKETEN_DATABASE_URL", raising=False)
    writers = [Writer(f"schrijver-{number}") for number in range(WRITERS)]
    crashes = count(ci=2, soak=20)
    for _ in range(crashes):
        with embedded(folder) as url:
            engine = connect(url)
            migrate(engine)
            assert_all_there(engine, writers)
            for writer in writers:
                writer.begin(engine)
            assert all(writer.enough.wait(timeout=120) for writer in writers)
            crash(folder)
            for writer in writers:
                writer.thread.join(timeout=120)
                assert writer.trouble is None
            engine.dispose()
    with embedded(folder) as url:
        engine = connect(url)
        assert_all_there(engine, writers)
        engine.dispose()
    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    assert acknowledged >= crashes * WRITERS * BEFORE_A_CRASH


USER = """
import sys
from pathlib import Path
from store import log
from store.database import connect, migrate
from store.embedded import embedded
from tests.copies import a_fact

fact = a_fact("0")
with embedded(Path(sys.argv[1])) as url:
    engine = connect(url)
    migrate(engine)
    for number in range(100_000):
        with engine.begin() as connection:
            log.append(connection, fact.assign(id=f"gebruiker/{number}"))
        print(f"gebruiker/{number}", flush=True)
"""


def those_that_name(folder):
    """The processes with this folder on their command line: the user, the guard and the server."""
    if sys.platform == "linux":
        found = {
            int(path.parent.name): path.read_bytes().decode(errors="replace")
            for path in Path("/proc").glob("[0-9]*/cmdline")
        }
    else:
        listed = subprocess.run(
            ["/bin/ps", "-axww", "-o", "pid=,args="], capture_output=True, text=True, check=True
        )
        lines = (line.split(maxsplit=1) for line in listed.stdout.splitlines())
        found = {int(number): words for number, words in lines}
    return sorted(number for number, words in found.items() if str(folder) in words)


def test_when_all_is_killed_at_once_the_next_start_has_every_acknowledged_fact(folder, monkeypatch):
    monkeypatch.delenv("VERHUISKETEN_DATABASE_URL", raising=False)
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    acknowledged = [user.stdout.readline().strip() for _ in range(BEFORE_A_CRASH)]
    victims = those_that_name(folder)
    assert user.pid in victims
    assert len(victims) >= 3
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    rest, _ = user.communicate(timeout=60)
    acknowledged += rest.split()
    with embedded(folder) as url:
        engine = connect(url)
        with engine.connect() as connection:
            there = connection.execute(text("SELECT id FROM log")).scalars().all()
        engine.dispose()
    assert set(acknowledged) <= set(there)
    assert len(there) == len(set(there))


class Answering:
    """A connection to a server with these settings: fsync, full_page_writes, synchronous_commit."""

    def __init__(self, *settings):
        self.settings = settings
        self.closed = False

    def cursor(self):
        return nullcontext(self)

    def execute(self, _question):
        pass

    def fetchone(self):
        return self.settings

    def rollback(self):
        pass

    def close(self):
        self.closed = True


@pytest.mark.parametrize("loses", range(3))
def test_a_server_with_one_setting_that_may_lose_facts_is_refused(loses):
    lax = Answering(*("off" if number == loses else "on" for number in range(3)))
    with pytest.raises(NotDurable, match="synchronous_commit"):
        _refuse_not_durable(lax, None)
    assert lax.closed
    _refuse_not_durable(Answering("on", "on", "on"), None)


def test_a_database_with_a_table_that_forgets_in_a_crash_is_refused(folder, monkeypatch):
    monkeypatch.delenv("VERHUISKETEN_DATABASE_URL", raising=False)
    with embedded(folder) as url:
        engine = connect(url)
        migrate(engine)
        try:
            with engine.begin() as connection:
                connection.execute(text("ALTER TABLE conflict SET UNLOGGED"))
            with pytest.raises(NotDurable, match="conflict"):
                connect(url)
            with engine.begin() as connection:
                connection.execute(text("ALTER TABLE conflict SET LOGGED"))
            connect(url).dispose()
        finally:
            engine.dispose()
