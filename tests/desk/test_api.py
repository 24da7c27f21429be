"""The API beside the pages: who sees what, what is refused and how, and answers with one effect."""

import csv
import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from data_contracts.words import DeclineReason, ProposalState
from desk.api import answers, vera
from desk.api.vera import VERA_MOMENT
from store import life
from store.tenants import ROLE
from tests.counts import count

PROBLEM = "application/problem+json"
WAIT = 30
REFERENCE = Path(__file__).parents[3] / "shared/data/vera/Referentiedata.main-2026-06-26.csv"
CANARY = "Kanarie-Jansen"
MOVE = ("id", "plan", "keten", "plaatsInKeten", "huishouden", "woning", "laatVrij", "stand")
SHOWN = {
    *MOVE,
    *("reden", "aangebodenOp", "geldigTot", "voorgelegdOp", "aangehoudenTot", "gewijzigd"),
    "positie",
}


@pytest.fixture
def coach(as_coach):
    return as_coach()


@pytest.fixture
def proposals(coach):
    found = coach.get("/v1/voorstellen", params={"aantal": 100}).json()["voorstellen"]
    assert found
    return found


@pytest.fixture
def proposal(proposals):
    """One that may be taken up."""
    return next(one for one in proposals if one["stand"] == "aangeboden")


def react(client, proposal, step, *, key="sleutel-1", **more):
    said = {"stap": step, "positie": proposal["positie"], **more}
    path = f"/v1/voorstellen/{proposal['id']}/reacties"
    return client.post(path, json=said, headers={"Idempotency-Key": key})


def again(client, proposal):
    return client.get(f"/v1/voorstellen/{proposal['id']}").json()


def facts_of(engine, proposal):
    with engine.connect() as connection:
        said = "SELECT count(*) FROM log WHERE subject = :id"
        return connection.scalar(text(said), {"id": proposal["id"]})


# --- reading ---------------------------------------------------------------------------------


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


# --- refusing --------------------------------------------------------------------------------


def test_who_is_not_signed_in_hears_401_everywhere_but_at_the_document(anonymous):
    client = anonymous()
    calls = [
        ("GET", "/v1/voorstellen"),
        ("GET", "/v1/voorstellen/voorstel-1"),
        ("POST", "/v1/voorstellen/voorstel-1/reacties"),
        ("GET", "/v1/voorstellen/voorstel-1/aanbieding"),
        ("GET", "/v1/voorstellen/voorstel-1/toewijzing"),
        ("GET", "/v1/woningen/W-1"),
        ("GET", "/v1/huishoudens/H-1"),
        ("GET", "/v1/plan"),
        ("GET", "/v1/plan/verantwoording"),
        ("GET", "/v1/status"),
    ]
    for method, path in calls:
        answer = client.request(method, path)
        assert answer.status_code == 401, path
        assert answer.headers["content-type"] == PROBLEM
    assert client.get("/v1/openapi.json").status_code == 200


