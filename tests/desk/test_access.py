"""No look without a line: who looked at whom and why, or nothing is shown."""

import pytest
from sqlalchemy import text

from store import access, people
from store.access import Look
from store.tenants import ROLE, reading

LOOK = {"who": "G-1", "purpose": "voorstel lezen", "client": "bureau"}


@pytest.fixture
def two(database):
    """Two households of two corporations, and a home."""
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO person (household, name, corporation) VALUES"
                " ('H1', 'Een', '11111111'), ('H2', 'Twee', '22222222'), ('H3', 'Drie', NULL)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO address (dwelling, street, corporation)"
                " VALUES ('W1', 'Eenstraat', '11111111')"
            )
        )
    return database


def lines(engine):
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT who, corporation, client, purpose, what, rows, ids FROM access ORDER BY id"
            )
        )
        return [tuple(row) for row in rows]


def test_a_look_is_a_line_with_who_why_and_whom(two):
    with reading(two, "11111111") as connection:
        assert people.names_of(connection, ["H1", "H2"], corporation="11111111", **LOOK) == {
            "H1": "Een"
        }
    expected = ("G-1", "11111111", "bureau", "voorstel lezen", "person", 1, ["H1"])
    assert lines(two) == [expected]


def test_who_looks_for_all_leaves_a_line_with_every_corporation(two):
    with two.begin() as connection:
        people.names_of(connection, ["H1", "H2", "H3"], **LOOK)
    assert [(line[1], line[-1]) for line in lines(two)] == [
        ("11111111", ["H1"]),
        ("22222222", ["H2"]),
        (None, ["H3"]),
    ]


def test_a_look_that_found_nobody_is_a_line_too(two):
    with reading(two, "11111111") as connection:
        assert people.contacts_of(connection, ["H2"], corporation="11111111", **LOOK).empty
    assert lines(two) == [("G-1", "11111111", "bureau", "voorstel lezen", "person", 0, [])]


@pytest.mark.parametrize("which", [people.names_of, people.contacts_of])
def test_when_the_line_cannot_be_written_nobody_sees_a_name(two, which):
    with two.begin() as connection:
        connection.execute(text(f"REVOKE INSERT ON access FROM {ROLE}"))
    with pytest.raises(access.NotWritten), reading(two, "11111111") as connection:
        which(connection, ["H1"], corporation="11111111", **LOOK)
    with pytest.raises(access.NotWritten), reading(two, "11111111") as connection:
        people.addresses_of(connection, ["W1"], corporation="11111111", **LOOK)


def test_who_looked_is_told_per_household_and_per_corporation(two):
    for corporation, household in (("11111111", "H1"), ("22222222", "H2")):
        with reading(two, corporation) as connection:
            people.names_of(connection, [household], corporation=corporation, **LOOK)
    with reading(two, "11111111") as connection:
        look = Look("G-2", "geschiedenis lezen", "11111111", "bureau")
        access.looked(connection, look, "huishouden", ["H1"])
        told = access.looks_at(connection, "H1")
        assert [(line["who"], line["what"]) for line in told] == [
            ("G-2", "huishouden"),
            ("G-1", "person"),
        ]
        assert access.looks_at(connection, "H2") == ()


def test_a_line_holds_no_value_of_a_person(two):
    with reading(two, "11111111") as connection:
        people.contacts_of(connection, ["H1"], corporation="11111111", **LOOK)
        people.addresses_of(connection, ["W1"], corporation="11111111", **LOOK)
    assert not any("Een" in str(part) for line in lines(two) for part in line)


def test_a_desk_that_cannot_write_lines_shows_no_pages_of_people(
    as_coach, as_role, engine, busiest
):
    coach, steward = as_coach(), as_role("steward")
    with engine.begin() as connection:
        found = connection.execute(
            text(
                "SELECT id, household FROM proposal WHERE coach = :coach AND corporation = :mine"
                " AND state = 'offered' LIMIT 1"
            ),
            {"coach": busiest[0], "mine": busiest[1]},
        ).one()
    pages = {
        f"/voorstellen/{found.id}": coach,
        f"/voorstellen/{found.id}/brief.pdf": coach,
        f"/huishoudens/{found.household}": steward,
        f"/v1/huishoudens/{found.household}": steward,
    }
    for path, client in pages.items():
        before = len(lines(engine))
        assert client.get(path).status_code == 200, path
        assert len(lines(engine)) > before, path
    with engine.begin() as connection:
        connection.execute(text(f"REVOKE INSERT ON access FROM {ROLE}"))
        connection.execute(
            text("CREATE TRIGGER no BEFORE INSERT ON access EXECUTE FUNCTION refuse_change()")
        )
    for path, client in pages.items():
        assert client.get(path).status_code == 503, path
