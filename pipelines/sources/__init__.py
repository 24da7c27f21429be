"""Files as they are delivered, read as text: by content, one small reader per format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.records import DELIVERIES
from pipelines.sources import columnar, lines, text, workbook
from pipelines.sources.reading import UnreadableFile, sha256_of
from pipelines.sources.version import reader_version

if TYPE_CHECKING:
    from pathlib import Path

    from data_contracts.feeds import RawTable
    from data_contracts.records import Delivery

__all__ = [
    "UnreadableFile",
    "deliveries_in",
    "delivery_of",
    "read",
    "reader_version",
    "sha256_of",
    "strangers_in",
]

SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".parquet", ".jsonl", ".ndjson"})
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read(path: Path) -> RawTable:
    """Read a delivery as text; what the file is decides how, not only what it is called.

    Raises UnreadableFile, with one clear sentence, when there is nothing to be made of it.
    """
    start = _start(path)
    if start.startswith(_OLD_EXCEL):
        raise UnreadableFile(
            f"{path.name} is een oude of beveiligde Excel-map. Bewaar de map als .xlsx zonder "
            "wachtwoord, of als CSV, en lever haar opnieuw aan.",
        )
    if start.startswith(b"PK\x03\x04"):
        return workbook.read(path)
    if start.startswith(b"PAR1"):
        return columnar.read(path)
    if path.suffix.lower() in {".xlsx", ".parquet"}:
        raise UnreadableFile(
            f"{path.name} is geen {path.suffix.lower()[1:]}-bestand, al heet het zo. Bewaar het "
            "opnieuw of lever het als CSV aan.",
        )
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        return lines.read(path)
    return text.read(path)


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise UnreadableFile(f"{path.name} is niet te openen: {error.strerror}.") from error
    if not start:
        raise UnreadableFile(f"{path.name} is leeg. Lever het bestand opnieuw aan.")
    return start


def deliveries_in(folder: Path) -> list[tuple[Delivery, Path]]:
    """Find the deliveries in a folder by how their names begin, in the order of a night.

    `woningen.csv`, `woningen-2026-11-22.xlsx` and `woningen_w1.parquet` are all dwellings.
    """
    files = sorted(path for path in folder.iterdir() if _is_delivery(path))
    return [(d, path) for d in DELIVERIES.values() for path in files if _belongs(path, d)]


def delivery_of(path: Path) -> Delivery | None:
    """Say which delivery a file is by how its name begins, or None for a stranger."""
    if not (path.name.isprintable() and _named(path)):
        return None
    return next((delivery for delivery in DELIVERIES.values() if _belongs(path, delivery)), None)


def strangers_in(folder: Path) -> list[Path]:
    """List the files in a folder that are no delivery we know: to be named, not to be read."""
    known = {path for _, path in deliveries_in(folder)}
    visible = (p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
    return sorted(path for path in visible if path not in known)


def _is_delivery(path: Path) -> bool:
    # A link may point anywhere: only real files in the folder are deliveries.
    return path.is_file() and not path.is_symlink() and _named(path)


def _named(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~$"))


def _belongs(path: Path, delivery: Delivery) -> bool:
    rest = path.stem.lower().removeprefix(delivery.name)
    return rest != path.stem.lower() and (not rest or not rest[0].isalpha())
