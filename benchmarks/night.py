"""One night on 10,000 generated dwellings and, when an address file is named, on a real town.

    python -m benchmarks.night [--addresses FILE] [--dwellings N]

Each night runs in a process of its own through the command line, on an empty database; the figures
are what it printed with --json, and the machine's load when it began.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ON = "2026-11-22"


def run(*words: str) -> str:
    """Run the command line and give what it printed; its errors go to the screen."""
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def measured(folder: Path, *region: str) -> dict[str, Any]:
    """Generate a region, run a night on it, and give the night's summary with the wall time."""
    run("example", str(folder / "leveringen"), "--on", ON, *region)
    load, start = os.getloadavg()[0], time.monotonic()
    told = run("night", "--deliveries", str(folder / "leveringen"), "--on", ON,
               "--data", str(folder), "--json")  # fmt: skip
    return json.loads(told) | {"load": load, "wall": time.monotonic() - start}


def report(name: str, night: dict[str, Any]) -> None:
    """Print one night as a table."""
    receipt, ours, shadow = night["receipt"], night["totals"], night["shadow"]
    gap = 100 * (receipt["bound"] - receipt["value"]) / max(receipt["value"], 1)
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in night["seconds"].items())
    print(f"\n## {name}\n")
    print(
        f"load at start {night['load']:.2f} on {os.cpu_count()} cores, {platform.python_version()}"
    )
    print(f"\n| figure | |\n|---|---|\n| whole night | {night['wall']:.0f} s |")
    print(f"| seconds per step | {steps} |\n| peak memory | {night['peak_mib']} MiB |")
    print(f"| vacancies, candidates | {receipt['openings']:,}, {receipt['options']:,} |")
    print(f"| value, bound, gap | {receipt['value']:,}, {receipt['bound']:,}, {gap:.2f} % |")
    print(f"| chains by length | {', '.join(f'{n} of {k}' for k, n in ours['by_length'])} |")
    print("\n| | chains | registration order |\n|---|---|---|")
    for row in ("moves", "rings", "starters", "older_to_suitable", "minutes_to_ties",
                "family_homes_freed"):  # fmt: skip
        print(f"| {row.replace('_', ' ')} | {ours[row]:,} | {shadow[row]:,} |")


def asking(about: str | None) -> argparse.ArgumentParser:
    """Ask on the command line for the region to measure on."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--addresses", type=Path, help="CSV(.zst) with every address of a region")
    parser.add_argument("--dwellings", type=int, default=10_000)
    return parser


@contextmanager
def after_a_night(given: argparse.Namespace) -> Iterator[tuple[Settings, str]]:
    """Run a night on the region asked for; gives the installation behind it, and its name."""
    town = ["--addresses", str(given.addresses)] if given.addresses else []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the database's own account must come through
        settings = Settings(data=Path(folder) / "data", deliveries=Path(folder) / "data/leveringen")
        measured(settings.data, *(town or ["--dwellings", str(given.dwellings)]))
        yield settings, given.addresses.name if town else f"{given.dwellings:,} made-up dwellings"


def main() -> None:
    """Measure and print."""
    given = asking(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        night = measured(Path(folder) / "klein", "--dwellings", str(given.dwellings))
        report(f"{given.dwellings:,} generated dwellings", night)
        if given.addresses:
            town = measured(Path(folder) / "groot", "--addresses", str(given.addresses))
            report(f"every address of {given.addresses.name}", town)


if __name__ == "__main__":
    main()
