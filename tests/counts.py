"""How often a law is tried: an honest small number in CI, the full one by `make soak`.

Whoever runs the tests reads both numbers at the end: see `tests/conftest.py`.
"""

import os
import sys
from pathlib import Path

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
TOLD: dict[str, tuple[int, int]] = {}
"""What was counted in this process, by the test that counts: (in CI, in soak)."""


def count(*, ci: int, soak: int, of: str | None = None) -> int:
    """Give the number of tries of this run; `of` says what is counted, else the calling test."""
    TOLD[of or _caller()] = (ci, soak)
    return soak if SOAK else ci


def _caller() -> str:
    """Name the test that counts; where a decorator counts, the line it stands on."""
    code = sys._getframe(2)
    place = Path(code.f_code.co_filename).stem
    name = code.f_code.co_name
    return f"{place}: {code.f_lineno if name == '<module>' else name}"


def told() -> list[str]:
    """Say of everything that was counted how often, in CI and in full."""
    return [f"tellingen: {name} {ci}/{soak}" for name, (ci, soak) in sorted(TOLD.items())]
