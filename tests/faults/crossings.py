"""The places where a process crosses into the outside world, counted without marks in the product.

Every statement, COPY, commit and rollback of psycopg, every file that is opened, renamed or removed
under a folder, and every call over the network is a crossing. At the chosen one the process kills
or stops itself, or meets an error. Between two crossings nothing outside changes, so whoever dies
there leaves the same behind as whoever dies at the next crossing.

`watch` changes the process for good: call it in a fork, never in the process that runs the tests.
"""

import errno
import os
import random
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

import pandas as pd
import psycopg

SQL_FAULTS = (
    lambda: psycopg.errors.AdminShutdown("the connection is gone"),
    lambda: psycopg.errors.DeadlockDetected("deadlock"),
    lambda: psycopg.errors.DiskFull("no space left on the server"),
    MemoryError,
)
FILE_FAULTS = (
    lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
    MemoryError,
)
FILE_EVENTS = {"open": 0, "os.rename": 1, "os.remove": 0, "os.symlink": 1, "os.mkdir": 0}
"""Which argument of an audit event is the path that changes (or is opened)."""
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


class Crossings:
    """Counts crossings, and at number `at` (from 1) does what `how` says.

    kill or stop: the signal. fail: one error, drawn by `seed`. away: from there on the database
    answers nothing any more.
    """

    def __init__(self, at, how, seed):
        self.at, self.how = at, how
        self.dice = random.Random(seed)
        self.names = []
        self.met = None

    def __call__(self, kind, name):
        """Cross; `kind` is sql, file or net."""
        self.names.append(f"{kind} {name}")
        number = len(self.names)
        if self.how == "away" and kind == "sql" and self.at is not None and number >= self.at:
            self.met = "away"
            raise psycopg.errors.AdminShutdown("the server is away")
        if number == self.at and self.how != "away":
            self._act(kind)

    def _act(self, kind):
        if self.how in SIGNALS:
            os.kill(os.getpid(), SIGNALS[self.how])
            return
        error = self.dice.choice(SQL_FAULTS if kind == "sql" else FILE_FAULTS)()
        self.met = type(error).__name__
        raise error


def watch(crossings, folder):
    """Report every crossing of this process from here on; files only under `folder`."""
    _watch_statements(crossings)
    _watch_copies(crossings)
    _watch_ends(crossings)
    _watch_files(crossings, str(folder))
    _watch_writing(crossings, str(folder))


def _watch_statements(cross):
    for name in ("execute", "executemany"):
        real = getattr(psycopg.Cursor, name)

        def told(self, query, *rest, _real=real, **more):
            cross("sql", _words(query))
            return _real(self, query, *rest, **more)

        setattr(psycopg.Cursor, name, told)


def _words(query):
    text = query if isinstance(query, str) else type(query).__name__
    return " ".join(text.split())[:50]


def _watch_copies(cross):
    copy, write_row, begun = psycopg.Cursor.copy, psycopg.Copy.write_row, WeakSet()

    @contextmanager
    def told(self, *given, **more):
        cross("sql", "COPY")
        with copy(self, *given, **more) as running:
            yield running
        cross("sql", "COPY done")

    def told_row(self, row):
        write_row(self, row)
        if self not in begun:  # half a COPY: some rows are on their way, the rest is not
            begun.add(self)
            cross("sql", "COPY half")

    psycopg.Cursor.copy, psycopg.Copy.write_row = told, told_row


def _watch_ends(cross):
    for name in ("commit", "rollback"):
        real = getattr(psycopg.Connection, name)

        def told(self, _real=real, _name=name):
            cross("sql", f"{_name} asked")
            _real(self)
            cross("sql", f"{_name} done")

        setattr(psycopg.Connection, name, told)


def _watch_files(cross, folder):
    def told(event, given):
        if event == "socket.connect":
            cross("net", "connect")
        elif event in FILE_EVENTS:
            path = given[FILE_EVENTS[event]]
            if isinstance(path, str | os.PathLike) and os.fspath(path).startswith(folder):
                cross("file", f"{event} {Path(path).name}")

    sys.addaudithook(told)


def _watch_writing(cross, folder):
    """Cross halfway a file that is written in one go, and around one that is written unseen."""
    to_parquet = pd.DataFrame.to_parquet

    def halves(self, data):
        view, middle = memoryview(data), len(data) // 2
        with self.open("wb") as file:
            file.write(view[:middle])
            file.flush()
            if str(self).startswith(folder):
                cross("file", f"half {self.name}")
            file.write(view[middle:])
        return len(data)

    def text_halves(self, data, encoding=None, errors=None, newline=None):
        if newline not in (None, "\n"):
            raise NotImplementedError
        return halves(self, data.encode(encoding or "utf-8", errors or "strict"))

    def table(self, path, *given, **more):
        cross("file", f"parquet {Path(path).name}")
        written = to_parquet(self, path, *given, **more)
        cross("file", f"parquet {Path(path).name} done")
        return written

    Path.write_bytes, Path.write_text, pd.DataFrame.to_parquet = halves, text_halves, table
