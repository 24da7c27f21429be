"""Many runs of a simulation: the same wherever they run, kept as they come, never lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pytest
from distributed import LocalCluster
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness
from sqlalchemy import text
from typer.testing import CliRunner

from data_contracts.policy import DEFAULT
from data_contracts.regions import BadRegions
from data_contracts.scenario import BadScenario, scenario_of
from matching.simulate.summary import compare
from pipelines import asking, replication, scenario, scenario_flow
from pipelines.cli import app
from pipelines.commands import simulate as command
from pipelines.edge import one_sentence
from pipelines.hands import Where, run_errands
from pipelines.replication import ReplicationFailed
from pipelines.scenario import Work, left, simulated, work_off
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store import simulated_runs, simulations
from store.database import connect, migrate
from store.embedded import embedded
from store.simulations import Question

ON = date(2026, 11, 22)
SECONDS = 240
HERE = Where(workers=0)
RUN = [sys.executable, "-c", "from pipelines.cli import main; main()", "simulate"]
YAML = """
name: bouwen
title: Bouwen
years: 1
step_months: 6
options_per_household: 3
changes:
  - {change: new_build, month: 2027-01, number: 15, home: {rent: 65000}, place: {x: 0, y: 0}}
"""


class Town:
    """A small made-up region in a durable database, for a whole file of tests."""

    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        write(region(dwellings=250, seed=3, on=ON), folder / "lev")
        self.engine = connect(server)
        migrate(self.engine)
        asking.ingest(self.settings("niemand"), accept=frozenset())
        self.file = folder / "bouwen.yaml"
        self.file.write_text(YAML.replace("{x: 0, y: 0}", self.place()), "utf-8")

    def place(self):
        """Somewhere in the region, as a scenario says it."""
        statement = (
            "SELECT data::jsonb ->> 'neighbourhood' FROM log WHERE kind = 'DwellingRegistered'"
        )
        return f"{{neighbourhood: {self.ask(statement + ' LIMIT 1')[0][0]}}}"

    def ask(self, statement, **values):
        with self.engine.connect() as connection:
            return connection.execute(text(statement), values).all()

    def settings(self, corporation, **more):
        """Settings of an installation that is kept by this corporation: a fresh archive."""
        return Settings(
            data=self.folder / "data",
            deliveries=self.folder / "lev",
            database_url=self.server,
            keeper=corporation,
            **more,
        )

    def question(self, replications=2):
        return Question.of(
            [scenario_of(self.file.read_text())], replications=replications, acceptances=(40,)
        )

    def asked(self, corporation, replications=2):
        """Ask, and give the number of the simulation."""
        settings = self.settings(corporation)
        with self.engine.begin() as connection:
            start = simulations.start_now(connection, settings, on=ON)
            return simulations.ask(
                connection, self.question(replications), start, corporation=corporation
            )

    def work(self, corporation, replications=2, **more):
        """Ask and take."""
        number = self.asked(corporation, replications)
        with self.engine.begin() as connection:
            one = simulations.take(connection, number, corporation)
        return Work(self.engine, self.settings(corporation, **more), one, corporation)

    def packed(self, corporation):
        """The bytes of the replications of a corporation, by scenario and number."""
        names = ", ".join(simulated_runs.TABLES)
        rows = self.ask(
            f"SELECT name, replication, {names} FROM simulation_run WHERE corporation = :whose",  # noqa: S608
            whose=corporation,
        )
        return {tuple(row[:2]): tuple(row[2:]) for row in rows}

    def status(self, number):
        return self.ask("SELECT status, sentence FROM simulation WHERE id = :id", id=number)[0]


@pytest.fixture(scope="module")
def town():
    # Not pytest's own folder: that one is closed to the account the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="vhk-test-"))
    folder.chmod(0o711)
    with embedded(folder / "server") as server:
        made = Town(folder, server)
        yield made
        replication.let_go()
        made.engine.dispose()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def here(town):
    """What the replications come to in this very process."""
    simulated(town.work("hier"), HERE)
    packed = town.packed("hier")
    assert len(packed) == len(set(packed.values())) == 4
    return packed


def until(ready):
    """Ask again until there is an answer."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if answer := ready():
            return answer
        time.sleep(0.02)
    return pytest.fail("dit kwam niet")


