"""What the judge says of a plan that breaks a rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a plan breaks: its name, a Dutch sentence, and whom and what it is about."""

    rule: str
    sentence: str
    household: str | None = None
    dwelling: str | None = None
