"""The house itself: the lock, and calls nobody may make. (The compose file: test_compose.)"""

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("data_contracts", "matching", "store", "pipelines")
SOURCES = sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py"))
FORBIDDEN = {"eval", "exec", "read_pickle", "to_pickle", "to_sql"}
UNSAFE = {("yaml", "load"), ("pickle", "load"), ("pickle", "loads")}


@pytest.fixture(scope="module")
def lock():
    return (HOUSE / "requirements.lock").read_text("utf-8")


def test_the_lock_names_no_registry_and_hashes_every_package(lock):
    assert "://" not in lock
    packages = re.findall(r"^[a-z0-9][\w.-]*==.*", lock, flags=re.MULTILINE)
    assert packages
    assert all(line.endswith("\\") for line in packages)


def calls_in(path):
    """Every call as (object, name); a `query` counts only when it is given text to run."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            yield "", node.func.id
        elif isinstance(node.func, ast.Attribute):
            text = any(isinstance(a, ast.Constant | ast.JoinedStr) for a in node.args)
            if node.func.attr != "query" or text:
                yield getattr(node.func.value, "id", ""), node.func.attr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_nobody_runs_text_as_code(path):
    made = set(calls_in(path))

    assert not [call for call in made if call[1] in {*FORBIDDEN, "query"}]
    assert not made & UNSAFE


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in SOURCES
        if path.relative_to(HOUSE).parts[0] in ("data_contracts", "matching")
    ],
    ids=lambda path: str(path.relative_to(HOUSE)),
)
def test_the_lowest_rooms_never_ask_the_clock(path):
    assert not {
        call for call in calls_in(path) if call[1] in {"now", "today", "utcnow", "monotonic"}
    }
