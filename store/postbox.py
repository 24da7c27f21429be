"""The watched folder from the side of who posts: a file is there whole, or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def post(inbox: Path, name: str, text: str) -> None:
    """Put a file into the watched folder, whole at once; the same name again replaces it.

    `name` is made by us, never by who delivers. Whoever watches passes by what begins with a dot.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    draft = inbox / f".{name}.part"
    # Never readable for everybody, not even for a moment: what is in it are people's data.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(inbox / name)
