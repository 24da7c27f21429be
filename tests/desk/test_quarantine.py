"""A refused row: kept sealed, seen by its own steward only, corrected, and delivered again."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pipelines import inbox
from pipelines.watch import Watch, one_round
from store import quarantine
from store.sealed_cells import DoesNotOpen, Spot, seal, secret_of, unseal
from tests.deliveries import csv_text

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
NAME = "Kanarie-van-de-Uitval"


@pytest.fixture
def settings(settings, tmp_path):
    return settings.model_copy(update={"inbox": tmp_path / "postvak", "settle_seconds": 0})


@pytest.fixture
def watched(engine, settings):
    inbox.ready(settings.inbox)
    return Watch(engine, settings)


def taken(watched):
    """Let whoever watches the folder do one round; give what it took in."""
    return one_round(watched, datetime.now(tz=UTC) + timedelta(seconds=1))


def household(key, corporation, **differs):
    row = {
        "huishoudencode": key,
        "corporatie": corporation,
        "aanspreeknaam": NAME,
        "telefoon": "06-12345678",
        "personen": "2",
        "aow": "J",
        "inschrijfdatum": "01-02-2015",
        "toestemming": "J",
        "toestemming_datum": "01-02-2026",
        "verhuisbereidheid": "ZEKER",
    }
    return row | differs


def deliver(watched, *rows, name="huishoudens-noord.csv"):
    (watched.settings.inbox / name).write_text(csv_text(list(rows)), "utf-8")
    return taken(watched)


@pytest.fixture
def others(engine, busiest):
    """Another corporation than the busiest."""
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT DISTINCT corporation FROM person WHERE corporation <> :own ORDER BY 1"),
            {"own": busiest[1]},
        )
        return list(found.scalars())


@pytest.fixture
def refused(watched, busiest, others, engine):
    """One good row and one with a strange date, of the busiest corporation; one of another."""
    good = [household(f"NIEUW-{n}", busiest[1]) for n in range(40)]
    bad = household("NIEUW-99", busiest[1], inschrijfdatum="31-31-2015")
    strange = household("NIEUW-98", others[0], personen="veel")
    (one,) = deliver(watched, *good, bad, strange)
    assert (one.status, one.rejected) == ("taken", 2)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, corporation FROM quarantine")).all()
    return {corporation: number for number, corporation in rows}


def form(row, **differs):
    return {f"cel-{column}": value for column, value in (row | differs).items()}


@pytest.mark.usefixtures("refused")
def test_the_database_holds_nothing_that_can_be_read_of_a_refused_row(engine):
    with engine.connect() as connection:
        told = connection.execute(text("SELECT quarantine::text FROM quarantine")).scalars().all()

    assert len(told) == 2
    assert not any(NAME in one or "06-12345678" in one for one in told)
    assert not any(NAME.encode().hex() in one for one in told)


def test_a_steward_sees_the_own_row_and_what_is_wrong_and_that_is_written_down(
    refused, as_steward, busiest, engine
):
    steward = as_steward()
    page = steward.get(f"/gegevens/uitval/{refused[busiest[1]]}")

    assert page.status_code == 200
    assert NAME in page.text
    assert "31-31-2015" in page.text
    assert "Hier hoort een bestaande datum te staan" in page.text
    with engine.connect() as connection:
        line = connection.execute(
            text("SELECT who, what, ids FROM access ORDER BY id DESC LIMIT 1")
        ).one()
    assert (line.who, line.what) == (steward.viewer.user, "quarantine")
    assert "NIEUW-99" in line.ids


def test_a_row_of_another_corporation_is_as_a_row_that_is_not_there(refused, as_steward, others):
    steward = as_steward()
    foreign = steward.get(f"/gegevens/uitval/{refused[others[0]]}")
    nowhere = steward.get("/gegevens/uitval/0123456789abcdef")

    assert foreign.status_code == nowhere.status_code == 404
    assert foreign.content == nowhere.content
    assert refused[others[0]] not in steward.get("/gegevens/uitval").text


def test_a_corrected_row_goes_in_as_a_file_and_what_stood_there_is_wiped(
    refused, as_steward, busiest, watched, engine
):
    steward, number = as_steward(), refused[busiest[1]]
    row = household("NIEUW-99", busiest[1], inschrijfdatum="31-12-2015")
    sent = steward.post(f"/gegevens/uitval/{number}", data=form(row))
    assert sent.status_code == 303
    assert "ligt in het postvak" in steward.get(f"/gegevens/uitval/{number}").text

    (one,) = taken(watched)

    assert (one.status, one.accepted, one.facts) == ("taken", 1, 1)
    assert "De verbeterde regel telt mee" in steward.get(f"/gegevens/uitval/{number}").text
    with engine.connect() as connection:
        assert (
            connection.scalar(
                text(
                    "SELECT count(*) FROM state_row WHERE state_table = 'households' AND NOT gone"
                    " AND key LIKE 'NIEUW-%'"
                )
            )
            == 41
        )
        assert connection.execute(
            text("SELECT sealed IS NULL, state FROM quarantine WHERE id = :id"), {"id": number}
        ).one() == (True, "taken")
        assert (
            connection.scalar(text("SELECT name FROM person WHERE household = 'NIEUW-99'")) == NAME
        )


def test_the_next_full_file_still_knows_what_was_there_and_retires_the_corrected_row(
    refused, as_steward, busiest, watched, engine
):
    row = household("NIEUW-99", busiest[1], inschrijfdatum="31-12-2015")
    as_steward().post(f"/gegevens/uitval/{refused[busiest[1]]}", data=form(row))
    taken(watched)

    (again,) = deliver(watched, *(household(f"NIEUW-{n}", busiest[1]) for n in range(40)))

    assert (again.status, again.facts) == ("taken", 1)  # NIEUW-99 vanished, nothing else did
    with engine.connect() as connection:
        assert connection.scalar(
            text("SELECT gone FROM state_row WHERE key = 'NIEUW-99' AND state_table = 'households'")
        )
        assert (
            connection.execute(text("SELECT DISTINCT state, sealed IS NULL FROM quarantine")).all()
            != []
        )
        assert not connection.scalar(
            text("SELECT count(*) FROM quarantine WHERE state IN ('open', 'sent')")
        )


def test_a_slip_in_the_correction_is_said_at_once_and_nothing_is_delivered(
    refused, as_steward, busiest, settings
):
    row = household("NIEUW-99", busiest[1], inschrijfdatum="31-31-2016")
    answer = as_steward().post(f"/gegevens/uitval/{refused[busiest[1]]}", data=form(row))

    assert answer.status_code == 400
    assert "bestaande datum" in answer.text
    assert "31-31-2016" in answer.text
    assert list(settings.inbox.glob("*.jsonl")) == []


def test_nobody_takes_a_household_of_another_corporation_over_by_a_correction(
    refused, as_steward, busiest, others, settings, engine
):
    with engine.connect() as connection:
        theirs = connection.scalar(
            text(
                "SELECT key FROM state_row WHERE state_table = 'households'"
                " AND data::jsonb ->> 'corporation' = :of LIMIT 1"
            ),
            {"of": others[0]},
        )
    steward, number = as_steward(), refused[busiest[1]]
    for row in (
        household(theirs, busiest[1]),
        household("NIEUW-99", others[0]),
    ):
        answer = steward.post(f"/gegevens/uitval/{number}", data=form(row))
        assert answer.status_code == 400
        assert "van een andere corporatie" in answer.text
    assert list(settings.inbox.glob("*.jsonl")) == []


def test_the_same_correction_twice_is_one_delivery(refused, as_steward, busiest, watched):
    steward, number = as_steward(), refused[busiest[1]]
    row = household("NIEUW-99", busiest[1])
    for _ in range(2):
        steward.post(f"/gegevens/uitval/{number}", data=form(row))
    assert len(taken(watched)) == 1

    late = steward.post(f"/gegevens/uitval/{number}", data=form(row))

    assert late.status_code == 409
    assert taken(watched) == []


def test_a_file_that_was_lost_after_the_correction_was_booked_is_delivered_again(
    refused, as_steward, busiest, watched, settings
):
    steward, number = as_steward(), refused[busiest[1]]
    steward.post(f"/gegevens/uitval/{number}", data=form(household("NIEUW-99", busiest[1])))
    (lost,) = settings.inbox.glob("*.jsonl")
    written = json.loads(lost.read_text("utf-8"))
    lost.unlink()

    steward.post(f"/gegevens/uitval/{number}")

    (found,) = settings.inbox.glob("*.jsonl")
    assert json.loads(found.read_text("utf-8")) == written
    assert found.stat().st_mode & 0o007 == 0
    assert taken(watched)[0].accepted == 1


def test_a_correction_that_was_refused_after_all_is_a_new_row_to_correct(
    refused, as_steward, busiest, watched, settings
):
    steward, number = as_steward(), refused[busiest[1]]
    steward.post(f"/gegevens/uitval/{number}", data=form(household("NIEUW-99", busiest[1])))
    (posted,) = settings.inbox.glob("*.jsonl")
    posted.write_text(json.dumps(household("NIEUW-99", busiest[1], personen="0")) + "\n", "utf-8")
    (one,) = taken(watched)
    assert (one.status, one.rejected) == ("taken", 1)

    page = steward.get(f"/gegevens/uitval/{number}")

    assert "Opnieuw afgekeurd" in page.text
    again = page.text.split("/gegevens/uitval/")[1].split('"')[0]
    assert again != number
    assert "te laag: minstens 1" in steward.get(f"/gegevens/uitval/{again}").text


@pytest.mark.usefixtures("refused")
def test_a_newer_file_wipes_what_stood_in_refused_rows_of_the_one_before(watched, busiest, engine):
    deliver(watched, *(household(f"NIEUW-{n}", busiest[1]) for n in range(41)))

    with engine.connect() as connection:
        states = connection.execute(text("SELECT DISTINCT state, sealed FROM quarantine")).all()
    assert states == [("lapsed", None)]


@pytest.mark.usefixtures("refused")
def test_whoever_is_forgotten_is_forgotten_here_too(engine):
    from store import people  # noqa: PLC0415 - only here

    with engine.begin() as connection:
        people.forget(connection, "NIEUW-99")
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT state, sealed, key FROM quarantine WHERE record = 41")
        ).one()
    assert tuple(row) == ("lapsed", None, None)


def test_rows_of_nobody_are_for_the_administrator_of_the_keeper_alone(
    watched, busiest, others, engine, desk, as_role, as_steward
):
    good = [household(f"NIEUW-{n}", busiest[1]) for n in range(40)]
    good += [household(f"ANDERS-{n}", others[0]) for n in range(40)]
    deliver(watched, *good, household("NIEUW-99", "geen nummer"))
    with engine.connect() as connection:
        number, of = connection.execute(text("SELECT id, corporation FROM quarantine")).one()
    assert of == quarantine.NOBODY
    address = f"/gegevens/uitval/{number}"
    administrator = as_role("administrator")
    assert as_steward().get(address).status_code == 404
    assert administrator.get(address).status_code == 404

    kept = desk.state.desk
    kept.installation = kept.installation.model_copy(update={"keeper": busiest[1]})

    assert as_steward().get(address).status_code == 404
    assert as_role("administrator", others[0]).get(address).status_code == 404
    assert NAME in administrator.get(address).text


def test_what_was_moved_to_another_row_or_corporation_does_not_open():
    secret = b"k" * 32
    here = Spot("99990001", "quarantine", "sealed", "a1")
    sealed = seal(secret, here, "tekst")

    assert unseal(secret, here, sealed) == "tekst"
    for there in (
        Spot("99990002", "quarantine", "sealed", "a1"),
        Spot("99990001", "quarantine", "sealed", "a2"),
        Spot("99990001", "quarantine", "other", "a1"),
        Spot("99990001", "person", "sealed", "a1"),
    ):
        with pytest.raises(DoesNotOpen):
            unseal(secret, there, sealed)
    with pytest.raises(DoesNotOpen):
        unseal(b"l" * 32, here, sealed)
    for at in range(len(sealed)):
        spoilt = bytearray(sealed)
        spoilt[at] ^= 1
        with pytest.raises(DoesNotOpen):
            unseal(secret, here, bytes(spoilt))
    assert seal(secret, here, "tekst") != sealed


def test_the_key_is_made_once_and_is_for_its_owner_only(settings, tmp_path):
    fresh = settings.model_copy(update={"data": tmp_path / "data"})
    first = secret_of(fresh)

    assert secret_of(fresh) == first
    (key,) = (tmp_path / "data" / "sleutels").iterdir()
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700
