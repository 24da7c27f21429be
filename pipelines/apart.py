"""Reading a delivery apart: in a process of its own, with bounds, without our secrets.

A file comes from outside and may be made to fell whoever reads it. The process that reads (it runs
`pipelines.apart_reader`) starts once, forks for every file, and each fork has its own bounds of
memory and of time on the processor; it may write nothing on disk and knows no database. What it
read comes back as Arrow tables and JSON, never as Python objects.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from data_contracts.feeds import (
    Accounting,
    Aside,
    DoubleColumn,
    MissingColumn,
    Parsed,
    Reject,
)
from pipelines.sources import UnreadableFile

if TYPE_CHECKING:
    import pandas as pd

    from data_contracts.records import Delivery
    from pipelines.settings import Settings

PROBLEMS = {kind.__name__: kind for kind in (UnreadableFile, MissingColumn, DoubleColumn)}
"""What reading may say of a file as a whole."""
TOO_MUCH = (
    "{name} lezen kostte te veel geheugen of tijd en is afgebroken. Lever het in delen aan, of als "
    "CSV."
)
_ROOT = str(Path(__file__).parents[1])


class ReaderFell(RuntimeError):
    """The reader broke on a mistake of ours; where, in its message, and no value."""


@dataclass(slots=True)
class _Reader:
    """The process that reads, and the line to it; of one process of ours only."""

    owner: int
    process: subprocess.Popen[bytes]
    line: socket.socket

    @property
    def serves(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None


_turn = Lock()
_reader: _Reader | None = None


def parse(path: Path, delivery: Delivery, settings: Settings) -> Parsed:
    """Read a file and hold it against its row model, in a process of its own.

    Raises UnreadableFile (also when it cost too much), MissingColumn, DoubleColumn; OSError when
    the file cannot be opened; ReaderFell for a bug.
    """
    asked = {
        "path": str(path.absolute()),
        "table": delivery.table,
        "seconds": settings.read_seconds,
        "bytes": settings.read_megabytes * 1024 * 1024,
    }
    with _turn:
        said, status = _ask(asked)
    if status != 0:
        raise UnreadableFile(TOO_MUCH.format(name=path.name))
    return _parsed(said, delivery)


def _ask(asked: dict[str, Any]) -> tuple[bytes, int]:
    """Give what the fork said and how it ended; a reader that died is started once more."""
    for last in (False, True):
        try:
            return _ask_once(_serving(), asked)
        except (OSError, EOFError):
            stop()
            if last:
                raise
    raise AssertionError


def _ask_once(reader: _Reader, asked: dict[str, Any]) -> tuple[bytes, int]:
    here, there = os.pipe()
    with open(here, "rb") as out:  # noqa: PTH123 - a pipe, no path
        try:
            socket.send_fds(reader.line, [json.dumps(asked).encode()], [there])
        finally:
            os.close(there)
        said = out.read()
    ended = reader.line.recv(64)
    if not ended:
        raise EOFError
    return said, int(ended)


def _serving() -> _Reader:
    global _reader  # noqa: PLW0603 - one reader per process, made when the first file comes
    if _reader is None or not _reader.serves:
        _reader = _start()
    return _reader


def _start() -> _Reader:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own command line, no shell
            [sys.executable, "-m", "pipelines.apart_reader", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd="/",
            # Nothing of ours: no address of a database, no key, no proxy.
            env={"PYTHONPATH": _ROOT, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    return _Reader(os.getpid(), process, ours)


def stop() -> None:
    """End the process that reads, if it is ours."""
    global _reader
    reader, _reader = _reader, None
    if reader is None:
        return
    reader.line.close()
    if reader.owner != os.getpid():
        return
    with suppress(ProcessLookupError):
        reader.process.kill()
    reader.process.wait()


atexit.register(stop)


def _parsed(said: bytes, delivery: Delivery) -> Parsed:
    rest = memoryview(said)
    told = json.loads(bytes(_part(rest, 0)))
    if "problem" in told:
        raise PROBLEMS[told["problem"]](told["sentence"])
    if "missing" in told:
        raise OSError(told["missing"])
    if "bug" in told:
        raise ReaderFell(told["bug"])
    return Parsed(
        delivery=delivery,
        sha256=told["sha256"],
        rows=_table(_part(rest, 1)),
        apart=_table(_part(rest, 2)),
        rejects=tuple(Reject(*wrong) for wrong in told["rejects"]),
        accounting=Accounting(**told["accounting"]),
        warnings=tuple(told["warnings"]),
        held=tuple(told["held"]),
        nameless=told["nameless"],
        aside=tuple(Aside(*one) for one in told["aside"]),
    )


def _part(said: memoryview, number: int) -> memoryview:
    """Give one part of what was said: each stands after its length, in eight bytes."""
    at = 0
    for _ in range(number):
        at += 8 + int.from_bytes(said[at : at + 8], "big")
    size = int.from_bytes(said[at : at + 8], "big")
    return said[at + 8 : at + 8 + size]


def _table(part: memoryview) -> pd.DataFrame:
    with pa.ipc.open_stream(pa.py_buffer(part)) as stream:
        table: pd.DataFrame = stream.read_all().to_pandas()
    return table
