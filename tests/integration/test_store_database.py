"""The way into the database: what goes wrong is said in our words, without anybody's data."""

import socket
from threading import Thread

import pytest
from sqlalchemy import exc, text

from store import database as way_in
from store.database import NotPostgres, Outage, connect, is_outage, snapshot

WAIT = 60
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


def test_a_server_that_takes_a_call_and_says_nothing_is_an_outage_too(monkeypatch):
    """A machine that hangs: without a bound whoever asks would hang with it."""
    monkeypatch.setitem(way_in.REACHED, "connect_timeout", 2)  # the least that libpq takes
    heard = []

    def call(port):
        with pytest.raises(Outage, match="niet bereikbaar"):
            connect(f"postgresql://nobody@127.0.0.1:{port}/niets")
        heard.append("away")

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        caller = Thread(target=call, args=(silent.getsockname()[1],), daemon=True)
        caller.start()
        caller.join(WAIT)
    assert heard == ["away"]


def test_what_an_address_says_of_waiting_goes_before(server):
    engine = connect(f"{server}{'&' if '?' in server else '?'}connect_timeout=7", test=True)
    with engine.connect() as connection:
        told = connection.connection.driver_connection.info.get_parameters()
    engine.dispose()
    assert told["connect_timeout"] == "7"
    assert told["tcp_user_timeout"] == str(way_in.REACHED["tcp_user_timeout"])


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
