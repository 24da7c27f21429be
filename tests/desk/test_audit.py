"""The log of looks: whoever changes a line is found out, and where."""

import random

import pytest
from sqlalchemy import exc, text

from store import audit
from store.access import Look, looked
from tests.counts import count

ONE, OTHER = "11111111", "22222222"
LINES = 60


@pytest.fixture
def sealed(database):
    """A log of sixty lines of two corporations and of nobody, sealed in three batches."""
    for batch in range(3):
        with database.begin() as connection:
            for number in range(batch * 20, batch * 20 + 20):
                whose = (ONE, OTHER, None)[number % 3]
                look = Look(f"G-{number % 4}", "voorstel lezen", whose, "bureau")
                looked(connection, look, "person", [f"H-{number}"])
            audit.seal_new(connection)
    return database


def tampered(connection, *statements, **given):
    """Do what only the owner of the database can: look away from the triggers."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in statements:
        connection.execute(text(statement), given)


def test_an_honest_log_is_found_honest(sealed):
    with sealed.connect() as connection:
        kept = audit.heads(connection)
        assert [head.number for head in kept] == [20, 20, 20]
        assert audit.verify(connection, kept) is None


def test_a_new_line_is_no_tampering_and_is_sealed_the_next_time(sealed):
    with sealed.begin() as connection:
        looked(connection, Look("G-1", "voorstel lezen", ONE), "person", ["H-1"])
        assert audit.verify(connection) is None
        (grown,) = audit.seal_new(connection)
        assert (grown.corporation, grown.number) == (ONE, 21)
        assert audit.seal_new(connection) == ()


ALTERED = {
    "who": "'G-x'",
    "purpose": "'iets anders'",
    "corporation": f"'{OTHER}'",
    "client": "'x'",
    "rows": "7",
    "ids": "ARRAY['H-x']",
    "at": "at + interval '1 microsecond'",
}


def test_the_first_line_that_was_changed_is_named(sealed):
    dice = random.Random(5)
    tries = count(ci=40, soak=200, of="veranderde regels van het logboek van wie keek")
    for number in range(tries):
        line = dice.randint(1, LINES)
        later = dice.randint(line, LINES)
        column, value = dice.choice(sorted(ALTERED.items()))
        if column == "corporation" and line % 3 == 2:
            column, value = "who", "'G-x'"
        with sealed.connect() as connection:
            tampered(
                connection,
                f"UPDATE access SET {column} = {value} WHERE id = :line",  # noqa: S608 - ours
                f"UPDATE access SET {column} = {value} WHERE id = :later",  # noqa: S608 - ours
                line=line,
                later=later,
            )
            found = audit.verify(connection)
            connection.rollback()
        assert found is not None, (number, column)
        assert found.line == line


def test_a_line_that_is_gone_is_missed(sealed):
    for line in random.Random(6).sample(
        range(1, LINES + 1), count(ci=15, soak=60, of="regels weg")
    ):
        with sealed.connect() as connection:
            tampered(connection, "DELETE FROM access WHERE id = :line", line=line)
            assert audit.verify(connection).line == line
            connection.rollback()
        with sealed.connect() as connection:
            tampered(
                connection,
                "DELETE FROM access WHERE id = :line",
                "DELETE FROM seal WHERE access = :line",
                line=line,
            )
            kept = audit.heads(connection)
            found = audit.verify(connection, kept)
            connection.rollback()
        if line <= LINES - 3:
            assert line < found.line <= line + 3


def test_two_lines_that_changed_places_are_seen(sealed):
    with sealed.connect() as connection:
        tampered(
            connection,
            "UPDATE access a SET who = b.who, ids = b.ids FROM access b"
            " WHERE (a.id, b.id) IN ((10, 13), (13, 10))",
        )
        assert audit.verify(connection).line == 10
        connection.rollback()


def test_a_line_put_in_between_is_seen(sealed):
    with sealed.connect() as connection:
        tampered(
            connection,
            "DELETE FROM seal WHERE access = 30",
            "DELETE FROM access WHERE id = 30",
            "INSERT INTO access (id, who, purpose, what, rows) OVERRIDING SYSTEM VALUE"
            " VALUES (30, 'G-x', 'x', 'person', 1)",
        )
        assert audit.verify(connection).line == 30
        connection.rollback()


def test_a_tail_that_was_cut_off_needs_the_head_that_was_kept_outside(sealed):
    with sealed.connect() as connection:
        kept = audit.heads(connection)
        tampered(
            connection,
            "DELETE FROM seal WHERE access > 50",
            "DELETE FROM access WHERE id > 50",
        )
        assert audit.verify(connection) is None
        found = audit.verify(connection, kept)
        assert found is not None
        assert "geknipt" in found.sentence
        connection.rollback()


def test_a_chain_that_was_made_anew_has_another_head(sealed):
    with sealed.connect() as connection:
        kept = audit.heads(connection)
        tampered(connection, "UPDATE access SET who = 'G-x' WHERE id = 4", "DELETE FROM seal")
        audit.seal_new(connection)
        assert audit.verify(connection) is None
        assert audit.verify(connection, kept) is not None
        connection.rollback()


def test_who_looks_goes_before_who_seals(sealed):
    with sealed.begin() as looking, sealed.connect() as sealing:
        looked(looking, Look("G-1", "voorstel lezen", ONE), "person", ["H-1"])
        with pytest.raises(audit.Busy):
            audit.seal_new(sealing)
        sealing.rollback()
    with sealed.begin() as sealing:
        assert len(audit.seal_new(sealing)) == 1


@pytest.mark.parametrize("table", ["access", "seal", "glass"])
@pytest.mark.parametrize(
    "change", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET corporation = ''"]
)
def test_a_log_only_grows(sealed, table, change):
    with pytest.raises(exc.IntegrityError, match="append-only"), sealed.begin() as connection:
        connection.execute(text(change.format(table)))
