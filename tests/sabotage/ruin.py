"""Apply a break to a copy of the checkout, run its tests there, and say whether they went red."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.sabotage import of_desk, of_facts, of_plans, of_what_if, of_who
from tests.sabotage.breaks import LINTER

BREAKS = (
    *of_facts.BREAKS,
    *of_plans.BREAKS,
    *of_who.BREAKS,
    *of_desk.BREAKS,
    *of_what_if.BREAKS,
)
"""Every break, numbered from 1 in this order."""
ROOT = Path(__file__).parents[2]
LEFT_BEHIND = (".venv", ".git", "run", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
PATIENCE = 900
"""Seconds; a test that takes longer says nothing."""
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "sabotage"}
RED, GREEN = 1, 0
"""Exit codes of pytest and of lint-imports: something failed, nothing did. Others are no answer."""


class Outdated(Exception):
    """A break whose line is no longer in the file: it must follow the code."""


@dataclass(frozen=True)
class Verdict:
    """What became of a break: caught or not, after how long, and what was said when unclear."""

    caught: bool
    seconds: float
    said: str = ""


@contextmanager
def copied():
    """A copy of the checkout to break, so that nothing here is ever touched."""
    with TemporaryDirectory(prefix="vhk-sabotage-") as folder:
        copy = Path(folder) / "verhuisketen"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_BEHIND), symlinks=True)
        yield copy


def ruined(broken, source):
    """The text of the file with the break in it. Raises Outdated."""
    if source.count(broken.old) != 1 or broken.old == broken.new:
        raise Outdated(f"{broken.file}: {source.count(broken.old)} × {broken.old!r}")
    return source.replace(broken.old, broken.new)


def verdict_on(broken, copy):
    """Break the copy, run the tests, and mend the copy again."""
    file = copy / broken.file
    source = file.read_text("utf-8")
    file.write_text(ruined(broken, source), "utf-8")
    try:
        return run(broken.tests, copy)
    finally:
        file.write_text(source, "utf-8")


def run(tests, copy):
    """Run these tests in a copy; RED means caught, GREEN not, anything else is no answer."""
    began = time.monotonic()
    try:
        ended = subprocess.run(
            _command(tests),
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy)} | ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return Verdict(caught=False, seconds=PATIENCE, said="De test duurt te lang.")
    seconds = time.monotonic() - began
    clear = ended.returncode in (RED, GREEN)
    return Verdict(ended.returncode == RED, seconds, "" if clear else ended.stdout[-2_000:])


def _command(tests):
    if tests == (LINTER,):
        return [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    return [*pytest, "--no-header", "--tb=line", *tests]
