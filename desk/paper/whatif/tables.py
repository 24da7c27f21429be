"""The tables of a comparison as Parquet, for who counts on; small cells are missing in them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matching.simulate.comparison import Comparison

FILES = {
    "cijfers": ("totals", "yearly", "ratios"),
    "ketens": ("lengths", "ends"),
    "vrijgekomen": ("freed",),
}
"""A file, and the tables in it under one another; `table` says which a row is of."""


def parquet(comparison: Comparison) -> dict[str, bytes]:
    """Give each file's bytes by its name; equal comparisons give equal bytes."""
    return {name: _written(comparison, parts) for name, parts in FILES.items()}


def _written(comparison: Comparison, parts: tuple[str, ...]) -> bytes:
    tables = [getattr(comparison, part).assign(table=part) for part in parts]
    whole = io.BytesIO()
    together = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    together.to_parquet(whole, engine="pyarrow", compression="zstd", index=False)
    return whole.getvalue()