def test_all_mistakes_are_told_together_and_nothing_is_repeated(coach, proposal):
    answer = coach.post(
        f"/v1/voorstellen/{proposal['id']}/reacties",
        json={"stap": CANARY, "positie": "0", "reden": [CANARY], "toelichting": "", CANARY: 1},
        headers={"Idempotency-Key": "met spatie"},
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM
    told = {(one["pointer"], one["code"]) for one in answer.json()["errors"]}
    assert told == {
        ("/stap", "onbekende_waarde"),
        ("/positie", "te_klein"),
        ("/reden", "onbekende_waarde"),
        ("/toelichting", "te_kort"),
        ("", "onbekend_veld"),
        ("/header/Idempotency-Key", "verkeerde_vorm"),
    }
    assert CANARY not in answer.text


ASKED_WRONGLY = (
    ({"aantal": "-1"}, "/query/aantal"),
    ({"aantal": "99999999999999999999999999"}, "/query/aantal"),
    ({"cursor": "cDk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"}, "/query/cursor"),
    ({"cursor": "niets"}, "/query/cursor"),
    ({"stand": "weg"}, "/query/stand/0"),
    ({"woning": "W\x001"}, "/query/woning"),
    ({"bladzijde": "2"}, "/query"),
)


def test_what_is_asked_wrongly_is_pointed_at(coach):
    for asked, pointer in ASKED_WRONGLY:
        answer = coach.get("/v1/voorstellen", params=asked)
        assert answer.status_code == 400, asked
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


NO_ANSWERS = (
    b"",
    b"{",
    b'{"stap":"opnemen","stap":"weigeren","positie":1}',
    b'{"stap":"opnemen","positie":NaN}',
    b'{"stap":"opnemen","reden":"\xff","positie":1}',
    b'{"stap":"opnemen","reden":"\\ud800","positie":1}',
    b'{"stap":"opnemen","reden":"\\u0000","positie":1}',
    b"[" * 100_000,
)


def test_what_is_no_json_or_not_ours_is_refused(coach, proposal):
    path = f"/v1/voorstellen/{proposal['id']}/reacties"
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    for body in NO_ANSWERS:
        answer = coach.post(path, content=body, headers=headers)
        assert answer.status_code == 400, body[:40]
        assert answer.json()["errors"]


def test_other_forms_are_refused(coach, proposal):
    path = f"/v1/voorstellen/{proposal['id']}/reacties"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=l1"):
        headers = {"Idempotency-Key": "k", "Content-Type": kind}
        assert coach.post(path, content=b"{}", headers=headers).status_code == 415
    for wanted in ("text/html", "application/xml", "application/json;q=0"):
        assert coach.get("/v1/plan", headers={"Accept": wanted}).status_code == 406
    for wanted in ("*/*", "text/html, application/json;q=0.1", "application/*"):
        assert coach.get("/v1/plan", headers={"Accept": wanted}).status_code == 200


def test_every_answer_says_which_version_it_is_and_is_a_problem_where_it_fails(coach):
    for method, path, status in (
        ("GET", "/v1/plan", 200),
        ("GET", "/v1/nergens", 404),
        ("DELETE", "/v1/plan", 405),
        ("GET", "/v1/plan/", 404),
        ("GET", "/v1/huishoudens/H-0", 404),
    ):
        answer = coach.request(method, path)
        assert answer.status_code == status, path
        assert answer.headers["api-version"] == "1.0.0"
        assert answer.headers["cache-control"] == "no-store"
        if status >= 400:
            assert answer.headers["content-type"] == PROBLEM


def test_another_site_makes_nobody_answer(coach, proposal):
    headers = {"Idempotency-Key": "k", "Sec-Fetch-Site": "cross-site"}
    said = {"stap": "opnemen", "positie": proposal["positie"]}
    answer = coach.post(f"/v1/voorstellen/{proposal['id']}/reacties", json=said, headers=headers)
    assert answer.status_code == 403


# --- answering -------------------------------------------------------------------------------


def test_an_answer_is_a_fact_with_who_gave_it(engine, coach, proposal):
    answer = react(coach, proposal, "opnemen")
    assert answer.status_code == 201
    assert answer.json()["stand"] == "opgenomen"
    assert answer.headers["location"] == f"/v1/voorstellen/{proposal['id']}"
    with engine.connect() as connection:
        told = "SELECT data FROM log WHERE position = :position"
        data = connection.scalar(text(told), {"position": answer.json()["positie"]})
    assert json.loads(data)["by"] == coach.viewer.user


def test_a_step_is_taken_back(coach, proposal):
    taken = react(coach, proposal, "opnemen").json()
    back = react(coach, proposal | taken, "terugnemen", key="sleutel-2")
    assert (back.status_code, back.json()["stand"]) == (201, "aangeboden")


def test_an_answer_to_what_has_changed_is_refused_and_nothing_happens(engine, coach, proposal):
    react(coach, proposal, "opnemen")
    before = facts_of(engine, proposal)
    late = react(coach, proposal, "weigeren", key="sleutel-2", reden="HUU")
    assert late.status_code == 409
    assert late.headers["content-type"] == PROBLEM
    assert facts_of(engine, proposal) == before


def test_a_step_that_cannot_be_taken_now_says_so(coach, proposal):
    answer = react(coach, proposal, "verhuizen")
    assert answer.status_code == 409
    assert "stap" in answer.json()["detail"]


TOGETHER = (
    ({"stap": "weigeren"}, "/reden"),
    ({"stap": "opnemen", "reden": "HUU"}, "/reden"),
    ({"stap": "opnemen", "toelichting": "Zomaar"}, "/toelichting"),
    ({"stap": "weigeren", "reden": "PER_OVERIG"}, "/toelichting"),
    ({"stap": "weigeren", "reden": "HUU", "toelichting": " "}, "/toelichting"),
    ({"stap": "weigeren", "reden": "HUU", "toelichting": "bel 123456782"}, "/toelichting"),
)


def test_a_reason_belongs_to_declining_and_words_to_a_reason(engine, coach, proposal):
    before = facts_of(engine, proposal)
    for said, pointer in TOGETHER:
        answer = react(
            coach, proposal, said["stap"], **{k: v for k, v in said.items() if k != "stap"}
        )
        assert answer.status_code == 400, said
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer], said
        assert "123456782" not in answer.text
    assert facts_of(engine, proposal) == before


