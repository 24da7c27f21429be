"""A small installation to copy: a plan in force with its files, facts, names; and an empty one."""

from datetime import UTC, datetime
from itertools import count

import psycopg

from data_contracts.words import ProposalState
from store import backup, bulk, log, plans, proposals, runs
from store import state as state_store
from store.backup import digests
from store.database import snapshot
from tests import builders as b
from tests.plans_for_store import ON, REGION, a_plan

NIGHT = "nacht-1"
SECRET = bytes(range(32))
NUMBERS = count()
FILES = {"verhuisplan.json": b"{}", "werkboek-COACH-01.xlsx": bytes(range(256)) * 9_000}


def facts_of_a_town():
    return b.facts_of(
        b.a_state(
            dwellings=[b.a_dwelling("W1"), b.a_dwelling("W2")],
            households=[b.a_household("H1", lives_in="W1"), b.an_older_household("H2")],
            notices=[b.a_notice("W1")],
        )
    )


def a_fact(number):
    """One more notice, by its number."""
    rows = b.facts_of(b.a_state(notices=[b.a_notice("W1", notice=f"N-{number}")]))
    return rows.assign(id=f"schrijver/{number}", at=datetime(2026, 6, 16, tzinfo=UTC)).astype(
        {"at": "datetime64[us, UTC]"}
    )


def furnish(engine, nights):
    """Fill an installation as a night and a coach would."""
    with engine.begin() as connection:
        log.append(connection, facts_of_a_town())
        state_store.catch_up(connection)
        runs.start(connection, NIGHT, region=REGION, on=ON)
        runs.take(connection, REGION, holder=NIGHT, seconds=900)
        with bulk.cursor(connection) as rows:
            rows.execute(
                "INSERT INTO person VALUES ('H1', E'Kanarie\\t\\\\ \\n Zeldzaam', NULL, 'a@b')"
            )
    proposals.publish(engine, a_plan("H1", "H2"), run=NIGHT, coaches={}, options=bytes(range(256)))
    with engine.begin() as connection:
        row = proposals.of_coach(connection).iloc[0]
        proposals.answer(
            connection,
            row["proposal"],
            ProposalState.TAKEN_UP,
            on=ON,
            expected_position=int(row["position"]),
        )
    (nights / NIGHT).mkdir(parents=True)
    for name, said in FILES.items():
        (nights / NIGHT / name).write_bytes(said)


def an_empty_database(url):
    """Make a database without a single table beside the one of `url`; give its address."""
    name = f"verhuisketen_leeg_{next(NUMBERS)}"
    administer(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    administer(url, f"CREATE DATABASE {name} TEMPLATE template0")
    return url.rpartition("/")[0] + f"/{name}?" + url.rpartition("?")[2]


def administer(url, statement):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def in_force(engine):
    with engine.connect() as connection:
        return plans.current(connection, REGION)


def counted(engine):
    with snapshot(engine) as connection:
        return digests.count(connection)


def kept(folder, secret=SECRET):
    return backup.Kept(folder / "kopie.vhk", folder / "nachten", secret)
