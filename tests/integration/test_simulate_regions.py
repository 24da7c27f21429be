"""A what-if for every region of a file: in one row, and each as if it were alone."""

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest

from pipelines import asking
from pipelines.settings import Settings
from pipelines.sources.example import region, write

ON = date(2026, 11, 22)
REGIONS = {"noord": 3, "zuid": 4}
RUN = [sys.executable, "-c", "from pipelines.cli import main; main()", "simulate"]
ASKED = ["--on", ON.isoformat(), "--years", "1", "--replications", "2", "--acceptance", "40"]


@pytest.fixture(scope="module")
def country():
    """Two small regions with their facts, and a file that names them."""
    # Not pytest's own folder: that one is closed to the account the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="vhk-test-"))
    folder.chmod(0o711)
    for name, seed in REGIONS.items():
        write(region(dwellings=120, seed=seed, on=ON), folder / name)
        settings = Settings(data=folder / "data" / name, deliveries=folder / name)
        asking.ingest(settings, accept=frozenset())
    named = [{"name": name, "deliveries": name} for name in REGIONS]
    (folder / "regios.yaml").write_text(json.dumps({"regions": named}), "utf-8")
    yield folder
    shutil.rmtree(folder)


def simulate(*words):
    return subprocess.run(
        [*RUN, *map(str, words), *ASKED, "--json"], capture_output=True, text=True, check=False
    )


def test_every_region_comes_to_what_it_comes_to_alone(country):
    out = country / "rapport"
    together = simulate("--regions", country / "regios.yaml", "--out", out, "--workers", 2)
    assert together.returncode == 0, together.stderr
    told = json.loads(together.stdout)["regions"]

    assert list(told) == list(REGIONS)
    assert told["noord"]["totals"] != told["zuid"]["totals"]
    for name, found in told.items():
        assert {Path(file).parent for file in found["files"]} == {out / name}
        alone = simulate("--data", country / "data" / name, "--opnieuw", "--workers", 1)
        assert json.loads(alone.stdout)["totals"] == found["totals"]


def test_a_region_without_a_night_is_named(country):
    named = [{"name": "noord", "deliveries": "noord"}, {"name": "leeg", "deliveries": "leeg"}]
    (country / "leeg").mkdir()
    (country / "met-leeg.yaml").write_text(json.dumps({"regions": named}), "utf-8")
    ended = simulate("--regions", country / "met-leeg.yaml")

    assert ended.returncode != 0
    assert "Regio leeg:" in ended.stderr
