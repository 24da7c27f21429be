"""The process that reads deliveries: it forks for every file, and the fork lives within bounds.

Asked over a socket, one file at a time: a line of JSON, and with it a pipe for the answer. Run by
`pipelines.apart`; ends when whoever started it is gone.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import socket
import sys
import traceback
from dataclasses import asdict, astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from data_contracts.feeds import DoubleColumn, MissingColumn, parse
from data_contracts.records import DELIVERIES
from pipelines.sources import UnreadableFile, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from data_contracts.feeds import Parsed

MOST_ASKED = 1 << 16
FELL = 1
"""How a fork ends that ran out of memory and could say so."""


def main(number: int) -> None:
    """Read what is asked for, until nobody asks any more."""
    _arrow(pd.DataFrame({"een": ["warm"]}))  # what it loads when first used, no fork loads again
    gc.freeze()  # what the forks share stays shared
    line = socket.socket(fileno=number)
    while True:
        asked, descriptors, _, _ = socket.recv_fds(line, MOST_ASKED, 1)
        if not asked:
            return
        (out,) = descriptors
        child = os.fork()
        if child == 0:
            line.close()
            _fork(json.loads(asked), out)
        os.close(out)
        _, status = os.waitpid(child, 0)
        line.send(str(os.waitstatus_to_exitcode(status)).encode())


def _fork(asked: dict[str, Any], out: int) -> None:
    """Read one file within its bounds, say what it holds, and end; whatever happens."""
    ended = FELL
    try:
        bounded(seconds=asked["seconds"], room=asked["bytes"])
        with open(out, "wb") as answer:
            for part in answered(Path(asked["path"]), asked["table"]):
                answer.write(len(part).to_bytes(8, "big"))
                answer.write(part)
        ended = 0
    finally:
        os._exit(ended)


def bounded(*, seconds: int, room: int) -> None:
    """Bound this process: so much memory more than it has now, so much time, and no files.

    Over the bound of time the system ends it; over that of memory Python says so.
    """
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    pages = Path("/proc/self/statm")
    has = int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else 0
    _lower(resource.RLIMIT_AS, has + room)


def _lower(what: int, bound: int) -> None:
    _, hard = resource.getrlimit(what)
    lowest = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
    resource.setrlimit(what, (lowest, lowest))


def answered(path: Path, table: str) -> tuple[bytes | pa.Buffer, ...]:
    """Give what a file holds, in parts: JSON, and two Arrow tables; or what is wrong, in JSON."""
    return _read_or_say(lambda: parse(read(path), DELIVERIES[table]))


def _read_or_say(reading: Callable[[], Parsed]) -> tuple[bytes | pa.Buffer, ...]:
    try:
        parsed = reading()
    except (UnreadableFile, MissingColumn, DoubleColumn) as error:
        return (_json({"problem": type(error).__name__, "sentence": str(error)}),)
    except MemoryError:
        raise
    except OSError as error:
        return (_json({"missing": error.strerror or type(error).__name__}),)
    except Exception as error:  # noqa: BLE001 - a bug is told where it is known, without its values
        return (_json({"bug": _where(error)}),)
    return _json(_told(parsed)), _arrow(parsed.rows), _arrow(parsed.apart)


def _told(parsed: Parsed) -> dict[str, Any]:
    return {
        "sha256": parsed.sha256,
        "rejects": [astuple(wrong) for wrong in parsed.rejects],
        "accounting": asdict(parsed.accounting),
        "warnings": parsed.warnings,
        "held": parsed.held,
        "nameless": parsed.nameless,
        "aside": [astuple(one) for one in parsed.aside],
    }


def _json(what: dict[str, Any]) -> bytes:
    return json.dumps(what).encode()


def _arrow(table: pd.DataFrame) -> pa.Buffer:
    rows = pa.Table.from_pandas(table, nthreads=1)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return sink.getvalue()


def _where(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, regel {last.lineno}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
