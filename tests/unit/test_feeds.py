"""A delivery becomes rows and rejects; the accounting balances; nothing repeats a value."""

from __future__ import annotations

import pandas as pd
import pytest

from data_contracts.feeds import (
    Accounting,
    DoubleColumn,
    MissingColumn,
    RawRecord,
    RawTable,
    gate,
    parse,
)
from data_contracts.record import dtypes, fact_fields
from data_contracts.records import DELIVERIES
from tests.deliveries import DWELLING, HOUSEHOLD, TIE


def table(*rows, columns=None):
    records = [RawRecord(n, n + 1, row) for n, row in enumerate(rows, 1)]
    return RawTable(columns or tuple(rows[0]), records, "f" * 64, "woningen.csv")


def dwellings(*rows, columns=None):
    return parse(table(*rows, columns=columns), DELIVERIES["dwellings"])


def found(parsed):
    return [(reject.record, reject.column, reject.code) for reject in parsed.rejects]


def test_a_good_row_lands_with_its_values_and_types():
    parsed = dwellings(DWELLING)
    row = parsed.rows.loc["W-1"]
    assert (row["rent"], row["target_rent"], row["rooms"]) == (61_245, 118_482, 4)
    assert row["available"] == pd.Timestamp("2026-02-01")
    assert row["vbo"] == "0034010000012345"
    assert list(parsed.rows.columns) == fact_fields(parsed.delivery.record)
    assert {c: str(t) for c, t in parsed.rows.dtypes.items()} == dtypes(parsed.delivery.record)


def test_the_address_is_kept_apart_and_only_there():
    parsed = dwellings(DWELLING)
    assert parsed.apart.loc["W-1", "street"] == "Verzonnenlaan"
    assert parsed.apart.loc["W-1", "house_number"] == 12
    assert not {"street", "house_number", "postcode", "lat", "lon"} & set(parsed.rows.columns)


def test_an_empty_delivery_has_the_columns_and_types_of_a_full_one():
    parsed = dwellings(columns=tuple(DWELLING))
    assert {c: str(t) for c, t in parsed.rows.dtypes.items()} == dtypes(parsed.delivery.record)
    assert parsed.accounting == Accounting(0, 0, 0, 0, 0)


def test_wgs84_becomes_rd_within_a_metre():
    # The tower in Amersfoort is the origin of RD: 155000, 463000 (Kadaster).
    row = DWELLING | {
        "rd_x": "",
        "rd_y": "",
        "breedtegraad": "52,15517440",
        "lengtegraad": "5,38720621",
    }
    placed = dwellings(row).rows.loc["W-1", ["x", "y"]]
    assert abs(placed["x"] - 155_000) <= 1
    assert abs(placed["y"] - 463_000) <= 1


def test_a_tie_is_only_known_by_its_square_of_100_metres():
    parsed = parse(table(TIE), DELIVERIES["ties"])
    assert parsed.rows.loc["B-1", ["x", "y"]].tolist() == [143_250, 486_550]


def test_a_tie_with_another_household_needs_no_place():
    parsed = parse(
        table(TIE | {"rd_x": "", "rd_y": "", "ander_huishouden": "H-2"}), DELIVERIES["ties"]
    )
    assert parsed.rows["x"].isna().all()
    assert parsed.accounting.accepted == 1


def test_every_wrong_cell_is_named_but_the_row_counts_once():
    parsed = dwellings(DWELLING | {"huisnummer": "1E5", "kamers": "", "detailsoort": "QQQ"})
    assert set(found(parsed)) == {
        (1, "huisnummer", "geen_geheel_getal"),
        (1, "kamers", "ontbreekt"),
        (1, "detailsoort", "onbekende_code"),
    }
    assert parsed.accounting == Accounting(1, 0, 1, 0, 0)


def test_no_reject_repeats_what_stood_in_the_cell():
    canary = "Zeldzaamwoord"
    row = dict.fromkeys(DWELLING, canary) | {"eenheidcode": "W-1"}
    told = repr(dwellings(row).rejects)
    assert canary.lower() not in told.lower()


def test_an_unknown_code_is_answered_with_the_codes_there_are():
    (reject,) = dwellings(DWELLING | {"toegankelijkheidslabel": "QQQ"}).rejects
    assert "ZON, GNV, NUL, ROG, ROA, ROL, RUI" in reject.sentence


@pytest.mark.parametrize(
    ("column", "code", "advice"),
    [
        ("toegankelijkheidslabel", "GEL", "GNV"),
        ("status", "VEK", "UIT"),
        ("woonvorm", "GEB", "leeg"),
    ],
)
def test_a_code_that_vera_ended_says_what_to_use_instead(column, code, advice):
    (reject,) = dwellings(DWELLING | {column: code}).rejects
    assert (reject.column, reject.code) == (column, "vervallen_code")
    assert advice in reject.sentence


def test_a_bound_on_money_is_told_in_euros():
    (reject,) = dwellings(DWELLING | {"netto_huur": "99999"}).rejects
    assert reject.sentence == "Dit getal is te hoog: hoogstens 10.000,00 euro."


def test_a_wrong_row_names_the_column_to_look_at():
    household = HOUSEHOLD | {"toestemming_datum": ""}
    parsed = parse(table(household), DELIVERIES["households"])
    assert found(parsed) == [(1, "toestemming_datum", "toestemming_zonder_datum")]
    assert found(dwellings(DWELLING | {"rd_y": ""})) == [(1, "rd_y", "geen_plaats")]
    assert found(dwellings(DWELLING | {"buurtcode": "BU05180101"})) == [
        (1, "buurtcode", "buurt_buiten_wijk")
    ]


