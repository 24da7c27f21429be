"""`verhuisketen serve` against a real Prefect server: runs, shows, and keeps nobody's data."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from pipelines.sources.example import region, write

ON = date(2026, 11, 22)
CANARY = "Kanarie-Zeldzaam"
KEY = "kanarie:geheim"
SECONDS = 120


@contextmanager
def running(command, environment, log):
    """Run a program in the background as long as the block lasts."""
    with log.open("wb") as said:
        program = subprocess.Popen(
            command, env=environment, stdout=said, stderr=subprocess.STDOUT, cwd=log.parent
        )
        try:
            yield program
        finally:
            program.terminate()
            try:
                program.wait(15)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait(15)


def until(ready, log, *, seconds=SECONDS):
    """Ask again until there is an answer; what the program said stands in the failure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ready():
            return answer
        time.sleep(0.1)
    pytest.fail(log.read_text(errors="replace")[-3000:])


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(url):
    try:
        urllib.request.urlopen(f"{url}/version", timeout=2).close()  # noqa: S310 - loopback
    except urllib.error.HTTPError:
        return True  # it asks who we are: it is there
    except OSError:
        return False
    return True


def with_canaries(folder):
    """Give every household the same rare name."""
    path = folder / "huishoudens.csv"
    head, *rows = path.read_text("utf-8-sig").splitlines()
    at = head.split(";").index("aanspreeknaam")
    named = [";".join([*r.split(";")[:at], CANARY, *r.split(";")[at + 1 :]]) for r in rows]
    path.write_text("\r\n".join([head, *named, ""]), "utf-8-sig")


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A Prefect server on loopback and `serve` beside it, on a small region full of canaries."""
    folder = tmp_path_factory.mktemp("serve")
    write(region(dwellings=300, seed=5, on=ON), folder / "leveringen")
    with_canaries(folder / "leveringen")
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    environment = os.environ | {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": url,
        "PREFECT_API_AUTH_STRING": KEY,
        "PREFECT_SERVER_API_AUTH_STRING": KEY,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        "VERHUISKETEN_DELIVERIES": str(folder / "leveringen"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    programs = Path(sys.executable).parent
    server = [programs / "prefect", "server", "start", "--host", "127.0.0.1", "--no-ui"]
    serve = [sys.executable, "-c", "from pipelines.cli import main; main()", "serve"]
    # The folder is named on the command line only: runs must hear of it all the same.
    serve += ["--data", str(folder / "data")]
    with (
        running([*server, "--port", str(port)], environment, folder / "server.log"),
        temporary_settings({PREFECT_API_URL: url, PREFECT_API_AUTH_STRING: KEY}),
    ):
        until(lambda: answers(f"{url}/admin"), folder / "server.log")
        with running(serve, environment, folder / "serve.log"):
            until(served, folder / "serve.log")
            yield folder


def served():
    with get_client(sync_client=True) as client:
        return client.read_deployments()


@pytest.fixture(scope="module")
def night(installation):
    """One run of the deployment, asked for twice with the same key."""
    ask = {"timeout": 0, "idempotency_key": "regio:1", "as_subflow": False}
    ask["parameters"] = {"on": ON.isoformat()}
    first, again = (run_deployment("nightly/elke-nacht", **ask) for _ in range(2))
    assert first.id == again.id

    def over():
        with get_client(sync_client=True) as client:
            found = client.read_flow_run(first.id)
        return found if found.state.is_final() else None

    return until(over, installation / "serve.log")


def everything_prefect_keeps(folder):
    return b"".join(path.read_bytes() for path in sorted((folder / "prefect").glob("prefect.db*")))


def test_the_served_night_completes_and_shows_its_plan(night):
    assert night.state.is_completed(), night.state.message
    with get_client(sync_client=True) as client:
        keys = {artifact.key for artifact in client.read_artifacts()}
    assert keys == {"verhuisplan", "verhuisplan-samenvatting"}


def test_the_name_reaches_the_coach_and_never_prefect(installation, night):
    books = sorted((installation / "data" / "nachten").rglob("*.xlsx"))
    cells = {c.value for s in load_workbook(books[0]).worksheets for r in s.iter_rows() for c in r}
    kept = everything_prefect_keeps(installation)

    assert CANARY in cells
    assert str(night.id).replace("-", "").encode() in kept.replace(b"-", b"")
    assert CANARY.encode() not in kept


def test_no_household_and_no_home_is_known_to_prefect(installation, night):
    assert night.state.is_completed()
    assert not re.findall(rb"[HW]-\d{6}", everything_prefect_keeps(installation))


def test_the_coming_nights_are_scheduled(installation):
    def scheduled():
        wanted = FlowRunFilterStateType(any_=[StateType.SCHEDULED])
        with get_client(sync_client=True) as client:
            return client.read_flow_runs(
                flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=wanted))
            )

    assert until(scheduled, installation / "server.log", seconds=60)
