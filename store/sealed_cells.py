"""One value sealed in one place of the database: nobody reads it, or puts it elsewhere, unseen.

AES-256-GCM with a random nonce. Where it stands (corporation, table, column, row) is authenticated
with it, so a value that was moved to another row, or another corporation, does not open.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data_contracts.words import VerhuisketenError
from store.backup.sealed import KEY, secret_in

if TYPE_CHECKING:
    from pathlib import Path

    from store.installation import Installation

VERSION = b"\x01"
NONCE = 12
FOLDER, NAME = "sleutels", "uitvalbak.sleutel"


class DoesNotOpen(VerhuisketenError):
    """Wat hier stond is met een andere sleutel verzegeld. Zet de sleutel van toen terug."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a sealed value stands."""

    corporation: str
    table: str
    column: str
    row: str

    def written(self) -> bytes:
        """Write it so that no two spots read alike: each part with its length."""
        parts = (self.corporation, self.table, self.column, self.row)
        return "|".join(f"{len(part)}:{part}" for part in parts).encode()


def seal(secret: bytes, spot: Spot, text: str) -> bytes:
    """Seal a text for one spot."""
    nonce = os.urandom(NONCE)
    return VERSION + nonce + AESGCM(secret).encrypt(nonce, text.encode(), spot.written())


def unseal(secret: bytes, spot: Spot, sealed: bytes) -> str:
    """Give the text that was sealed for this spot. Raises DoesNotOpen."""
    nonce, rest = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    try:
        if sealed[:1] != VERSION:
            raise DoesNotOpen
        return AESGCM(secret).decrypt(nonce, rest, spot.written()).decode()
    except (InvalidTag, ValueError) as error:
        raise DoesNotOpen from error


def secret_of(installation: Installation) -> bytes:
    """Give the key of an installation, made at its first use unless the settings name a file.

    Raises BadKey when the file holds no key, OSError when the file that was named is not there.
    """
    if installation.quarantine_key_file is not None:
        return secret_in(installation.quarantine_key_file)
    file = installation.data / FOLDER / NAME
    if not file.exists():
        _make(file)
    return secret_in(file)


def _make(file: Path) -> None:
    """Make a key that only we can read; of two who do so at once, one wins and both use it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as out:
            out.write(os.urandom(KEY).hex() + "\n")
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()
