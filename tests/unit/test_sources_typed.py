"""XLSX, Parquet and JSON lines become the same text a careful person would have typed."""

from __future__ import annotations

import json
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.feeds import parse
from data_contracts.records import DELIVERIES
from pipelines.sources import UnreadableFile, deliveries_in, read, strangers_in, workbook
from pipelines.sources.reading import written
from tests.deliveries import DWELLING, csv_text


def xlsx(path, rows):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(y, x, value, day)
            elif isinstance(value, str):
                sheet.write_string(y, x, value)
            else:
                sheet.write(y, x, value)
    book.close()
    return path


def cells(path):
    return [(r.number, r.line, r.problem or list(r.cells.values())) for r in read(path).records]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (3.0, "3"),
        (-0.0, "0"),
        (612.45, "612.45"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (1e-5, "0.00001"),
        (184.825, "184.8250"),
        (Decimal("650.50"), "650.5"),
        (Decimal(7100), "7100"),
        (True, "J"),
        (False, "N"),
        (date(2026, 2, 1), "2026-02-01"),
        (datetime(2026, 2, 1), "2026-02-01"),  # noqa: DTZ001 - a spreadsheet knows no zones
        (datetime(2026, 2, 1, 9, 30), "2026-02-01 09:30:00"),  # noqa: DTZ001 - the same
        ("NA", "NA"),
        ("007", "007"),
        (float("nan"), ""),
    ],
)
def test_a_typed_value_is_written_as_a_person_would(value, text):
    assert written(value) == text


@given(st.decimals(0, 10_000, places=2))
def test_an_amount_from_a_spreadsheet_is_the_same_amount(amount):
    row = DWELLING | {"netto_huur": written(float(amount))}
    field = DELIVERIES["dwellings"].record.model_validate
    if amount > 0:
        assert field({k: v for k, v in row.items() if v}).rent == int(amount * 100)


def test_a_workbook_is_read_as_text_with_the_row_it_stands_on(tmp_path):
    rows = [["code", "huur", "dag", "ja"], ["007", 612.45, date(2026, 2, 1), True], [], [7, "NA"]]
    assert cells(xlsx(tmp_path / "woningen.xlsx", rows)) == [
        (1, 2, ["007", "612.45", "2026-02-01", "J"]),
        (2, 3, ["", "", "", ""]),
        (3, 4, ["7", "NA", "", ""]),
    ]


def test_empty_rows_above_the_heading_do_not_count(tmp_path):
    path = xlsx(tmp_path / "woningen.xlsx", [[], [], ["a"], ["x"]])
    assert read(path).columns == ("a",)
    assert cells(path) == [(1, 4, ["x"])]


def test_a_workbook_and_a_csv_file_with_the_same_rows_give_the_same_delivery(tmp_path):
    rows = [DWELLING | {"eenheidcode": f"W-{n}"} for n in range(3)]
    plain = tmp_path / "woningen.csv"
    plain.write_text(csv_text(rows), encoding="utf-8")
    book = xlsx(tmp_path / "woningen.xlsx", [list(DWELLING), *(list(r.values()) for r in rows)])
    delivery = DELIVERIES["dwellings"]
    assert parse(read(book), delivery).rows.equals(parse(read(plain), delivery).rows)


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="leeg"):
        read(xlsx(tmp_path / "woningen.xlsx", []))


def zipped(path, entries, *, keep_parts=True):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml") if keep_parts else ():
            archive.writestr(name, "<x/>")
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="geen Excel-map"):
        read(zipped(tmp_path / "woningen.xlsx", {"a.txt": "x"}, keep_parts=False))


def test_a_workbook_that_unfolds_a_hundredfold_is_refused(tmp_path):
    bomb = zipped(tmp_path / "woningen.xlsx", {"xl/worksheets/sheet1.xml": b" " * 5_000_000})
    with pytest.raises(UnreadableFile, match="te groot"):
        read(bomb)


def test_a_workbook_of_too_many_entries_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="te groot"):
        read(zipped(tmp_path / "woningen.xlsx", {f"{n}": "" for n in range(1_000)}))


