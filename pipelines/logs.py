"""Log lines of long-running commands: an allow-list of fields, JSON or plain, on standard error.

A line says what happened and where, never about whom: a field nobody allowed is left out and
counted, an exception is its class and its places, and of what other libraries say only the
constant part is kept (their arguments may hold anything: addresses asked for, SQL parameters).
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from prometheus_client import Counter
from structlog.stdlib import BoundLogger, ProcessorFormatter

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence
    from types import TracebackType

    from structlog.types import Processor

    from pipelines.settings import Settings

    Line = MutableMapping[str, Any]

FIELDS = frozenset(
    (
        *("event", "level", "at", "logger", "command", "phase", "status", "kind", "error", "place"),
        *("sentence", "run", "region", "plan", "position", "table", "reader", "subscriber", "code"),
        *("facts", "count", "waiting", "seconds", "attempt", "method", "port", "dropped"),
    )
)
"""What a line may hold. None of them is about a person: think twice before you add one."""
PLAIN = (str, int, float, bool, date, type(None))
LONGEST = 300
PLACES = 5
"""Frames told of an exception, the innermost last."""
CONSTANT = ("uvicorn.error", "verhuisketen.desk")
"""Loggers whose messages without arguments are constants, and so may be told."""
QUIET = ("alembic", "asyncio", "httpcore", "httpx", "sqlalchemy")
"""Told from warnings up: below, they tell of every look, address and statement."""


DROPPED = Counter(
    "verhuisketen_log_fields_dropped", "velden die een logregel niet mag hebben", registry=None
)
"""Fields left out of log lines since the start."""


def logger(name: str) -> BoundLogger:
    """Give a logger; it keeps to the allow-list whether or not `set_up` was called.

    Its words are constants and its fields are in `FIELDS`: `logger("listen").info("wakker",
    position=12)`. Pass an exception as `exc_info=error`.
    """
    made: BoundLogger = structlog.wrap_logger(
        logging.getLogger(f"verhuisketen.{name}"),
        processors=[*OURS, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=True,
    )
    return made


def set_up(settings: Settings, *, stream: TextIO | None = None) -> None:
    """Send every log line of this process to standard error, ours and other libraries' alike.

    Uncaught exceptions too are told without their words. Call it once, at the start of a command
    that keeps running; start uvicorn with `log_config=None`.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            processors=[ProcessorFormatter.remove_processors_meta, _renderer(settings.log)],
            foreign_pre_chain=THEIRS,
            pass_foreign_args=True,
            use_get_message=False,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        known = logging.getLogger(name)
        # What goes to a console goes our way; Prefect's way to its own server stays.
        known.handlers[:] = [h for h in known.handlers if not isinstance(h, logging.StreamHandler)]
        known.propagate = True
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # or a line that fails to be written is printed as it is
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _renderer(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True, default=str)
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)


def _allowed(_logger: object, _method: str, line: Line) -> Line:
    """Keep what is on the list and is plain; count what is not."""
    kept = {
        name: value[:LONGEST] if isinstance(value, str) else value
        for name, value in line.items()
        if name.startswith("_") or (name in FIELDS and isinstance(value, PLAIN))
    }
    if missing := len(line) - len(kept):
        DROPPED.inc(missing)
        kept["dropped"] = missing
    return kept


def _exception(_logger: object, _method: str, line: Line) -> Line:
    """Tell an exception by its class and places; its words only when they are ours."""
    given = line.pop("exc_info", None)
    line.pop("stack_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        line.update(told(error))
    return line


def told(error: BaseException) -> dict[str, str]:
    """Say of an exception what may be said: its class, where, and the sentence if it is ours."""
    places = [f"{_short(f.filename)}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
    said = {"error": type(error).__name__, "place": " > ".join(places[-PLACES:])}
    return said | ({"sentence": str(error)} if isinstance(error, VerhuisketenError) else {})


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-2:])


def _theirs(_logger: object, _method: str, line: Line) -> Line:
    """Keep of another library's line the constant part: its template, not what was filled in."""
    record: logging.LogRecord = line["_record"]
    filled_in = line.pop("positional_args")
    line.update(logger=record.name, event=_constant(record, filled_in))
    if record.name == "uvicorn.access":
        line.update(_request(filled_in))
    elif record.levelno >= logging.WARNING and not record.exc_info:
        line["place"] = f"{_short(record.pathname)}:{record.lineno}"
    return line


def _constant(record: logging.LogRecord, filled_in: object) -> str:
    if isinstance(record.msg, str) and (filled_in or record.name in CONSTANT):
        return record.msg.strip()
    return "een bericht van een bibliotheek"  # perhaps an f-string: it may hold anything


def _request(told_by_uvicorn: Sequence[Any]) -> dict[str, Any]:
    """Take method and status of a request; not who asked, and not the address asked for."""
    _who, method, _address, _version, status = told_by_uvicorn
    return {"event": "verzoek", "method": method, "status": status}


STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")
OURS: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    STAMP,
    _exception,
    _allowed,
)
THEIRS: tuple[Processor, ...] = (
    _theirs,
    structlog.stdlib.add_log_level,
    STAMP,
    _exception,
    _allowed,
)


def _uncaught(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    logger("process").critical("er ging iets mis dat wij niet voorzagen", exc_info=error)


def _uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
        _uncaught(given.exc_type, given.exc_value, given.exc_traceback)
