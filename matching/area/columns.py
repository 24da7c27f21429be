"""Columns of large tables as arrays, by Arrow: no Python object per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.area.classes import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Mask = NDArray[np.bool_]


def encoded(column: pd.Series, missing: str = UNKNOWN) -> tuple[list[str], Codes]:
    """Give the different texts of a column, and each row as a position among them."""
    texts = pa.array(column.array, type=pa.large_string(), from_pandas=True)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    told = pc.fill_null(texts, missing).dictionary_encode()
    codes: Codes = told.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return told.dictionary.to_pylist(), codes


def bits(column: pd.Series, words: Iterable[str]) -> Codes:
    """Give a column of joined codes (`A|B`) as a bit for each of the words."""
    bit = {str(word): 1 << at for at, word in enumerate(words)}
    lists, codes = encoded(column, "")
    sets = [sum(bit[code] for code in set(text.split("|")) - {""}) for text in lists]
    return np.array([*sets, 0], dtype=np.int64)[codes]


def flags(column: pd.Series) -> Mask:
    """Give a column of yes and no; missing is no."""
    found: Mask = column.to_numpy(dtype=bool, na_value=False)
    return found


def whole(column: pd.Series, missing: int = -1) -> Codes:
    """Give a column of whole numbers."""
    found: Codes = column.to_numpy(dtype=np.int64, na_value=missing)
    return found


def spots(table: pd.DataFrame) -> Codes:
    """Give the places in RD metres, rows of x and y; -1 where there is none."""
    return np.column_stack([whole(table["x"]), whole(table["y"])])
