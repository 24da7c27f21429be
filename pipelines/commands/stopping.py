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
def interrupted_by_signals() -> Iterator[Event]:
    """Let SIGTERM end what runs just as Ctrl+C does: KeyboardInterrupt, once.

    Who is ending is not interrupted again: it books what it did and goes. Gives an event that is
    set then, for whoever keeps running: Python drops an exception that is raised while it cleans
    up an object, and the signal with it.
    """
    signals = (signal.SIGTERM, signal.SIGINT)
    asked = Event()

    def interrupt(*_: object) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        asked.set()
        raise KeyboardInterrupt

    before = {one: signal.signal(one, interrupt) for one in signals}
    try:
        yield asked
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
