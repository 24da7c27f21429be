"""Every measurement in a child process of its own: its memory and its imports are its own too.

    python -m benchmarks.children benchmarks.regions:prepared '{"folder": "run/x", "seed": 1}'

calls that function with those facts and prints what it gives as one line of JSON. The parent waits
with a limit, so that everything ends by itself.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import platform
import re
import resource
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HOURS = 3
HOME = Path(__file__).parents[1]
TOLD = ("ortools", "numpy", "scipy", "pandas")


class NothingTold(RuntimeError):
    """The child ended without a result; what it said went to the screen."""


def child(task: str, *, hash_seed: int | None = None, **facts: object) -> dict[str, Any]:
    """Call `module:function` with these facts in a new process; adds the load before it began.

    Raises NothingTold when it fails and subprocess.TimeoutExpired when it does not end.
    """
    hashing = "random" if hash_seed is None else str(hash_seed)
    environment = {**os.environ, "PYTHONHASHSEED": hashing}
    load = round(os.getloadavg()[0], 2)
    command = [sys.executable, "-m", "benchmarks.children", task, json.dumps(facts, default=str)]
    done = subprocess.run(
        command, cwd=HOME, env=environment, stdout=subprocess.PIPE, text=True, check=False,
        timeout=HOURS * 3600,
    )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        raise NothingTold(f"{task} ended with {done.returncode}")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return {"load": load, **told}


def peak_mib() -> int:
    """Give the most memory this process held since it began, or since `forget_peak`, in MiB.

    Of the process itself where Linux tells it: what `getrusage` gives can be the parent's.
    """
    try:
        status = Path("/proc/self/status").read_text("utf-8")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) // 1024 if found else 0


def forget_peak() -> None:
    """Count the peak from here, where the system lets us; what is held now still counts."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "utf-8")
    except OSError:
        return


def machine() -> dict[str, Any]:
    """Say on what was measured: processor, cores, memory, versions, and a hash of the engine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in TOLD},
        "engine": engine_hash(),
    }


def engine_hash() -> str:
    """Give eight characters that change with any line of `matching` or of the default policy."""
    files = sorted([*HOME.glob("matching/**/*.py"), *HOME.glob("data_contracts/**/*.yaml")])
    told = hashlib.sha256()
    for file in files:
        told.update(f"{file.relative_to(HOME)}\n".encode() + file.read_bytes())
    return told.hexdigest()[:8]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return found[1] if found else platform.machine()


def main() -> None:
    """Do one task for the parent process."""
    module, _, function = sys.argv[1].partition(":")
    told = getattr(importlib.import_module(module), function)(**json.loads(sys.argv[2]))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
