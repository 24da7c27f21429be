"""Who people are is kept apart, read for a reason that is written down, and can be forgotten."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import exc, text

from data_contracts.feeds import RawRecord, RawTable, parse
from data_contracts.records import DELIVERIES
from matching.state import State, changes, project
from store import deliveries, log, people, proposals, runs
from store import state as state_store
from store.access import NotWritten
from tests import builders as b
from tests.plans_for_store import ON, REGION, a_plan

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
LOOK = {"who": "coach-01", "purpose": "voorstel bespreken"}
SECRETS = {
    "households": {
        "aanspreeknaam": "mevrouw Kanarie-Naam",
        "telefoon": "0690012345",
        "email": "kanarie@post.example",
    },
    "dwellings": {
        "straat": "Kanariestraat",
        "huisnummer": "90817",
        "huisletter": "K",
        "huisnummertoevoeging": "K9",
        "postcode": "9081KN",
        "woonplaats": "Kanariedorp",
    },
}
OPEN = {
    "households": {
        "huishoudencode": "H1",
        "corporatie": b.CORPORATION,
        "personen": "1",
        "aow": "J",
        "inschrijfdatum": "01-02-2020",
        "toestemming": "N",
        "verhuisbereidheid": "ZEKER",
    },
    "dwellings": {
        "eenheidcode": "thuis-H1",
        "corporatie": b.CORPORATION,
        "rd_x": "143000",
        "rd_y": "487000",
        "gemeentecode": "GM9999",
        "detailsoort": "POW",
        "kamers": "3",
        "gebruiksoppervlakte": "70",
        "etage": "0",
        "lift": "N",
        "toegankelijkheidslabel": "ZON",
        "netto_huur": "600",
        "streefhuur": "650",
        "daeb": "J",
        "status": "VEH",
    },
}


def raw(table, **differs):
    """A delivery of one good row, and one that is refused, both with what must stay apart."""
    good = OPEN[table] | SECRETS[table] | differs
    key = next(iter(OPEN[table]))
    broken = good | {key: "X2", "personen": "0690012345", "kamers": "Kanariestraat"}
    records = (RawRecord(1, 2, good), RawRecord(2, 3, broken))
    return RawTable(tuple(good), records, f"sha-{table}", f"{table}.csv")


def take_in(connection, table, state=None, **differs):
    """What a night does with a delivery."""
    parsed = parse(raw(table, **differs), DELIVERIES[table])
    booked = deliveries.record(
        connection,
        run="A",
        name=parsed.delivery.name,
        table=table,
        source=b.SOURCE,
        file=f"{table}.csv",
        sha256=parsed.sha256,
        received=NOON,
        accounting=parsed.accounting,
        status="taken",
        sentence="",
    )
    deliveries.reject(connection, booked, parsed.rejects)
    people.keep(connection, table, parsed.apart, rows=parsed.rows)
    before = state or state_store.load(connection)[0]
    facts = changes(before, table, parsed.rows, source=b.SOURCE, delivery=booked, at=NOON)
    position = log.append(connection, facts)
    after = project(facts, before)
    state_store.save(connection, after, position)
    return after


@pytest.fixture
def night(database):
    """A database after a night with one household, its home and its proposal."""
    with database.begin() as connection:
        runs.start(connection, "A", region=REGION, on=ON)
        runs.take(connection, REGION, holder="A", seconds=900)
        take_in(connection, "households", State())
        take_in(connection, "dwellings")
    proposals.publish(database, a_plan("H1"), run="A", coaches={"H1": "COACH-01"}, options=b"x")
    return database


def tables_with(connection, secret):
    """The tables that hold a text anywhere in any column."""
    names = connection.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    ).scalars()
    return [
        name
        for name in names.all()
        if connection.scalar(
            text(f'SELECT count(*) FROM "{name}" t WHERE strpos(t::text, :secret) > 0'),  # noqa: S608 - names of our own tables
            {"secret": secret},
        )
    ]


@pytest.mark.parametrize(
    ("table", "secret"),
    [(table, secret) for table, secrets in SECRETS.items() for secret in secrets.values()],
)
def test_what_is_kept_apart_is_nowhere_else(night, table, secret):
    home = {"households": "person", "dwellings": "address"}[table]
    with night.connect() as connection:
        found = tables_with(connection, secret)
        assert connection.scalar(text("SELECT count(*) FROM reject")) >= 2
        if len(secret) > 2:  # a single letter is everywhere
            assert found == [home]
        else:
            assert home in found


def test_a_name_and_an_address_are_read_as_one_writes_them(night):
    with night.begin() as connection:
        names = people.names_of(connection, ["H1", "H9"], **LOOK)
        homes = people.addresses_of(connection, ["thuis-H1"], **LOOK)
        (contact,) = people.contacts_of(connection, ["H1"], **LOOK).to_dict("records")
    assert names == {"H1": "mevrouw Kanarie-Naam"}
    assert homes == {"thuis-H1": "Kanariestraat 90817K-K9, 9081 KN Kanariedorp"}
    assert contact == {
        "name": "mevrouw Kanarie-Naam",
        "phone": "0690012345",
        "email": "kanarie@post.example",
    }


def test_every_look_leaves_a_line_and_the_line_stays(night):
    with night.begin() as connection:
        people.names_of(connection, ["H1"], **LOOK)
        people.addresses_of(connection, ["thuis-H1", "thuis-H1", "weg"], **LOOK)
    with night.connect() as connection:
        lines = connection.execute(text("SELECT who, purpose, what, rows FROM access ORDER BY id"))
        assert [tuple(line) for line in lines] == [
            ("coach-01", "voorstel bespreken", "person", 1),
            ("coach-01", "voorstel bespreken", "address", 1),
        ]
    for change in ("DELETE FROM access", "UPDATE access SET who = 'x'", "TRUNCATE access"):
        with pytest.raises(exc.IntegrityError, match="append-only"), night.begin() as connection:
            connection.execute(text(change))


def test_when_the_line_cannot_be_written_nothing_is_read(night):
    refuse = "CREATE TRIGGER no BEFORE INSERT ON access EXECUTE FUNCTION refuse_change()"
    with night.begin() as connection:
        connection.execute(text(refuse))
    with pytest.raises(NotWritten), night.begin() as connection:
        people.names_of(connection, ["H1"], **LOOK)


def test_the_latest_delivery_says_who_somebody_is(night):
    with night.begin() as connection:
        take_in(connection, "households", aanspreeknaam="de heer Ander", telefoon="")
        (contact,) = people.contacts_of(connection, ["H1"], **LOOK).to_dict("records")
    assert (contact["name"], contact["phone"]) == ("de heer Ander", None)


def test_a_delivery_without_anything_apart_is_none_of_our_business(night):
    parsed = parse(raw("households"), DELIVERIES["households"])
    with night.begin() as connection:
        assert people.keep(connection, "ties", parsed.apart, rows=parsed.rows) == 0


def test_a_household_can_be_forgotten(night):
    counts = text("SELECT (SELECT count(*) FROM log), (SELECT max(position) FROM log)")
    with night.begin() as connection:
        before = connection.execute(counts).one()
        assert people.forget(connection, "H1") == 2  # who they are, and what was proposed
        assert connection.execute(counts).one() == before
        assert people.names_of(connection, ["H1"], **LOOK) == {}
        state, _ = state_store.load(connection)
        assert state.households.empty
        assert state.offers.empty
        assert list(state.dwellings.index) == ["thuis-H1"]
        assert proposals.of_coach(connection).empty
        assert tables_with(connection, "Kanarie-Naam") == []
