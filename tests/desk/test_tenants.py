"""Corporations are kept apart by the database itself: row by row, and closed when in doubt."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import exc, make_url, text

from store import people, tenants
from store.database import connect, migrate
from store.tables import metadata
from store.tenants import ROLE, NoDeskRole, NotFenced, reading
from tests.copies import administer, an_empty_database
from tests.counts import count

TABLES = ("proposal", "person", "address")
WHOSE = {
    table: text(f"SELECT DISTINCT corporation FROM {table}")  # noqa: S608 - our own
    for table in TABLES
}


def corporations(engine):
    with engine.connect() as connection:
        return connection.scalars(text("SELECT DISTINCT corporation FROM person ORDER BY 1")).all()


def counted(connection):
    return {
        table: connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - our own
        for table in TABLES
    }


def test_a_signed_in_coach_is_somebody(as_coach, anonymous):
    assert as_coach().get("/").headers["location"] == "/voorstellen"
    assert "/aanmelden" in anonymous().get("/").headers["location"]


def test_a_night_says_of_every_row_whose_it_is(engine):
    whose = {
        "proposal": "SELECT s.data FROM state_row s WHERE s.state_table = 'households'"
        " AND s.key = t.household",
        "person": "SELECT s.data FROM state_row s WHERE s.state_table = 'households'"
        " AND s.key = t.household",
        "address": "SELECT s.data FROM state_row s"
        " WHERE s.state_table IN ('dwellings', 'newbuild') AND s.key = t.dwelling",
    }
    with engine.connect() as connection:
        for table, data in whose.items():
            wrong = text(
                f"SELECT count(*) FROM {table} t WHERE t.corporation IS DISTINCT FROM"  # noqa: S608 - our own
                f" (({data})::jsonb ->> 'corporation')"
            )
            assert connection.scalar(wrong) == 0, table
            assert counted(connection)[table] > 0


def test_each_corporation_sees_its_own_rows_only(engine):
    with engine.connect() as connection:
        total = counted(connection)
    seen = dict.fromkeys(TABLES, 0)
    known = corporations(engine)
    assert len(known) > 1
    for corporation in known:
        with reading(engine, corporation) as connection:
            for table in TABLES:
                rows = connection.scalars(text(f"SELECT corporation FROM {table}")).all()  # noqa: S608 - our own
                assert set(rows) <= {corporation}
                seen[table] += len(rows)
    assert seen == total


@pytest.mark.parametrize("nobody", ["", "bestaat niet", "' OR true --"])
def test_who_is_of_no_corporation_sees_nothing(engine, nobody):
    with reading(engine, nobody) as connection:
        assert counted(connection) == dict.fromkeys(TABLES, 0)


def test_without_saying_which_corporation_there_is_nothing_to_see(engine):
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
        assert counted(connection) == dict.fromkeys(TABLES, 0)


def test_the_next_one_on_a_connection_starts_afresh(engine):
    one = corporations(engine)[0]
    with reading(engine, one) as connection:
        process = connection.scalar(text("SELECT pg_backend_pid()"))
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == process
        assert connection.scalar(text("SELECT current_user")) != ROLE
        assert not connection.scalar(text("SELECT current_setting('vk.corp', true)"))


def test_so_it_does_after_an_error(engine):
    one = corporations(engine)[0]
    with pytest.raises(ZeroDivisionError), reading(engine, one):
        raise ZeroDivisionError
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT current_user")) != ROLE


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proposal SET state = 'offered'",
        "DELETE FROM person",
        "INSERT INTO person (household) VALUES ('H-x')",
        "TRUNCATE address",
        "SELECT * FROM log",
        "SELECT * FROM state_row",
        "SELECT * FROM plan",
        "SELECT password FROM account",
        "SELECT * FROM session",
        "SELECT * FROM machine_key",
        "UPDATE access SET who = 'x'",
        "DELETE FROM access",
        "CREATE TABLE mine (id int)",
        "SELECT pg_read_file('/etc/passwd')",
        f"ALTER ROLE {ROLE} BYPASSRLS",
        "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
    ],
)
def test_who_reads_may_do_nothing_else(engine, statement):
    one = corporations(engine)[0]
    with (
        pytest.raises(
            (exc.ProgrammingError, exc.IntegrityError), match=r"denied|owner|append|superuser"
        ),
        reading(engine, one) as connection,
    ):
        connection.execute(text(statement))


def test_a_line_of_access_is_for_ones_own_corporation_only(engine):
    one, other, *_ = corporations(engine)
    line = text(
        "INSERT INTO access (who, purpose, what, rows, corporation) VALUES ('G', 'x', 'y', 0, :c)"
    )
    with reading(engine, one) as connection:
        connection.execute(line, {"c": one})
    with (
        pytest.raises(exc.ProgrammingError, match="row-level security"),
        reading(engine, one) as connection,
    ):
        connection.execute(line, {"c": other})


def test_another_corporations_people_have_no_name_here(engine):
    one, other, *_ = corporations(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE person SET name = 'Kanarie'"))
        theirs = connection.scalars(
            text("SELECT household FROM person WHERE corporation = :other LIMIT 5"),
            {"other": other},
        ).all()
    look = {"who": "G-1", "purpose": "proef", "corporation": one}
    with reading(engine, one) as connection:
        assert people.names_of(connection, theirs, **look) == {}
        assert people.contacts_of(connection, theirs, **look).empty
    with engine.connect() as connection:
        assert people.names_of(connection, theirs, **look) == {}
        assert len(people.names_of(connection, theirs, who="G-1", purpose="proef")) == len(theirs)
        connection.rollback()


def test_at_once_and_mixed_nobody_sees_anothers_row(engine):
    known = corporations(engine)
    reads = count(ci=400, soak=100_000, of="blikken door elkaar van verschillende corporaties")

    def look(number):
        dice = random.Random(number)
        one = dice.choice(known)
        table = dice.choice(TABLES)
        if dice.random() < 0.1:
            with engine.begin() as connection:  # a night, between the others on the same pool
                return len(connection.scalars(WHOSE[table]).all())
        with suppress(ZeroDivisionError), reading(engine, one) as connection:
            assert set(connection.scalars(WHOSE[table]).all()) <= {one}
            return 1 // dice.randint(0, 4)  # now and then something goes wrong halfway
        return 0

    with ThreadPoolExecutor(8) as hands:
        list(hands.map(look, range(reads)))


# --- a served database whose owner is nobody special -----------------------------------------


@pytest.fixture
def plain(server):
    """An empty database whose owner is no superuser: the URL, and the name of the owner."""
    name, owner = "verhuisketen_gewoon", "gewone_eigenaar"
    admin = make_url(server)
    address = {"host": admin.query["host"], "user": admin.username, "autocommit": True}
    with psycopg.connect(dbname=admin.database, **address) as connection:
        connection.execute(f"CREATE ROLE {owner} LOGIN NOSUPERUSER NOCREATEROLE")
        connection.execute(f"CREATE DATABASE {name} OWNER {owner}")
    yield admin.set(database=name, username=owner).render_as_string(), owner
    with psycopg.connect(dbname=admin.database, **address) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(f"REVOKE {ROLE} FROM {owner}")
        connection.execute(f"DROP ROLE {owner}")


def as_administrator(server, statement):
    admin = make_url(server)
    with psycopg.connect(
        dbname=admin.database, host=admin.query["host"], user=admin.username, autocommit=True
    ) as connection:
        connection.execute(statement)


def test_a_plain_owner_works_for_all_and_its_desk_for_one(server, plain):
    url, owner = plain
    engine = connect(url, test=True)
    migrate(engine)
    with pytest.raises(NoDeskRole, match=f'GRANT {ROLE} TO "{owner}"'):
        tenants.check(engine)
    as_administrator(server, f"GRANT {ROLE} TO {owner}")
    migrate(engine)
    tenants.check(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO person (household, name, corporation) VALUES"
                " ('H1', 'Een', '11111111'), ('H2', 'Twee', '22222222')"
            )
        )
        assert connection.scalar(text("SELECT count(*) FROM person")) == 2
    with reading(engine, "11111111") as connection:
        assert connection.scalars(text("SELECT household FROM person")).all() == ["H1"]
    engine.dispose()


def test_a_desk_does_not_open_on_a_database_that_keeps_nobody_apart(database):
    tenants.check(database)
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE person NO FORCE ROW LEVEL SECURITY"))
    with pytest.raises(NotFenced, match="person"):
        tenants.check(database)
    migrate(database)
    tenants.check(database)


def test_a_copy_that_was_put_back_without_rights_gets_them_again(database):
    with database.begin() as connection:
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}"))
    with pytest.raises(exc.ProgrammingError), reading(database, "11111111") as connection:
        connection.execute(text("SELECT count(*) FROM person"))
    migrate(database)
    with reading(database, "11111111") as connection:
        assert connection.scalar(text("SELECT count(*) FROM person")) == 0


BEFORE_THE_DESK = """
INSERT INTO state_row VALUES
    ('households', 'H1', 's', now(), false, '{"corporation":"11111111"}'),
    ('dwellings', 'W1', 's', now(), false, '{"corporation":"22222222"}'),
    ('newbuild', 'W2', 's', now(), false, '{"corporation":"11111111"}');
