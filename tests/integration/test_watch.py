"""The watched folder: whole files only, each taken in once, whatever happens halfway."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest
import xlsxwriter
from sqlalchemy import text

from pipelines import inbox, ingest
from pipelines.watch import Superseded, Watch, accept, one_round
from tests.deliveries import DWELLING, HOUSEHOLD, csv_text
from tests.integration.watching import AT, booked, dwellings, ended, put, rounds

LATER = AT + timedelta(seconds=10)


def answer(watched, name):
    (found,) = watched.settings.inbox.rglob(f"{name}.json")
    return json.loads(found.read_text("utf-8"))


def test_a_file_is_taken_in_archived_by_day_and_answered(watched):
    put(watched, "woningen.csv", dwellings("W-1", "W-2"))

    (taken,) = rounds(watched)

    assert (taken.status, taken.accepted, taken.facts) == ("taken", 2, 2)
    assert ended(watched, "verwerkt/2026-11-22") == ["woningen.csv"]
    assert ended(watched, "bezig") == []
    told = answer(watched, "woningen.csv")
    assert (told["status"], told["accepted"], told["rejects"]) == ("taken", 2, [])
    assert told["sha256"] == booked(watched.engine)[0]["sha256"]


def test_a_file_that_still_changes_is_left_alone(watched):
    path = put(watched, "woningen.csv", dwellings("W-1"))
    one_round(watched, AT)
    put(watched, "woningen.csv", dwellings("W-1", "W-2"))

    assert one_round(watched, LATER) == []
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))  # written over, as long as before
    assert one_round(watched, LATER + timedelta(seconds=10)) == []
    assert one_round(watched, LATER + timedelta(seconds=19)) == []
    (taken,) = one_round(watched, LATER + timedelta(seconds=20))
    assert taken.accepted == 2


def test_a_file_that_changed_while_it_was_claimed_goes_back(watched):
    put(watched, "woningen.csv", dwellings("W-1"))
    folder = watched.settings.inbox
    seen = inbox.look(folder, {}, AT)["woningen.csv"]

    assert inbox.claim(folder, "woningen.csv", replace(seen, size=1), AT) is None
    assert (folder / "woningen.csv").exists()
    assert inbox.claims(folder) == []


@pytest.mark.parametrize(
    "name", ["woningen.csv.part", "woningen.csv.TMP", "woningen.filepart", ".woningen.csv"]
)
def test_the_name_of_an_unfinished_file_never_counts(watched, name):
    path = put(watched, name, dwellings("W-1"))

    assert rounds(watched) == []
    assert path.exists()


def test_a_link_is_not_followed(watched, tmp_path):
    (tmp_path / "elders.csv").write_text(dwellings("W-1"), "utf-8")
    (watched.settings.inbox / "woningen.csv").symlink_to(tmp_path / "elders.csv")

    assert rounds(watched) == []


def workbook(path):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for y, row in enumerate([list(DWELLING), list(DWELLING.values())]):
        for x, cell in enumerate(row):
            sheet.write_string(y, x, cell)
    book.close()
    return path.read_bytes()


def test_half_a_workbook_waits_for_its_other_half(watched, tmp_path):
    whole = workbook(tmp_path / "heel.xlsx")
    put(watched, "woningen.xlsx", whole[: len(whole) // 2])

    assert rounds(watched) == []
    assert one_round(watched, LATER + timedelta(minutes=1)) == []
    put(watched, "woningen.xlsx", whole)
    (taken,) = rounds(watched, LATER + timedelta(minutes=2))
    assert (taken.status, taken.accepted) == ("taken", 1)


@pytest.mark.parametrize(
    ("name", "part"), [("woningen.xlsx", b"PK\x03\x04"), ("woningen.csv", b"")]
)
def test_half_a_file_that_stays_half_is_refused_in_the_end(watched, name, part):
    put(watched, name, part)
    assert rounds(watched) == []

    (taken,) = one_round(watched, AT + timedelta(seconds=10 * inbox.PATIENCE))

    assert taken.status == "refused"
    assert ended(watched, "geweigerd") == [name]


def test_a_file_without_a_required_column_is_refused_and_says_why(watched):
    put(watched, "woningen.csv", dwellings("W-1").replace("eenheidcode", "nummer"))
    put(watched, "huishoudens.csv", csv_text([HOUSEHOLD]))

    outcomes = {taken.file: taken.status for taken in rounds(watched)}

    assert outcomes == {"woningen.csv": "refused", "huishoudens.csv": "taken"}
    assert "eenheidcode" in answer(watched, "woningen.csv")["sentence"]
    assert ended(watched, "geweigerd") == ["woningen.csv"]


@pytest.mark.parametrize("name", ["klanten.csv", "woningen.doc", "x.json", "woningen\udcff.csv"])
def test_a_file_that_is_no_delivery_is_refused_without_being_read(watched, name):
    put(watched, name, "naam\nKanarie\n")

    (taken,) = rounds(watched)

    assert taken.status == "unknown"
    assert booked(watched.engine) == []
    assert len(list((watched.settings.inbox / "geweigerd").rglob("*.json"))) >= 1


def test_an_answer_names_records_and_columns_and_no_values(watched):
    good = [HOUSEHOLD | {"huishoudencode": f"H-{n}"} for n in range(30)]
    wrong = HOUSEHOLD | {"huishoudencode": "H-99", "aanspreeknaam": "Kanarie", "personen": "Zeven"}
    put(watched, "huishoudens.csv", csv_text([*good, wrong]))

    rounds(watched)

    told = answer(watched, "huishoudens.csv")
    assert [(r["record"], r["column"], r["line"]) for r in told["rejects"]] == [
        (31, "personen", 32)
    ]
    assert not {"Kanarie", "Zeven"} & set(json.dumps(told).replace('"', " ").split())


def shrunk(watched):
    put(watched, "woningen.csv", dwellings(*(f"W-{n}" for n in range(10))))
    rounds(watched)
    put(watched, "woningen.csv", dwellings("W-1"))
    return rounds(watched, AT + timedelta(hours=1))


def test_a_file_with_far_fewer_rows_waits_for_a_person(watched):
    (taken,) = shrunk(watched)

    assert taken.status == "waiting"
    assert ended(watched, "wacht") == ["woningen.csv"]
    assert "vorige keer 10" in taken.sentence


def test_a_waiting_file_may_be_let_in(watched):
    shrunk(watched)

    taken = accept(watched, "woningen.csv", AT + timedelta(hours=2))

    assert (taken.status, taken.accepted, taken.facts) == ("taken", 1, 9)
    assert ended(watched, "wacht") == []
    assert ended(watched, "verwerkt") == ["woningen.csv", "woningen.csv"]


def test_a_waiting_file_is_let_in_by_whoever_starts_next(watched):
    shrunk(watched)
    inbox.let_in(watched.settings.inbox, "woningen.csv", AT + timedelta(hours=2))

    (taken,) = one_round(Watch(watched.engine, watched.settings), AT + timedelta(hours=3))

    assert taken.status == "taken"


def test_a_waiting_file_is_not_let_in_after_a_newer_one(watched):
    shrunk(watched)
    put(watched, "woningen.csv", dwellings(*(f"W-{n}" for n in range(10)), etage="3"))
    rounds(watched, AT + timedelta(hours=2))

    with pytest.raises(Superseded):
        accept(watched, "woningen.csv", AT + timedelta(hours=3))


def test_a_file_that_does_not_wait_cannot_be_let_in(watched):
    with pytest.raises(inbox.NotWaiting):
        accept(watched, "woningen.csv", AT)


def test_the_same_file_again_gives_no_facts_and_is_not_read(watched, monkeypatch):
    for day in range(2):
        put(watched, "woningen.csv", dwellings("W-1", "W-2"))
        (taken,) = rounds(watched, AT + timedelta(days=day))
        monkeypatch.setattr(ingest, "parse", lambda *_: pytest.fail("read"))

    assert (taken.status, taken.accepted, taken.facts) == ("taken", 2, 0)
    assert [row["facts"] for row in booked(watched.engine)] == [2, 0]


def test_files_of_one_kind_are_taken_in_the_order_in_which_they_were_claimed(watched):
    folder = watched.settings.inbox
    for hour, floor in enumerate(("7", "8", "9")):
        path = put(watched, "woningen.csv", dwellings("W-1", etage=floor))
        seen = inbox.look(folder, {}, AT)[path.name]
        inbox.claim(folder, path.name, seen, AT + timedelta(hours=hour))

    one_round(watched, AT + timedelta(days=1))

    with watched.engine.connect() as connection:
        row = connection.execute(text("SELECT data FROM state_row")).scalar_one()
    assert json.loads(row)["floor"] == 9


def test_what_people_put_among_the_claims_is_left_alone(watched):
    for name in ("bezig", "wacht"):
        (watched.settings.inbox / name / "van mij").mkdir()
        (watched.settings.inbox / name / "woningen.csv").write_text("x", "utf-8")

    assert rounds(watched) == []
    assert (watched.settings.inbox / "bezig" / "van mij").is_dir()
