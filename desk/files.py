"""Our own files for the browser: style, script, fonts, map. Their address changes when they do."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent / "static"
PREFIX = "/statisch"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
"""What a browser is given; other files (licences, lists) stay on the disk."""
PACKED = (".css", ".js", ".svg")


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent: its bytes, the same packed where that helps, and its media type."""

    body: bytes
    packed: bytes | None
    media_type: str


@cache
def files() -> Mapping[str, File]:
    """Give every file by its path under `desk/static`; read once, they come with the code."""
    found = (path for path in sorted(FOLDER.rglob("*")) if path.suffix in TYPES)
    return MappingProxyType({path.relative_to(FOLDER).as_posix(): _read(path) for path in found})


def _read(path: Path) -> File:
    body = path.read_bytes()
    packed = gzip.compress(body, mtime=0) if path.suffix in PACKED else None
    return File(body, packed, TYPES[path.suffix])


@cache
def version() -> str:
    """Give the name of this set of files: another as soon as a byte of them is."""
    digest = hashlib.sha256()
    for name, file in files().items():
        digest.update(f"{name}\0{len(file.body)}\0".encode() + file.body)
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Give the address of a file, `verhuisketen.css`; raises KeyError where there is none."""
    if name not in files():
        raise KeyError(name)
    return f"{PREFIX}/{version()}/{name}"
