"""What the optimiser reaches, measured: `make bench-optimiser`.

    python -m benchmarks.optimiser [--addresses FILE] [--pools FOLDER] [--only PARTS]
                                   [--write docs] [--quick] [--keep FOLDER]

Parts: pools, small, regions, country, conditions, repair, sameness, against. What a part measured
is kept as JSON, so that parts can be measured on different evenings; tables are printed, and with
--write the page performance.md and its pictures are made of all that is kept. A part that fails is
named and the others go on.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks import goals, page, tables
from benchmarks.children import machine
from benchmarks.parts import FULL, PARTS, QUICK, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

KEEP = Path("run") / "bench"


def measure(part: str, run: Run) -> dict[str, Any]:
    """Measure one part; adds the machine, its load before, and the minutes it took."""
    load, start = round(os.getloadavg()[0], 2), time.monotonic()
    facts = PARTS[part](run)
    minutes = round((time.monotonic() - start) / 60, 2)
    return {"machine": machine(), "load": load, "minutes": minutes, "facts": facts}


def kept_in(folder: Path) -> dict[str, dict[str, Any]]:
    """Read what was measured before, in the order of the parts."""
    files = {part: folder / f"{part}.json" for part in PARTS}
    return {part: json.loads(f.read_text("utf-8")) for part, f in files.items() if f.exists()}


def measure_all(parts: Sequence[str], run: Run, keep: Path) -> list[str]:
    """Measure, keep and print these parts; gives the names of those that failed."""
    failed = []
    keep.mkdir(parents=True, exist_ok=True)
    for part in parts:
        print(f"\n## {part}\n", flush=True)
        try:
            told = measure(part, run)
        except Exception:  # noqa: BLE001 - a part that fails must not cost the others their hours
            traceback.print_exc()
            failed.append(part)
            continue
        (keep / f"{part}.json").write_text(json.dumps(told), "utf-8")
        print(tables.PARTS[part](told["facts"]))
        print(f"\nload at start {told['load']}, {told['minutes']} minutes", flush=True)
    return failed


def asked(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--addresses", type=Path, help="CSV(.zst) with every address of a town")
    parser.add_argument("--pools", type=Path, help="folder with .wmd kidney pools you downloaded")
    parser.add_argument("--only", help="parts, with commas between (default all)")
    parser.add_argument("--keep", type=Path, help=f"where results are kept (default {KEEP})")
    parser.add_argument("--write", type=Path, help="folder to write performance.md in")
    parser.add_argument("--quick", action="store_true", help="a little of everything")
    given = parser.parse_args(words)
    # A quick run needs no other programmes.
    named = given.only or ",".join(part for part in PARTS if not (given.quick and part == "pools"))
    given.only = [part for part in PARTS if part in named.split(",")]
    given.keep = given.keep or (KEEP.with_name("bench-quick") if given.quick else KEEP)
    return given


def main(words: Sequence[str] | None = None) -> int:
    """Measure what is asked, print it, keep it, write the page; 1 if a part failed."""
    given = asked(words)
    # A run that is told to stop takes its child along: an exit ends what it waits for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"# The optimiser, measured\n\n{json.dumps(machine())}")
    with TemporaryDirectory() as work:
        scale = QUICK if given.quick else FULL
        run = Run(Path(work), scale, addresses=given.addresses, pools=given.pools)
        failed = measure_all(given.only, run, given.keep)
    kept = kept_in(given.keep)
    print("\n## The goals\n")
    print(goals.goals({part: one["facts"] for part, one in kept.items()}))
    if given.write:
        written = page.write(kept, given.write)
        print("\nwritten: " + ", ".join(str(path) for path in written))
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