def test_words_with_a_refusal_are_kept_apart_and_told_to_nobody_here(engine, coach, proposal):
    said = {"reden": "PER_OVERIG", "toelichting": CANARY}
    answer = react(coach, proposal, "weigeren", **said)
    assert (answer.status_code, answer.json()["stand"]) == (201, "geweigerd")
    with engine.connect() as connection:
        kept = "SELECT said FROM words WHERE subject = :id"
        assert connection.scalar(text(kept), {"id": proposal["id"]}) == CANARY
        told = connection.execute(text("SELECT data FROM log WHERE subject = :id"), proposal)
        assert not any(CANARY in row.data for row in told)
        again_ = connection.execute(text("SELECT answer FROM repeated_call")).scalars()
        assert not any(CANARY in answer for answer in again_)
    assert CANARY not in coach.get("/v1/voorstellen").text
    assert CANARY not in answer.text


def test_a_proposal_is_put_to_the_household_after_it_was_taken_up(coach, proposal):
    assert react(coach, proposal, "voorleggen").status_code == 409
    taken = react(coach, proposal, "opnemen", key="sleutel-2").json()
    put = react(coach, proposal | taken, "voorleggen", key="sleutel-3")
    assert (put.status_code, put.json()["stand"]) == (201, "opgenomen")
    assert again(coach, proposal)["voorgelegdOp"] is not None


def test_the_same_call_in_a_row_is_answered_the_same_and_done_once(engine, coach, proposal):
    before = facts_of(engine, proposal)
    first, second = (react(coach, proposal, "opnemen") for _ in range(2))
    assert first.content == second.content
    assert (first.status_code, second.status_code) == (201, 201)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert facts_of(engine, proposal) == before + 1


def test_the_answer_stays_the_first_one_after_the_proposal_went_on(coach, proposal):
    first = react(coach, proposal, "opnemen")
    react(coach, proposal | first.json(), "weigeren", key="sleutel-2", reden="GEE")
    assert react(coach, proposal, "opnemen").content == first.content


def test_a_refusal_is_remembered_too(coach, proposal):
    first = react(coach, proposal, "verhuizen")
    react(coach, proposal, "opnemen", key="sleutel-2")
    second = react(coach, proposal, "verhuizen")
    assert (second.status_code, second.content) == (409, first.content)


def test_the_same_key_for_another_answer_is_refused(engine, coach, proposal, proposals):
    react(coach, proposal, "opnemen")
    before = facts_of(engine, proposal)
    assert react(coach, proposal, "weigeren", reden="HUU").status_code == 422
    other = next(one for one in proposals if one["id"] != proposal["id"])
    assert react(coach, other, "opnemen").status_code == 422
    assert facts_of(engine, proposal) == before


def test_a_call_while_the_same_is_underway_hears_409_and_then_the_answer(
    engine, coach, proposal, monkeypatch
):
    started, go, heard = Event(), Event(), []

    def slow(*args, **kwargs):
        started.set()
        assert go.wait(WAIT)
        return life.answer(*args, **kwargs)

    before = facts_of(engine, proposal)
    monkeypatch.setattr(answers, "life", type("Slow", (), {**vars(life), "answer": slow}))
    first = Thread(target=lambda: heard.append(react(coach, proposal, "opnemen")))
    first.start()
    assert started.wait(WAIT)
    second = react(coach, proposal, "opnemen")
    go.set()
    first.join(WAIT)
    assert (second.status_code, second.headers["retry-after"]) == (409, "1")
    assert heard[0].status_code == 201
    assert react(coach, proposal, "opnemen").content == heard[0].content
    assert facts_of(engine, proposal) == before + 1


