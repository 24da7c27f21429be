"""Every route × every role × things of another corporation: not there, in the very same bytes."""

import pytest
from sqlalchemy import text

from desk.viewer import Role
from store import users
from store.tenants import HIDDEN, ROLE
from tests.counts import count
from tests.desk.matrix import EVERYBODY, MATRIX
from tests.desk.walking import asked, filled, parts, routes
from tests.desk.whatif_runs import a_scenario, put

ABSENT = {
    "proposal": "voorstel-0000000000000000",
    "household": "H-bestaat-niet",
    "dwelling": "W-bestaat-niet",
    "user": "G-000000000000",
    "delivery": "999999999",
    "row": "0000000000000000",
    "area": "BU00000000",
    "facility": "V-bestaat-niet",
    "simulation": "20261122-00000000",
    "chart": "verschillen",
    "report": "html",
}
DIFFER = {"date", "content-length"}
"""Headers that may differ between two equal answers: none of ours."""


@pytest.fixture
def strangers(engine, settings, busiest):
    """A thing of every sort of another corporation than the busiest, with canaries in it."""
    mine = busiest[1]
    with engine.begin() as connection:
        found = connection.execute(
            text(
                "SELECT corporation, id, household, dwelling FROM proposal"
                " WHERE corporation <> :mine AND state = 'offered' ORDER BY id LIMIT 1"
            ),
            {"mine": mine},
        ).one()
        other = found.corporation
        # Not the home of that proposal: in a region it may be ours.
        home = connection.scalar(
            text("SELECT min(dwelling) FROM address WHERE corporation = :other"), {"other": other}
        )
        for change in (
            "UPDATE person SET name = 'Kanarienaam ' || household WHERE corporation = :other",
            "UPDATE person SET phone = 'Kanarie' || household WHERE corporation = :other",
            "UPDATE person SET email = 'kanarie' || household WHERE corporation = :other",
            "UPDATE address SET street = 'Kanariestraat ' || dwelling WHERE corporation = :other",
        ):
            connection.execute(text(change), {"other": other})
        user = users.add(
            connection,
            corporation=other,
            login="kanarie-login",
            name="Kanarie Beheer",
            roles=["administrator"],
            factor_needed=False,
        )
        delivery = connection.execute(
            text(
                "INSERT INTO delivery (source, name, state_table, file, sha256, received, records,"
                " accepted, rejected, duplicates, blank, status, sentence) VALUES ('urn:kanarie',"
                " 'woningen', 'dwellings', 'kanarie-woningen.csv', '', now(), 0, 0, 0, 0, 0,"
                " 'waiting', 'Kanariezin') RETURNING id"
            )
        ).scalar_one()
        named = {"delivery": delivery, "other": other}
        connection.execute(
            text("INSERT INTO delivery_share VALUES (:delivery, :other, 0, 0)"), named
        )
        connection.execute(
            text(
                "INSERT INTO quarantine (id, corporation, source, state_table, sha256, record,"
                " file, state) VALUES ('feedfeedfeedfeed', :other, 'urn:kanarie', 'dwellings',"
                " '', 1, 'kanarie-woningen.csv', 'taken')"
            ),
            named,
        )
    title = a_scenario(title="Kanarievraag", question="Kanarie?")
    simulation = put(engine, settings, other, scenario=title, most=0, status="waiting")
    return {
        "simulation": simulation,
        "chart": "verschillen",
        "report": "html",
        "corporation": other,
        "proposal": found.id,
        "household": found.household,
        "dwelling": home,
        "user": user.id,
        "delivery": str(delivery),
        "row": "feedfeedfeedfeed",
        # Every neighbourhood of the made-up region has homes of everybody: `test_area.py` has one
        # of another's alone.
        "area": "BU99999999",
        "facility": "V-000001",
    }


def known(app):
    """The routes that are in the matrix, with their line."""
    return {name: (route, MATRIX[name]) for name, route in routes(app).items() if name in MATRIX}


def ask(client, name, line, things):
    """Ask for a route with things filled in; what is typed is the same whatever they are."""
    method, path = name.split(" ")
    named = {part: things[sort] for part, sort in line.names.items()}
    address = filled(path, named) + line.query.format(**things)
    given = {"json": line.json} if line.json is not None else {"data": line.form}
    if method == "GET":
        given = {}
    return client.request(method, address, headers=line.headers, **given)


def said(answer):
    """Everything somebody can tell two answers apart by."""
    headers = {n: v for n, v in answer.headers.items() if n not in DIFFER}
    return answer.status_code, headers, answer.content


