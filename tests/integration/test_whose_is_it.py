"""A key of A can never write about B: every kind of fact, every id, every way to name it."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from data_contracts.belonging import REFERS
from data_contracts.cloudevents import SENDABLE, Told, read
from data_contracts.events import KINDS, TABLES, canonical
from pipelines.api.app import application
from pipelines.settings import Settings
from store import incoming, log, machines
from store.incoming import Call, Foreign, Place
from store.life import SOURCE
from tests.asgi import calling
from tests.events import APPEARS, DATA, NOW, OURS, THEIRS, event

OPERATOR = "urn:nld:oin:00000099000000001000:systeem:leveringen"
A, B = "11111111", "22222222"
REFERRING = [
    (kind, field)
    for kind in APPEARS
    for field in REFERS
    if field in TABLES[KINDS[kind].table][0].model_fields and field != TABLES[KINDS[kind].table][1]
]
"""Every kind of fact that names something of somebody beside its subject, and by which field."""


def fact(kind, *, id="x", **changes):  # noqa: A002 - the attribute's name
    made = read(event(kind, id=id, **changes), now=NOW)
    assert isinstance(made, Told), made
    return made


def theirs(kind, source):
    """A fact by which B's thing became known, as B's key or the operator's files say it."""
    data = {"corporation": B} if "corporation" in DATA[KINDS[kind].table] else {}
    return fact(kind, id=f"b-{kind}", source=source, data=data)


def renamed(kind, name):
    """The data of a fact of A, all of its own: every id but the subject is unknown."""
    table = KINDS[kind].table
    key = TABLES[table][1]
    data = {field: f"A-{field}" for field in REFERS if field in DATA[table] and field != key}
    return data | {key: name}


def write(database, machine, *facts):
    with database.begin() as connection:
        (outcome,) = incoming.write(connection, [Call(machine, facts)])
    return outcome


@pytest.fixture(params=["by its own key", "by the operator's files"])
def world(request, database):
    """A database in which everything of `DATA` is B's."""
    source = f"{THEIRS}:systeem:x" if request.param == "by its own key" else OPERATOR
    facts = [theirs(kind, source) for kind in APPEARS]
    with database.begin() as connection:
        log.in_turn(connection)
        log.append_few(
            connection, [(f.source, f.id, f.kind, f.subject, f.at, f.data) for f in facts]
        )
    return database


def keys_of_a(database):
    with database.begin() as connection:
        return [
            machines.add(connection, "a", organisation=OURS, corporation=corporation)[0]
            for corporation in (A, None)
        ]


def size(database):
    with database.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM log"))


def test_no_kind_of_fact_about_what_is_b_s_is_taken_from_a(world):
    before = size(world)
    for machine in keys_of_a(world):
        for kind in SENDABLE:
            assert write(world, machine, fact(kind)) == Foreign((0,)), (kind, machine)
    assert size(world) == before


def test_no_kind_of_fact_that_refers_to_what_is_b_s_is_taken_from_a(world):
    before = size(world)
    for machine in keys_of_a(world):
        for kind, field in REFERRING:
            data = renamed(kind, f"A-{kind}") | {
                field: DATA[REFERS[field]][TABLES[REFERS[field]][1]]
            }
            if kind == "WorksPlanned":
                data["complex" if field == "dwelling" else "dwelling"] = None
            assert write(world, machine, fact(kind, data=data)) == Foreign((0,)), (kind, field)
    assert size(world) == before


def test_what_a_says_of_its_own_is_taken(world):
    for number, machine in enumerate(keys_of_a(world)):
        for kind in SENDABLE:
            name = f"A-{number}-{KINDS[kind].table}"
            changes = {"data": renamed(kind, name)} if KINDS[kind].appears else {"subject": name}
            outcome = write(world, machine, fact(kind, id=f"{number}-{kind}", **changes))
            assert isinstance(outcome, tuple), (kind, machine, outcome)


def test_a_key_of_b_may_speak_of_all_of_it_whoever_brought_it(world):
    with world.begin() as connection:
        machine, _ = machines.add(connection, "b", organisation=THEIRS, corporation=B)
    source = f"{THEIRS}:systeem:y"
    for kind in SENDABLE:
        data = {"corporation": B} if "corporation" in DATA[KINDS[kind].table] else {}
        outcome = write(world, machine, fact(kind, id=f"y-{kind}", source=source, data=data))
        facilities = KINDS[kind].table == "facilities"  # nobody's but of who named it
        assert isinstance(outcome, tuple) or facilities, (kind, outcome)


@pytest.mark.parametrize("kind", [k for k in APPEARS if "corporation" in DATA[KINDS[k].table]])
def test_a_key_of_a_registers_nothing_as_b_s(database, kind):
    machine = keys_of_a(database)[0]
    assert write(database, machine, fact(kind, data={"corporation": B})) == Foreign((0,))


