"""Looking up many names at once: what pandas would say, without its dictionaries."""

from __future__ import annotations

import pandas as pd
import pytest

from matching.lookup import in_order, told

HOMES = pd.DataFrame(
    {
        "rooms": [3, 4, 5],
        "lift": [True, False, True],
        "rent": pd.array([60_000, None, 80_000], dtype="Int64"),
        "free": pd.to_datetime(["2026-01-01", None, "2026-03-01"]),
        "kind": pd.array(["GAL", "TUS", None], dtype="str"),
    },
    index=pd.Index(["W1", "W2", "W3"], dtype="str", name="dwelling"),
)


@pytest.mark.parametrize("names", [["W3", "W1"], ["W2", "W2"], ["W1", "W9", None], []])
def test_what_is_told_is_what_reindexing_gives(names):
    keys = pd.Series(names, dtype="str")

    pd.testing.assert_frame_equal(told(HOMES, keys), HOMES.reindex(keys), check_names=False)
    for column in HOMES:
        found, asked = told(HOMES[column], keys), HOMES[column].reindex(keys)
        pd.testing.assert_series_equal(found, asked, check_names=False)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1], []])
def test_a_table_comes_back_in_the_order_of_its_ids(order):
    table = HOMES.iloc[order]

    pd.testing.assert_frame_equal(in_order(table), table.sort_index())


def test_ids_are_ordered_as_python_orders_them():
    names = ["W10", "W2", "W\u00e9", "W\U0001f3e0", "W\uff5e", "w1"]
    table = pd.DataFrame({"at": range(6)}, index=pd.Index(names, dtype="str"))

    assert list(in_order(table).index) == sorted(names)
