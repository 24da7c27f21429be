"""The API beside the pages: who sees what of proposals, homes, households and the plan."""

from sqlalchemy import text

from store.tenants import ROLE
from tests.desk.api_calls import PROBLEM, again, react

MOVE = ("id", "plan", "keten", "plaatsInKeten", "huishouden", "woning", "laatVrij", "stand")
SHOWN = {
    *MOVE,
    *("reden", "aangebodenOp", "geldigTot", "voorgelegdOp", "aangehoudenTot", "gewijzigd"),
    "positie",
}


def test_a_coach_lists_her_own_proposals_and_nobody_elses(engine, coach, proposals):
    with engine.connect() as connection:
        mine = connection.execute(
            text(
                "SELECT p.id FROM proposal p JOIN state_row h ON h.state_table = 'households'"
                " AND h.key = p.household WHERE h.data::jsonb ->> 'coach' = :coach"
                " AND h.data::jsonb ->> 'corporation' = :corporation"
            ),
            {"coach": coach.viewer.coach, "corporation": coach.viewer.corporation},
        )
        assert {one["id"] for one in proposals} == set(mine.scalars())
    assert all(set(one) == SHOWN for one in proposals)


def test_pages_together_are_the_list_and_the_last_cursor_tells_what_changed_since(
    coach, proposals, proposal
):
    found, cursor, last = [], None, None
    while True:
        asked = {"aantal": 2} | ({"cursor": cursor} if cursor else {})
        page = coach.get("/v1/voorstellen", params=asked).json()
        found += page["voorstellen"]
        last, cursor = page["volgende"] or last, page["volgende"]
        if cursor is None:
            break
    assert found == proposals
    assert react(coach, proposal, "opnemen").status_code == 201
    after = coach.get("/v1/voorstellen", params={"cursor": last}).json()["voorstellen"]
    assert after[-1]["id"] == proposal["id"]
    assert after[-1]["stand"] == "opgenomen"


def test_filters_choose(coach, proposals, proposal):
    def ids(**asked):
        return {
            one["id"] for one in coach.get("/v1/voorstellen", params=asked).json()["voorstellen"]
        }

    assert ids(stand=["opgenomen", "geweigerd"]) == set()
    assert ids(woning=proposal["woning"]) == {proposal["id"]}
    assert ids(keten=proposal["keten"]) == {
        one["id"] for one in proposals if one["keten"] == proposal["keten"]
    }


def test_one_proposal_tells_why_and_what_can_be_done_now(coach, proposal):
    told = again(coach, proposal)
    assert {reason["oordeel"] for reason in told["redenen"]} <= {"ja", "vraag de coach", None}
    assert any(reason["criterium"] == "passend_toewijzen" for reason in told["redenen"])
    assert {step["stap"] for step in told["stappen"] if step["kanNu"]} >= {"opnemen", "weigeren"}
    assert told["nieuweWoning"]["id"] == proposal["woning"]


FOREIGN = (
    "/v1/voorstellen/{proposal}",
    "/v1/voorstellen/{proposal}/aanbieding",
    "/v1/voorstellen/{proposal}/toewijzing",
    "/v1/woningen/{home}",
    "/v1/huishoudens/{household}",
)


def others(engine, corporation):
    """A proposal, its household and its home, all of another corporation."""
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT p.id, p.household, d.key FROM proposal p, state_row d"
                " WHERE p.corporation <> :mine AND d.state_table = 'dwellings'"
                " AND d.data::jsonb ->> 'corporation' <> :mine ORDER BY 1, 3"
            ),
            {"mine": corporation},
        ).first()
        return {"proposal": row[0], "household": row[1], "home": row[2]}


def test_what_is_of_another_corporation_is_as_if_it_were_not_there(engine, coach):
    ids = others(engine, coach.viewer.corporation)
    for path in FOREIGN:
        theirs = coach.get(path.format(**ids))
        nobodys = coach.get(path.format(proposal="voorstel-0", home="W-0", household="H-0"))
        assert theirs.status_code == 404, path
        assert theirs.content == nobodys.content
        assert dict(theirs.headers) == dict(nobodys.headers)


def test_nobody_answers_for_another_corporation(engine, coach):
    theirs = others(engine, coach.viewer.corporation)["proposal"]
    answer = react(coach, {"id": theirs, "positie": 1}, "opnemen")
    nobodys = react(coach, {"id": "voorstel-0", "positie": 1}, "opnemen", key="sleutel-2")
    assert answer.status_code == 404
    assert answer.content == nobodys.content


