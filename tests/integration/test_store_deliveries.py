"""What became of every record of every file is kept, and adds up."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import exc

from data_contracts.feeds import Accounting, Reject
from store import deliveries
from store.tables import delivery

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000099000000001000:systeem:leveringen"


def book(connection, accounting=None, **differs):
    said = {
        "run": "A",
        "name": "woningen",
        "table": "dwellings",
        "source": SOURCE,
        "file": "woningen.csv",
        "sha256": "ab",
        "received": NOON,
        "status": "taken",
        "sentence": "",
    }
    return deliveries.record(connection, accounting=accounting, **(said | differs))


def rows(accepted, rejected=0):
    return Accounting(accepted + rejected, accepted, rejected, 0, 0)


def test_every_file_gets_a_name_never_used_before(database):
    with database.begin() as connection:
        assert book(connection) != book(connection)


def test_an_accounting_that_does_not_balance_is_refused_by_the_database(database):
    wrong = dict.fromkeys(["run", "source", "name", "state_table", "file", "sha256"], "x")
    counts = {"records": 10, "accepted": 8, "rejected": 1, "duplicates": 0, "blank": 0}
    row = wrong | counts | {"received": NOON, "status": "taken", "sentence": ""}
    with pytest.raises(exc.IntegrityError, match="balance"), database.begin() as connection:
        connection.execute(delivery.insert().values(row))
    with pytest.raises(exc.IntegrityError, match="balance"), database.begin() as connection:
        connection.execute(delivery.insert().values(row | {"rejected": 3, "blank": -1}))


def test_the_previous_rows_are_those_of_the_last_file_that_went_on(database):
    with database.begin() as connection:
        assert deliveries.previous_rows(connection, "dwellings", SOURCE) is None
        book(connection, rows(100))
        book(connection, rows(90))
        book(connection, rows(3), status="waiting", sentence="Te weinig.")
        book(connection, rows(7), source=SOURCE + ".noord")
        book(connection, rows(5), table="ties")
        assert deliveries.previous_rows(connection, "dwellings", SOURCE) == 90


def test_a_reject_says_where_and_why(database):
    wrong = (
        Reject("ab", 3, "kamers", "geen_geheel_getal", "Alleen cijfers.", 4),
        Reject("ab", 3, "etage", "geen_geheel_getal", "Alleen cijfers.", 4),
    )
    with database.begin() as connection:
        booked = book(connection, rows(9, 1))
        deliveries.reject(connection, booked, wrong)
        deliveries.reject(connection, book(connection, rows(1)), ())
        kept = deliveries.rejects(connection, booked)
    pd.testing.assert_frame_equal(
        kept, pd.DataFrame(wrong)[["record", "line", "column", "code", "sentence"]]
    )


def test_a_file_waits_until_a_later_one_is_taken(database):
    with database.begin() as connection:
        book(connection, rows(3, 7), status="waiting", sentence="Te veel afgekeurd.")
        book(connection, status="refused", table="ties", sentence="Onleesbaar.")
        waits = [row["sentence"] for row in deliveries.waiting(connection)]
        assert waits == ["Te veel afgekeurd.", "Onleesbaar."]
        book(connection, rows(10))
        assert [row["sentence"] for row in deliveries.waiting(connection)] == ["Onleesbaar."]


def test_the_latest_rejects_are_those_of_the_latest_files(database):
    wrong = [Reject("ab", n, "kamers", "fout", "Zo niet.", n + 1) for n in (1, 2)]
    with database.begin() as connection:
        deliveries.reject(connection, book(connection, rows(1, 1)), wrong[:1])
        deliveries.reject(connection, book(connection, rows(1, 1), file="2.csv"), wrong[1:])
        (last,) = deliveries.latest_rejects(connection)
    assert (last["file"], last["record"], last["line"]) == ("2.csv", 2, 3)