def test_the_same_row_again_is_a_duplicate_and_another_one_a_reject():
    parsed = dwellings(
        DWELLING, DWELLING | {"netto_huur": "612.45"}, DWELLING | {"etage": "-1"}, DWELLING
    )
    assert parsed.accounting == Accounting(4, 1, 1, 2, 0)
    assert found(parsed) == [(3, "eenheidcode", "dubbel_kenmerk")]
    assert "regel 1" in parsed.rejects[0].sentence
    assert parsed.rows.loc["W-1", "floor"] == 0


def test_a_row_without_anything_is_blank():
    parsed = dwellings(dict.fromkeys(DWELLING, "  "), DWELLING)
    assert parsed.accounting == Accounting(2, 1, 0, 0, 1)


def test_a_rejected_row_is_held_so_that_nobody_thinks_it_vanished():
    parsed = dwellings(DWELLING, DWELLING | {"eenheidcode": "W-2", "kamers": "0"})
    assert parsed.held == ("W-2",)
    assert parsed.nameless == 0


def test_a_key_that_was_accepted_is_not_held_as_well():
    parsed = dwellings(DWELLING, DWELLING | {"etage": "3"})
    assert parsed.held == ()


def test_a_broken_record_is_counted_as_one_whose_key_nobody_knows():
    raw = RawTable(tuple(DWELLING), [RawRecord(1, 2, None, "geen_json")], "f" * 64, "w.jsonl")
    parsed = parse(raw, DELIVERIES["dwellings"])
    assert (parsed.held, parsed.nameless) == ((), 1)
    assert found(parsed) == [(1, "", "geen_json")]


def test_headings_may_differ_in_case_blanks_and_language():
    renamed = {" EENHEID CODE ": "W-1", "Netto-huur": "700", "rooms": "5"}
    row = {k: v for k, v in DWELLING.items() if k not in {"eenheidcode", "netto_huur", "kamers"}}
    parsed = dwellings(row | renamed)
    assert parsed.rows.loc["W-1", ["rent", "rooms"]].tolist() == [70_000, 5]


def test_unknown_columns_are_ignored_with_one_warning():
    parsed = dwellings(DWELLING | {"bsn": "123456782", "opmerking": "x", "": "y"})
    assert parsed.warnings == ("Onbekende kolommen zijn overgeslagen: bsn, opmerking.",)
    assert parsed.accounting.accepted == 1


def test_a_missing_required_column_rejects_the_file_by_name():
    row = {k: v for k, v in DWELLING.items() if k not in {"netto_huur", "daeb"}}
    with pytest.raises(MissingColumn, match="netto_huur, daeb"):
        dwellings(row)


def test_a_delivery_without_any_place_is_rejected_as_a_file():
    row = {k: v for k, v in DWELLING.items() if k not in {"rd_x", "rd_y"}}
    with pytest.raises(MissingColumn, match="rd_x en rd_y of breedtegraad en lengtegraad"):
        dwellings(row)


def test_a_file_without_a_heading_is_refused_without_repeating_its_first_row():
    row = dict.fromkeys(["Zeldzaamwoord", "J", "N"], "x")
    with pytest.raises(MissingColumn) as refused:
        dwellings(row, columns=("Zeldzaamwoord", "J", "N", "J"))
    assert "Zeldzaamwoord" not in str(refused.value)


@pytest.mark.parametrize("double", ["Kamers", "rooms"])
def test_a_column_that_is_there_twice_rejects_the_file(double):
    with pytest.raises(DoubleColumn, match="kamers"):
        dwellings(DWELLING, columns=(*DWELLING, double))


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\ufffd", chr(0xD800)])
def test_an_unreadable_character_costs_its_row(mark):
    parsed = dwellings(DWELLING | {"straat": f"Verzonnen{mark}laan"})
    code = "nul_teken" if mark == "\x00" else "onleesbaar_teken"
    assert found(parsed) == [(1, "straat", code)]


def test_more_rows_than_fit_a_chunk_land_all_and_in_order(monkeypatch):
    monkeypatch.setattr("data_contracts.feeds.CHUNK", 3)
    rows = [DWELLING | {"eenheidcode": f"W-{n}"} for n in range(8)]
    parsed = dwellings(*rows)
    assert list(parsed.rows.index) == [f"W-{n}" for n in range(8)]
    assert list(parsed.rows["dwelling"]) == list(parsed.apart["dwelling"])


def test_an_accounting_that_does_not_balance_does_not_exist():
    with pytest.raises(ValueError, match="records 10"):
        Accounting(10, 5, 2, 1, 1)
    with pytest.raises(ValueError, match="records 1"):
        Accounting(1, 2, -1, 0, 0)


def test_a_file_waits_above_five_percent_rejected_and_not_at_it():
    assert gate(Accounting(100, 95, 5, 0, 0), previous_rows=None) is None
    assert "afgekeurd" in (gate(Accounting(100, 94, 6, 0, 0), previous_rows=None) or "")


def test_blank_rows_do_not_hide_rejected_ones():
    assert gate(Accounting(200, 94, 6, 0, 100), previous_rows=None) is not None


def test_a_file_waits_when_it_has_shrunk_by_more_than_a_fifth():
    assert gate(Accounting(80, 80, 0, 0, 0), previous_rows=100) is None
    assert "minder" in (gate(Accounting(79, 79, 0, 0, 0), previous_rows=100) or "")
    assert gate(Accounting(0, 0, 0, 0, 0), previous_rows=100) is not None
