"""How a command that keeps running is asked to stop: SIGTERM, or Ctrl+C."""

from __future__ import annotations

import signal
from threading import Event


def stop_on_signals() -> Event:
    """Give an event that is set when somebody asks this process to stop; what runs is finished."""
    stop = Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    return stop
