"""The house itself: the lock, the compose file, and calls nobody may make."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from pipelines.cli import app

HOUSE = Path(__file__).parents[2]
ROOMS = ("data_contracts", "matching", "store", "pipelines")
SOURCES = sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py"))
FORBIDDEN = {"eval", "exec", "read_pickle", "to_pickle", "to_sql"}
UNSAFE = {("yaml", "load"), ("pickle", "load"), ("pickle", "loads")}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((HOUSE / "docker-compose.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def lock():
    return (HOUSE / "requirements.lock").read_text("utf-8")


def test_the_lock_names_no_registry_and_hashes_every_package(lock):
    assert "://" not in lock
    packages = re.findall(r"^[a-z0-9][\w.-]*==.*", lock, flags=re.MULTILINE)
    assert packages
    assert all(line.endswith("\\") for line in packages)


def test_the_images_run_the_prefect_of_the_lock(compose, lock):
    version = re.search(r"^prefect==([\d.]+)", lock, flags=re.MULTILINE)[1]

    assert compose["services"]["prefect"]["image"].startswith(f"prefecthq/prefect:{version}-")


def test_what_a_service_needs_is_declared(compose):
    for service in compose["services"].values():
        assert "image" in service or "build" in service
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        assert set(service.get("depends_on", ())) <= set(compose["services"])
        named = {v.split(":")[0] for v in service.get("volumes", ()) if not v.startswith(".")}
        assert named <= set(compose["volumes"])


def test_our_own_service_runs_a_command_that_exists(compose):
    assert compose["services"]["nights"]["command"][0] in get_command(app).commands


def test_no_secret_stands_in_the_compose_file(compose):
    told = [
        f"{name}={value}"
        for service in compose["services"].values()
        for name, value in service.get("environment", {}).items()
    ]

    assert not [line for line in told if re.search(r"PASSWORD=|KEY=|://\w+:\w+@", line)]


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
