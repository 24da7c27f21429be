"""A migration killed anywhere, even twice, simply runs again; two at once take turns (P27)."""

import threading

import pytest
from sqlalchemy import text

from store import log, plans, proposals
from store import state as state_store
from store.database import connect, migrate, snapshot
from tests.copies import administer, an_empty_database
from tests.counts import count
from tests.faults.migrating import Migrating, one_by_one
from tests.integration.test_migrations import anatomy

AN_OLD_NIGHT = """
INSERT INTO run (id, region, night, finished, status, sentence, summary)
    VALUES ('N1', 'proefregio', '2026-06-15', now(), 'done', '', '{}');
INSERT INTO lease VALUES ('proefregio', 'N1', 1, now());
INSERT INTO delivery (run, source, name, state_table, file, sha256, received, records, accepted,
        rejected, duplicates, blank, status, sentence)
    VALUES ('N1', 's', 'woningen', 'dwellings', 'f.csv', 'x', now(), 2, 1, 1, 0, 0, 'taken', '');
INSERT INTO reject VALUES (1, 1, 2, 3, 'huur', 'getal', 'Hier hoort een getal.');
INSERT INTO plan (id, run, region, night, fence, position, status, value, bound, json, digest)
    VALUES ('N1', 'N1', 'proefregio', '2026-06-15', 1, 2, 'bewezen', 10, 10, '{}', 'd');
INSERT INTO current_plan VALUES ('proefregio', 'N1', 1);
INSERT INTO log (source, id, kind, subject, at, data, digest)
    SELECT 'urn:nld:oin:00000099000000001000:systeem:proef', n::text, 'NoticeWithdrawn',
        'N-' || n, timestamptz '2026-01-01 00:00Z' + n * interval '1 minute', '{}', 'd'
    FROM generate_series(1, 50) n;
INSERT INTO state_row SELECT 'notices', subject, source, at, true, data FROM log WHERE position < 9;
INSERT INTO state_stand VALUES (true, 8);
INSERT INTO proposal (id, region, plan, repeated_by, chain, step, household, dwelling, state,
        offered_on, at, position)
    VALUES ('V1', 'proefregio', 'N1', 'N1', 'K', 1, 'H1', 'W1', 'offered', '2026-06-15', now(), 50);
INSERT INTO person VALUES ('H1', 'Naam', '06', NULL);
INSERT INTO access (who, purpose, what, rows) VALUES ('N1', 'proef', 'person', 1);
"""
"""Something in every table of the first schema, in that schema's own columns."""


@pytest.fixture(scope="module")
def migrating():
    with Migrating() as started:
        yield started


@pytest.fixture(scope="module")
def starts(server):
    """Databases to begin at, by name: an empty one, and the first schema with a night in it."""
    empty, old = an_empty_database(server), an_empty_database(server)
    engine = connect(old, test=True)
    migrate(engine, to="0001")
    with engine.begin() as connection:
        for statement in one_by_one(AN_OLD_NIGHT):
            connection.exec_driver_sql(statement)
    engine.dispose()
    yield {"empty": empty, "0001": old}
    for url in (empty, old):
        administer(server, f"DROP DATABASE {named(url)} WITH (FORCE)")


@pytest.fixture
def beginning(starts, server, request):
    """A fresh database like one of `starts`."""
    start = starts[request.param]
    url = f"{start.rpartition('/')[0]}/{named(start)}_kopie?{start.rpartition('?')[2]}"

    def fresh():
        administer(server, f"DROP DATABASE IF EXISTS {named(url)} WITH (FORCE)")
        administer(server, f"CREATE DATABASE {named(url)} TEMPLATE {named(start)}")
        return url

    yield fresh
    administer(server, f"DROP DATABASE IF EXISTS {named(url)} WITH (FORCE)")


def named(url):
    return url.rpartition("/")[2].partition("?")[0]


def seen(url):
    engine = connect(url, test=True)
    with engine.connect() as connection:
        what = anatomy(connection), rows(connection)
    engine.dispose()
    return what


def rows(connection):
    """Everything the first schema's tables hold, in the columns of that schema."""
    if connection.scalar(text("SELECT to_regclass('log')")) is None:
        return None
    kept = [
        "SELECT position, source, id, kind, subject, at, data, digest FROM log",
        "SELECT * FROM state_row",
        "SELECT id, run, source, name, records, accepted, rejected, status FROM delivery",
        'SELECT delivery, number, record, line, "column", code, sentence FROM reject',
        "SELECT id, run, region, value, bound, json, digest FROM plan",
        "SELECT * FROM current_plan",
        "SELECT id, plan, chain, step, household, dwelling, state, at, position FROM proposal",
        "SELECT household, name, phone, email FROM person",
        "SELECT id, at, who, purpose, what, rows FROM access",
    ]
    return [sorted(map(str, connection.execute(text(what)))) for what in kept]


def finished(url):
    engine = connect(url, test=True)
    migrate(engine)
    engine.dispose()
    return seen(url)


@pytest.mark.parametrize(
    ("beginning", "points"),
    [
        ("empty", count(ci=6, soak=1_000, of="migratie van niets, gedood")),
        ("0001", count(ci=6, soak=1_000, of="migratie van 0001, gedood")),
    ],
    indirect=["beginning"],
)
def test_a_migration_killed_at_any_statement_and_again_ends_where_an_undisturbed_one_does(
    migrating, beginning, points
):
    before = seen(beginning())
    total = migrating.statements(url := beginning())
    after = seen(url)
    assert after != before
    for number in spread(total, points):
        url = beginning()
        assert migrating.killed_before(number, url)
        assert seen(url) == (after if number == total else before), number
        migrating.killed_before(1 + number * 7 % total, url)
        assert finished(url) == after, number


def spread(total, points):
    """Give so many of the numbers 1 … total, evenly, the last among them."""
    step = max(1, total // points)
    return range(total, 0, -step)


@pytest.mark.parametrize("beginning", ["0001"], indirect=True)
def test_what_the_first_schema_held_is_there_after_the_last_and_works(beginning):
    url = beginning()
    before = seen(url)[1]
    assert all(before)
    assert finished(url)[1] == before
    engine = connect(url, test=True)
    with snapshot(engine) as connection:
        (standing,) = proposals.of_coach(connection).to_dict("records")
        state, position = state_store.load(connection)
        assert (standing["proposal"], position) == ("V1", log.head(connection))
        assert len(state.versions) == 50
        assert plans.current(connection, "proefregio") == "{}"
        kinds = connection.execute(text("SELECT kind FROM run")).scalars().all()
        assert kinds == ["night"]
    engine.dispose()


@pytest.mark.parametrize("beginning", ["empty", "0001"], indirect=True)
def test_two_migrations_at_once_take_turns(beginning):
    expected = finished(beginning())
    url = beginning()
    together, failed = threading.Barrier(2, timeout=60), []

    def one():
        engine = connect(url, test=True)
        try:
            together.wait()
            migrate(engine)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failed.append(error)
        finally:
            engine.dispose()

    both = [threading.Thread(target=one) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert failed == []
    assert seen(url) == expected


def test_the_statements_of_a_migration_are_told_apart():
    words = (
        "CREATE TABLE a (x int);\nCREATE FUNCTION f() AS $$\nBEGIN;\nEND $$;\n"
        "COMMENT ON a IS 'b; c';"
    )
    assert [one.split()[0:2] for one in one_by_one(words)] == [
        ["CREATE", "TABLE"],
        ["CREATE", "FUNCTION"],
        ["COMMENT", "ON"],
    ]