def test_processes_come_to_the_same_bytes_as_one_process(town, here):
    heard = []
    one = simulated(town.work("processen"), Where(workers=2), told=heard.append)

    assert one.status == simulations.DONE
    assert town.packed("processen") == here
    assert os.getpid() not in {each.process for each in heard}
    assert len(heard) == 4


@pytest.fixture(scope="module")
def cluster():
    """A Dask scheduler on loopback with one worker process."""
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
    ) as made:
        made.wait_for_workers(1, timeout=SECONDS)
        yield made


def test_dask_comes_to_the_same_bytes_as_one_process(town, here, cluster):
    simulated(town.work("dask"), Where(cluster.scheduler_address))

    assert town.packed("dask") == here


def test_prefect_comes_to_the_same_bytes_here_and_over_dask(town, here, cluster):
    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        for name, where in {
            "prefect": Where(workers=2),
            "prefect, dask": Where(cluster.scheduler_address),
        }.items():
            simulated(town.work(name), where, runner=scenario_flow.run_in_prefect)

    assert town.packed("prefect") == here
    assert town.packed("prefect, dask") == here


def test_a_process_that_is_killed_takes_no_replication_along(town, here):
    heard = []

    def told(one):
        heard.append(one)
        if len(heard) == 1:
            os.kill(one.process, signal.SIGKILL)

    assert simulated(town.work("gedood"), Where(workers=1), told=told).status == simulations.DONE
    assert town.packed("gedood") == here
    assert len({one.process for one in heard}) == 2


def test_a_planner_who_stops_it_keeps_what_was_running(town, monkeypatch):
    monkeypatch.setattr(scenario, "BEAT_SECONDS", 0.01)
    work = town.work("gestopt", replications=20)

    hears = []

    def told(_):
        with town.engine.begin() as connection:
            simulations.stop(connection, work.simulation.id)
        until(hears[0].is_set)

    def runner(errands, where, *, told, stop):
        hears.append(stop)
        run_errands(errands, where, told=told, stop=stop)

    one = simulated(work, HERE, told=told, runner=runner)

    assert (one.status, len(town.packed("gestopt"))) == (simulations.STOPPED, 1)


def test_what_goes_wrong_is_a_sentence_and_the_rest_is_kept(town, tmp_path):
    policy = tmp_path / "beleid.yaml"
    policy.write_text(DEFAULT.read_text("utf-8").replace("region: ", "region: x"), "utf-8")
    work = town.work("anders", policy=policy)

    with pytest.raises(ReplicationFailed, match="ander programma, beleid"):
        simulated(work, HERE)
    status, sentence = town.status(work.simulation.id)
    assert status == simulations.FAILED
    assert "ander programma, beleid" in sentence


def test_a_bug_tells_where_it_is_and_nothing_of_anybody(town, monkeypatch):
    def broken(*_):
        raise ValueError("H-000123 woont op W-000456")

    monkeypatch.setattr("matching.simulate.simulate", broken)
    work = town.work("kapot")

    with pytest.raises(ReplicationFailed) as failed:
        simulated(work, HERE)
    assert "ValueError" in str(failed.value)
    assert "000123" not in str(failed.value) + town.status(work.simulation.id).sentence


def test_workers_elsewhere_cannot_come_at_a_database_in_a_folder(town):
    work = town.work("ver")
    bare = Work(work.engine, Settings(data=town.folder / "data"), work.simulation, work.worker)

    with pytest.raises(BadRegions, match="database_url"):
        left(bare, Where("tcp://elders:8786"))


def test_the_queue_is_worked_off_one_after_another_and_a_failure_stops_none(town):
    wrong, right = town.asked("rij", 1), town.asked("rij-b", 1)
    told = []

    def runner(errands, where, *, told, stop):
        if errands[0].place.simulation == wrong:
            raise ReplicationFailed("Dat ging mis.")
        run_errands(errands, where, told=told, stop=stop)

    settings = town.settings("rij")
    while work_off(town.engine, settings, HERE, told=told.append, runner=runner):
        pass

    assert {one.id: (one.status, one.sentence) for one in told} | {} == {
        wrong: (simulations.FAILED, "Dat ging mis."),
        right: (simulations.DONE, ""),
    }


