"""A process that forks: each fork migrates a database and kills itself before its n-th statement.

Run as a program it reads `NUMBER ADDRESS`, a line each, and answers with how many statements its
fork came to, and whether it was killed. A migration of many statements is sent one by one, so that
it can be broken off between any two.
"""

import mmap
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from store.database import connect, migrate

ROOT = Path(__file__).parents[2]
STATEMENT = re.compile(r"(?:\$\$.*?\$\$|[^$])*?;[ \t]*(?:\n|$)", re.DOTALL)
"""Up to a semicolon at the end of a line, but for those inside the body of a function."""
SECONDS = 60


class Migrating:
    """The tests' side."""

    def __enter__(self):
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.migrating"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_):
        self._program.stdin.close()
        self._program.wait(SECONDS)
        self._program.stdout.close()

    def killed_before(self, number, url):
        """Migrate in a process that dies before its n-th statement; say whether it came so far."""
        return self._run(number, url)[1] == "killed"

    def statements(self, url):
        """Migrate without a kill and give how many statements that took."""
        return int(self._run(0, url)[0])

    def _run(self, number, url):
        self._program.stdin.write(f"{number} {url}\n")
        self._program.stdin.flush()
        return self._program.stdout.readline().split()


def one_by_one(words):
    """Split what the migrations say into statements, without leaving anything out."""
    parts = STATEMENT.findall(words)
    rest = words[sum(map(len, parts)) :]
    return [part for part in (*parts, rest) if part.strip()]


class Crossings:
    """Counts the statements of this process, and dies before one of them."""

    def __init__(self, at, told):
        self.at, self.told, self.number = at, told, 0

    def cross(self):
        self.number += 1
        self.told[:] = f"{self.number:9}".encode()
        if self.number == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self):
        """Cross before every statement, and before and after every commit."""
        execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

        def executed(cursor, query, params=None, **more):
            alone = params is None and isinstance(query, str) and query.count(";") > 1
            for one in one_by_one(query) if alone else [query]:
                self.cross()
                execute(cursor, one, params, **more)
            return cursor

        def committed(connection):
            self.cross()
            commit(connection)
            self.cross()

        psycopg.Cursor.execute = executed
        psycopg.Connection.commit = committed


def fork(at, url):
    """Migrate in a fork; give how many statements it came to and how it ended."""
    told = mmap.mmap(-1, 9)  # shared with the fork, and there when that was killed
    child = os.fork()
    if child == 0:
        code = 1
        try:
            Crossings(at, told).watch()
            engine = connect(url, test=True)
            migrate(engine)
            engine.dispose()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return int(told[:]), "killed" if os.WIFSIGNALED(status) else f"ended-{os.WEXITSTATUS(status)}"


def main():
    for line in sys.stdin:
        at, _, url = line.strip().partition(" ")
        sys.stdout.write("{} {}\n".format(*fork(int(at), url)))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
