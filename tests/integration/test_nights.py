"""Many regions at once: the same plans wherever they run, and one that fails stops no other."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from threading import Lock

import psycopg
import pytest
import yaml
from distributed import Client, LocalCluster
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)
from prefect.testing.utilities import prefect_test_harness

from data_contracts.regions import regions_from
from pipelines import asking, nights, nights_flow
from pipelines.commands.nights import runner as runner_of_nights
from pipelines.nights import NoDask, Where, errands
from pipelines.region_night import night_of, settings_of
from pipelines.sources.example import region, write
from store.database import connect, migrate
from store.embedded import embedded

ON = date(2026, 11, 22)
NAMES = ("noord", "midden", "zuid")
SECONDS = 240


class Country:
    """Three small regions on disk, and a fresh, durable database for each in every run of them."""

    def __init__(self, folder, server):
        self.folder, self.server, self.made = folder, server, 0
        for seed, name in enumerate(NAMES, start=1):
            write(region(dwellings=300, seed=seed, on=ON), folder / "lev" / name)
        engine = connect(server)
        migrate(engine)
        engine.dispose()

    def file(self, *names):
        """A file with these regions, none of which had a night yet; `kwijt` has no deliveries."""
        self.made += 1
        file = self.folder / f"regios-{self.made}.yaml"
        told = [self._region(name) for name in names]
        file.write_text(yaml.safe_dump({"regions": told}), "utf-8")
        return file

    def _region(self, name):
        database = f"{name}_{self.made}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database} TEMPLATE verhuisketen")
        place = {"deliveries": f"lev/{name}", "data": f"data/{self.made}/{name}"}
        return {"name": name, **place, "database_url": self._address(database)}

    def _address(self, database):
        plain = self.server.replace("+psycopg", "")
        return plain.replace("/verhuisketen?", f"/{database}?")

    def ask(self, file, region, question):
        """Ask the database of a region of a file."""
        url = next(one.database_url for one in regions_from(file) if one.name == region)
        with psycopg.connect(url) as connection:
            return connection.execute(question).fetchall()


@pytest.fixture(scope="module")
def country():
    # Not pytest's own folder: that one is closed to the account the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="vhk-test-"))
    folder.chmod(0o711)
    with embedded(folder / "server") as server:
        yield Country(folder, server)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def alone(country):
    """The plans as they are on disk, made one after another in this process."""
    file = country.file(*NAMES)
    told = {}
    for one in regions_from(file):
        summary = asking.night(settings_of(one), on=ON)
        plan = next(path for path in summary["files"] if path.endswith(".json"))
        told[one.name] = Path(plan).read_bytes()
    assert len(set(told.values())) == len(NAMES)
    return told


@pytest.fixture(scope="module")
def digests(alone):
    return {name: sha256(plan).hexdigest() for name, plan in alone.items()}


def scheduler_with(workers):
    """A Dask scheduler on loopback with so many worker processes."""
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
    )


@pytest.fixture(scope="module")
def cluster():
    with scheduler_with(2) as made:
        made.wait_for_workers(2, timeout=SECONDS)
        yield made


@pytest.fixture(scope="module")
def prefect():
    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


def told_nobody(_):
    pass


def plans_of(ended):
    return {one.region: one.digest for one in ended if one.done}


def until(ready):
    """Ask again until there is an answer."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if answer := ready():
            return answer
        time.sleep(0.02)
    return pytest.fail("dit kwam niet")


