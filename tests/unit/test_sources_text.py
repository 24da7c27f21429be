"""CSV as it arrives: encodings, delimiters, quotes, and the way back after a broken one."""

from __future__ import annotations

import pytest

from pipelines.sources import UnreadableFile, read, text


def records(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "woningen.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return [(r.number, r.line, r.problem or list(r.cells.values())) for r in read(path).records]


HEAD = "a;b;c\n"


def test_records_have_their_number_and_their_line(tmp_path):
    assert records(tmp_path, HEAD + "1;2;3\n\n4;5;6") == [
        (1, 2, ["1", "2", "3"]),
        (2, 3, ["", "", ""]),
        (3, 4, ["4", "5", "6"]),
    ]


def test_a_quoted_newline_is_one_record_on_more_lines(tmp_path):
    assert records(tmp_path, HEAD + '1;"x\ny;z ""q""\n";3\n4;5;6\n') == [
        (1, 2, ["1", 'x\ny;z "q"\n', "3"]),
        (2, 5, ["4", "5", "6"]),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_gives_the_same_records(tmp_path, end):
    content = (HEAD + '1;"x\ny";3\n4;5;6\n').replace("\n", end)
    assert records(tmp_path, content) == [(1, 2, ["1", "x\ny", "3"]), (2, 4, ["4", "5", "6"])]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_found_in_the_heading(tmp_path, delimiter):
    content = f'{HEAD}1;"2{delimiter}";3\n'.replace(";", delimiter)
    assert records(tmp_path, content) == [(1, 2, ["1", f"2{delimiter}", "3"])]


def test_excel_may_name_the_delimiter_itself(tmp_path):
    assert records(tmp_path, "sep=|\na|b;c\n1|2;3\n") == [(1, 3, ["1", "2;3"])]


@pytest.mark.parametrize("line", ["1;2", "1;2;3;4", "1;2;3;"])
def test_a_record_with_another_number_of_fields_is_broken_alone(tmp_path, line):
    assert records(tmp_path, f"{HEAD}{line}\n4;5;6\n") == [
        (1, 2, "verkeerd_aantal_velden"),
        (2, 3, ["4", "5", "6"]),
    ]


BROKEN = ['1;"2;3', '1;2"x;3', '1;"2"x;3', '"1;2;3', '1;2;"3', '1;"2;"3', '"']


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_quote_costs_one_record(tmp_path, line):
    assert records(tmp_path, f'{HEAD}0;0;0\n{line}\n4;5;6\n7;"8\n8";9\n') == [
        (1, 2, ["0", "0", "0"]),
        (2, 3, "kapot_aanhalingsteken"),
        (3, 4, ["4", "5", "6"]),
        (4, 5, ["7", "8\n8", "9"]),
    ]


@pytest.mark.parametrize("line", BROKEN)
@pytest.mark.parametrize("good", ['4;"5\n;5";6', '4;5;"6;\n6"', '"4";"5";"6"'])
def test_a_good_record_with_quotes_after_a_broken_one_lands(tmp_path, line, good):
    found = records(tmp_path, f"{HEAD}{line}\n{good}\n7;8;9\n")
    assert found[0][2] == "kapot_aanhalingsteken"
    assert [len(cells) for _, _, cells in found[1:]] == [3, 3]


def test_two_broken_quotes_do_not_swallow_the_record_between_them(tmp_path):
    found = records(tmp_path, f'{HEAD}1;"2;3\n4;5;6\n7;8";9\n')
    assert [cells for _, _, cells in found] == [
        "kapot_aanhalingsteken",
        ["4", "5", "6"],
        "kapot_aanhalingsteken",
    ]


@pytest.mark.parametrize("first", ['1;"2;3', '1;"2'])
def test_an_open_quote_and_a_closing_one_further_on_do_not_make_one_record(tmp_path, first):
    found = records(tmp_path, f'{HEAD}{first}\n4;5;6\n7;8";9\n')
    assert [line for _, line, _ in found] == [2, 3, 4]
    assert found[1][2] == ["4", "5", "6"]


def test_two_broken_quotes_in_a_row_are_two_records(tmp_path):
    found = records(tmp_path, f'{HEAD}1;"2;3\n4;5";6\n7;8;9\n')
    assert [problem for _, _, problem in found][:2] == ["kapot_aanhalingsteken"] * 2
    assert found[2:] == [(3, 4, ["7", "8", "9"])]


def test_a_cell_that_begins_with_a_newline_does_not_close_a_broken_quote(tmp_path):
    found = records(tmp_path, f'{HEAD}1;"2;3\n4;"\n5";6\n')
    assert found == [(1, 2, "kapot_aanhalingsteken"), (2, 3, ["4", "\n5", "6"])]


def test_a_record_over_two_lines_that_lacks_a_field_is_broken_alone(tmp_path):
    found = records(tmp_path, f'{HEAD}1;"2\n2"\n4;5;6\n')
    assert found == [(1, 2, "verkeerd_aantal_velden"), (2, 4, ["4", "5", "6"])]


def test_the_rest_of_a_broken_cell_with_newlines_is_the_same_record(tmp_path):
    found = records(tmp_path, f'{HEAD}1;"2\n2;3\n4;5;6\n')
    assert found == [(1, 2, "kapot_aanhalingsteken"), (2, 4, ["4", "5", "6"])]


def test_a_broken_quote_on_the_last_line_ends_the_file(tmp_path):
    assert records(tmp_path, f'{HEAD}1;2;3\n4;"5') == [
        (1, 2, ["1", "2", "3"]),
        (2, 3, "kapot_aanhalingsteken"),
    ]


def test_a_cell_that_never_ends_is_given_up_in_bounded_space(tmp_path):
    rest = "x\n" * 3 * text.MOST_LINES
    found = records(tmp_path, f'{HEAD}1;"2;3\n{rest}4;5;6\n')
    assert found[0] == (1, 2, "kapot_aanhalingsteken")
    assert found[-1][2] == ["4", "5", "6"]


def test_a_line_that_is_too_long_is_one_broken_record(tmp_path, monkeypatch):
    monkeypatch.setattr(text, "LONGEST_LINE", 20)
    found = records(tmp_path, f"{HEAD}1;{'x' * 100};3\n4;5;6\n")
    assert found == [(1, 2, "te_lange_regel"), (2, 3, ["4", "5", "6"])]


WORD = "Café €"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_the_encoding_is_found(tmp_path, encoding):
    assert records(tmp_path, f"{HEAD}1;{WORD};3\n", encoding) == [(1, 2, ["1", WORD, "3"])]


def test_one_damaged_byte_does_not_make_utf8_into_something_else(tmp_path):
    content = f"{HEAD}1;{WORD};3\n4;x;6\n".encode().replace(b"x", b"\xff")
    found = records(tmp_path, content)
    assert found[0][2] == ["1", WORD, "3"]
    assert found[1][2] == ["4", "\ufffd", "6"]


def test_a_byte_that_cp1252_does_not_know_is_marked_and_never_read_as_latin1(tmp_path):
    content = f"{HEAD}1;{WORD};3\n4;x;6\n".encode("cp1252").replace(b"x", b"\x81")
    found = records(tmp_path, content)
    assert found[0][2] == ["1", WORD, "3"]
    assert found[1][2] == ["4", "\ufffd", "6"]


def test_a_nul_stays_in_its_cell(tmp_path):
    assert records(tmp_path, HEAD + "1;2\0;3\n4;5;6\n")[0][2] == ["1", "2\0", "3"]


def test_the_mark_our_exports_put_before_a_formula_is_taken_off(tmp_path):
    assert records(tmp_path, HEAD + "'+31 6;'t Zand;'=1\n")[0][2] == ["+31 6", "'t Zand", "=1"]


def test_records_can_be_read_twice(tmp_path):
    path = tmp_path / "woningen.csv"
    path.write_text(HEAD + "1;2;3\n", encoding="utf-8")
    raw = read(path)
    assert list(raw.records) == list(raw.records)


@pytest.mark.parametrize("content", ["", "\n\n", ";;\n1;2;3\n", "x" * 2_000_000, 'a;"b\n'])
def test_a_file_without_a_heading_is_refused_in_one_sentence(tmp_path, content):
    with pytest.raises(UnreadableFile, match=r"woningen\.csv"):
        records(tmp_path, content)


def test_a_heading_of_too_many_columns_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="kolommen"):
        records(tmp_path, ";".join(map(str, range(1_001))) + "\n")