def test_a_tie_may_be_with_anybody(world):
    machine = keys_of_a(world)[0]
    data = {"tie": "A-B", "household": "A-H", "with_household": "H-1", "x": None, "y": None}
    assert write(world, machine, fact("TieNamed", data=data)) == (Place(11, new=True),)


def test_one_foreign_fact_and_the_whole_batch_is_refused(world):
    machine = keys_of_a(world)[0]
    own = [fact("ComplexRegistered", id=f"o{n}", data={"complex": f"A-{n}"}) for n in range(3)]
    assert write(world, machine, own[0], fact("NoticeGiven"), own[1]) == Foreign((1,))
    assert write(world, machine, *own) == tuple(Place(n, new=True) for n in (11, 12, 13))


def both(database):
    with database.begin() as connection:
        return [
            machines.add(connection, "x", organisation=organisation, corporation=corporation)[0]
            for organisation, corporation in ((OURS, A), (THEIRS, B))
        ]


def of(machine):
    source = f"{machine.organisation}:systeem:x"
    return fact("DwellingRegistered", source=source, data={"corporation": machine.corporation})


def test_of_two_who_name_a_home_in_one_transaction_the_first_has_it(database):
    a, b = both(database)
    with database.begin() as connection:
        outcomes = incoming.write(connection, [Call(a, (of(a),)), Call(b, (of(b),))])
    assert outcomes == [(Place(1, new=True),), Foreign((0,))]


def test_of_two_who_name_a_home_at_once_one_has_it(database):
    a, b = both(database)
    together = Barrier(2)

    def call(machine):
        together.wait(30)
        return write(database, machine, of(machine))

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(call, (a, b)))
    assert sorted(isinstance(one, Foreign) for one in outcomes) == [False, True]


def test_what_was_told_before_is_answered_the_same_though_the_home_is_another_s_by_now(database):
    a, b = both(database)
    told = of(a)
    write(database, a, told)
    sold = canonical(json.loads(told.data) | {"corporation": B})
    with database.begin() as connection:
        log.in_turn(connection)
        log.append_few(connection, [(OPERATOR, "sale", told.kind, told.subject, told.at, sold)])

    assert write(database, a, told) == (Place(1),)
    assert write(database, a, fact("DwellingRemoved", id="z")) == Foreign((0,))
    source = f"{THEIRS}:systeem:x"
    assert isinstance(write(database, b, fact("DwellingRemoved", id="z", source=source)), tuple)


def offered(household, dwelling):
    data = {
        "proposal": f"P-{household}",
        "plan": "p",
        "chain": "c",
        "position": 1,
        "household": household,
        "dwelling": dwelling,
        "state": "offered",
        "on": "2026-11-22",
    }
    return (SOURCE, f"offer-{household}", "ProposalOffered", f"P-{household}", NOW, canonical(data))


def test_what_is_b_s_cannot_be_read_by_a_and_looks_like_what_does_not_exist(world):
    with world.begin() as connection:
        log.in_turn(connection)
        log.append_few(connection, [offered("H-1", "W-1"), offered("A-H", "A-W")])
        log.append_few(
            connection,
            [
                (f.source, f.id, f.kind, f.subject, f.at, f.data)
                for f in [fact("HouseholdRegistered", data={"household": "A-H"})]
            ],
        )
        tokens = [
            machines.add(connection, "a", organisation=OURS, corporation=corporation)[1]
            for corporation in (A, None)
        ]
    app = application(world, Settings(database_url="unused"))
    for token in tokens:
        with calling(app, Authorization=f"Bearer {token}") as client:
            answers = [client.get(f"/v1/gebeurtenissen/{n}") for n in range(1, 15)]
        assert [a.status_code for a in answers] == [404] * 11 + [200, 200, 404]
        hidden = [a for a in answers if a.status_code == 404]
        assert len({(a.content, tuple(a.headers.items())) for a in hidden}) == 1


def test_a_refusal_says_the_same_of_every_id(world):
    with world.begin() as connection:
        _, token = machines.add(connection, "a", organisation=OURS, corporation=A)
    app = application(world, Settings(database_url="unused"))
    app.state.gate.clock = lambda: NOW
    media_type = "application/cloudevents+json"
    with calling(app, **{"Authorization": f"Bearer {token}", "Content-Type": media_type}) as client:
        answers = [
            client.post("/v1/gebeurtenissen", content=json.dumps(event(kind))) for kind in SENDABLE
        ]
    assert {a.status_code for a in answers} == {403}
    assert len({a.content for a in answers}) == 1
