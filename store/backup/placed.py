"""The files of a backup, put where the nights are: all of them, or none."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError
from store.backup.archive import FILES, members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HALF = ".terugzetten"


class OtherFiles(VerhuisketenError):
    """In de map staan al andere bestanden van deze nacht. Noem een nieuwe map met --data."""


@contextmanager
def placed(file: Path, nights: Path, secret: bytes | None) -> Iterator[None]:
    """Put the files of a copy into their nights; take them away again when what follows fails.

    A night that is there already, with the same files, is left as it is: an earlier try was cut
    off. Raises OtherFiles, Damaged, OSError.
    """
    half = nights / HALF
    shutil.rmtree(half, ignore_errors=True)
    ours: list[Path] = []
    try:
        for run in _unpacked(file, half, secret):
            if (nights / run.name).exists():
                _must_be_alike(run, nights / run.name)
            else:
                ours.append(run.rename(nights / run.name))
        yield
    except BaseException:
        for run in ours:
            shutil.rmtree(run, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _unpacked(file: Path, half: Path, secret: bytes | None) -> list[Path]:
    half.mkdir(mode=0o700, parents=True)
    for name, pieces in members(file, secret):
        if name.startswith(FILES):
            path = half / name.removeprefix(FILES)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("xb") as out:
                out.writelines(pieces)
    return sorted(half.iterdir())


def _must_be_alike(one: Path, other: Path) -> None:
    for path in one.rglob("*"):
        beside = other / path.relative_to(one)
        if path.is_file() and (not beside.is_file() or _digest(path) != _digest(beside)):
            raise OtherFiles


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