def test_a_header_that_lies_about_its_size_is_seen_through(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_BYTES", 200_000)
    path = zipped(tmp_path / "woningen.xlsx", {"big.xml": bytes(range(256)) * 2_000})
    content = path.read_bytes()
    honest = (512_000).to_bytes(4, "little")
    assert content.count(honest) == 2
    path.write_bytes(content.replace(honest, (512).to_bytes(4, "little")))
    with pytest.raises(UnreadableFile, match="te groot"):
        read(path)


def test_two_far_corners_do_not_make_a_rectangle_of_memory(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "woningen.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "a")
    sheet.write_string(1_048_575, 16_383, "b")
    book.close()
    with pytest.raises(UnreadableFile, match="te groot"):
        read(tmp_path / "woningen.xlsx")


def test_a_workbook_cut_short_anywhere_is_refused_in_one_sentence(tmp_path):
    whole = xlsx(tmp_path / "heel.xlsx", [list(DWELLING), list(DWELLING.values())]).read_bytes()
    path = tmp_path / "woningen.xlsx"
    for size in range(1, len(whole), 500):
        path.write_bytes(whole[:size])
        with pytest.raises(UnreadableFile):
            read(path)


@pytest.mark.parametrize("name", ["woningen.xlsx", "woningen.parquet", "woningen.csv"])
def test_an_old_or_protected_workbook_says_what_to_do(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 600)
    with pytest.raises(UnreadableFile, match=r"\.xlsx zonder wachtwoord"):
        read(path)


def test_what_a_file_is_counts_and_not_its_name(tmp_path):
    book = xlsx(tmp_path / "map.xlsx", [["a"], ["x"]])
    disguised = book.rename(tmp_path / "woningen.csv")
    assert cells(disguised) == [(1, 2, ["x"])]


def parquet(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_types_become_text(tmp_path):
    path = parquet(
        tmp_path / "woningen.parquet",
        code=["007", None],
        huur=[612.45, 7.0],
        n=pa.array([1, None], pa.int64()),
        dag=[date(2026, 2, 1), None],
        moment=pa.array([datetime(2026, 2, 1), None], pa.timestamp("ns")),  # noqa: DTZ001 - no zone
        ja=[True, None],
    )
    assert [found for _, _, found in cells(path)] == [
        ["007", "612.45", "1", "2026-02-01", "2026-02-01", "J"],
        ["", "7", "", "", "", ""],
    ]


def test_a_list_in_parquet_breaks_its_record_only(tmp_path):
    path = parquet(tmp_path / "woningen.parquet", a=pa.array([[1], None]), b=["x", "y"])
    assert cells(path) == [(1, 1, "geneste_waarde"), (2, 2, ["", "y"])]


def test_parquet_cut_short_is_refused(tmp_path):
    path = parquet(tmp_path / "woningen.parquet", a=["x"])
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(UnreadableFile, match="Parquet"):
        list(read(path).records)


def jsonl(tmp_path, *lines):
    path = tmp_path / "woningen.jsonl"
    path.write_bytes(b"".join(line.encode("utf-8", "surrogatepass") + b"\n" for line in lines))
    return path


def test_json_lines_have_all_columns_that_occur(tmp_path):
    path = jsonl(tmp_path, '{"a": "007", "b": 612.450}', "", '{"c": true, "b": null}')
    assert read(path).columns == ("a", "b", "c")
    assert cells(path) == [
        (1, 1, ["007", "612.45", ""]),
        (2, 2, ["", "", ""]),
        (3, 3, ["", "", "J"]),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"a": ', "geen_json"),
        ('["a"]', "geen_json"),
        ('{"a": NaN}', "geen_json"),
        ("[" * 100_000, "geen_json"),
        ('{"a": [1]}', "geneste_waarde"),
        ('{"a": {"b": 1}}', "geneste_waarde"),
        ('{"a": 1, "a": 2}', "dubbele_sleutel"),
    ],
)
def test_a_broken_json_line_costs_its_record_only(tmp_path, line, problem):
    path = jsonl(tmp_path, '{"a": 1}', line, '{"a": 3}')
    assert cells(path) == [(1, 1, ["1"]), (2, 2, problem), (3, 3, ["3"])]


def test_a_json_number_keeps_its_exponent_so_that_it_is_refused(tmp_path):
    assert cells(jsonl(tmp_path, '{"huisnummer": 1E5}')) == [(1, 1, ["1E5"])]


def test_a_file_without_a_json_object_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="JSON"):
        read(jsonl(tmp_path, json.dumps([1, 2]), "x"))


def test_a_folder_gives_its_deliveries_in_the_order_of_a_night(tmp_path):
    names = ["woningen_w2.csv", "Woningen-2026.xlsx", "complexen.csv", "banden.parquet"]
    others = ["woningenlijst.csv", "leesmij.pdf", ".woningen.csv", "~$woningen.xlsx"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    (tmp_path / "woningen-link.csv").symlink_to(tmp_path / "leesmij.pdf")
    found = [(delivery.table, path.name) for delivery, path in deliveries_in(tmp_path)]
    assert found == [
        ("complexes", "complexen.csv"),
        ("dwellings", "Woningen-2026.xlsx"),
        ("dwellings", "woningen_w2.csv"),
        ("ties", "banden.parquet"),
    ]
    strangers = [path.name for path in strangers_in(tmp_path)]
    assert strangers == ["leesmij.pdf", "woningen-link.csv", "woningenlijst.csv"]
