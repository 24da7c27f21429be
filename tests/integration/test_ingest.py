"""Taking deliveries in: accounted for to the row, in one transaction per file."""

from datetime import UTC, date, datetime
from itertools import count

import pytest

from data_contracts.records import DELIVERIES
from pipelines.ingest import Intake, NoDeliveries, source_of, take_all
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store import deliveries, log, state

ON = date(2026, 11, 22)
RUNS = count()


@pytest.fixture
def folder(tmp_path):
    write(region(dwellings=300, seed=3, on=ON), tmp_path)
    return tmp_path


def take(database, folder, **more):
    now = datetime(2026, 11, 22, 1, next(RUNS) % 60, tzinfo=UTC)
    intake = Intake(f"run-{next(RUNS)}", now, Settings(deliveries=folder), **more)
    return {taken.table: taken for taken in take_all(database, intake)[0]}


def lines_of(path):
    return path.read_text("utf-8-sig").splitlines(keepends=True)


def rewrite(path, lines):
    path.write_text("".join(lines), "utf-8-sig")


def with_cell(lines, column, cell):
    """Write another value in a column of the first record."""
    head, first, *rest = lines
    cells = first.rstrip("\r\n").split(";")
    cells[head.rstrip("\r\n").split(";").index(column)] = cell
    return [head, ";".join(cells) + "\r\n", *rest]


def state_of(database):
    with database.begin() as connection:
        return state.load(connection)[0].check()


def test_every_delivery_of_a_region_is_booked_with_an_accounting_that_balances(database, folder):
    taken = take(database, folder)

    assert set(taken) == set(DELIVERIES)
    for one in taken.values():
        assert one.records == one.accepted + one.rejected + one.duplicates + one.blank
        assert (one.status, one.facts) == ("taken", one.accepted)


def test_the_same_files_again_yield_no_facts(database, folder):
    take(database, folder)

    assert [one.facts for one in take(database, folder).values()] == [0] * len(DELIVERIES)


def test_the_state_is_what_was_delivered_and_what_the_log_folds_to(database, folder):
    taken = take(database, folder)
    stands = state_of(database)

    assert {name: len(table) for name, table in stands.tables.items() if name in taken} == {
        name: one.accepted for name, one in taken.items()
    }
    with database.begin() as connection:
        again = state.rebuild(connection)
    assert again.versions.equals(stands.versions)


def test_a_row_that_vanished_is_a_fact_and_leaves_the_state(database, folder):
    take(database, folder)
    path = folder / "huuropzeggingen.csv"
    kept = lines_of(path)
    rewrite(path, kept[:-1])

    assert take(database, folder)["notices"].facts == 1
    assert len(state_of(database).notices) == len(kept) - 2


def test_a_row_that_cannot_be_read_keeps_what_was_known_and_is_named(database, folder):
    take(database, folder)
    path = folder / "woonwensen.csv"
    head, first, *rest = lines_of(path)
    rewrite(
        path,
        [head, first.replace(";", ";gisteren;", 1).replace(";gisteren;", ";gisteren", 1), *rest],
    )
    known = state_of(database).wishes

    taken = take(database, folder)["wishes"]

    assert (taken.rejected, taken.facts) == (1, 0)
    assert state_of(database).wishes.equals(known)
    with database.begin() as connection:
        assert [row["record"] for row in deliveries.latest_rejects(connection)] == [1]


def test_a_file_with_far_fewer_rows_waits_for_a_person_and_changes_nothing(database, folder):
    take(database, folder)
    path = folder / "woonwensen.csv"
    whole = lines_of(path)
    rewrite(path, whole[: len(whole) // 2])

    waits = take(database, folder)["wishes"]
    with database.begin() as connection:
        waiting = [row["file"] for row in deliveries.waiting(connection)]

    assert (waits.status, waits.facts, waiting) == ("waiting", 0, ["woonwensen.csv"])
    assert len(state_of(database).wishes) == len(whole) - 1


def test_a_person_can_let_a_waiting_file_through(database, folder):
    take(database, folder)
    path = folder / "woonwensen.csv"
    whole = lines_of(path)
    rewrite(path, whole[: len(whole) // 2])
    take(database, folder)

    assert take(database, folder, accept=frozenset({path.name}))["wishes"].status == "taken"
    assert len(state_of(database).wishes) == len(whole) // 2 - 1


def test_a_file_without_a_required_column_is_refused_by_name_and_the_rest_goes_on(database, folder):
    path = folder / "woningen.csv"
    head, *rest = lines_of(path)
    rewrite(path, [head.replace("eenheidcode", "nummer"), *rest])

    taken = take(database, folder)

    assert taken["dwellings"].status == "refused"
    assert "eenheidcode" in taken["dwellings"].sentence
    assert taken["households"].status == "taken"


def test_a_name_is_kept_apart_and_never_reaches_the_log(database, folder):
    path = folder / "huishoudens.csv"
    rewrite(path, with_cell(lines_of(path), "aanspreeknaam", "Kanarie-Zeldzaam"))

    take(database, folder)

    with database.begin() as connection:
        told = "".join(facts["data"].str.cat() for facts in log.read(connection))
    assert "Kanarie" not in told


def test_each_office_is_a_source_of_its_own_and_a_date_in_the_name_is_not(tmp_path):
    dwellings = DELIVERIES["dwellings"]
    settings = Settings(source="urn:nld:oin:00000099000000001000:systeem:proef")

    def name(file):
        return source_of(settings, dwellings, tmp_path / file).rpartition(":")[2]

    assert name("woningen.csv") == name("woningen-2026-11-22.csv") == "proef"
    assert name("woningen-noord.csv") == name("woningen_Noord_20261122.xlsx") == "proef.noord"


def test_a_file_that_is_no_delivery_is_named_and_left_alone(database, folder):
    (folder / "klanten.csv").write_text("naam\nx\n", "utf-8")

    taken = take(database, folder)[""]

    assert (taken.file, taken.status, taken.records) == ("klanten.csv", "unknown", 0)


def test_a_folder_that_is_not_there_is_one_sentence(database, tmp_path):
    with pytest.raises(NoDeliveries, match="--deliveries"):
        take(database, tmp_path / "nergens")
