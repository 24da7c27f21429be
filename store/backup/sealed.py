"""A file sealed with a key: nobody reads it, changes it or cuts it short unseen.

Its form is a header (`MAGIC`, a salt, a check of the key) and pieces of AES-256-GCM. The key of a
file is made from the secret and the salt (HKDF-SHA256); the number of a piece, and whether it is
the last, are its nonce; the header is authenticated with every piece (the STREAM construction of
Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"VERHUISKETEN RESERVEKOPIE 1\n"
PIECE = 1 << 20
TAG = 16
SALT = 32
CHECK = 16
KEY = 32


class BadKey(VerhuisketenError):
    """Dit is geen sleutel. Maak er een met: openssl rand -hex 32 > sleutel."""


class WrongKey(VerhuisketenError):
    """De sleutel past niet op deze kopie. Noem de sleutel waarmee de kopie is gemaakt."""


class NeedsKey(VerhuisketenError):
    """Deze kopie is versleuteld. Noem de sleutel met --key-file."""


class NotSealed(VerhuisketenError):
    """Deze kopie is niet versleuteld, maar u noemt wel een sleutel. Is het de goede kopie?"""


class Damaged(VerhuisketenError):
    """De kopie is beschadigd of niet compleet. Er is niets teruggezet. Neem een andere kopie."""


def secret_in(file: Path) -> bytes:
    """Read a secret from a key file: 64 hexadecimal digits. Raises BadKey."""
    text = file.read_text("utf-8", errors="replace").strip()
    if re.fullmatch(rf"[0-9a-fA-F]{{{2 * KEY}}}", text) is None:
        raise BadKey
    return bytes.fromhex(text)


def _keys(secret: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    """Give the cipher of a file, and what its header shows to tell a wrong key from a damage."""
    made = HKDF(algorithm=SHA256(), length=KEY + CHECK, salt=salt, info=MAGIC).derive(secret)
    return AESGCM(made[:KEY]), made[KEY:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """Something to write to: what is written goes sealed into a file, once `finish` is called."""

    def __init__(self, file: BinaryIO, secret: bytes) -> None:
        salt = os.urandom(SALT)
        self._file = file
        self._cipher, check = _keys(secret, salt)
        self._header = MAGIC + salt + check
        self._held = bytearray()
        self._number = 0
        file.write(self._header)

    def write(self, data: bytes) -> int:
        """Take bytes; they are sealed piece by piece, a piece only when more follows."""
        self._held += data
        while len(self._held) > PIECE:
            self._seal(PIECE, last=False)
        return len(data)

    def finish(self) -> None:
        """Seal the last piece: without it the file counts as cut short."""
        self._seal(len(self._held), last=True)

    def _seal(self, size: int, *, last: bool) -> None:
        plain = bytes(self._held[:size])
        del self._held[:size]
        nonce = _nonce(self._number, last=last)
        self._file.write(self._cipher.encrypt(nonce, plain, self._header))
        self._number += 1


class Unsealer:
    """Something to read from: the plain bytes of a sealed file, each piece proved before it."""

    def __init__(self, file: BinaryIO, secret: bytes) -> None:
        self._file = file
        self._header = file.read(len(MAGIC) + SALT + CHECK)
        salt = self._header[len(MAGIC) : len(MAGIC) + SALT]
        self._cipher, check = _keys(secret, salt)
        if len(self._header) < len(MAGIC) + SALT + CHECK:
            raise Damaged
        if self._header[-CHECK:] != check:
            raise WrongKey
        self._ahead = file.read(PIECE + TAG)
        if not self._ahead:  # an empty file has a piece too: one that says that it is the last
            raise Damaged
        self._plain = bytearray()
        self._number = 0

    def read(self, size: int) -> bytes:
        """Give so many plain bytes, fewer only at the end. Raises Damaged."""
        while len(self._plain) < size and self._ahead:
            self._open()
        given = bytes(self._plain[:size])
        del self._plain[:size]
        return given

    def _open(self) -> None:
        sealed, self._ahead = self._ahead, self._file.read(PIECE + TAG)
        nonce = _nonce(self._number, last=not self._ahead)
        try:
            self._plain += self._cipher.decrypt(nonce, sealed, self._header)
        except (InvalidTag, ValueError) as error:
            raise Damaged from error
        self._number += 1
