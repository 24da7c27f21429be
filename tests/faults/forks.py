"""A process that has imported everything once and forks: each fork runs one stage of the story.

Run as a program it reads orders, one JSON object a line, and answers each with one line. Its forks
share no database connection with anybody, so a killed one takes nothing of the tests along.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 120
"""No stage takes as long; who does, hangs."""


class Hung(Exception):
    """A fork did not end in time."""


class Forks:
    """The tests' side: start forks, wait for them, read what they reported."""

    def __init__(self):
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forks"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._program.stdin.close()
        self._program.wait(SECONDS)
        self._program.stdout.close()

    def _ask(self, **order):
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        return json.loads(self._program.stdout.readline())

    def load(self, modules):
        """Import modules before the next fork: what one fork loaded late, the next has already."""
        self._ask(do="load", modules=modules)

    def start(self, stage, site, *, at=None, how="kill", seed=0, **more):
        """Start a stage in a fork; give its process id."""
        order = {"stage": stage, "site": site, "at": at, "how": how, "seed": seed, **more}
        return self._ask(do="start", **order)["pid"]

    def wake(self, pid):
        """Let a fork that stopped go on."""
        os.kill(pid, signal.SIGCONT)

    def wait(self, pid, site):
        """Wait until a fork ended, was killed or stopped; give what became of it.

        A dict with `signal` (or None), `stopped`, and for one that ended its report: `error`,
        `sentence`, `names` of crossings, `met` (the fault), `answer`, `modules`.
        """
        ended = self._ask(do="wait", pid=pid)
        if ended["hung"]:
            raise Hung
        report = report_of(site, pid)
        told = json.loads(report.read_text()) if report.exists() else {}
        return ended | told

    def run(self, stage, site, **how):
        """Run a stage in a fork, to its end or its death."""
        return self.wait(self.start(stage, site, **how), site)


def report_of(site, pid):
    """Where a fork writes what it has to say: beside the data, not in it."""
    return Path(site["folder"]) / f"report-{pid}.json"


def _run(order):
    """Run a stage in this very fork, and never come back."""
    crossing = importlib.import_module("tests.faults.crossings")
    scenario = importlib.import_module("tests.faults.scenario")

    while "gate" in order and not Path(order["gate"]).exists():  # opens for all at once
        time.sleep(0.001)
    crossings = crossing.Crossings(order["at"], order["how"], order["seed"])
    told = {"error": None, "sentence": "", "answer": None}
    try:
        crossing.watch(crossings, order["site"]["folder"])
        told["answer"] = scenario.STAGES[order["stage"]](order["site"], **order.get("given", {}))
    except Exception as error:  # noqa: BLE001 - whatever it was, it is reported
        told |= {"error": type(error).__name__, "sentence": str(error)}
        told["trace"] = "".join(traceback.format_exception(error))
    crossings.at = None
    told |= {"names": crossings.names, "met": crossings.met, "modules": sorted(sys.modules)}
    report_of(order["site"], os.getpid()).write_text(json.dumps(told, default=str))
    os._exit(0)


def _start(order):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(2, 1)
        try:
            _run(order)
        finally:
            os._exit(70)
    return {"pid": pid}


def _wait(order):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        pid, status = os.waitpid(order["pid"], os.WNOHANG | os.WUNTRACED)
        if pid:
            return {
                "hung": False,
                "stopped": os.WIFSTOPPED(status),
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            }
        time.sleep(0.002)
    os.kill(order["pid"], signal.SIGKILL)
    os.waitpid(order["pid"], 0)
    return {"hung": True}


def _load(order):
    for name in order["modules"]:
        with suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    return {}


def _read_here():
    """Let forks read deliveries themselves: the process that reads apart is no crossing of ours.

    That it may be killed at any moment is shown in `tests/integration/test_apart.py`.
    """
    ingest = importlib.import_module("pipelines.ingest")
    sources = importlib.import_module("pipelines.sources")
    feeds = importlib.import_module("data_contracts.feeds")
    ingest.parse = lambda path, delivery, _: feeds.parse(sources.read(path), delivery)


def main():
    """Answer orders until nobody gives any more; leave no fork behind, not even a stopped one."""
    importlib.import_module("tests.faults.scenario")
    importlib.import_module("tests.faults.crossings")
    _read_here()
    running = set()
    for line in sys.stdin:
        order = json.loads(line)
        answer = {"start": _start, "wait": _wait, "load": _load}[order["do"]](order)
        if order["do"] == "start":
            running.add(answer["pid"])
        elif order["do"] == "wait" and not answer.get("stopped"):
            running.discard(order["pid"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in running:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
