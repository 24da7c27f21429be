"""How charts look: told apart in grey too, by line, marker and hatch, never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

INK, SOFT, GRID, PAPER = "#1b2726", "#4b5553", "#c9cfcd", "#ffffff"
SERIES_MOST = 4
"""More scenarios beside one another nobody can read."""
FAMILIES = '"Source Sans 3",Paper,"Paper Ext","Segoe UI","Noto Sans","DejaVu Sans",sans-serif'
"""Narrower than the typeface that the room is measured with (DejaVu Sans), so nothing runs over.

Without spaces after the commas: the press takes those for a part of the name."""


@dataclass(frozen=True, slots=True)
class Style:
    """How one scenario is drawn."""

    colour: str
    dashes: tuple[float, ...]
    marker: str
    filled: bool


STYLES = (
    Style("#4b5553", (1.5, 2.0), "o", filled=False),  # doing nothing: dotted, an open circle
    Style("#0b5d57", (), "s", filled=True),
    Style("#a33f24", (7.0, 2.5), "^", filled=True),
    Style("#2b3f8c", (7.0, 2.0, 1.5, 2.0), "D", filled=False),
)
"""By place: the baseline first. Contrast with the paper is 6:1 or more."""
HATCHES = ("", "///", "", "xxx", "\\\\\\", "|||", "---", "+++")
FILLS = ("#0b5d57", "#ffffff", "#b9c4c2", "#ffffff", "#ffffff", "#ffffff", "#ffffff", "#ffffff")
"""Parts of a bar: dark, striped, grey and so on; stripes only, for dots weigh ten times as much."""
