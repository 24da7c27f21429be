"""What a spreadsheet would take for a formula: how our CSV marks it, and how the mark is read back.

An XLSX says of a cell that it is text; a CSV cannot. So text that begins like a formula gets an
apostrophe, and so does text that already has one there: then taking off one gives back all text.
Source: ASVS 5.0, 1.2.10 (= + - @, tab, NUL), with line ends and the full-width and small forms.
"""

from __future__ import annotations

import re

_BEGINS = "[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
_LIKE_A_FORMULA = re.compile(f"'*\\s*{_BEGINS}")
_MARKED = re.compile(f"''*\\s*{_BEGINS}")


def marked(cell: str) -> str:
    """Mark a cell that a spreadsheet would run, with an apostrophe in front."""
    return f"'{cell}" if _LIKE_A_FORMULA.match(cell) else cell


def unmarked(cell: str) -> str:
    """Take the mark off again: `unmarked(marked(cell)) == cell`, whatever the cell."""
    return cell[1:] if _MARKED.match(cell) else cell
