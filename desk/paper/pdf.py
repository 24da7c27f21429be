"""Printing: a page as PDF, made beside the desk so that a long print holds nobody up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data_contracts.words import VerhuisketenError
from desk import figures

HERE = Path(__file__).parents[1]
AT_ONCE = 1
"""So many presses run for each of our two processes."""
IN_THE_QUEUE = 3
"""So many prints are being made or wait in each; who comes after them is asked to come back."""
SECONDS = 30
_PRESSES = BoundedSemaphore(AT_ONCE)
_QUEUE = BoundedSemaphore(IN_THE_QUEUE)


class NotPrinted(VerhuisketenError):
    """Het afdrukken is niet gelukt. Probeer het over een minuut opnieuw."""


class Busy(NotPrinted):
    """Er worden nu te veel brieven tegelijk gemaakt. Probeer het over een minuut opnieuw."""


def _pages() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates" / "paper"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"euro": figures.euro, "day": figures.day, "short_day": figures.short_day}
    return pages


_PAGES = _pages()


def written(template: str, **given: Any) -> str:  # noqa: ANN401 - whatever a template shows
    """Write a page for the press: everything that is given stands there as text, escaped."""
    return _PAGES.get_template(template).render(**given)


def printed(html: str, *, seconds: int = SECONDS) -> bytes:
    """Print a page as PDF (tagged, PDF/UA-1, equal bytes for equal pages).

    Raises Busy when too many prints are under way, NotPrinted when it fails or takes too long.
    """
    if not _QUEUE.acquire(blocking=False):
        raise Busy
    try:
        with _PRESSES:
            return _pressed(html.encode(), seconds)
    finally:
        _QUEUE.release()


def _pressed(html: bytes, seconds: int) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "desk.paper.press"],
            input=html,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a complaint about a page could quote from it
            # No address of a database and no secret goes along.
            env={"PYTHONPATH": str(HERE.parent), "LANG": "C.UTF-8", "HOME": "/nonexistent"},
            timeout=seconds,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        raise NotPrinted from None
    if not done.stdout.startswith(b"%PDF-"):
        raise NotPrinted
    return done.stdout
