"""The way into the database: what goes wrong is said in our words, without anybody's data."""

import pytest
from sqlalchemy import exc, text

from store.database import NotPostgres, Outage, connect, is_outage, snapshot

ANOTHER_BACKEND = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_another_kind_of_database_is_refused():
    with pytest.raises(NotPostgres, match="PostgreSQL"):
        connect("sqlite://")


def test_a_database_that_is_not_there_is_an_outage():
    with pytest.raises(Outage, match="niet bereikbaar") as caught:
        connect("postgresql://nobody@127.0.0.1:1/niets?connect_timeout=2")
    assert is_outage(caught.value)


def test_a_connection_that_was_cut_is_an_outage(database):
    with database.connect() as cut, database.connect() as other:
        cut.execute(text("SELECT 1"))
        other.execute(ANOTHER_BACKEND)
        with pytest.raises(Outage) as caught:
            cut.execute(text("SELECT 1"))
    assert is_outage(caught.value)


def test_a_pool_that_was_cut_heals_by_itself(database):
    with database.connect() as connection:
        connection.execute(text("SELECT 1"))
    with database.connect() as one, database.connect() as two:
        one.execute(text("SELECT 1"))
        two.execute(ANOTHER_BACKEND)
        one.invalidate()
    with database.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_a_wrong_statement_is_no_outage(database):
    with database.connect() as connection, pytest.raises(exc.ProgrammingError) as caught:
        connection.execute(text("SELECT nothing"))
    assert not is_outage(caught.value)


def test_an_error_does_not_tell_what_was_in_the_statement(database):
    with database.connect() as connection, pytest.raises(exc.DBAPIError) as caught:
        connection.execute(text("SELECT length(:name) / 0"), {"name": "Kanarie"})
    assert "Kanarie" not in str(caught.value)


def test_a_snapshot_sees_one_moment_and_changes_nothing(database):
    count = text("SELECT count(*) FROM person")
    with snapshot(database) as still:
        assert still.scalar(count) == 0
        with database.begin() as connection:
            connection.execute(text("INSERT INTO person (household) VALUES ('H1')"))
        assert still.scalar(count) == 0
    with pytest.raises(exc.InternalError, match="read-only"), snapshot(database) as still:
        still.execute(text("DELETE FROM person"))
