"""The breaks: one line that a promise rests on, and the test that must go red without it."""

from __future__ import annotations

from dataclasses import dataclass

LINTER = "lint-imports"
"""Not a test, but a check of `make check`."""


@dataclass(frozen=True)
class Break:
    """A one-line break: in `file` the text `old` (there exactly once) becomes `new`.

    `tests` are what must go red: pytest's node ids, or LINTER.
    """

    promise: str
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def named(file: str, test: str) -> str:
    """The node id by which pytest knows a test."""
    return f"tests/{file}.py::{test}"
