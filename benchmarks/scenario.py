"""A simulation of ten years: its cost, how that grows, and Dask beside processes of this machine.

    python -m benchmarks.scenario [--dwellings 10000] [--years 10] [--replications 20] [--workers 2]

First the whole: a generated region rolled through its years, month by month, so many times; what
it had cost after a quarter, half and all of the replications is read from that one run. Then fewer
replications of fewer years, on a quarter, half and all of the dwellings, and those of the largest
once more on a local Dask cluster: their Parquet must be equal, byte for byte. Every part starts
from an empty archive; `--part` measures one of them.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import shutil
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import LocalCluster

from benchmarks.children import machine
from benchmarks.nights import memory
from benchmarks.regions import ON
from data_contracts.scenario import NOTHING, scenario_from
from matching.simulate.summary import compare
from pipelines import asking
from pipelines.hands import Where
from pipelines.scenario import Work, new_worker, simulated
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store import simulated_runs, simulations
from store.simulations import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.replication import Replicated
    from store.database import Engine

HEADS = ("part", "dwellings", "years", "replications", "seconds", "s per replication",
         "s per 10,000 dwellings", "largest process", "all together", "below bound")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is measured."""

    name: str
    way: str
    dwellings: int
    years: int
    replications: int
    workers: int
    scenario: str


def parts(given: argparse.Namespace) -> list[Part]:
    """Give everything there is to measure."""
    whole = Part(
        "whole", "processes", given.dwellings, given.years, given.replications, given.workers,
        given.scenario,
    )  # fmt: skip
    small = replace(whole, years=given.small_years, replications=given.small_replications)
    sizes = [
        replace(small, name=f"size-{share}", dwellings=given.dwellings // share)
        for share in (4, 2, 1)
    ]
    return [whole, *sizes, replace(small, name="dask", way="dask")]


def settings_of(folder: Path, part: Part) -> Settings:
    """Give a generated region of this size its own database, and read its deliveries once."""
    place = folder / f"region-{part.dwellings}"
    settings = Settings(data=place / "data", deliveries=place / "leveringen", keeper=part.name)
    if not (place / "ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        write(region(dwellings=part.dwellings, seed=1, on=ON), settings.deliveries)
        asking.ingest(settings, accept=frozenset())
        (place / "ready").touch()
    return settings


@contextlib.contextmanager
def place_of(part: Part) -> Iterator[Where]:
    """Give the processes of this machine, or a Dask cluster of as many on it."""
    if part.way == "processes":
        yield Where(workers=part.workers)
        return
    with LocalCluster(
        n_workers=part.workers, threads_per_worker=1, processes=True, memory_limit=0,
        dashboard_address="127.0.0.1:0", host="127.0.0.1",
    ) as cluster:  # fmt: skip
        yield Where(cluster.scheduler_address)


def measured(folder: Path, part: Part) -> dict[str, Any]:
    """Measure one part; gives what it cost, and the sha256 of all that it came to."""
    settings = settings_of(folder, part)
    after: list[tuple[float, Replicated]] = []
    with asking.database(settings) as engine:
        work = taken(engine, settings, part)
        with place_of(part) as where, memory() as used:
            start = time.monotonic()

            def told(one: Replicated) -> None:
                after.append((time.monotonic() - start, one))
                say(f"{part.name}: {len(after)} of {part.replications}, {after[-1][0]:.0f} s")

            simulated(work, where, told=told)
        return {
            "part": part.name,
            "seconds": [seconds for seconds, _ in after],
            "largest": max(one.peak_mib for _, one in after),
            "together": used.most,
            **came_to(engine, work.simulation.id),
        }


def taken(engine: Engine, settings: Settings, part: Part) -> Work:
    """Ask for the simulation of a part, on an empty archive, and take it."""
    scenario = scenario_from(part.scenario).model_copy(update={"years": part.years})
    question = Question.of([scenario], replications=part.replications, acceptances=(40,))
    if part.scenario == NOTHING:
        question = replace(question, scenarios=question.scenarios[:1])
    worker = new_worker()
    with engine.begin() as connection:
        start = simulations.start_now(connection, settings, on=ON)
        number = simulations.ask(connection, question, start, corporation=part.name)
        simulations.forget(connection, number)
        number = simulations.ask(connection, question, start, corporation=part.name)
        return Work(engine, settings, simulations.take(connection, number, worker), worker)


def came_to(engine: Engine, number: str) -> dict[str, Any]:
    """Say how far the plans inside were from the best, and give a hash of every table."""
    hashed = hashlib.sha256()
    with engine.begin() as connection:
        for run in simulations.runs(connection, number):
            for content in simulated_runs.packed(run).values():
                hashed.update(content)
        runs = simulations.runs(connection, number)
        distance = compare(runs, acceptance=40).distance.iloc[0]
    gap = f"{distance['mean_gap']:.2f} %, {distance['worst_gap']:.2f} %"
    return {"sha256": hashed.hexdigest(), "gap": gap}


def rows(part: Part, told: dict[str, Any]) -> Iterator[list[str]]:
    """Give the lines of the table: of the whole also after a quarter and half of it."""
    every = len(told["seconds"])
    shares = (4, 2, 1) if part.name == "whole" and every >= 4 else (1,)  # noqa: PLR2004 - a quarter
    for share in shares:
        number = every // share
        seconds = told["seconds"][number - 1]
        yield [
            part.name,
            f"{part.dwellings:,}",
            str(part.years),
            str(number),
            f"{seconds:.0f}",
            f"{seconds / number:.1f}",
            f"{10_000 * seconds / number / part.dwellings:.1f}",
            f"{told['largest']:,} MiB",
            f"{told['together']:,} MiB",
            told["gap"],
        ]


def say(sentence: str) -> None:
    """Print progress."""
    print(sentence, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--dwellings", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--small-years", type=int, default=2)
    parser.add_argument("--small-replications", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scenario", default=NOTHING, help="beside doing nothing, if another")
    parser.add_argument("--part", action="append", help="whole, size-4, size-2, size-1 or dask")
    parser.add_argument("--folder", type=Path, default=Path("run/bench/scenario"))
    given = parser.parse_args()
    asked = [one for one in parts(given) if not given.part or one.name in given.part]
    told = [(part, measured(given.folder.resolve(), part)) for part in asked]
    print(f"\n{json.dumps(machine())}\n\n| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
    for part, cost in told:
        for line in rows(part, cost):
            print(f"| {' | '.join(line)} |")
    made = {part.name: cost["sha256"] for part, cost in told}
    if {"size-1", "dask"} <= set(made):
        same = "equal" if made["dask"] == made["size-1"] else "OTHER"
        print(f"\nDask beside processes: {same}.")


if __name__ == "__main__":
    main()
