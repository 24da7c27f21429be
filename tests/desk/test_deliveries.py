"""Deliveries at the desk: their accounting, the own part of a shared file, and letting through."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pipelines import inbox
from pipelines.ingest import Intake, take_all
from pipelines.watch import Watch, one_round
from tests.deliveries import csv_text
from tests.desk.test_quarantine import household


@pytest.fixture
def settings(settings, tmp_path):
    return settings.model_copy(update={"inbox": tmp_path / "postvak", "settle_seconds": 0})


@pytest.fixture
def watched(engine, settings):
    inbox.ready(settings.inbox)
    return Watch(engine, settings)


def taken(watched):
    return one_round(watched, datetime.now(tz=UTC) + timedelta(seconds=1))


def deliver(watched, *rows, name="huishoudens-noord.csv"):
    (watched.settings.inbox / name).write_text(csv_text(list(rows)), "utf-8")
    return taken(watched)


def booked(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT max(id) FROM delivery"))


@pytest.fixture
def others(engine, busiest):
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT DISTINCT corporation FROM person WHERE corporation <> :own ORDER BY 1"),
            {"own": busiest[1]},
        )
        return list(found.scalars())


def many(of, count=20, start=0, **differs):
    return [household(f"{of[-4:]}-{n}", of, **differs) for n in range(start, start + count)]


def test_every_delivery_of_the_night_is_there_with_the_own_rows(as_steward, busiest, engine):
    page = as_steward().get("/gegevens")

    assert page.status_code == 200
    for name in ("woningen", "huishoudens", "huurovereenkomsten", "woonwensen", "banden"):
        assert f">{name}</a>" in page.text
    with engine.connect() as connection:
        shares = connection.execute(
            text(
                "SELECT d.state_table, d.accepted, sum(s.accepted) AS shared FROM delivery d"
                " JOIN delivery_share s ON s.delivery = d.id GROUP BY d.id"
            )
        ).all()
        of_households = connection.scalar(
            text(
                "SELECT s.accepted FROM delivery_share s JOIN delivery d ON d.id = s.delivery"
                " WHERE d.state_table = 'households' AND s.corporation = :of"
            ),
            {"of": busiest[1]},
        )
        known = connection.scalar(
            text(
                "SELECT count(*) FROM state_row WHERE state_table = 'households'"
                " AND data::jsonb ->> 'corporation' = :of"
            ),
            {"of": busiest[1]},
        )
    assert len(shares) == 10
    assert [row for row in shares if row.accepted != row.shared] == []
    assert of_households == known


def test_a_delivery_with_rows_of_one_corporation_shows_its_whole_accounting(
    as_steward, watched, busiest, engine
):
    deliver(watched, *many(busiest[1]), household("X-1", busiest[1], personen="0"))
    page = as_steward().get(f"/gegevens/leveringen/{booked(engine)}")

    assert "20 + 1 + 0 + 0 = 21" in page.text
    assert "Dit getal is te laag: minstens 1." in page.text


def test_of_a_shared_file_each_sees_only_the_own_part(as_steward, watched, busiest, others, engine):
    deliver(
        watched,
        *many(busiest[1]),
        *many(others[0]),
        household("X-1", busiest[1], personen="0"),
        household("X-2", others[0], aow="misschien"),
    )
    address = f"/gegevens/leveringen/{booked(engine)}"
    ours, theirs = as_steward().get(address).text, as_steward(others[0]).get(address).text

    assert "te laag: minstens 1" in ours
    assert "Hier hoort J of N te staan" not in ours
    assert "te laag: minstens 1" not in theirs
    assert "Hier hoort J of N te staan" in theirs
    assert "Regels in het bestand" not in ours + theirs


def test_a_file_of_another_corporation_is_as_one_that_is_not_there(
    as_steward, watched, others, engine
):
    deliver(watched, *many(others[0]))
    steward = as_steward()
    address = f"/gegevens/leveringen/{booked(engine)}"

    for method, beside in ((steward.get, ""), (steward.post, "/vrijgeven")):
        found = method(address + beside)
        assert found.status_code == 404
        assert found.content == method(f"/gegevens/leveringen/999999{beside}").content
    assert address not in steward.get("/gegevens").text
    assert as_steward(others[0]).get(address).status_code == 200


def test_an_odd_number_is_not_found(as_steward):
    steward = as_steward()
    for odd in ("abc", "-1", "1e3", "٣", "9" * 30, "0x1"):
        assert steward.get(f"/gegevens/leveringen/{odd}").status_code == 404
        assert steward.get(f"/gegevens?voor={odd}").status_code == 404


def test_a_waiting_file_of_the_folder_goes_in_when_a_steward_lets_it_through(
    as_steward, watched, busiest, engine
):
    deliver(watched, *many(busiest[1], 40))
    (short,) = deliver(watched, *many(busiest[1], 10))
    assert short.status == "waiting"
    steward, address = as_steward(), f"/gegevens/leveringen/{booked(engine)}"
    assert "wacht op u" in steward.get("/gegevens").text

    assert steward.post(f"{address}/vrijgeven").status_code == 303
    assert "U gaf dit bestand vrij" in steward.get(address).text
    (now,) = taken(watched)

    assert (now.status, now.accepted) == ("taken", 10)
    assert taken(watched) == []
    assert steward.post(f"{address}/vrijgeven").status_code == 409


def test_a_waiting_file_of_the_night_goes_in_at_the_next_night(
    as_steward, settings, busiest, engine, tmp_path
):
    folder = tmp_path / "leveringen"
    folder.mkdir()
    settings = settings.model_copy(update={"deliveries": folder})

    def night(run, count):
        rows = many(busiest[1], count)
        (folder / "huishoudens-zuid.csv").write_text(csv_text(rows), "utf-8")
        ((one,), _) = take_all(engine, Intake(run, datetime.now(tz=UTC), settings))
        return one.status

    assert [night("nacht-1", 40), night("nacht-2", 10)] == ["taken", "waiting"]
    as_steward().post(f"/gegevens/leveringen/{booked(engine)}/vrijgeven")
    assert night("nacht-3", 9) == "waiting"  # other bytes than those that were let through
    assert night("nacht-4", 10) == "taken"
    assert night("nacht-5", 40) == "taken"
    assert night("nacht-6", 10) == "waiting"  # a permission serves once


def test_a_file_that_was_overtaken_is_not_let_through(as_steward, watched, busiest, engine):
    deliver(watched, *many(busiest[1], 40))
    deliver(watched, *many(busiest[1], 10))
    waiting = booked(engine)
    deliver(watched, *many(busiest[1], 41))

    answer = as_steward().post(f"/gegevens/leveringen/{waiting}/vrijgeven")

    assert answer.status_code == 409
    assert taken(watched) == []


def test_an_unreadable_file_is_told_to_whoever_the_one_before_was_of(
    as_steward, watched, busiest, others, engine
):
    deliver(watched, *many(busiest[1], 40))
    (watched.settings.inbox / "huishoudens-noord.xlsx").write_bytes(b"PK\x03\x04 dit is geen map")
    watched.looks = {}
    one_round(watched, datetime.now(tz=UTC))
    one_round(watched, datetime.now(tz=UTC) + timedelta(hours=1))
    address = f"/gegevens/leveringen/{booked(engine)}"

    assert "geweigerd" in as_steward().get(address).text
    assert as_steward(others[0]).get(address).status_code == 404


def test_only_those_who_look_after_data_come_in(as_role, anonymous):
    for path in ("/gegevens", "/gegevens/uitval", "/gegevens/leveringen/1"):
        for role in ("coach", "planner"):
            assert as_role(role).get(path).status_code == 403
        assert anonymous().get(path).status_code == 303
