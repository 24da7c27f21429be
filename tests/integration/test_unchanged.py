"""A file that says nothing new is booked without being read; one that might, is read."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.events import FACT_COLUMNS
from data_contracts.records import DELIVERIES
from pipelines import ingest, sources
from pipelines.ingest import Intake, take
from pipelines.settings import Settings
from pipelines.sources import reader_version
from store import deliveries, log, state
from tests.deliveries import DWELLING, HOUSEHOLD, csv_text

RUNS = count()
START = datetime(2026, 11, 22, 1, tzinfo=UTC)
OTHER = "urn:nld:oin:00000099000000002000:systeem:portaal"


@pytest.fixture
def folder(tmp_path):
    write(tmp_path)
    return tmp_path


def write(folder, name="woningen.csv", **differs):
    rows = [DWELLING | {"eenheidcode": f"W-{n}"} | differs for n in range(30)]
    rows[3]["kamers"] = "vier"
    (folder / name).write_text(csv_text(rows), "utf-8")


def intake(**more):
    number = next(RUNS)
    return Intake(f"run-{number}", START + timedelta(minutes=number), Settings(), **more)


def taken(database, folder, name="woningen.csv", table="dwellings", **more):
    what = (DELIVERIES[table], folder / name)
    return take(database, intake(**more), what, None)[0]


@pytest.fixture
def unread(monkeypatch):
    def fail(*_):
        raise AssertionError("this file was read")

    return lambda: monkeypatch.setattr(ingest, "parse", fail)


def test_the_same_file_again_is_booked_alike_without_being_read(database, folder, unread):
    first = taken(database, folder)
    unread()

    again = taken(database, folder)

    assert (first.facts, again.facts, again.status) == (29, 0, "taken")
    assert again.sentence == deliveries.UNCHANGED
    for name in ingest.COUNTS:
        assert getattr(again, name) == getattr(first, name)


def test_a_new_name_or_day_does_not_make_the_same_file_another(database, folder, unread):
    taken(database, folder)
    (folder / "woningen.csv").rename(folder / "woningen-2026-11-23.csv")
    unread()

    assert taken(database, folder, "woningen-2026-11-23.csv").facts == 0


def test_what_was_refused_of_it_is_still_told(database, folder, unread):
    taken(database, folder)
    unread()
    taken(database, folder)

    with database.begin() as connection:
        (wrong,) = deliveries.latest_rejects(connection)
    assert (wrong["record"], wrong["column"]) == (4, "kamers")


def test_a_file_of_another_office_is_no_repetition(database, folder):
    taken(database, folder)
    (folder / "woningen-noord.csv").write_bytes((folder / "woningen.csv").read_bytes())

    assert taken(database, folder, "woningen-noord.csv").sentence == ""


def test_an_older_file_that_comes_back_is_read(database, folder):
    old = (folder / "woningen.csv").read_bytes()
    taken(database, folder)
    write(folder, etage="5")
    taken(database, folder)
    (folder / "woningen.csv").write_bytes(old)

    assert taken(database, folder).facts == 29


def test_a_file_is_read_again_when_somebody_else_spoke_of_its_rows(database, folder):
    taken(database, folder)
    with database.begin() as connection:
        said = pd.DataFrame(
            [[OTHER, "1", "DwellingRemoved", "W-7", START + timedelta(days=-1), "{}"]],
            columns=list(FACT_COLUMNS),
        ).astype({"at": "datetime64[us, UTC]"})
        said["at"] = said["at"] + pd.Timedelta(days=2)
        log.append(connection, said)

    again = taken(database, folder)

    assert again.sentence == ""
    assert again.facts == 1


def test_facts_of_another_table_are_no_reason_to_read(database, folder, unread):
    taken(database, folder)
    (folder / "huishoudens.csv").write_text(csv_text([HOUSEHOLD]), "utf-8")
    assert taken(database, folder, "huishoudens.csv", "households").facts == 1
    unread()

    assert taken(database, folder).facts == 0


def test_other_readers_read_again(database, folder, monkeypatch):
    taken(database, folder)
    monkeypatch.setattr(ingest, "reader_version", lambda: "newer")

    assert taken(database, folder).sentence == ""


def test_a_file_a_person_let_through_is_not_asked_about_again(database, folder, unread):
    rows = [DWELLING | {"eenheidcode": f"W-{n}", "kamers": "vier"} for n in range(9)]
    (folder / "woningen.csv").write_text(csv_text([*rows, DWELLING]), "utf-8")
    assert taken(database, folder).status == "waiting"
    assert taken(database, folder).status == "waiting"
    assert taken(database, folder, accept=frozenset({"woningen.csv"})).status == "taken"
    unread()

    assert taken(database, folder).status == "taken"


def test_the_same_run_books_a_file_once_and_tells_what_it_booked(database, folder, unread):
    one = intake()
    first, known = take(database, one, (DELIVERIES["dwellings"], folder / "woningen.csv"), None)
    unread()

    again, _ = take(database, one, (DELIVERIES["dwellings"], folder / "woningen.csv"), known)

    assert again == first
    with database.begin() as connection:
        assert (
            deliveries.latest_taken(connection, table="dwellings", source=Settings().source)["id"]
            == 1
        )


def test_a_refused_file_is_booked_once_by_a_run(database, folder):
    (folder / "woningen.csv").write_text("a;b\n1;2\n", "utf-8")
    one, what = intake(), (DELIVERIES["dwellings"], folder / "woningen.csv")

    assert take(database, one, what, None)[0] == take(database, one, what, None)[0]
    with database.begin() as connection:
        (waits,) = deliveries.waiting(connection)
    assert waits["id"] == 1


def test_the_state_that_was_seen_may_be_old(database, folder):
    _, old = take(database, intake(), (DELIVERIES["dwellings"], folder / "woningen.csv"), None)
    write(folder, etage="5")
    taken(database, folder)
    write(folder, etage="6")

    take(database, intake(), (DELIVERIES["dwellings"], folder / "woningen.csv"), old)

    with database.begin() as connection:
        stands, _ = state.load(connection)
        assert set(stands.dwellings["floor"]) == {6}
        assert state.rebuild(connection).versions.equals(stands.versions)


def test_without_a_folder_of_deliveries_the_inbox_will_do(database, tmp_path):
    settings = Settings(deliveries=tmp_path / "nergens", inbox=tmp_path / "postvak")
    (tmp_path / "postvak").mkdir()

    outcomes, (stands, position) = ingest.take_all(database, Intake("run", START, settings))

    assert (outcomes, len(stands.dwellings), position) == ((), 0, 0)


def test_the_version_of_the_readers_is_one_word_that_stays_the_same():
    version = ingest.reader_version()

    assert len(version) == 16
    reader_version.cache_clear()
    assert reader_version() == version


def test_the_version_of_the_readers_changes_with_any_line_of_them(monkeypatch):
    before = reader_version()
    read = Path.read_bytes
    touched = [path.name for path in Path(sources.__file__).parent.glob("*.py")]
    assert "text.py" in touched

    def altered(path):
        return read(path) + (b"#" if path.name == "text.py" else b"")

    monkeypatch.setattr(Path, "read_bytes", altered)
    reader_version.cache_clear()
    try:
        assert reader_version() != before
    finally:
        reader_version.cache_clear()
