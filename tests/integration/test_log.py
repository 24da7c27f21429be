"""The log keeps what it was told: once, in order, unchanged, and never from memory alone."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pandas as pd
import psycopg
import pytest
from sqlalchemy import exc, text

from store import log

SOURCE = "urn:nld:oin:00000099000000001000:systeem:leveringen"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def facts(*rows, source=SOURCE):
    """Facts from (id, subject, data) at successive microseconds."""
    return pd.DataFrame(
        {
            "source": source,
            "id": [row[0] for row in rows],
            "kind": "NoticeGiven",
            "subject": [row[1] for row in rows],
            "at": [NOON + timedelta(microseconds=n) for n in range(len(rows))],
            "data": [row[2] for row in rows],
        }
    ).astype({"at": "datetime64[us, UTC]"})


def everything(connection):
    return pd.concat(list(log.read(connection)))


def test_what_is_appended_is_read_back_exactly_and_in_order(database):
    given = facts(("c", "W3", '{"z":1,"a":"é ¤"}'), ("a", "W1", "[]"), ("b", "W2", '{"a":  2}'))
    with database.begin() as connection:
        log.append(connection, given)
        back = everything(connection)
    pd.testing.assert_frame_equal(back.reset_index(drop=True), given)


def test_a_fact_told_twice_is_written_once(database):
    given = facts(("a", "W1", "[]"), ("b", "W2", "[]"))
    with database.begin() as connection:
        first = log.append(connection, given)
    with database.begin() as connection:
        assert log.append(connection, given) == first
        assert log.append(connection, pd.concat([given, given])) == first
        assert len(everything(connection)) == 2
        assert connection.scalar(text("SELECT count(*) FROM conflict")) == 0


def test_the_same_id_with_other_content_is_kept_apart_and_overwrites_nothing(database):
    with database.begin() as connection:
        log.append(connection, facts(("a", "W1", '{"n":1}')))
        log.append(
            connection, facts(("a", "W1", '{"n":2}'), ("b", "W2", "[]"), ("b", "W2", '{"n":3}'))
        )
        assert everything(connection)["data"].tolist() == ['{"n":1}', "[]"]
        kept = connection.execute(text("SELECT id, data FROM conflict ORDER BY id"))
        assert [tuple(row) for row in kept] == [("a", '{"n":2}'), ("b", '{"n":3}')]


def test_a_few_facts_are_written_just_as_many_are(database):
    given = facts(
        ("a", "W1", '{"n":1}'), ("b", "W2", "[]"), ("a", "W1", '{"n":2}'), ("b", "W2", "[]")
    )
    rows = list(given.itertuples(index=False, name=None))
    kept = text("SELECT source, id, kind, subject, at, data, digest FROM conflict")
    stands = text("SELECT source, id, kind, subject, at, data, digest FROM log ORDER BY position")
    found = []
    for write in (
        lambda connection: log.append(connection, given),
        lambda connection: log.append_few(connection, rows),
    ):
        with database.connect() as connection:  # rolled back: the next begins with nothing
            log.in_turn(connection)
            write(connection)
            found.append([connection.execute(asked).all() for asked in (stands, kept)])
    assert found[0] == found[1]
    assert [len(one) for one in found[0]] == [2, 2]  # each row has a moment of its own


def test_a_few_facts_that_are_known_give_no_position(database):
    rows = list(facts(("a", "W1", "[]"), ("b", "W2", "[]")).itertuples(index=False, name=None))
    with database.begin() as connection:
        log.in_turn(connection)
        assert log.append_few(connection, rows[:1]) == {(SOURCE, "a"): 1}
        assert list(log.append_few(connection, rows)) == [(SOURCE, "b")]
        assert log.append_few(connection, []) == {}


def test_another_source_may_use_the_same_id(database):
    with database.begin() as connection:
        log.append(connection, facts(("a", "W1", "[]")))
        log.append(connection, facts(("a", "W1", "[]"), source=SOURCE + "2"))
        assert len(everything(connection)) == 2


def test_a_reader_goes_on_where_it_left_off(database):
    with database.begin() as connection:
        log.append(connection, facts(*((f"{n:02}", "W", "[]") for n in range(10))))
        seen = [list(part["id"]) for part in log.read(connection, batch=4)]
        assert seen == [["00", "01", "02", "03"], ["04", "05", "06", "07"], ["08", "09"]]
        (rest,) = log.read(connection, after=7, up_to=9)
        assert list(rest.index) == [8, 9]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log SET data = '{}'",
        "UPDATE log SET subject = 'W9'",
        "DELETE FROM log",
        "DELETE FROM log WHERE false",
        "TRUNCATE log",
        "SET LOCAL verhuisketen.forgetting = 'on'; UPDATE log SET data = '{\"n\":9}'",
        "SET LOCAL verhuisketen.forgetting = 'on'; UPDATE log SET data = '{}', subject = 'W9'",
    ],
)
def test_the_log_refuses_to_be_changed(database, change):
    with database.begin() as connection:
        log.append(connection, facts(("a", "W1", '{"n":1}')))
    with pytest.raises(exc.IntegrityError, match="append-only"), database.begin() as connection:
        connection.exec_driver_sql(change)


def test_a_reader_never_skips_a_fact_that_was_committed_late(database):
    with database.connect() as slow, database.connect() as quick:
        log.append(slow, facts(("slow", "W1", "[]")))
        quick.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(exc.OperationalError, match="lock"):
            log.append(quick, facts(("quick", "W2", "[]")))
        quick.rollback()
        slow.commit()
        log.append(quick, facts(("quick", "W2", "[]")))
        assert everything(quick)["id"].tolist() == ["slow", "quick"]


def test_facts_with_a_hole_are_refused(database):
    holed = facts(("a", "W1", "[]"), ("b", "W2", "[]"))
    holed.loc[1, "data"] = None
    with database.begin() as connection, pytest.raises(log.BrokenFacts):
        log.append(connection, holed)


def test_the_unreadable_character_is_refused_and_nothing_is_written(database):
    with pytest.raises(psycopg.DataError), database.begin() as connection:
        log.append(connection, facts(("a", "W1", '{"n":"\x00"}')))
    with database.connect() as connection:
        assert log.head(connection) == 0


def test_forgetting_empties_what_was_said_and_keeps_that_it_was_said(database):
    told = facts(
        ("1", "H1", '{"persons":2}'),
        ("2", "B7", '{"household":"H1","kind":"KIND"}'),
        ("3", "B8", '{"household":"H2","with_household":"H1"}'),
        ("4", "B9", '{"household":"H2","kind":"KIND"}'),
        ("5", "H1", '{"dwelling":"H1"}'),
        ("6", "H11", '{"persons":2}'),
    )
    ties = ["TieNamed"] * 3
    kinds = ["HouseholdRegistered", *ties, "DwellingRegistered", "HouseholdRegistered"]
    stands = text("SELECT position, source, id, kind, subject, at, digest FROM log ORDER BY 1")
    with database.begin() as connection:
        log.append(connection, told.assign(kind=kinds))
        before = connection.execute(stands).all()
        assert log.forget(connection, ["H1"]) == 3
        assert connection.execute(stands).all() == before
        data = connection.execute(text("SELECT data FROM log ORDER BY position")).scalars().all()
        assert data == ["{}"] * 3 + told["data"].tolist()[3:]
        gone = ["HouseholdRemoved", "TieDropped", "TieDropped"]
        assert everything(connection)["kind"].tolist() == gone + kinds[3:]


def test_a_stranger_can_check_a_digest(database):
    with database.begin() as connection:
        log.append(connection, facts(("a", "W1", '{"n":"é"}')))
        digest = connection.scalar(text("SELECT digest FROM log"))
    moment = int(NOON.timestamp()) * 1_000_000
    said = "\x1f".join(["NoticeGiven", "W1", str(moment), '{"n":"é"}'])
    assert digest == sha256(said.encode()).hexdigest()
