"""A generated country, region by region: processes of this machine beside a local Dask cluster.

    python -m benchmarks.nights [--regions 25] [--dwellings 40000] [--small 3] [--prefect]

Every region is a whole night: deliveries in, plan, judge, proposals, workbooks, in a private
database of its own. Each way of running is done for the first few regions and for the whole
country, so that the growth of cost shows. What a region came to is kept as soon as it ends: started
again after a break, the bench goes on where it was. `--again` begins anew.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from distributed import LocalCluster
from prefect.testing.utilities import prefect_test_harness

from benchmarks.children import child, machine
from benchmarks.regions import ON
from pipelines import nights as plain
from pipelines import nights_flow
from pipelines.nights import Where, errands
from pipelines.sources.example import region, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.region_night import RegionNight

WAYS = ("processes", "dask")
HEADS = ("way", "regions", "dwellings", "seconds", "seconds per 100,000", "slowest region",
         "largest process", "machine at most", "largest gap", "plans")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Country:
    """What is measured: so many regions of so many dwellings, in a folder."""

    folder: Path
    regions: int
    dwellings: int
    workers: int

    def name(self, number: int) -> str:
        """Name a region by its seed."""
        return f"r{number:02d}"

    def deliveries(self, number: int) -> Path:
        """Say where a region's deliveries are."""
        return self.folder / "leveringen" / self.name(number)

    def file(self, part: str, regions: int) -> Path:
        """Write the file with the first so many regions for one part of the bench."""
        told = [
            {
                "name": self.name(number),
                "deliveries": str(self.deliveries(number)),
                "data": str(self.folder / "data" / part / self.name(number)),
            }
            for number in range(1, regions + 1)
        ]
        file = self.folder / f"{part}.yaml"
        file.write_text(yaml.safe_dump({"regions": told}), "utf-8")
        return file


def made(*, folder: str, dwellings: int, seed: int) -> dict[str, Any]:
    """Write the deliveries of one region, in a child process: whole, or not there."""
    start = time.monotonic()
    half = Path(folder).with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    write(region(dwellings=dwellings, seed=seed, on=ON), half)
    half.rename(folder)
    return {"seconds": round(time.monotonic() - start, 1)}


def generate(country: Country) -> None:
    """Make every region that is not there yet."""
    (country.folder / "leveringen").mkdir(parents=True, exist_ok=True)
    for number in range(1, country.regions + 1):
        place = country.deliveries(number)
        if not place.exists():
            facts = {"folder": str(place), "dwellings": country.dwellings, "seed": number}
            told = child("benchmarks.nights:made", **facts)
            say(f"made {country.name(number)} in {told['seconds']} s")


def measured(country: Country, way: str, regions: int, *, prefect: bool) -> list[dict[str, Any]]:
    """Run the nights that were not run yet, one way; give what all of them came to."""
    part = f"{way}-{regions}"
    kept = country.folder / "kept" / f"{part}.jsonl"
    kept.parent.mkdir(exist_ok=True)
    before = read(kept)
    done = {row["region"] for row in before}
    asked = [one for one in errands(country.file(part, regions), on=ON) if one.region not in done]
    if not asked:
        return before
    start, offset = time.monotonic(), max((row["after"] for row in before), default=0.0)

    def told(night: RegionNight) -> None:
        after = round(offset + time.monotonic() - start, 1)
        line = asdict(night) | {"after": after, "gap": night.gap, "machine_mib": used.most}
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line | {"load": round(os.getloadavg()[0], 2)}) + "\n")
        sweep(country.folder / "data" / part / night.region)
        say(
            f"{part}: {night.region} in {night.seconds:.0f} s, after {after:.0f} s {night.sentence}"
        )

    for one in asked:
        sweep(country.folder / "data" / part / one.region)
    run = nights_flow.nights_in_prefect if prefect else plain.nights
    with place_of(way, country.workers) as where, memory() as used:
        run(asked, where, told=told)
    return read(kept)


