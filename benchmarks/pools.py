"""Kidney pools against their own solvers: the same optimum, how soon?

    python -m benchmarks.pools [--pools FOLDER] [--quick]

Every peer is measured in this very run, one after another in one process, on pools with fixed
seeds; with `--pools`, also on the `.wmd` files that you downloaded from PrefLib (collection 00036).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import math
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import peers
from benchmarks.kidney import Pool, heterogeneous, read_wmd, saidman, sparse
from matching.model import Status
from matching.optimise import Limits, choose

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_RING = 3
PATIENCE = 300.0
"""Seconds after which kep-solver is stopped; what it then has counts as not proven."""
GOAL = (5.0, 1 / 1.5)
"""At least so many times as fast in geometric mean, and on every pool."""

Facts = dict[str, Any]


def cases(folder: Path | None = None, *, quick: bool = False) -> Iterator[tuple[Pool, int]]:
    """Every pool with the longest chain allowed."""
    if quick:
        yield saidman(24, 2, seed=1), 3
        yield sparse(60, 6, seed=1).weighted(1), 3
        return
    for longest in (3, 4, 6):
        yield saidman(128, 6, seed=1), longest
    for longest in (4, 6):
        yield saidman(128, 6, seed=2).weighted(2), longest
    for longest in (3, 4):
        yield saidman(256, 12, seed=1), longest
        yield heterogeneous(128, 6, seed=1), longest
        yield sparse(1024, 102, seed=1), longest
        yield sparse(1024, 102, seed=1).weighted(1), longest
    yield heterogeneous(128, 6, seed=1).weighted(1), 4
    yield sparse(2048, 204, seed=1).weighted(1), 3
    for path in sorted(folder.glob("*.wmd")) if folder else ():
        pool = read_wmd(path)
        for longest in (3, 4, 6) if pool.altruists else (3,):
            yield pool, longest


def measured(folder: Path | None = None, *, quick: bool = False) -> Facts:
    """Measure all pools; gives `rows`, the table in `told` and a sentence in `summary`."""
    rows = []
    for pool, longest in cases(folder, quick=quick):
        rows.append(_row(pool, longest))
        print(_line(rows[-1]), flush=True)
    return {"rows": rows, "summary": _summary(rows), "told": f"{_table(rows)}\n\n{_summary(rows)}"}


def report(folder: Path | None = None, *, quick: bool = False) -> str:
    """Give the table and the sentence as markdown."""
    return str(measured(folder, quick=quick)["told"])


def _row(pool: Pool, longest: int) -> Facts:
    """One pool by everyone. The options are made before the clock starts, as kep-solver's are."""
    load = os.getloadavg()[0]
    options, openings = pool.options()
    start = time.perf_counter()
    choice = choose(options, openings, Limits(longest, LONGEST_RING), seed=1)
    ours = time.perf_counter() - start
    theirs, spent = _kep_solver().solved(pool, longest, LONGEST_RING, seconds=PATIENCE)
    if theirs is not None and not choice.value <= theirs <= choice.bound:
        raise SystemExit(f"{pool.name}: kep-solver vond {theirs}, wij {choice.value}.")
    return {
        "pool": pool.name, "arcs": pool.size, "longest": longest, "value": choice.value,
        "bound": choice.bound, "proven": choice.status is not Status.BOUNDED, "seconds": ours,
        "kep": theirs, "kep_seconds": spent, "load": load,
        "greedy": peers.greedy(pool, longest, LONGEST_RING),
        "order": peers.in_order_of_arrival(pool, longest), "uncapped": peers.uncapped(pool),
    }  # fmt: skip


def _kep_solver() -> Any:  # noqa: ANN401 - a module
    """Find the peer, which is installed for the bench alone."""
    if importlib.util.find_spec("kep_solver") is None:
        raise SystemExit("kep-solver ontbreekt; `make bench-optimiser` zet het klaar.")
    return importlib.import_module("benchmarks.kep")


def _ratio(row: Facts) -> float:
    """How many times as fast we are."""
    return float(row["kep_seconds"] / row["seconds"])


HEAD = (
    "| pool (pairs + altruists) | arcs | K, L | value | bound | seconds | kep-solver | × | greedy "
    "| order of arrival | no caps | load |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def _line(row: Facts) -> str:
    """One pool as a row of the table."""
    kep = f"{row['kep_seconds']:.2f}" if row["kep"] is not None else (
        f"not proven in {row['kep_seconds']:.0f}")  # fmt: skip
    times = f"{'' if row['kep'] is not None else '> '}{_ratio(row):.1f}"
    return (
        f"| {row['pool']} | {row['arcs']:,} | {LONGEST_RING}, {row['longest']} | {row['value']:,} "
        f"| {row['bound']:,} | {row['seconds']:.2f} | {kep} | {times} | {row['greedy']:,} "
        f"| {row['order']:,} | {row['uncapped']:,} | {row['load']:.1f} |"
    )


def _table(rows: list[Facts]) -> str:
    return "\n".join([HEAD, *map(_line, rows)])


def _summary(rows: list[Facts]) -> str:
    """Whether the goal was met, over the pools that kep-solver proved."""
    both = [row for row in rows if row["kep"] is not None]
    proven = sum(row["proven"] for row in both)
    mean = math.exp(sum(math.log(_ratio(row)) for row in both) / max(1, len(both)))
    least = min((_ratio(row) for row in both), default=math.nan)
    met = proven == len(both) and mean >= GOAL[0] and least >= GOAL[1]
    return (
        f"kep-solver proved {len(both)} of {len(rows)} pools, and of these we {proven}: "
        f"{mean:.1f} × as fast in geometric mean, {least:.1f} × on the worst "
        f"(goal: all, {GOAL[0]:.0f} ×, {GOAL[1]:.2f} ×: {'met' if met else 'missed'}). "
        f"Of the other {len(rows) - len(both)} we proved "
        f"{sum(row['proven'] for row in rows) - proven}."
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pools", type=Path, help="folder with .wmd files that you downloaded")
    parser.add_argument("--quick", action="store_true", help="two small pools only")
    given = parser.parse_args()
    print(report(given.pools, quick=given.quick))


if __name__ == "__main__":
    main()