INSERT INTO person (household, name) VALUES ('H1', 'Een'), ('H9', 'Onbekend');
INSERT INTO address (dwelling, street) VALUES ('W1', 'Straat'), ('W2', 'Laan');
INSERT INTO delivery (source, name, state_table, file, sha256, received, records, accepted,
        rejected, duplicates, blank, status, sentence)
    VALUES ('s', 'n', 'dwellings', 'f', '', now(), 1, 0, 1, 0, 0, 'taken', '');
INSERT INTO reject VALUES (1, 1, 1, 1, 'kamers', 'getal', 'Hier hoort een getal.');
"""


def test_what_was_there_before_the_desk_gets_its_corporation(server):
    url = an_empty_database(server)
    engine = connect(url, test=True)
    migrate(engine, to="0002")
    with engine.begin() as connection:
        for statement in filter(str.strip, BEFORE_THE_DESK.split(";\n")):
            connection.exec_driver_sql(statement)
    migrate(engine)
    asked = "SELECT household, corporation FROM person UNION ALL SELECT dwelling, corporation FROM"
    with engine.begin() as connection:
        found = dict(map(tuple, connection.exec_driver_sql(f"{asked} address").all()))
        whose = connection.scalar(text("SELECT corporation FROM reject"))
    engine.dispose()
    administer(server, f"DROP DATABASE {engine.url.database} WITH (FORCE)")
    assert found == {"H1": "11111111", "H9": None, "W1": "22222222", "W2": "11111111"}
    assert whose == "11111111"


FOUND_FIRST = {("opened", "proposal"), ("visit", "proposal")}
"""What points at a proposal alone: only written about one that was found as the corporation."""


def test_who_points_at_a_row_of_a_corporation_names_the_corporation_too():
    """A foreign key is checked past row-level security: alone, it could point at another's."""
    alone = {
        (table.name, key.referred_table.name)
        for table in metadata.sorted_tables
        for key in table.foreign_key_constraints
        if {"corporation"} <= set(table.c.keys()) & set(key.referred_table.c.keys())
        and "corporation" not in key.column_keys
    }
    assert alone == FOUND_FIRST
