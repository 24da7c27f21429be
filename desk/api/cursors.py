"""Where a page of a list ended, as a word that says nothing to whoever keeps it."""

from __future__ import annotations

import base64
import binascii

from data_contracts.mistakes import Mistake
from desk.api.models import LARGEST
from desk.problems import Refused

PATTERN = r"^[0-9A-Za-z_-]{1,40}$"


def written(position: int) -> str:
    """Write a position as a cursor."""
    return base64.urlsafe_b64encode(f"p{position}".encode()).decode().rstrip("=")


def read(cursor: str) -> int:
    """Read the position in a cursor of ours. Raises Refused."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    number = text[1:]
    if text[:1] != "p" or not number.isdecimal() or int(number) > LARGEST:
        sentence = "Deze cursor kennen wij niet. Begin opnieuw, zonder cursor."
        raise Refused(400, [Mistake("/query/cursor", "verkeerde_vorm", sentence)])
    return int(number)
