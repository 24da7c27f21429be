"""The reports of a simulation: hands ask the face for them without knowing it."""

from __future__ import annotations

from dataclasses import fields
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from data_contracts.scenario import Scenario
    from matching.simulate.comparison import Comparison
    from store.simulations import Start

GROUP, NAME = "verhuisketen.paper", "whatif"


def written(
    comparison: Comparison, scenarios: Sequence[Scenario], folder: Path, *, start: Start
) -> list[Path]:
    """Write the reports of a comparison into a folder, and give their paths.

    Where the face is not installed there are only the tables, as Parquet.
    """
    write = writer()
    if write is None:
        return _tables(comparison, folder)
    paths: list[Path] = write(
        comparison, scenarios, folder, receipt=start.receipt, made_for=start.region, on=start.on
    )
    return paths


def writer() -> Callable[..., Any] | None:
    """Give what writes the reports, if it is installed."""
    for found in entry_points(group=GROUP, name=NAME):
        made: Callable[..., Any] = found.load()
        return made
    return None


def _tables(comparison: Comparison, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    tables = {one.name: getattr(comparison, one.name) for one in fields(comparison)}
    paths = []
    for name, table in tables.items():
        if isinstance(table, pd.DataFrame):
            paths.append(folder / f"{name}.parquet")
            table.to_parquet(paths[-1], index=False)
    return sorted(paths)
