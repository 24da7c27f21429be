"""The watched folder itself: what lies there whole, who claims it, and where it ends.

A file counts when it has not changed between two looks far enough apart. Claiming is a rename into
a folder of its own under `bezig`, which only one can win; ending is a rename of that folder, with
the answer beside the file. Both happen or do not happen, also when we are killed.
"""

from __future__ import annotations

import json
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from data_contracts.words import VerhuisketenError
from pipelines.sources import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BUSY, DONE, WAITING, REFUSED = "bezig", "verwerkt", "wacht", "geweigerd"
ENDS = {"taken": DONE, "waiting": WAITING, "refused": REFUSED, "unknown": REFUSED}
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".download")
"""How programs that copy call a file they are still writing."""
PATIENCE = 30
"""A file that does not open is broken, not half written, after this many times `settle_seconds`."""
ACCEPTED, TRIES, DRAFT = ".akkoord", ".pogingen", ".antwoord"
FOLDER_MODE = 0o750  # what lies here holds names
_MOMENT = "%Y%m%dT%H%M%S%fZ"
_CLAIM = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{16}-[0-9A-Za-z_-]*")
_ODD = re.compile(r"[^0-9A-Za-z_-]+")


class NotWaiting(VerhuisketenError):
    """Dit bestand wacht niet. Kijk in de map wacht van het postvak welke bestanden wel wachten."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file was at a look: bytes, moment of change (ns), which file; and since when so."""

    size: int
    changed: int
    inode: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A file in a folder of its own, named by the moment of the claim and the file's sha256."""

    folder: Path
    file: Path

    @property
    def id(self) -> str:
        """What this claim is booked under; never used again."""
        return self.folder.name

    @property
    def at(self) -> datetime:
        """When the file was claimed: the moment its facts were known to us."""
        return datetime.strptime(self.id.split("-")[0], _MOMENT).replace(tzinfo=UTC)

    @property
    def accepted(self) -> bool:
        """Whether a person let it through."""
        return (self.folder / ACCEPTED).exists()

    def try_again(self) -> int:
        """Count the tries to take it in, across restarts; give the number of this one.

        0 when another has finished it meanwhile.
        """
        try:
            with (self.folder / TRIES).open("ab") as tries:
                tries.write(b".")
                return tries.tell()
        except FileNotFoundError:
            return 0

    def no_try(self) -> None:
        """Forget the tries: what went wrong was not the file."""
        (self.folder / TRIES).unlink(missing_ok=True)


def look(inbox: Path, before: Mapping[str, Look], at: datetime) -> dict[str, Look]:
    """Look at every file that may be a delivery; since when it is as it is, `before` tells."""
    seen = {}
    for path in inbox.iterdir():
        if not _counts(path):
            continue
        with suppress(FileNotFoundError):  # somebody claimed it just now
            stat = path.stat()
            fresh = Look(stat.st_size, stat.st_mtime_ns, stat.st_ino, at)
            old = before.get(path.name)
            same = old is not None and replace(fresh, since=old.since) == old
            seen[path.name] = old if old is not None and same else fresh
    return seen


def _counts(path: Path) -> bool:
    """Whether a name may be a delivery. A link may point anywhere: only real files count."""
    hidden = path.name.startswith((".", "~$"))
    unfinished = path.name.lower().endswith(UNFINISHED)
    return not hidden and not unfinished and path.is_file() and not path.is_symlink()


def settled(inbox: Path, looks: Mapping[str, Look], at: datetime, *, seconds: int) -> list[str]:
    """Name the files that are whole, oldest first: unchanged for so long, and they open."""
    still = [
        (seen.changed, name)
        for name, seen in looks.items()
        if (rest := (at - seen.since).total_seconds()) >= seconds
        and (rest >= seconds * PATIENCE or _opens(inbox / name))
    ]
    return [name for _, name in sorted(still)]