@contextlib.contextmanager
def place_of(way: str, workers: int) -> Iterator[Where]:
    """Give the processes of this machine, or a Dask cluster of as many on it."""
    if way == "processes":
        yield Where(workers=workers)
        return
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, memory_limit=0,
        dashboard_address="127.0.0.1:0", host="127.0.0.1",
    ) as cluster:  # fmt: skip
        yield Where(cluster.scheduler_address)


def sweep(data: Path) -> None:
    """Throw away what a night left: databases of a whole country fill a disk."""
    apart = data / "postgres" / "apart"
    if apart.exists():
        shutil.rmtree(apart.read_text(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def read(kept: Path) -> list[dict[str, Any]]:
    """Read what was kept; a line that was cut off counts as not there."""
    told = []
    for line in kept.read_text("utf-8").splitlines() if kept.exists() else ():
        with contextlib.suppress(json.JSONDecodeError):
            told.append(json.loads(line))
    return [row for row in told if row["done"]]


class Used:
    """The most memory the machine had in use above what it had at the start, in MiB."""

    most = 0


@contextlib.contextmanager
def memory() -> Iterator[Used]:
    """Watch the memory of the whole machine (Linux): servers of PostgreSQL are no children."""
    used, over, first = Used(), threading.Event(), available()

    def watch() -> None:
        while not over.wait(0.5):
            used.most = max(used.most, first - available())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield used
    finally:
        over.set()
        watcher.join()


def available() -> int:
    """Say how much memory is left, in MiB; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) // 1024
    return 0


def row(country: Country, way: str, rows: list[dict[str, Any]], like: dict[str, str]) -> list[str]:
    """Give one line of the table; `like` holds the digests the plans must have."""
    seconds = max(one["after"] for one in rows)
    dwellings = len(rows) * country.dwellings
    other = [one["region"] for one in rows if like.get(one["region"]) != one["digest"]]
    return [
        way,
        str(len(rows)),
        f"{dwellings:,}",
        f"{seconds:.0f}",
        f"{100_000 * seconds / dwellings:.0f}",
        f"{max(one['seconds'] for one in rows):.0f} s",
        f"{max(one['peak_mib'] for one in rows):,} MiB",
        f"{max(one['machine_mib'] for one in rows):,} MiB",
        f"{max(one['gap'] for one in rows):.2f} %",
        f"other: {', '.join(other)}" if other else "equal",
    ]


def say(sentence: str) -> None:
    """Print progress."""
    print(sentence, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--regions", type=int, default=25)
    parser.add_argument("--dwellings", type=int, default=40_000)
    parser.add_argument("--small", type=int, default=3, help="how many regions to begin with")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path("run/bench/nights"))
    parser.add_argument("--prefect", action="store_true", help="as tasks of a Prefect flow")
    parser.add_argument("--again", action="store_true", help="forget what was measured before")
    given = parser.parse_args()
    size = f"{given.dwellings}{'-prefect' if given.prefect else ''}"
    folder = given.folder.resolve()  # a page of regions reads its paths from where it lies
    country = Country(folder / size, given.regions, given.dwellings, given.workers)
    if given.again:
        shutil.rmtree(country.folder / "kept", ignore_errors=True)
    generate(country)
    served = prefect_test_harness(server_startup_timeout=120) if given.prefect else None
    with served or contextlib.nullcontext():
        told = {
            (way, regions): measured(country, way, regions, prefect=given.prefect)
            for regions in sorted({given.small, given.regions})
            for way in WAYS
        }
    like = {one["region"]: one["digest"] for one in told["processes", given.regions]}
    print(f"\n{json.dumps(machine())}\n\n| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
    for (way, _), rows in told.items():
        print(f"| {' | '.join(row(country, way, rows, like))} |")


if __name__ == "__main__":
    main()
