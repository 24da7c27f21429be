"""Writing a report into a folder: to read, to print, to count on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.paper.pdf import printed
from desk.paper.whatif.book import workbook
from desk.paper.whatif.report import Told, drawings, page
from desk.paper.whatif.tables import parquet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from data_contracts.scenario import Scenario
    from matching.simulate.comparison import Comparison

NAME = "wat-als"
SECONDS = 120
"""A report has more to print than a letter."""


def write(
    comparison: Comparison,
    scenarios: Sequence[Scenario],
    folder: Path,
    *,
    receipt: Mapping[str, object] | None = None,
    made_for: str = "",
    on: date | None = None,
) -> list[Path]:
    """Write the report of a comparison: HTML, PDF, XLSX and Parquet. Gives the paths, sorted.

    `receipt` is what was calculated with, as label and value; `made_for` for whom; `on` the day on
    which the simulation begins. Equal input gives equal bytes. Raises NotPrinted.
    """
    told = Told(comparison, tuple(scenarios), dict(receipt or {}), made_for, on)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = drawings(told)
    files = {
        f"{NAME}.html": page(told, drawn=drawn).encode(),
        f"{NAME}.pdf": printed(page(told, printed=True, drawn=drawn), seconds=SECONDS),
        f"{NAME}.xlsx": workbook(told),
        **{f"{name}.parquet": content for name, content in parquet(comparison).items()},
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return sorted(folder / name for name in files)