def _opens(path: Path) -> bool:
    """Whether a file is whole as far as its kind can tell: zip and Parquet end with a directory."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start == b"PAR1":
                file.seek(-4, 2)
                return file.tell() > len(start) and file.read(4) == b"PAR1"
        return zipfile.is_zipfile(path) if start == b"PK\x03\x04" else bool(start)
    except OSError:
        return False


def claim(inbox: Path, name: str, seen: Look, at: datetime) -> Claim | None:
    """Take a settled file for ourselves; None when another did, or it changed after all."""
    path = inbox / name
    try:
        folder = _folder(inbox, at, sha256_of(path), name)
        folder.mkdir(mode=FOLDER_MODE)
    except OSError:
        return None
    ours = Claim(folder, folder / name)
    try:
        path.rename(ours.file)
    except OSError:
        with suppress(OSError):
            folder.rmdir()
        return None
    stat = ours.file.stat()
    if (stat.st_size, stat.st_mtime_ns) != (seen.size, seen.changed) and not path.exists():
        ours.file.rename(path)
        folder.rmdir()
        return None
    return ours


def _folder(inbox: Path, at: datetime, sha256: str, name: str) -> Path:
    stem = _ODD.sub("_", name.split(".", maxsplit=1)[0])[:60]
    return inbox / BUSY / f"{at.astimezone(UTC):{_MOMENT}}-{sha256[:16]}-{stem}"


def claims(inbox: Path, where: str = BUSY) -> list[Claim]:
    """List what was claimed and not finished, or waits, oldest first; clear what was left empty."""
    found = []
    folders = (path for path in (inbox / where).iterdir() if _CLAIM.fullmatch(path.name))
    for folder in sorted(folders):
        with suppress(OSError):  # another finished it meanwhile
            files = [path for path in folder.iterdir() if not path.name.startswith(".")]
            if not files:
                folder.rmdir()
                continue
            # The answer beside a file is called after it: the shortest name is the file's.
            found.append(Claim(folder, min(files, key=lambda path: len(path.name))))
    return found


def end(ours: Claim, status: str, answer: Mapping[str, Any]) -> Path | None:
    """Lay the answer beside the file and put both where they end; None when another did."""
    inbox = ours.folder.parents[1]
    place = inbox / ENDS[status]
    if ENDS[status] == DONE:
        place /= f"{ours.at:%Y-%m-%d}"
    try:
        written = json.dumps(answer, ensure_ascii=False, indent=2, default=str)
        draft = ours.folder / DRAFT
        draft.write_text(written, "utf-8", errors="replace")
        draft.replace(ours.file.with_name(f"{ours.file.name}.json"))
        _sweep(ours.folder)
        place.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        ended = ours.folder.rename(place / ours.id)
    except FileNotFoundError:
        return None
    _sweep(ended)  # what another, whose turn it no longer was, laid there since
    return ended


def _sweep(folder: Path) -> None:
    """Take away our own marks: the file is booked, they have served."""
    for mark in (TRIES, ACCEPTED, DRAFT):
        (folder / mark).unlink(missing_ok=True)


def let_in(inbox: Path, name: str, at: datetime) -> Claim:
    """Claim a waiting file anew, with a person's word that it may. Raises NotWaiting."""
    waiting = find_waiting(inbox, name)
    (waiting.folder / ACCEPTED).touch()
    waiting.no_try()
    rest = waiting.id.split("-", 1)[1]
    folder = inbox / BUSY / f"{at.astimezone(UTC):{_MOMENT}}-{rest}"
    waiting.folder.rename(folder)
    return Claim(folder, folder / waiting.file.name)


def find_waiting(inbox: Path, name: str) -> Claim:
    """Find the newest waiting file of this name. Raises NotWaiting."""
    ready(inbox)
    named = [one for one in claims(inbox, WAITING) if name in (one.file.name, one.id)]
    if not named:
        raise NotWaiting
    return named[-1]


def ready(inbox: Path) -> None:
    """Make the folder and the folders in it."""
    inbox.mkdir(parents=True, exist_ok=True)
    for name in (BUSY, DONE, WAITING, REFUSED):
        (inbox / name).mkdir(mode=FOLDER_MODE, exist_ok=True)