def test_the_households_of_another_coach_are_not_hers(as_coach, as_role, proposal):
    somebody_else = as_role("coach", as_coach().viewer.corporation, coach="COACH-ANDERS")
    for path in ("/v1/voorstellen/{id}", "/v1/voorstellen/{id}/aanbieding"):
        assert somebody_else.get(path.format(**proposal)).status_code == 404
    assert somebody_else.get(f"/v1/huishoudens/{proposal['huishouden']}").status_code == 404
    assert react(somebody_else, proposal, "opnemen").status_code == 404
    assert somebody_else.get("/v1/voorstellen").json() == {"voorstellen": [], "volgende": None}


HOME = {
    *("id", "complex", "gemeente", "buurt", "soort", "kamers", "oppervlakte", "etage", "lift"),
    *("toegankelijkheid", "woonvorm", "kenmerken", "energielabel", "huur", "streefhuur", "daeb"),
    *("status", "beschikbaarPer"),
}
HOUSEHOLD = {
    *("id", "personen", "aow", "ingeschrevenOp", "toestemming", "bereidheid", "verhuiscoach"),
    "nodig",
}
PLAN = {"id", "regio", "nacht", "gemaakt", "status", "opbrengst", "opInschrijfduur"}
SEES = {
    ("coach", "woningen"): HOME,
    ("steward", "woningen"): HOME,
    ("planner", "woningen"): HOME,
    ("administrator", "woningen"): None,
    ("coach", "huishoudens"): HOUSEHOLD,
    ("steward", "huishoudens"): HOUSEHOLD,
    ("planner", "huishoudens"): None,
    ("administrator", "huishoudens"): None,
    ("steward", "voorstellen"): None,
    ("planner", "voorstellen"): None,
    ("administrator", "voorstellen"): None,
}


def own_home(engine, corporation):
    with engine.connect() as connection:
        said = (
            "SELECT min(key) FROM state_row WHERE state_table = 'dwellings'"
            " AND data::jsonb ->> 'corporation' = :corporation"
        )
        return connection.scalar(text(said), {"corporation": corporation})


def test_each_role_gets_the_fields_it_may_and_no_others(engine, as_role, coach, proposal):
    ids = {
        "woningen": own_home(engine, coach.viewer.corporation),
        "huishoudens": proposal["huishouden"],
        "voorstellen": proposal["id"],
    }
    roles = {role for role, _ in SEES}
    clients = {
        role: as_role(role, coach.viewer.corporation, coach=coach.viewer.coach) for role in roles
    }
    for (role, what), fields in SEES.items():
        answer = clients[role].get(f"/v1/{what}/{ids[what]}")
        if fields is None:
            assert answer.status_code == 403, (role, what)
        else:
            assert set(answer.json()) == fields, (role, what)
            needs = answer.json().get("nodig")
            assert (needs is not None) is (role == "coach" and what == "huishoudens")


def test_everybody_reads_the_plan_in_totals_without_a_household_in_it(as_role):
    for role in ("coach", "steward", "planner", "administrator"):
        client = as_role(role)
        plan = client.get("/v1/plan")
        assert set(plan.json()) == PLAN
        assert "H-0" not in plan.text
        assert plan.json()["opbrengst"]["verhuizingen"] > 0
        receipt = client.get("/v1/plan/verantwoording").json()
        assert receipt["plan"] == plan.json()["id"] == client.get("/v1/status").json()["plan"]
        assert receipt["waarde"] <= receipt["grens"]


def looks(engine):
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT who, client, ids FROM access WHERE client = 'api'"))
        return [(row.who, tuple(row.ids)) for row in rows]


PERSONAL = ("/v1/voorstellen/{id}", "/v1/huishoudens/{huishouden}")


def test_each_look_at_a_household_leaves_a_line(engine, coach, proposal):
    for number, path in enumerate(PERSONAL * 2, start=1):
        assert coach.get(path.format(**proposal)).status_code == 200
        assert looks(engine) == [(coach.viewer.user, (proposal["huishouden"],))] * number


def test_without_a_line_nobody_looks(engine, coach, proposal):
    with engine.begin() as connection:
        connection.execute(text(f"REVOKE INSERT ON access FROM {ROLE}"))
    for path in PERSONAL:
        answer = coach.get(path.format(**proposal))
        assert answer.status_code == 503, path
        assert answer.headers["content-type"] == PROBLEM
        assert proposal["huishouden"] not in answer.text
