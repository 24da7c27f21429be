"""The log of looks is sealed now and then: while a desk is open, and by every night."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from store import audit
from store.database import is_outage

if TYPE_CHECKING:
    from pathlib import Path

    from store.database import Engine

HEADS = "verzegeling.jsonl"
"""In the folder of data, so outside the database: how far the log of looks was sealed, and when."""


def seal(engine: Engine, folder: Path) -> None:
    """Seal what is new in the log of looks, and write the heads down outside the database."""
    try:
        with engine.begin() as connection:
            grown = audit.seal_new(connection)
    except audit.Busy:
        return  # those who look go first; the next round seals all
    except Exception as error:
        if not is_outage(error):
            raise
        return
    at = datetime.now(tz=UTC).isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / HEADS).open("a") as file:
        for head in grown:
            file.write(json.dumps({"at": at} | asdict(head)) + "\n")
