"""A private server: there in a moment, shared by whoever comes, gone with the last of them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import psycopg
import pytest

from store import log
from store.database import NotDurable, connect, migrate
from store.embedded import embedded
from store.programs import NoPostgres, account, programs, run

USER = """
import sys
from pathlib import Path
from store.embedded import embedded
with embedded(Path(sys.argv[1]), durable=False) as url:
    sys.stdout.write(url + "\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


@pytest.fixture
def folder(monkeypatch):
    """A folder of the server's own, with a short path the server's account can reach."""
    monkeypatch.delenv("VERHUISKETEN_DATABASE_URL", raising=False)
    made = Path(tempfile.mkdtemp(prefix="vhk-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def durable_folder():
    """A folder for the tests that need a server with the durable settings: slow to make."""
    made = Path(tempfile.mkdtemp(prefix="vhk-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def another_process(folder):
    """Another user of the folder, in a process of its own, that has the server."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return user, user.stdout.readline().strip()


def stop(user):
    user.communicate()


def server_of(folder):
    """The process number of the server of a folder, None when there is none."""
    try:
        return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return None


def ends(number, seconds=20):
    """Whether a process ends within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def ask(url, question="SELECT 1"):
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute(question).fetchone()[0]


def test_a_server_is_there_and_gone_with_its_user(folder):
    with embedded(folder, durable=False) as url:
        assert ask(url) == 1
        server = server_of(folder)
    assert server_of(folder) is None
    assert ends(server, seconds=5)


def test_a_second_user_joins_and_the_server_stays_until_the_last_has_gone(folder):
    user, url = another_process(folder)
    with embedded(folder, durable=False) as joined:
        server = server_of(folder)
        assert joined == url
        stop(user)
        assert ask(joined) == 1
    assert ends(server)


def test_the_server_dies_with_a_user_that_was_killed(folder):
    user, url = another_process(folder)
    assert ask(url) == 1
    server = server_of(folder)
    user.send_signal(signal.SIGKILL)
    user.communicate()
    assert ends(server)


def test_a_killed_server_leaves_nothing_that_stops_the_next(folder):
    with embedded(folder, durable=False):
        server = server_of(folder)
        os.kill(server, signal.SIGKILL)
        assert ends(server)
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}/data\n0\n5432\n")
    with embedded(folder, durable=False) as url:
        assert ask(url) == 1


def test_a_long_path_gets_its_socket_elsewhere(folder):
    deep = folder / ("een-map-met-een-lange-naam-" * 3) / "en-nog-een"
    deep.mkdir(parents=True)
    with embedded(deep, durable=False) as url:
        assert ask(url) == 1
    shutil.rmtree((deep / "socket-folder").read_text())


def test_what_the_server_cannot_reach_is_kept_where_it_can(folder):
    closed = folder / "dicht"
    closed.mkdir(mode=0o700)
    with embedded(closed / "db", durable=False) as url:
        assert ask(url) == 1
    if (closed / "db" / "apart").exists():
        shutil.rmtree(Path((closed / "db" / "apart").read_text()))


def test_a_named_database_wins_and_nothing_is_started(folder, monkeypatch):
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", "postgresql://elders/db")
    with embedded(folder) as url:
        assert url == "postgresql://elders/db"
    assert list(folder.iterdir()) == []


def test_without_postgresql_the_sentence_says_what_to_do(folder, monkeypatch):
    monkeypatch.setenv("VERHUISKETEN_PG_BIN", str(folder))
    with pytest.raises(NoPostgres, match="Installeer"), embedded(folder / "x"):
        pass


def test_acknowledged_facts_survive_a_crash_of_the_database(durable_folder):
    one = pd.DataFrame(
        {
            "source": ["urn:nld:oin:00000099000000001000:systeem:proef"],
            "id": ["0"],
            "kind": ["NoticeGiven"],
            "subject": ["W1"],
            "at": [pd.Timestamp("2026-01-05T12:00Z")],
            "data": ["[]"],
        }
    )
    acknowledged = 0
    with embedded(durable_folder) as url:
        engine = connect(url)
        migrate(engine)
        for number in range(30):
            with engine.begin() as connection:
                log.append(connection, one.assign(id=str(number)))
            acknowledged += 1
        who = account()
        tool = str(programs(who) / "pg_ctl")
        crash = run([tool, "stop", "-m", "immediate", "-D", str(durable_folder / "data")], who)
        assert crash.returncode == 0, crash.stderr
        engine.dispose()
    with embedded(durable_folder) as url:
        assert ask(url, "SELECT count(*) FROM log") == acknowledged == 30


def test_a_server_that_may_lose_what_it_acknowledged_is_refused(server):
    with pytest.raises(NotDurable, match="fsync"):
        connect(server)


def test_a_database_that_may_lose_what_it_acknowledged_is_refused(durable_folder):
    with embedded(durable_folder) as url:
        connect(url).dispose()
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("CREATE DATABASE lax")
            connection.execute("ALTER DATABASE lax SET synchronous_commit = off")
        with pytest.raises(NotDurable):
            connect(url.replace("/verhuisketen?", "/lax?"))
