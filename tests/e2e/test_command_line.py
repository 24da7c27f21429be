"""The command line as a person meets it: Dutch, JSON on request, one sentence when it fails."""

import json
import subprocess
import sys

import pytest

VERHUISKETEN = [sys.executable, "-c", "from pipelines.cli import main; main()"]


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A folder with a region and one night run on it, with its own embedded PostgreSQL."""
    folder = tmp_path_factory.mktemp("vhk")
    said = run("demo", "--dwellings", "400", "--out", str(folder), "--on", "2026-11-22", "--json")
    assert said.returncode == 0, said.stderr
    return folder, json.loads(said.stdout)


def run(*words):
    return subprocess.run([*VERHUISKETEN, *words], capture_output=True, text=True, check=False)


def test_a_demo_makes_a_plan_and_files_that_exist(installation):
    folder, summary = installation

    assert summary["totals"]["moves"] > 0
    for file in summary["files"]:
        assert (folder / "nachten" / summary["run"] / file.rpartition("/")[2]).exists()


def test_why_explains_a_proposal_and_why_not_another_home(installation):
    folder, _ = installation
    proposals = json.loads(run("proposals", "--data", str(folder), "--json").stdout)
    one, other = proposals[0], proposals[-1]

    because = json.loads(run("why", one["household"], "--data", str(folder), "--json").stdout)
    why_not = run("why", one["household"], other["dwelling"], "--data", str(folder), "--json")

    assert because[0]["dwelling"] == one["dwelling"]
    assert json.loads(why_not.stdout)[0]["reasons"]


def test_alternatives_are_priced_and_a_plan_b_stands_ready(installation):
    folder, _ = installation
    proposals = json.loads(run("proposals", "--data", str(folder), "--json").stdout)
    mover = proposals[0]

    said = run("alternatives", mover["household"], "--data", str(folder), "--json")

    found = json.loads(said.stdout)
    assert found["proposed"]["to"] == mover["dwelling"]
    assert mover["dwelling"] not in [other["move"]["to"] for other in found["others"]]
    assert all(other["price"]["points"] >= 0 for other in found["others"])
    assert found["instead"]["price"]["points"] >= 0


def test_the_judge_passes_the_plan_from_the_command_line(installation):
    folder, summary = installation
    plan = next(file for file in summary["files"] if file.endswith(".json"))

    said = run("verify", plan, "--data", str(folder))

    assert said.returncode == 0
    assert "Goedgekeurd" in said.stdout


def test_status_says_which_plan_is_in_force(installation):
    folder, _ = installation

    assert "geldt" in run("status", "--data", str(folder)).stdout


def test_a_mistake_is_one_sentence_and_an_exit_code_without_a_traceback(installation, tmp_path):
    folder, _ = installation
    policy = tmp_path / "beleid.yaml"
    policy.write_text("longest_chian: 2\n", "utf-8")

    said = run(
        "night",
        "--data",
        str(folder),
        "--policy",
        str(policy),
        "--deliveries",
        str(folder / "leveringen"),
        "--on",
        "2026-11-22",
    )

    assert said.returncode == 78
    assert "longest_chian" in said.stderr
    assert "Traceback" not in said.stderr + said.stdout


def test_a_year_without_rules_says_what_to_do(installation):
    folder, _ = installation

    said = run(
        "night",
        "--data",
        str(folder),
        "--deliveries",
        str(folder / "leveringen"),
        "--on",
        "2031-01-01",
    )

    assert said.returncode == 78
    assert "2031.yaml" in said.stderr


def test_help_teaches_what_to_try_first():
    assert "verhuisketen demo" in run("--help").stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["why"], 2, "ontbreekt"),
        (["statsu"], 2, "kennen wij niet"),
        (["status", "--jason"], 2, "--jason"),
        (["ingest", "nergens"], 2, "bestaat niet"),
        (["verify", "pyproject.toml", "--data", "{data}"], 65, "verhuisplan.json"),
        (["ingest", "{empty}", "--data", "{data}"], 65, "woonwensen"),
        (["why", "H-1", "--data", "{data}", "--json"], 1, "Draai eerst een nacht"),
        (["status", "--data", "{file}"], 74, "geen map"),
    ],
)
def test_whatever_is_asked_wrongly_gets_one_dutch_line_on_standard_error(
    tmp_path, words, code, says
):
    (tmp_path / "leeg").mkdir()
    (tmp_path / "bestand").write_text("x", "utf-8")
    places = {"data": tmp_path / "data", "empty": tmp_path / "leeg", "file": tmp_path / "bestand"}

    said = run(*(word.format(**places) for word in words))

    assert (said.returncode, said.stdout) == (code, "")
    assert says in said.stderr
    assert len(said.stderr.splitlines()) == 1


def test_a_setting_that_cannot_be_is_named(monkeypatch):
    monkeypatch.setenv("VERHUISKETEN_LEASE_SECONDS", "lang")

    said = run("status")

    assert said.returncode == 78
    assert "lease_seconds" in said.stderr


def test_every_command_shows_an_example_in_its_help():
    for command in (
        "example", "ingest", "night", "demo", "why", "alternatives", "proposals", "verify", "status"
    ):  # fmt: skip
        assert f"verhuisketen {command}" in run(command, "--help").stdout.partition("Voorbeeld")[2]


def test_the_newest_night_stands_in_one_place_that_only_its_owner_may_open(installation):
    folder, summary = installation

    latest = (folder / "laatste").resolve()

    assert latest.name == summary["run"]
    assert (latest / "verhuisplan.html").exists()
    assert latest.stat().st_mode & 0o077 == 0


def test_a_demo_never_touches_a_database_that_was_named(tmp_path, monkeypatch):
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", "postgresql://niemand@localhost/echt")

    said = run("demo", "--out", str(tmp_path / "demo"))

    assert said.returncode == 1
    assert "VERHUISKETEN_DATABASE_URL" in said.stderr
    assert not (tmp_path / "demo").exists()
