"""A private PostgreSQL in a data folder: started when needed, gone when its last user is.

The server listens on a socket only its own account (and root) can enter; no port, no password.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg

from data_contracts.words import VerhuisketenError
from store import guard
from store.programs import APART, ENVIRONMENT, Account, account, enters, programs, run

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "verhuisketen"
LONGEST_SOCKET_FOLDER = 90
"""A socket's whole path may be 107 characters on Linux and 103 on macOS."""
SECONDS_TO_STOP = 60
SECONDS_FOR_THE_GUARD = 1
"""A lock that stays free, or shared, this long has other users."""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "shared_buffers": "128MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "4GB",
    "max_parallel_workers_per_gather": "0",  # /dev/shm is small in containers
    "jit": "off",
    # What goes wrong is said in the log without the row it went wrong with.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class CannotStart(VerhuisketenError):
    """De eigen database wil niet starten."""


@contextmanager
def embedded(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """Give the URL of a private PostgreSQL in `folder`; start it unless it runs.

    VERHUISKETEN_DATABASE_URL wins: then nothing is started. Another process that asks for the
    same folder joins the running server; the server stops when the last user has gone, also when
    that one was killed. `durable=False` is for tests only. Raises NoPostgres, CannotStart.
    """
    if served := os.environ.get("VERHUISKETEN_DATABASE_URL"):
        yield served
        return
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _using(folder):
        with _alone(folder):
            home = _home(folder, account())
            if not _answers(_address(home)):
                _start(folder, home, durable=durable)
        yield f"postgresql+psycopg://{NAME}@/{NAME}?host={quote(_address(home)['host'], safe='')}"


@contextmanager
def _using(folder: Path) -> Iterator[None]:
    with (folder / "in-use").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield
        finally:
            _leave(folder, lock)


def _leave(folder: Path, lock: Any) -> None:  # noqa: ANN401 - any open file
    """Let go of the server; when nobody else holds it, wait until the guard has stopped it."""
    fcntl.flock(lock, fcntl.LOCK_UN)
    pid_file = _home(folder, account()) / "data" / "postmaster.pid"
    others = time.monotonic() + SECONDS_FOR_THE_GUARD
    while _runs(pid_file) and time.monotonic() < others:
        time.sleep(0.02)
        with suppress(BlockingIOError):  # refused: the guard has the lock and is stopping it
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.flock(lock, fcntl.LOCK_UN)
            continue
        others = time.monotonic() + SECONDS_FOR_THE_GUARD


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "starting").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _home(folder: Path, who: Account) -> Path:
    """Say where the data is: in the folder, or apart when the server could not enter there."""
    pointer = folder / "apart"
    if pointer.exists():
        return Path(pointer.read_text())
    if enters(folder, who):
        return folder
    APART.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="data-", dir=APART))
    home.chmod(0o711)
    pointer.write_text(str(home))
    return home


def _address(home: Path) -> dict[str, str]:
    socket = home / "socket"
    pointer = home / "socket-folder"
    if len(str(socket)) > LONGEST_SOCKET_FOLDER:
        if not pointer.exists():
            pointer.write_text(tempfile.mkdtemp(prefix="vhk-"))
        socket = Path(pointer.read_text())
    return {"host": str(socket), "user": NAME}


def _answers(address: dict[str, str]) -> bool:
    try:
        psycopg.connect(dbname="postgres", connect_timeout=10, **address).close()  # type: ignore[arg-type] # all text
    except psycopg.OperationalError:
        return False
    return True


def _start(folder: Path, home: Path, *, durable: bool) -> None:
    who = account()
    data, socket = home / "data", Path(_address(home)["host"])
    _gone(data, socket)
    folder_of_programs = programs(who, version=_made_with(data))
    if not data.exists():
        _initialise(folder_of_programs, data, who, durable=durable)
    socket.mkdir(mode=0o700, exist_ok=True)
    _give(socket, who)
    settings = (
        SETTINGS | {"unix_socket_directories": str(socket)} | ({} if durable else NOT_DURABLE)
    )
    command = [str(folder_of_programs / "postgres"), "-D", str(data)]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    words = [str(folder / "in-use"), str(data / "postmaster.pid"), str(who), *command]
    with (folder / "server.log").open("w") as log:
        started = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", guard.__file__, *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=ENVIRONMENT,
            check=False,
            start_new_session=True,
        )
    if started.returncode:
        raise CannotStart(
            f"De eigen database in {folder} wil niet starten. Wat zij zei staat in "
            f"{folder / 'server.log'}."
        )
    _make_database(_address(home))


def _made_with(data: Path) -> str | None:
    version = data / "PG_VERSION"
    return version.read_text().strip() if version.exists() else None


def _initialise(folder: Path, data: Path, who: Account, *, durable: bool) -> None:
    """Make an empty data folder; only a whole one gets its name."""
    half = data.with_name("data.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    _give(half, who)
    command = [str(folder / "initdb"), "-D", str(half), f"--username={NAME}", "--auth=trust"]
    command += ["--locale=C", "--encoding=UTF8", *([] if durable else ["--no-sync"])]
    said = run(command, who)
    if said.returncode:
        raise CannotStart(f"De eigen database is niet aan te maken: {said.stderr.strip()[-300:]}")
    half.rename(data)


def _give(folder: Path, who: Account) -> None:
    if who.user is not None and who.group is not None:
        os.chown(folder, who.user, who.group)


def _make_database(address: dict[str, str]) -> None:
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as connection:  # type: ignore[arg-type] # all text
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [NAME]
        ).fetchone():
            connection.execute(f"CREATE DATABASE {NAME}")


def _gone(data: Path, socket: Path) -> None:
    """Wait until no server runs in `data`; sweep away what a dead one left behind.

    One that was killed together with its guard may stay unburied, in a container for ever: by its
    number it seems alive, and no server would start beside what it left.
    """
    pid_file = data / "postmaster.pid"
    until = time.monotonic() + SECONDS_TO_STOP
    while _runs(pid_file):
        if time.monotonic() > until:
            raise CannotStart(
                f"De vorige database in {data} stopt niet. Stop haar met pg_ctl stop."
            )
        time.sleep(0.02)
    pid_file.unlink(missing_ok=True)
    for left in socket.glob(".s.PGSQL.*"):
        left.unlink()


def _runs(pid_file: Path) -> bool:
    """Whether the process a pid file names is a server of this folder, and not a later namesake."""
    try:
        number, folder = pid_file.read_text().splitlines()[:2]
        return folder in _command_line(abs(int(number)))
    except (OSError, ValueError):
        return False


def _command_line(process: int) -> str:
    if sys.platform == "linux":
        return (Path("/proc") / str(process) / "cmdline").read_text(errors="replace")
    return run(["/bin/ps", "-ww", "-o", "args=", "-p", str(process)], Account()).stdout
