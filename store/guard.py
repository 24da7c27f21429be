"""Keeps a private PostgreSQL as long as somebody uses it, and not a moment longer.

Run as a program of its own by `store.embedded`, with nothing but the standard library: it starts
the server, steps into the background and waits for the lock that every user of the folder shares.
The kernel frees that lock when a user ends, however it ends; when the last has gone, the server
is stopped. So a killed night leaves no server behind, and a second process may simply join.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SECONDS_TO_START = 60


def _die_with_parent() -> None:
    """Ask Linux to stop the server should this guard itself be killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _keep(lock: Path, account: dict[str, object], command: list[str]) -> None:
    os.setsid()
    server = subprocess.Popen(  # noqa: S603 - our own command line, no shell
        command,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
        cwd="/",
        **account,  # type: ignore[call-overload] # user, group and extra_groups, or nothing
    )

    def ended(*_: object) -> None:
        if server.poll() is not None:
            os._exit(1)

    signal.signal(signal.SIGCHLD, ended)
    ended()
    with lock.open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)  # granted when the last user has gone
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.send_signal(signal.SIGINT)
        server.wait()


def _ready(pid_file: Path) -> bool:
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return False
    return lines[7:8] != [] and lines[7].strip() == "ready"


def _wait(child: int, pid_file: Path) -> int:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        if _ready(pid_file):
            return 0
        if os.waitpid(child, os.WNOHANG)[0]:
            return 1
        time.sleep(0.02)
    return 2


def main(arguments: list[str]) -> int:
    """Start `command` as `uid:gid` (or as we are, `-`) and guard it; 0 once it accepts users."""
    lock, pid_file, who, *command = arguments
    account: dict[str, object] = {}
    if who != "-":
        user, group = map(int, who.split(":"))
        account = {"user": user, "group": group, "extra_groups": []}
    child = os.fork()
    if child:
        return _wait(child, Path(pid_file))
    _keep(Path(lock), account, command)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
