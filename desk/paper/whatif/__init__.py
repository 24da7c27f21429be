"""What a planner takes along of a what-if: one page to read, a print, a workbook, tables."""

from __future__ import annotations

from desk.paper.whatif.writing import write

__all__ = ["write"]
