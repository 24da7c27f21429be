"""What the API refuses, and how: every mistake at once, in Dutch, and never what stood there."""

from tests.desk.api_calls import CANARY, PROBLEM


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
        json={"stap": CANARY, "positie": "0", "reden": [CANARY], "toelichting": ""}
        | {CANARY: 1, "KanarieNaam": 2},
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
    assert "Kanarie" not in answer.text


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