def test_every_route_is_in_the_matrix(desk):
    for name, route in routes(desk).items():
        assert name in MATRIX, (
            f"{name} staat niet in tests/desk/matrix.py. Voeg een regel toe met de rollen van"
            f" {route.endpoint.__module__}.{route.endpoint.__name__} en wat er in het adres staat."
        )


def test_the_matrix_says_what_the_routes_ask(desk):
    for name, (route, line) in known(desk).items():
        method_path = name.split(" ")[1]
        fixed = {"made", "name"}
        assert set(parts(method_path)) - fixed == set(line.names), name
        assert (asked(route) or frozenset()) == (
            line.roles if line.roles != EVERYBODY else frozenset()
        ), name


def test_who_is_not_signed_in_is_sent_to_the_door(desk, anonymous, strangers):
    client = anonymous()
    for name, (_, line) in known(desk).items():
        if line.roles or line.own:
            answer = ask(client, name, line, strangers)
            api = name.split(" ")[1].startswith("/v1/")
            assert answer.status_code == (401 if api else 303), name
            if not api:
                assert answer.headers["location"].startswith("/aanmelden"), name
            assert b"anarie" not in answer.content, name


def test_another_role_is_refused_the_same_whatever_it_asks_for(desk, as_role, strangers):
    for role in Role:
        client = as_role(role)
        for name, (_, line) in known(desk).items():
            if line.roles and role not in line.roles:
                there, absent = (ask(client, name, line, t) for t in (strangers, ABSENT))
                assert there.status_code == 403, (role, name)
                assert said(there) == said(absent), (role, name)


def test_what_is_anothers_is_as_what_is_not_there(desk, as_role, strangers, busiest):
    asked_for = 0
    for role in Role:
        client = as_role(role, coach=busiest[0] if role == Role.COACH else None)
        for name, (_, line) in known(desk).items():
            if line.names and role in line.roles:
                there, absent = (ask(client, name, line, t) for t in (strangers, ABSENT))
                assert absent.status_code == 404, (role, name, absent.status_code)
                assert said(there) == said(absent), (role, name)
                asked_for += 1
    assert asked_for > 20


def test_nothing_of_anothers_is_in_any_byte(desk, as_role, engine, strangers, busiest):
    with engine.connect() as connection:
        theirs = connection.scalars(
            text("SELECT id FROM proposal WHERE corporation = :other"),
            {"other": strangers["corporation"]},
        ).all()
        mine = connection.execute(
            text(
                "SELECT p.id AS proposal, p.household, p.dwelling FROM proposal p"
                " WHERE p.coach = :coach AND p.corporation = :mine AND p.state = 'offered'"
                " ORDER BY EXISTS (SELECT FROM proposal q WHERE q.chain = p.chain"
                "  AND q.corporation <> p.corporation) DESC, p.id LIMIT :most"
            ),
            {
                "coach": busiest[0],
                "mine": busiest[1],
                "most": count(ci=2, soak=30, of="voorstellen bekeken op gegevens van anderen"),
            },
        ).mappings()
        own = [dict(row) for row in mine]
    secrets = [b"anarie", *(name.encode() for name in theirs)]
    for role in Role:
        client = as_role(role, coach=busiest[0] if role == Role.COACH else None)
        for name, (_, line) in known(desk).items():
            if not name.startswith("GET") or role not in line.roles:
                continue
            sorts = set(line.names.values())
            things = own if sorts <= {"proposal", "household", "dwelling"} and sorts else [{}]
            for thing in things if sorts <= set(own[0]) else ():
                answer = ask(client, name, line, ABSENT | thing)
                for secret in secrets:
                    assert secret not in answer.content, (role, name, secret)


def test_the_database_fences_every_table_with_a_corporation(engine):
    tables = text(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'corporation'"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm', 'v')"
    )
    with engine.connect() as connection:
        rows = connection.execute(tables).all()
        role = connection.execute(
            text("SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = :role"),
            {"role": ROLE},
        ).one()
        readable = connection.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND relkind IN ('r', 'p', 'v', 'm')"
                " AND has_table_privilege(:role, oid, 'SELECT')"
            ),
            {"role": ROLE},
        ).all()
    assert len(rows) > 8
    assert [name for name, on, forced in rows if not (on and forced)] == []
    assert not any(role)
    assert not HIDDEN & set(readable)
    assert not {"log", "state_row", "plan"} & set(readable)


def test_the_matrix_names_no_route_that_is_gone(desk):
    assert set(MATRIX) - set(routes(desk)) == set()
