"""One backup is one file: a tar of the plan's files, the database and, last, what they add up to.

bestanden/<nacht>/<bestand>   the files of the plans in force
database/000001 …             PostgreSQL's custom dump, in parts
manifest.json                 counts, digests, versions: without it the file is cut short
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - read back by pydantic
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from pydantic import TypeAdapter, ValidationError

from data_contracts.words import VerhuisketenError
from store.backup.digests import Counted  # noqa: TC001 - read back by pydantic
from store.backup.sealed import MAGIC, PIECE, Damaged, NeedsKey, NotSealed, Sealer, Unsealer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FORM = 1
FILES, DATABASE, MANIFEST = "bestanden/", "database/", "manifest.json"


class Exists(VerhuisketenError):
    """Dit bestand bestaat al. Een kopie vervangt nooit een andere: noem een nieuwe naam."""


class NewerForm(VerhuisketenError):
    """Deze kopie is van een nieuwere Verhuisketen. Werk eerst deze installatie bij."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many bytes something is, and their sha256."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, and what must be so again once it has been put back.

    `head` is the last position of the log, `plans` the digest of the plan in force by region,
    `night` the last run of which there are files ("" for none).
    """

    form: int
    made: datetime
    code: str
    schema: str
    server: int
    client: int
    head: int
    tables: dict[str, Counted]
    plans: dict[str, str]
    night: str
    database: Sum
    files: dict[str, Sum]


MANIFESTS = TypeAdapter(Manifest)


@dataclass(slots=True)
class Summing:
    """Adds up what passes by."""

    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Let pieces pass, and add them up."""
        for piece in pieces:
            self.size += len(piece)
            self.digest.update(piece)
            yield piece

    @property
    def sum(self) -> Sum:
        """Say what passed so far."""
        return Sum(self.size, self.digest.hexdigest())


@contextmanager
def written(path: Path, secret: bytes | None) -> Iterator[tarfile.TarFile]:
    """Give a tar to fill, sealed when there is a secret; the file has its name once it is whole.

    Raises Exists; an OSError that names the file when the disk is full or closed to us.
    """
    if path.exists():
        raise Exists(
            f"{path} bestaat al. Een kopie vervangt nooit een andere: noem een nieuwe naam."
        )
    half = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            sealer = Sealer(file, secret) if secret is not None else None
            with tarfile.open(mode="w|", fileobj=cast("IO[bytes]", sealer or file)) as tar:
                yield tar
            if sealer is not None:
                sealer.finish()
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
        _keep_name(path.parent)
    except OSError as error:
        raise _about(error, path) from error
    finally:
        half.unlink(missing_ok=True)


def _keep_name(folder: Path) -> None:
    """Let the new name survive a power cut too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _about(error: OSError, path: Path) -> OSError:
    """Name the file that was being written: a full disk does not say which."""
    return error if error.filename else OSError(error.errno, error.strerror, str(path))


def add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    """Put bytes into a tar under a name."""
    about = tarfile.TarInfo(name)
    about.size = len(data)
    about.mode = 0o600
    tar.addfile(about, io.BytesIO(data))


def add_file(tar: tarfile.TarFile, name: str, path: Path) -> Sum:
    """Put a file into a tar, and give its sum."""
    data = path.read_bytes()
    add(tar, FILES + name, data)
    return Sum(len(data), hashlib.sha256(data).hexdigest())


def add_database(tar: tarfile.TarFile, pieces: Iterable[bytes]) -> Sum:
    """Put a dump into a tar as it comes, in parts, and give its sum."""
    summing = Summing()
    for number, piece in enumerate(summing.over(pieces), start=1):
        add(tar, f"{DATABASE}{number:06}", piece)
    return summing.sum


def add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Put the manifest into a tar: the last thing it gets."""
    add(tar, MANIFEST, MANIFESTS.dump_json(manifest, indent=1))


def members(path: Path, secret: bytes | None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Give every part of a backup, in order: its name and its bytes, to be read before the next.

    Raises Damaged, NeedsKey, NotSealed, WrongKey.
    """
    with path.open("rb") as file:
        source = _opened(file, secret)
        try:
            with tarfile.open(mode="r|", fileobj=cast("IO[bytes]", source)) as tar:
                for member in tar:
                    yield _safe(member), _bytes_of(tar, member)
        except (tarfile.TarError, EOFError) as error:
            raise Damaged from error
        while source.read(PIECE):  # up to the last piece, which says that it is the last
            pass


def _opened(file: BinaryIO, secret: bytes | None) -> Unsealer | BinaryIO:
    sealed = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    if sealed and secret is None:
        raise NeedsKey
    if secret is not None and not sealed:
        raise NotSealed
    return file if secret is None else Unsealer(file, secret)


def _safe(member: tarfile.TarInfo) -> str:
    """Give the name of a plain file that stays where it is put; anything else is no backup."""
    parts = member.name.split("/")
    if not member.isreg() or {"", ".", ".."} & set(parts) or set("\\\0") & set(member.name):
        raise Damaged
    return member.name


def _bytes_of(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    file = tar.extractfile(member)
    try:
        while file is not None and (piece := file.read(PIECE)):
            yield piece
    except tarfile.TarError as error:
        raise Damaged from error


def database_in(path: Path, secret: bytes | None) -> Iterator[bytes]:
    """Give the dump of a backup, piece by piece."""
    for name, pieces in members(path, secret):
        if name.startswith(DATABASE):
            yield from pieces


def examined(path: Path, secret: bytes | None) -> Manifest:
    """Read a backup from end to end and give its manifest, proved against what is there.

    Raises Damaged, NeedsKey, NewerForm, NotSealed, WrongKey.
    """
    files: dict[str, Sum] = {}
    database, parts, said = Summing(), 0, b""
    for name, pieces in members(path, secret):
        if said:
            raise Damaged  # something follows the manifest
        if name == MANIFEST:
            said = b"".join(pieces)
        elif name.startswith(FILES):
            one = Summing()
            for _ in one.over(pieces):
                pass
            files[name.removeprefix(FILES)] = one.sum
        else:
            parts += 1
            if name != f"{DATABASE}{parts:06}":
                raise Damaged
            for _ in database.over(pieces):
                pass
    manifest = _manifest(said)
    if (manifest.files, manifest.database) != (files, database.sum):
        raise Damaged
    return manifest


def _manifest(said: bytes) -> Manifest:
    try:
        manifest = MANIFESTS.validate_json(said)
    except ValidationError as error:
        raise Damaged from error
    if manifest.form > FORM:
        raise NewerForm
    return manifest
