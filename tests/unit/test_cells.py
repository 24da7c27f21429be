"""How one cell is read: what a Dutch spreadsheet writes, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from data_contracts import cells


def read(kind: Any, cell: object) -> object:
    return TypeAdapter(kind).validate_python(cell)


def refusal(kind: Any, cell: str) -> str:
    with pytest.raises(ValidationError) as refused:
        read(kind, cell)
    return refused.value.errors()[0]["type"]


@pytest.mark.parametrize("cell", ["1E5", "3,0", "3.0", "3 kamers", "", "٣", "３", "0x1", "1_000"])  # noqa: RUF001 - those digits are meant
def test_a_whole_number_is_written_in_plain_digits_only(cell):
    assert refusal(cells.Whole, cell) == "geen_geheel_getal"


def test_a_house_number_1e5_is_an_error_and_not_a_hundred_thousand():
    assert refusal(cells.Huisnummer, "1E5") == "geen_geheel_getal"
    assert refusal(cells.Huisnummer, "0") == "geen_huisnummer"
    assert refusal(cells.Huisnummer, "100000") == "geen_huisnummer"
    assert read(cells.Huisnummer, "007") == 7


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("612,45", 61_245),
        ("612.45", 61_245),
        ("1.184,82", 118_482),
        ("1.184", 118_400),
        ("€ 650", 65_000),
        ("650,-", 65_000),
        ("650,5", 65_050),
        ("650.5", 65_050),
        (" 0,01 ", 1),
    ],
)
def test_an_amount_is_read_as_dutch_people_write_it(cell, cents):
    assert read(cells.Eurocents, cell) == cents


@pytest.mark.parametrize("cell", ["1184.825", "184.8250", "612,455", "-5", "1.18,50", "1,184.82"])
def test_an_amount_that_could_mean_two_things_is_refused(cell):
    assert refusal(cells.Eurocents, cell) == "geen_bedrag"


@given(st.integers(0, 100_000_000))
def test_any_amount_survives_writing_and_reading(cents):
    written = f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"
    assert read(cells.Eurocents, written) == cents


@pytest.mark.parametrize("cell", ["01-02-2026", "1-2-2026", "1/2/2026", "2026-02-01", "20260201"])
def test_a_date_has_its_day_first_or_is_iso(cell):
    assert read(cells.Day, cell) == date(2026, 2, 1)


@pytest.mark.parametrize(
    "cell", ["31-02-2026", "02/13/2026", "1-2-26", "01-02-0226", "46054", "2026-02-01 09:30", "?"]
)
def test_a_day_that_does_not_exist_is_refused(cell):
    assert refusal(cells.Day, cell) == "geen_datum"


@given(st.dates(min_value=date(1900, 1, 1)))
def test_any_day_survives_writing_and_reading(day):
    assert read(cells.Day, f"{day.day}-{day.month}-{day.year:04d}") == day
    assert read(cells.Day, day.isoformat()) == day


@pytest.mark.parametrize(
    ("cell", "meant"), [("J", True), ("nee", False), ("WAAR", True), ("0", False)]
)
def test_yes_and_no_are_read_in_either_language(cell, meant):
    assert read(cells.YesNo, cell) is meant


def test_perhaps_is_neither_yes_nor_no():
    assert refusal(cells.YesNo, "misschien") == "geen_ja_nee"


def test_an_id_keeps_its_leading_zeros():
    assert read(cells.Id, " 00042 ") == "00042"
    assert refusal(cells.Id, "W 1") == "geen_kenmerk"


def test_a_bag_id_without_its_leading_zero_is_refused():
    assert read(cells.Vbo, "0034010000012345") == "0034010000012345"
    assert refusal(cells.Vbo, "34010000012345") == "geen_bag_object"
    assert refusal(cells.Vbo, "0034200000012345") == "geen_bag_object"
    assert refusal(cells.Nummeraanduiding, "0034010000012345") == "geen_bag_nummeraanduiding"


@pytest.mark.parametrize("cell", ["12345678", "00000099000000001000", "00000099A1B2C3D40000"])
def test_a_corporation_is_a_kvk_number_or_an_oin(cell):
    assert read(cells.Corporation, cell) == cell


@pytest.mark.parametrize("cell", ["1234567", "0000009900000000100", "000000990000000010001", "KvK"])
def test_another_number_is_no_corporation(cell):
    assert refusal(cells.Corporation, cell) == "geen_organisatienummer"


def test_a_postcode_loses_its_space_and_never_has_three_pairs_of_letters():
    assert read(cells.Postcode, "1300 aa") == "1300AA"
    for pair in ("SA", "SD", "SS"):
        assert refusal(cells.Postcode, f"1300{pair}") == "geen_postcode"
    assert refusal(cells.Postcode, "0300AA") == "geen_postcode"


def test_a_list_of_codes_has_no_order_and_no_doubles():
    assert read(cells.Codes, "tuin, BERGING|TUIN|") == "BERGING|TUIN"


def test_areas_are_cbs_codes():
    assert read(cells.Areas, "WK003401|BU0034AB01") == "BU0034AB01|WK003401"
    assert refusal(cells.Areas, "Almere") == "geen_gebiedscodes"


def test_a_coordinate_with_decimals_is_rounded_to_a_metre():
    assert read(cells.Metres, "143210,5") == 143_211
    assert read(cells.Metres, "143210.49") == 143_210
    assert refusal(cells.Metres, "143.210,5") == "geen_getal"


def test_a_name_na_is_a_name():
    assert read(cells.Text, "NA") == "NA"


def test_what_facts_hold_is_read_back_unchanged():
    assert read(cells.Eurocents, 61_245) == 61_245
    assert read(cells.Day, date(2026, 2, 1)) == date(2026, 2, 1)
    assert read(cells.YesNo, True) is True
