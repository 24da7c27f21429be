"""Whatever a file holds, reading it ends in records or in one clear sentence."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.feeds import MissingColumn, parse
from data_contracts.headings import DoubleColumn
from data_contracts.records import DELIVERIES
from pipelines.sources import UnreadableFile, read
from tests.deliveries import DWELLING, csv_text

NAMES = st.sampled_from(["x.csv", "x.jsonl", "x.xlsx", "x.parquet"])


def survives(content, name):
    """Read and parse; give the accounting, or None when the file was refused with a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            parsed = parse(read(path), DELIVERIES["dwellings"])
        except (UnreadableFile, MissingColumn, DoubleColumn):
            return None
    assert len(parsed.rows) == parsed.accounting.accepted
    return parsed.accounting


@cache
def whole(name):
    rows = [DWELLING | {"eenheidcode": f"W-{n}"} for n in range(4)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        if name == "x.parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        elif name == "x.xlsx":
            book = xlsxwriter.Workbook(str(path))
            sheet = book.add_worksheet()
            for y, row in enumerate([list(DWELLING), *(list(row.values()) for row in rows)]):
                sheet.write_row(y, 0, row)
            book.close()
        else:
            path.write_text(csv_text(rows), encoding="utf-8")
        return path.read_bytes()


def test_the_files_that_get_damaged_are_good_before():
    for name in ("x.csv", "x.xlsx", "x.parquet"):
        accounting = survives(whole(name), name)
        assert accounting is not None
        assert accounting.accepted == 4


@given(st.binary(max_size=400), NAMES)
def test_any_bytes_are_read_or_refused(content, name):
    survives(content, name)


@given(st.sampled_from(["x.csv", "x.xlsx", "x.parquet"]), st.data())
def test_a_file_with_changed_bytes_is_read_or_refused(name, data):
    content = bytearray(whole(name))
    places = st.integers(0, len(content) - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    survives(bytes(content), name)


@given(st.sampled_from(["x.csv", "x.xlsx", "x.parquet"]), st.data())
def test_a_file_cut_short_is_read_or_refused(name, data):
    content = whole(name)
    survives(content[: data.draw(st.integers(1, len(content) - 1))], name)


@given(st.text('";\n,\t\r ab\x00é', max_size=300))
def test_every_line_of_any_text_is_accounted_for(body):
    accounting = survives((";".join(DWELLING) + "\n" + body).encode(), "x.csv")
    assert accounting is not None
    assert accounting.records <= len(body) + 1
