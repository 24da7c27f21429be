"""Looking up very many names at once: by Arrow, without a Python object for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import TypeAlias

    from numpy.typing import NDArray

    Names: TypeAlias = pd.Series | pd.Index | Collection[str]

Rows = TypeVar("Rows", pd.Series, pd.DataFrame)


def among(keys: pd.Series | pd.Index, ids: Names) -> NDArray[np.bool_]:
    """Whether each key is among the ids; a missing key never is."""
    named = _texts(sorted(ids) if isinstance(ids, set | frozenset) else ids)
    found = pc.is_in(_texts(keys), value_set=pc.drop_null(named))
    told: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return told


def places(names: pd.Index, keys: pd.Series | pd.Index) -> NDArray[np.int64]:
    """Give where each key stands among unique names; -1 where it does not, or is missing."""
    found = pc.index_in(_texts(keys), value_set=_texts(names))
    at: NDArray[np.int64] = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return at


def told(table: Rows, keys: pd.Series | pd.Index) -> Rows:
    """Give what a table (its ids unique) tells of each key, by key; missing where it is silent.

    As `reindex`, without a dictionary of Python objects for every table that is asked.
    """
    at = places(table.index, keys)
    found = table.set_axis(pd.RangeIndex(len(table))).reindex(at)
    return found.set_axis(pd.Index(keys))


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Give a table sorted by id; nearly always it is already."""
    names = _texts(table.index)
    sorted_already = pc.all(pc.less_equal(names[:-1], names[1:])).as_py()
    return table if sorted_already is not False else table.sort_index()


def lines(column: pd.Series) -> bytes:
    """Write a column of texts as lines; a missing one is empty."""
    texts = pc.fill_null(_texts(column), "").cast(pa.string())
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    written: bytes = pc.binary_join(whole, "\n")[0].as_buffer().to_pybytes()
    return written


def _texts(values: Names) -> pa.Array:
    if isinstance(values, pd.Series | pd.Index):
        values = values.array
    texts = pa.array(values, type=pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
