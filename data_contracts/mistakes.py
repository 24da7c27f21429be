"""What is wrong with what was sent: where, why, and what to do; never what stood there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from data_contracts.words import VerhuisketenError

UNREADABLE = re.compile("[\x00-\x1f\x7f\ufffd\ud800-\udfff]")
"""Characters no text of ours may hold: controls, NUL first of all, and halves of characters."""
NAMEABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
"""A field name we can repeat to the sender without repeating what is in a field."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: a JSON pointer (RFC 6901), a reason code and a Dutch sentence."""

    pointer: str
    code: str
    sentence: str


class NotJson(VerhuisketenError):
    """Dit is geen geldige JSON in UTF-8. Kijk na of het bericht heel is, en stuur het opnieuw."""


class _Twice(ValueError):
    """A name that stands twice in one object."""


def strict_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Read JSON that every reader reads the same: UTF-8, no name twice, no NaN. Raises NotJson."""
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number
        )
    except _Twice as error:
        raise NotJson(
            "In een object staat een naam tweemaal. Laat elke naam één keer voorkomen."
        ) from error
    except (ValueError, RecursionError) as error:
        raise NotJson from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)


def at(*steps: str | int) -> str:
    """Write a JSON pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
