"""How a command that keeps running is asked to stop: SIGTERM, or Ctrl+C."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def stop_on_signals() -> Event:
    """Give an event that is set when somebody asks this process to stop; what runs is finished."""
    stop = Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    return stop


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Let SIGTERM end what runs just as Ctrl+C does: KeyboardInterrupt, once.

    Who is ending is not interrupted again: it books what it did and goes.
    """
    signals = (signal.SIGTERM, signal.SIGINT)

    def interrupt(*_: object) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {one: signal.signal(one, interrupt) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