def test_the_same_call_at_once_is_done_once(engine, coach, proposals):
    """However they fall: every one that was not told to wait hears the one answer."""
    open_ones = [one for one in proposals if one["stand"] == "aangeboden"]
    statuses = Counter()
    for number in range(count(ci=6, soak=300, of="test_api: dezelfde oproep tegelijk")):
        proposal = again(coach, open_ones[number % len(open_ones)])
        step = "opnemen" if proposal["stand"] == "aangeboden" else "terugnemen"
        before = facts_of(engine, proposal)
        heard = []

        def send(proposal=proposal, step=step, number=number, heard=heard):
            heard.append(react(coach, proposal, step, key=f"tegelijk-{number}"))

        threads = [Thread(target=send) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        statuses.update(answer.status_code for answer in heard)
        assert {answer.status_code for answer in heard} <= {201, 409}
        assert len({answer.content for answer in heard if answer.status_code == 201}) == 1
        assert facts_of(engine, proposal) == before + 1
    assert statuses[201] >= 1


# --- VERA ------------------------------------------------------------------------------------


def offer_of(client, proposal):
    return client.get(f"/v1/voorstellen/{proposal['id']}/aanbieding").json()


def test_a_proposal_is_read_as_an_offer_of_vera(coach, proposal):
    offer = offer_of(coach, proposal)
    assert offer["status"] == {
        "code": "AAN",
        "naam": "Aangeboden",
        "soort": {"code": "AANBIEDINGSTATUS"},
    }
    assert offer["publicatie"]["model"]["code"] == "DIS"
    assert offer["eenheid"].endswith(f"/v1/woningen/{proposal['woning']}")
    assert {"naam": "verhuisketen.keten", "waarde": proposal["keten"]} in offer["extra-attributen"]
    for name in ("datum", "vervaldatum"):
        assert re.fullmatch(VERA_MOMENT, offer[name])


def test_a_refusal_travels_as_the_reason_of_vera_with_ours_beside_it(coach, proposal):
    assert react(coach, proposal, "weigeren", reden="WOB_NETWERK").status_code == 201
    offer = offer_of(coach, proposal)
    assert offer["status"]["code"] == "GEW"
    assert offer["detailStatus"]["code"] == "WOB"
    assert offer["detailStatus"]["parent"]["code"] == "GEW"
    assert offer["extra-attributen"][-1] == {
        "naam": "verhuisketen.weigerreden",
        "waarde": "WOB_NETWERK",
    }


def test_there_is_an_allocation_once_there_is_a_signature(coach, proposals):
    first = next(one for one in proposals if one["plaatsInKeten"] == 1)
    path = f"/v1/voorstellen/{first['id']}/toewijzing"
    for number, step in enumerate(("opnemen", "aannemen", "tekenen")):
        assert coach.get(path).status_code == 404
        answer = react(coach, first, step, key=f"sleutel-{number}")
        assert answer.status_code == 201, answer.text
        first |= answer.json()
    allocation = coach.get(path).json()
    household = coach.get(f"/v1/huishoudens/{first['huishouden']}").json()
    assert allocation["huishoudgrootte"] == household["personen"]
    assert allocation["isOuderenhuishouden"] == household["aow"]
    assert allocation["aanbieding"]["id"] == first["id"]
    assert offer_of(coach, first)["status"]["code"] == "TOE"


ROW = {
    "id": "v",
    "plan": "p",
    "chain": "W-1",
    "step": 1,
    "household": "H",
    "dwelling": "W",
    "reason": None,
    "offered_on": date(2026, 11, 22),
    "until": None,
    "at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
}


@pytest.mark.parametrize("state", ProposalState)
def test_every_state_has_its_status_in_vera(state):
    reason = "HUU" if state is ProposalState.DECLINED else None
    told = vera.offer(ROW | {"state": state, "reason": reason}, ring=False, url="https://x")
    assert told.status.naam is not None
    assert (told.detail_status is not None) is (told.status.code in ("GEW", "ING"))


@pytest.mark.parametrize("reason", DeclineReason)
def test_every_reason_of_ours_is_one_of_vera(reason):
    told = vera.offer(ROW | {"state": "declined", "reason": reason}, ring=False, url="https://x")
    assert told.detail_status.naam == vera.NAMES["AANBIEDINGDETAILSTATUS", told.detail_status.code]


def test_a_swap_of_homes_is_published_as_one():
    told = vera.offer(ROW | {"state": "offered"}, ring=True, url="https://x")
    assert told.publicatie.model.code == "WON"


def test_the_names_of_codes_are_those_of_vera():
    if not REFERENCE.exists():
        pytest.skip("de referentiedata van VERA staat niet naast de checkout")
    with REFERENCE.open(encoding="utf-8") as rows:
        known = {(r["Soort"], r["Code"]): r["Naam"] for r in csv.DictReader(rows, delimiter=";")}
    assert {pair: known.get(pair) for pair in vera.NAMES} == vera.NAMES
