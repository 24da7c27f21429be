"""A burgerservicenummer has no place anywhere: a row that holds one in free text is refused."""

import pytest

from data_contracts.bsn import NUMBERS, PROSE, holds_bsn, prose_columns, without_bsn
from data_contracts.cells import Text
from data_contracts.feeds import RawRecord, RawTable, parse
from data_contracts.record import inner_marks
from data_contracts.records import DELIVERIES
from tests.counts import count
from tests.deliveries import DWELLING, HOUSEHOLD

VALID = "111222333"  # the number that is always used as an example: it passes the elfproef
HOUSEHOLDS, DWELLINGS = DELIVERIES["households"], DELIVERIES["dwellings"]


def parsed(cells, delivery=HOUSEHOLDS):
    return parse(RawTable(tuple(cells), [RawRecord(1, 2, cells)], "", ""), delivery)


@pytest.mark.parametrize(
    "text",
    [VALID, f"mevr. X {VALID}", "111.222.333", "1112 22 333", "BSN:111-222-333", f"a{VALID}b"],
)
def test_nine_digits_that_pass_the_elfproef_are_seen(text):
    assert holds_bsn(text)


@pytest.mark.parametrize(
    "text",
    ["", "111222334", "000000000", "1112223330", "0111222333", "11122233", "Laan 12 1112 AB 33"],
)
def test_other_numbers_are_left_alone(text):
    assert not holds_bsn(text)


def test_one_in_eleven_numbers_of_nine_digits_passes():
    tried = count(ci=11_000, soak=1_100_000, of="elfproef: getallen")
    found = sum(holds_bsn(f"{n:09}") for n in range(100_000_000, 100_000_000 + tried))

    assert abs(found - tried / 11) <= tried / 100  # a check digit of 10 does not exist


@pytest.mark.parametrize(
    ("delivery", "row", "column"),
    [
        (HOUSEHOLDS, HOUSEHOLD, "aanspreeknaam"),
        (HOUSEHOLDS, HOUSEHOLD, "email"),
        (DWELLINGS, DWELLING, "straat"),
        (DWELLINGS, DWELLING, "woonplaats"),
    ],
)
def test_a_row_with_one_in_free_text_is_refused_and_never_kept_as_it_was(delivery, row, column):
    found = parsed(row | {column: f"iets {VALID}"}, delivery)

    (wrong,) = found.rejects
    assert (wrong.column, wrong.code) == (column, "bsn")
    assert found.accounting.rejected == 1
    (aside,) = found.aside
    assert aside.cells[column] == ""
    assert VALID not in str(found)


@pytest.mark.parametrize(
    ("delivery", "row", "column"),
    [
        (HOUSEHOLDS, HOUSEHOLD, "telefoon"),
        (HOUSEHOLDS, HOUSEHOLD, "huishoudencode"),
        (HOUSEHOLDS, HOUSEHOLD, "verhuiscoach"),
        (DWELLINGS, DWELLING, "eenheidcode"),
        (DWELLINGS, DWELLING, "complexcode"),
    ],
)
def test_telephones_and_ids_are_numbers_of_their_own(delivery, row, column):
    found = parsed(row | {column: VALID}, delivery)

    assert found.rejects == ()
    assert found.accounting.accepted == 1


def test_no_cell_of_a_row_that_was_refused_for_another_reason_keeps_one():
    found = parsed(HOUSEHOLD | {"personen": VALID, "telefoon": VALID, "aow": f"J {VALID}"})

    (aside,) = found.aside
    assert aside.cells["personen"] == aside.cells["aow"] == ""
    assert aside.cells["telefoon"] == VALID
    assert aside.cells["huishoudencode"] == HOUSEHOLD["huishoudencode"]


def test_bag_codes_are_too_long_to_be_one():
    cells = {"bag_vbo": f"0034010{VALID}", "straat": "x"}
    assert without_bsn(cells, DWELLINGS.record) == cells


def test_every_field_in_which_people_type_freely_is_looked_at():
    typed = {
        name
        for delivery in DELIVERIES.values()
        for name, field in delivery.record.model_fields.items()
        if set(Text.__metadata__) <= {*field.metadata, *inner_marks(field.annotation)}
    }
    assert typed - NUMBERS == PROSE
    assert prose_columns(HOUSEHOLDS.record) == {"aanspreeknaam", "email"}
