"""The heartbeat of a service without a door: a file touched every round, and who looks at it.

Run as a program (`python -m pipelines.beat`) by the health checks of docker-compose.yml, every half
minute for every service: so nothing but the standard library.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from pathlib import Path

SECONDS = 120
"""A service that takes longer over one round stands still."""
ASK_SECONDS = 5


def beat(file: Path | None) -> None:
    """Say that we are at work; without a file there is nobody to tell."""
    if file is not None:
        file.touch()


def is_fresh(file: Path, *, seconds: float = SECONDS) -> bool:
    """Whether a service was at work less than `seconds` ago."""
    try:
        return time.time() - file.stat().st_mtime < seconds
    except OSError:
        return False


def answers(url: str) -> bool:
    """Whether a service on this machine answers, and with a 2xx."""
    try:
        with urllib.request.urlopen(url, timeout=ASK_SECONDS) as answer:  # noqa: S310 - our own
            return bool(answer.status < 300)  # noqa: PLR2004 - HTTP's own border
    except OSError:
        return False


def main(arguments: list[str]) -> int:
    """Look at the file of VERHUISKETEN_BEAT, or ask the address that is given; 0 when well."""
    if arguments:
        return 0 if answers(arguments[0]) else 1
    return 0 if is_fresh(Path(os.environ["VERHUISKETEN_BEAT"])) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
