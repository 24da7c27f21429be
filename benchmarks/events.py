"""From a fact that is acknowledged to a proposal that is changed: a real listener, a real database.

    python -m benchmarks.events [--addresses FILE] [--dwellings N] [--events N] [--backlog N]

A night is run on an empty private PostgreSQL with its durable settings; then `verhuisketen listen`
runs as a process of its own, and facts are told one by one: a link of a chain says no, a wish is
withdrawn, a home is withdrawn, somebody accepts. Timed is from the commit of the fact until the
listener has booked that it is past it, proposals and all.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.night import ON, after_a_night, asking
from data_contracts.words import DeclineReason, ProposalState
from pipelines.asking import database
from pipelines.on_event import Rematcher
from store import life, log, proposals, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.settings import Settings
    from store.database import Engine

SOURCE = "urn:nld:oin:00000099000000001000:systeem:bench"
PATIENCE = 600
LOOK = 0.02
SAID = "listen.log"


@contextmanager
def listening(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run the listener as a process of its own; what it says goes to `listen.log`."""
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "listen"]
    environment = os.environ | {"VERHUISKETEN_LOG": "json"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (
        (settings.data / SAID).open("ab") as said,
        subprocess.Popen(
            [*command, "--data", str(settings.data)],
            env=environment,
            stderr=said,
            stdout=subprocess.DEVNULL,
        ) as program,
    ):
        try:
            yield program
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(PATIENCE)


def until_read(engine: Engine, reader: str, position: int) -> float:
    """Wait until the listener is past a position; give the moment."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with engine.connect() as connection:
            if readers.position(connection, reader) >= position:
                return time.monotonic()
        time.sleep(LOOK)
    raise TimeoutError("the listener did not come past a fact")


def declined(engine: Engine, draw: np.random.Generator, _: int) -> int:
    """A proposal on offer is declined."""
    return _answer(engine, draw, ProposalState.DECLINED)


def taken_up(engine: Engine, draw: np.random.Generator, _: int) -> int:
    """A proposal on offer is taken up by its coach."""
    return _answer(engine, draw, ProposalState.TAKEN_UP)


def _answer(engine: Engine, draw: np.random.Generator, state: ProposalState) -> int:
    with engine.begin() as connection:
        rows = proposals.of_coach(connection)
        rows = rows[rows["state"] == "offered"]
        row = rows.iloc[int(draw.integers(len(rows)))]
        life.answer(
            connection,
            row["proposal"],
            state,
            on=pd.Timestamp(ON).date(),
            expected_position=int(row["position"]),
            reason=DeclineReason.WOB if state is ProposalState.DECLINED else None,
        )
        return log.head(connection)


def wish_withdrawn(engine: Engine, draw: np.random.Generator, number: int) -> int:
    """Somebody in the plan asks nothing any more."""
    return _told(engine, draw, number, "WishWithdrawn", "household")


def home_withdrawn(engine: Engine, draw: np.random.Generator, number: int) -> int:
    """A home in the plan is no longer let."""
    return _told(engine, draw, number, "DwellingRemoved", "dwelling")


def _told(engine: Engine, draw: np.random.Generator, number: int, kind: str, column: str) -> int:
    with engine.begin() as connection:
        rows = proposals.of_coach(connection)
        subject = str(rows[column].iloc[int(draw.integers(len(rows)))])
        return log.append(connection, facts_about(kind, [subject], number))


def facts_about(kind: str, subjects: list[str], number: int) -> pd.DataFrame:
    """Make facts that say this kind of these subjects, a minute after the facts before."""
    at = pd.Timestamp(ON, tz="UTC") + pd.Timedelta(days=1, minutes=number)
    return pd.DataFrame(
        {
            "source": SOURCE,
            "id": [f"{number}/{subject}" for subject in subjects],
            "kind": kind,
            "subject": subjects,
            "at": at,
            "data": "{}",
        }
    )


KINDS: dict[str, Callable[[Engine, np.random.Generator, int], int]] = {
    "a proposal declined": declined,
    "a proposal taken up": taken_up,
    "a wish withdrawn": wish_withdrawn,
    "a home withdrawn": home_withdrawn,
}


def peak_mib(program: subprocess.Popen[bytes]) -> int:
    """Give the most memory a process held, in MiB."""
    told = Path(f"/proc/{program.pid}/status").read_text("ascii")
    line = next(line for line in told.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def measured(settings: Settings, *, events: int, backlog: int) -> dict[str, Any]:
    """Tell facts one by one and all at once, kill the listener, and time it all."""
    draw = np.random.default_rng(1)
    took: dict[str, list[float]] = {name: [] for name in KINDS}
    told: dict[str, Any] = {}
    with database(settings) as engine:
        reader = Rematcher(engine, settings).reader
        with listening(settings) as program:
            until_read(engine, reader, declined(engine, draw, 0))
            for number in range(1, events + 1):
                name = list(KINDS)[number % len(KINDS)]
                position = KINDS[name](engine, draw, number)
                start = time.monotonic()
                took[name].append(until_read(engine, reader, position) - start)
            told["before_mib"] = peak_mib(program)
            told["backlog"] = drained(engine, reader, backlog)
            told["after_mib"] = peak_mib(program)
            program.kill()
            program.wait()
        position = declined(engine, draw, events + 1)
        start = time.monotonic()
        with listening(settings):
            told["recovery"] = until_read(engine, reader, position) - start
    return told | {"took": took}


def drained(engine: Engine, reader: str, many: int) -> dict[str, float]:
    """Append very many facts at once, and wait until the listener is past them all."""
    start = time.monotonic()
    with engine.begin() as connection:
        facts = facts_about("TieDropped", [f"band-{n}" for n in range(many)], 10_000)
        position = log.append(connection, facts)
    written = time.monotonic()
    return {"facts": many, "append": written - start,
            "drain": until_read(engine, reader, position) - written}  # fmt: skip


def spoken(settings: Settings) -> Iterator[dict[str, Any]]:
    """What the listener logged, line by line."""
    for line in (settings.data / SAID).read_text("utf-8").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def steps(lines: list[dict[str, Any]]) -> dict[str, float]:
    """The median seconds of every step of a re-match that changed something, as it was logged."""
    changed = [
        dict(part.rsplit(" ", 1) for part in line["phase"].split(", "))
        for line in lines
        if line.get("plan") and line.get("phase")
    ]
    names = list(dict.fromkeys(name for line in changed for name in line))
    return {
        name: float(np.median([float(line.get(name, 0)) for line in changed])) for name in names
    }


def report(name: str, told: dict[str, Any]) -> None:
    """Print what was measured."""
    every = [seconds for some in told["took"].values() for seconds in some]
    print(f"\n## From fact to proposal: {name}\n")
    print("| fact | times | p50, s | p95, s | slowest, s |\n|---|---|---|---|---|")
    for what, some in {"any": every, **told["took"]}.items():
        if some:
            middle, most = np.percentile(some, [50, 95])
            print(f"| {what} | {len(some)} | {middle:.2f} | {most:.2f} | {max(some):.2f} |")
    late = told["backlog"]
    print(
        f"\nA backlog of {late['facts']:,} facts: appended in {late['append']:.1f} s, drained in "
        f"{late['drain']:.1f} s; the listener held at most {told['before_mib']} MiB before, "
        f"{told['after_mib']} MiB after."
    )
    print(
        "Killed with kill -9, started again with a fact waiting: past it after "
        f"{told['recovery']:.1f} s, start and taking up the plan included."
    )


def main() -> None:
    """Measure and print."""
    parser = asking(__doc__)
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--backlog", type=int, default=100_000)
    given = parser.parse_args()
    with after_a_night(given) as (settings, name):
        load = os.getloadavg()[0]
        told = measured(settings, events=given.events, backlog=given.backlog)
        lines = list(spoken(settings))
    report(f"{name}; load at the start {load:.2f}", told)
    print("Median seconds by step:", steps(lines))
    for line in lines:
        if line.get("level") in ("warning", "error"):
            print("Said:", {key: line[key] for key in sorted(line) if key != "stack"})


if __name__ == "__main__":
    main()