def test_processes_make_the_plans_that_one_process_makes_and_a_failure_is_a_row(country, digests):
    said = subprocess.run(
        [sys.executable, "-c", "from pipelines.cli import main; main()", "nights",
         country.file("kwijt", *NAMES[:2]), "--on", ON.isoformat(), "--workers", "2", "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    rows = json.loads(said.stdout)["regions"]
    assert said.returncode == 1
    assert [row["region"] for row in rows] == ["kwijt", *NAMES[:2]]
    made = {row["region"]: row["digest"] for row in rows if row["done"]}
    assert made == {name: digests[name] for name in NAMES[:2]}
    assert rows[0]["sentence"].startswith("De map met leveringen")


def test_dask_makes_the_plans_that_one_process_makes_and_a_failure_is_a_row(
    country, digests, cluster
):
    heard = []
    where = Where(cluster.scheduler_address)

    ended = nights.nights(errands(country.file("kwijt", *NAMES), on=ON), where, told=heard.append)

    assert plans_of(ended) == digests
    assert [one.region for one in ended] == ["kwijt", *NAMES]
    assert sorted(heard, key=ended.index) == ended
    assert ended[0].sentence.startswith("De map met leveringen")


@contextmanager
def in_the_background(call, *given, **named):
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call, *given, **named)


def booked(country, file, name="noord"):
    return country.ask(file, name, "SELECT id, status FROM run ORDER BY started")


def running(country, file):
    return [row for row in booked(country, file) if row[1] == "running"]


def test_the_region_of_a_killed_dask_worker_is_done_again_elsewhere_and_nothing_doubles(
    country, alone, cluster
):
    file = country.file("noord")
    asked = errands(file, on=ON)
    where = Where(cluster.scheduler_address)
    with in_the_background(nights.nights, asked, where, told=told_nobody) as ended:
        until(lambda: running(country, file))
        with Client(cluster, set_as_default=False) as client:
            busy = next(worker for worker, keys in client.processing().items() if keys)
            os.kill(client.run(os.getpid, workers=[busy])[busy], signal.SIGKILL)
        (night,) = ended.result(SECONDS)

    assert night.done, night.sentence
    first = asked[0].run
    assert booked(country, file) == [(first, "failed"), (f"{first}.2", "done")]
    assert country.ask(file, "noord", "SELECT count(*) FROM current_plan") == [(1,)]
    standing = country.ask(file, "noord", "SELECT count(*) FROM proposal")
    assert standing == [(night.moves,)]
    # Of the receipt only the position may differ: what was half booked left a gap in the log.
    plan = country.ask(file, "noord", "SELECT json FROM plan")[0][0]
    assert json.loads(plan)["chains"] == json.loads(alone["noord"])["chains"] != []


def test_a_night_asked_for_twice_is_done_once(country, digests):
    file = country.file("zuid")
    (asked,) = errands(file, on=ON)

    first, again = night_of(asked), night_of(asked)

    assert first.digest == again.digest == digests["zuid"]
    assert booked(country, file, "zuid") == [(asked.run, "done")]


def process_of(run):
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if run.encode() in words:
            return int(process.name)
    return None


@pytest.mark.skipif(sys.platform != "linux", reason="leest /proc")
def test_a_killed_process_is_a_row_and_its_region_can_be_done_again_at_once(country):
    file = country.file("midden")
    asked = errands(file, on=ON)
    with in_the_background(nights.nights, asked, Where(), told=told_nobody) as ended:
        until(lambda: booked(country, file, "midden"))
        os.kill(process_of(asked[0].run), signal.SIGKILL)
        (midden,) = ended.result(SECONDS)

    assert not midden.done
    assert "Draai haar opnieuw" in midden.sentence
    (asked_anew,) = errands(file, on=ON)
    assert night_of(asked_anew).moves > 0


def test_without_a_scheduler_that_answers_there_is_a_sentence(country, monkeypatch):
    monkeypatch.setattr(nights, "SECONDS", 0.5)

    with pytest.raises(NoDask, match="dask worker"):
        nights.nights(errands(country.file("noord"), on=ON), Where("tcp://127.0.0.1:9"), told=None)


def test_when_all_workers_are_gone_the_regions_are_told_and_nobody_waits_for_ever(
    country, monkeypatch
):
    monkeypatch.setattr(nights, "SECONDS", 1)
    monkeypatch.setattr(Client, "wait_for_workers", lambda *_, **__: None)
    asked = errands(country.file("noord"), on=ON)
    with scheduler_with(0) as nobody:
        ended = nights.nights(asked, Where(nobody.scheduler_address), told=told_nobody)

    assert [one.done for one in ended] == [False]
    assert "Draai haar opnieuw" in ended[0].sentence


def runs_in_prefect():
    with get_client(sync_client=True) as client:
        return client.read_flow_runs()


@pytest.mark.usefixtures("prefect")
@pytest.mark.parametrize("place", ["processen", "dask"])
def test_as_tasks_of_a_prefect_flow_the_plans_are_the_same(country, digests, cluster, place):
    where = Where(cluster.scheduler_address if place == "dask" else None)
    names = NAMES[:2] if place == "dask" else NAMES[:1]
    asked = errands(country.file("kwijt", *names), on=ON)

    seen = {one.id for one in runs_in_prefect()}
    screen = Lock()  # a screen holds one, and it cannot travel to a worker
    ended = nights_flow.nights_in_prefect(asked, where, told=lambda _: screen.locked())

    assert plans_of(ended) == {name: digests[name] for name in names}
    (flow,) = (one for one in runs_in_prefect() if one.id not in seen)
    with get_client(sync_client=True) as client:
        tasks = client.read_task_runs(flow_run_filter=FlowRunFilter(id={"any_": [flow.id]}))
    assert flow.state.type.value == "FAILED"
    shown = {(one.name, one.state.type.value) for one in tasks}
    assert shown == {("kwijt", "FAILED"), *((name, "COMPLETED") for name in names)}


def test_without_the_prefect_server_that_was_named_the_nights_run_all_the_same(monkeypatch, capsys):
    nowhere = "http://127.0.0.1:9/api"
    monkeypatch.setenv("PREFECT_API_URL", nowhere)
    with temporary_settings({PREFECT_API_URL: nowhere}):
        runner = runner_of_nights()

    assert runner is nights.nights
    assert "draaien zonder haar" in capsys.readouterr().err
