"""The real `verhuisketen desk`: opens, says how to begin, has its listener beside it, and stops."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from sqlalchemy import text

from desk.app import application
from pipelines import asking
from pipelines.cli import main
from pipelines.commands.desk import the_desk
from pipelines.sealing import HEADS, seal
from store import demo, tenants, users
from store.access import Look, looked
from store.database import connect

SECONDS = 120
MAIN = "from pipelines.cli import main; main()"
CORPORATION = "12345678"
CODE = re.compile(r"(?:[A-Z2-9]{5}-){3}[A-Z2-9]{5}")


class Opened:
    """A desk on a folder and a port of its own."""

    def __init__(self, folder, *words):
        known = {n: v for n, v in os.environ.items() if not n.startswith("VERHUISKETEN_")}
        known.pop("PYTHONDONTWRITEBYTECODE", None)
        self.program = subprocess.Popen(
            [sys.executable, "-c", MAIN, "desk", "--data", str(folder), "--port", "0", *words],
            env=known,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = []
        for line in self.program.stderr:
            self.said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(found[1])
            if "startup complete" in line:
                break
        else:
            pytest.fail("".join(self.said))
        self.reader = Thread(target=lambda: self.said.extend(self.program.stderr), daemon=True)
        self.reader.start()

    def get(self, path):
        calling = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        calling.request("GET", path)
        answer = calling.getresponse()
        said = answer.read().decode()
        calling.close()
        return answer.status, said, answer

    def children(self):
        """The listener beside it, by its process number."""
        task = Path(f"/proc/{self.program.pid}/task")
        found = [
            int(one) for own in task.iterdir() for one in (own / "children").read_text().split()
        ]
        return [one for one in found if b"listen" in Path(f"/proc/{one}/cmdline").read_bytes()]

    def stop(self, number=signal.SIGTERM):
        self.program.send_signal(number)
        code = self.program.wait(SECONDS)
        self.reader.join(SECONDS)
        self.program.stderr.close()
        return code


def gone(process):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or ") Z " in state.read_text():
            return True
        os.sched_yield()
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="kijkt in /proc")
def test_a_desk_opens_on_its_own_database_and_leaves_nothing_behind(tmp_path):
    desk = Opened(tmp_path)
    code = CODE.search("".join(desk.said))
    assert code is not None
    status, page, answer = desk.get("/aanmelden")
    assert status == 200
    assert "Eerste beheerder maken" in page
    assert code[0] not in page
    assert answer.getheader("server") is None
    (listener,) = desk.children()
    assert desk.stop() == 0
    assert gone(listener)
    assert not (tmp_path / "postgres" / "data" / "postmaster.pid").exists()

    desk = Opened(tmp_path)
    (listener,) = desk.children()
    assert desk.stop(signal.SIGKILL) == -signal.SIGKILL
    assert gone(listener)


@pytest.fixture
def command(database_url, monkeypatch, capsys, tmp_path):
    """Run a short command right here: code, standard output, standard error."""
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", database_url)
    monkeypatch.setenv("VERHUISKETEN_DATA", str(tmp_path))
    monkeypatch.setattr(asking, "connect", partial(connect, test=True))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["verhuisketen", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return run


def test_hands_find_the_face_without_knowing_it():
    assert the_desk() is application


def test_a_desk_is_not_opened_to_everybody_without_a_proxy(command):
    code, _, said = command("desk", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - refused
    assert code != 0
    assert "VERHUISKETEN_BEHIND_PROXY" in said


def test_a_desk_says_what_to_run_where_its_role_is_missing(database_url, database):
    name, url = "gewone_bureau", database.url
    with psycopg.connect(
        dbname=url.database, host=url.query["host"], user=url.username, autocommit=True
    ) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{name}"')
    try:
        plain = connect(database_url.replace(f"{url.username}@", f"{name}@"), test=True)
        with pytest.raises(tenants.NoDeskRole, match="CREATE ROLE verhuisketen_desk NOLOGIN"):
            tenants.check(plain)
        plain.dispose()
    finally:
        with psycopg.connect(
            dbname=url.database, host=url.query["host"], user=url.username, autocommit=True
        ) as connection:
            connection.execute(f"DROP OWNED BY {name}")
            connection.execute(f"DROP ROLE {name}")


def test_users_are_made_listed_and_begun_anew_by_who_looks_after_the_machine(command, database):
    add = (
        "users",
        "add",
        "anna",
        "--corporation",
        CORPORATION,
        "--name",
        "Anna",
        "--role",
        "coach",
    )
    code, out, _ = command(*add, "--coach", "COACH-01", "--json")
    made = json.loads(out)
    assert code == 0
    assert len(made["password"]) > 20
    with database.connect() as connection:
        anna, _ = users.by_login(connection, CORPORATION, "anna")
    assert anna.must_change
    assert anna.factor_needed
    assert command(*add)[0] != 0
    code, out, _ = command("users", "list", "--json")
    assert [one["gebruikersnaam"] for one in json.loads(out)] == ["anna"]
    assert made["password"] not in out
    code, out, _ = command("users", "reset", "anna", "--corporation", CORPORATION)
    assert code == 0
    assert made["password"] not in out
    assert command("users", "reset", "bob", "--corporation", CORPORATION)[0] != 0


def test_without_a_second_step_is_for_this_machine_only(command, monkeypatch):
    add = ("users", "add", "anna", "--corporation", CORPORATION, "--name", "A", "--role", "coach")
    monkeypatch.setenv("VERHUISKETEN_BEHIND_PROXY", "true")
    assert command(*add, "--zonder-tweede-factor")[0] != 0
    monkeypatch.setenv("VERHUISKETEN_BEHIND_PROXY", "false")
    assert command(*add, "--zonder-tweede-factor")[0] == 0


def test_the_log_of_looks_is_held_against_the_heads_outside(command, database, tmp_path):
    with database.begin() as connection:
        for number in range(5):
            looked(connection, Look("G-1", "proef", CORPORATION), "person", [f"H-{number}"])
    seal(database, tmp_path)
    assert len((tmp_path / HEADS).read_text().splitlines()) == 1
    code, out, _ = command("verify-audit")
    assert (code, "5 regels verzegeld" in out) == (0, True)
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM access WHERE id > 3"))
        connection.execute(text("DELETE FROM seal WHERE access > 3"))
    code, out, _ = command("verify-audit", "--json")
    assert code == 1
    assert json.loads(out)["wrong"]["line"] == 3
    code, out, _ = command("verify-audit")
    assert "geknipt" in out


def test_a_demo_makes_somebody_to_sign_in_as(engine, busiest):
    with engine.begin() as connection:
        password = demo.people(connection)
        again = demo.people(connection)
        coach, _ = users.by_login(connection, busiest[1], "coach")
        known = {one.login for one in users.every(connection, busiest[1])}
    assert password != again
    assert (coach.coach, coach.corporation) == busiest
    assert coach.phone == demo.PHONE  # whoever gets a letter must be able to call
    assert coach.ready
    assert known == set(demo.PEOPLE)
