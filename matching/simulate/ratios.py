"""Percentages that a norm goes by: of which counts, and what they are called."""

from __future__ import annotations

SHARES = {
    "passend": ("passend_met", "passend_let"),
    "daeb": ("daeb_met", "daeb_let"),
    "local": ("local_let", "lets"),
}
"""What a percentage is of: the measure above the line, and the one below it."""
CALENDAR = "year:"
"""What the groups of a calendar year begin with: norms are judged by it."""