# The command itself


def environment(town, corporation):
    given = {"DATABASE_URL": town.server, "DATA": town.folder / corporation, "KEEPER": corporation}
    told = {f"VERHUISKETEN_{name}": str(value) for name, value in given.items()}
    return {name: value for name, value in os.environ.items() if "PREFECT" not in name} | told


def arguments(town, *more):
    return [*RUN, town.file, "--on", ON.isoformat(), "--acceptance", "40", "--json", *more]


def processes_of(parent):
    """The processes whose parent this is."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[1]) == parent:
            found.append(int(status.parent.name))
    return found


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_command_goes_on_where_it_was(town, here):
    whose = "echt"
    options = {"env": environment(town, whose), "stdout": subprocess.PIPE, "text": True}
    words = arguments(town, "--replications", "2", "--workers", "1")
    with subprocess.Popen(words, **options) as first:
        until(lambda: town.packed(whose))
        beside = processes_of(first.pid)
        os.kill(first.pid, signal.SIGKILL)
    kept = town.ask("SELECT at FROM simulation_run WHERE corporation = :whose", whose=whose)
    until(lambda: not any(alive(one) for one in beside))
    assert beside
    with town.engine.begin() as connection:  # the lease runs out; without waiting for that
        connection.execute(text("UPDATE simulation SET until = now() WHERE status = 'running'"))

    again = subprocess.run(words, **options, stderr=subprocess.PIPE, check=True)

    told = json.loads(again.stdout)
    assert {row["measure"] for row in told["totals"]} > {"moves", "freed"}
    assert any(file.endswith(".parquet") for file in told["files"])
    assert all(Path(file).stat().st_size for file in told["files"])
    assert town.packed(whose) == here
    rows = town.ask("SELECT at FROM simulation_run WHERE corporation = :whose", whose=whose)
    assert set(kept) <= set(rows)


def test_the_worker_of_the_desk_does_what_is_asked_and_ends_when_told(town):
    number = town.asked("bureau", 1)
    words = [*RUN, "--queue", "--workers", "1"]
    worker = subprocess.Popen(words, env=environment(town, "bureau"), stderr=subprocess.DEVNULL)
    try:
        until(lambda: town.status(number).status == simulations.DONE)
        worker.terminate()
        assert worker.wait(SECONDS) == 0
    finally:
        worker.kill()
        worker.wait()


def test_who_interrupts_keeps_what_is_done_and_hears_how_to_go_on(town, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_errands", interrupted)
    for name, value in environment(town, "afgebroken").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    ended = CliRunner().invoke(app, ["simulate", *map(str, arguments(town)[len(RUN) :])])

    assert ended.exit_code == command.INTERRUPTED
    assert "dezelfde opdracht gaat verder" in " ".join(
        capsys.readouterr().err.split() or ended.output.split()
    )
    statement = "SELECT status FROM simulation WHERE corporation = 'afgebroken'"
    assert town.ask(statement) == [(simulations.STOPPED,)]


def test_years_that_leave_a_change_outside_are_a_sentence():
    with pytest.raises(BadScenario, match="na het einde"):
        command._scenarios(["renovatie"], ON, years=1, seed=None)


def test_a_scenario_that_is_not_there_is_one_sentence(town, monkeypatch, capsys):
    for name, value in environment(town, "typfout").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended, one_sentence():
        app(["simulate", "nieuwbuow-55plus"], standalone_mode=False)

    assert ended.value.code == 78
    assert "nieuwbouw-55plus" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_what_the_runs_say_can_be_compared(town):
    [[number]] = town.ask("SELECT id FROM simulation WHERE corporation = 'hier'")
    with town.engine.begin() as connection:
        told = compare(simulations.runs(connection, number), acceptance=40)

    assert told.scenarios == ("niets-doen", "bouwen")
    moves = told.totals[(told.totals["measure"] == "freed") & (told.totals["group"] == "")]
    assert (moves["replications"] == 2).all()
