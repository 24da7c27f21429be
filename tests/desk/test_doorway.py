import asyncio
import logging

import pytest
from psycopg import OperationalError
from starlette.requests import ClientDisconnect, Request
from structlog.processors import JSONRenderer
from structlog.stdlib import ProcessorFormatter

from desk import doorway, home
from desk.app import application
from desk.doorway import Doorway, policy_of_content
from desk.files import address
from desk.problems import NotFound, Refused, local
from desk.viewer import NotYours, Role, SignInFirst, Viewer, viewer_of
from pipelines.logs import THEIRS
from store.installation import Installation
from store.life import NotAllowed, Stale, Unknown
from tests.desk.client import TestClient
from tests.desk.walking import filled, parts, routes

HERE = "http://127.0.0.1:8080"
OWN = {"Sec-Fetch-Site": "same-origin"}
SECRET = "mevrouw Canarie, Dorpsstraat 1"  # noqa: S105 - what may never be told
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Mishap(Exception):
    """A bug of ours, with words in it that nobody may read."""


RAISED = {
    "/zoek": (NotFound(), 404),
    "/zoek-2": (Unknown(), 404),
    "/niet-van-u": (NotYours(), 403),
    "/veranderd": (Stale("Iemand anders was eerder."), 409),
    "/mag-nu-niet": (NotAllowed(), 409),
    "/onvoorzien": (Mishap(SECRET), 500),
    "/storing": (OperationalError(SECRET), 503),
    "/eerst": (SignInFirst(), 303),
    "/vol": (Refused(413), 413),
}


def raising(error):
    def route():
        raise error

    return route


@pytest.fixture
def app():
    made = application(None, Installation())
    for path, (error, _) in RAISED.items():
        made.add_api_route(path, raising(error), methods=["GET", "POST"])
        made.add_api_route("/v1" + path, raising(error), methods=["GET", "POST"])
    made.add_api_route("/getal/{number}", lambda number: {"number": int(number)})
    return made


@pytest.fixture
def client(app):
    return TestClient(app, base_url=HERE, raise_server_exceptions=False, follow_redirects=False)


def same_on_every_answer(answer):
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    assert answer.headers["content-security-policy"] == policy_of_content(tiles=False)


@pytest.mark.parametrize(("path", "status"), [(path, RAISED[path][1]) for path in RAISED])
def test_an_error_is_told_in_dutch_with_every_header_and_without_its_words(client, path, status):
    answer = client.get(path)

    assert answer.status_code == status
    assert SECRET not in answer.text
    same_on_every_answer(answer)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("path", "status"), [(path, RAISED[path][1]) for path in RAISED])
def test_under_v1_the_same_error_is_problem_json(client, path, status):
    answer = client.get("/v1" + path)

    assert answer.status_code == (401 if status == 303 else status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() == {"type", "title", "status", "detail"}
    assert answer.json()["status"] == answer.status_code
    assert SECRET not in answer.text
    same_on_every_answer(answer)


@pytest.mark.parametrize(("path", "status"), [(path, RAISED[path][1]) for path in RAISED])
def test_htmx_gets_a_notice_and_the_page_stays(client, path, status):
    answer = client.get(path, headers={"HX-Request": "true", "HX-Current-URL": HERE + "/plan?a=b"})

    if status == 303:
        assert (answer.status_code, answer.headers["hx-redirect"]) == (
            401,
            "/aanmelden?naar=/plan",
        )
        return
    assert answer.status_code == status
    assert answer.headers["hx-retarget"] == "#melding"
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text


def test_all_that_is_not_there_is_told_in_the_same_bytes(client):
    first, second, third = (client.get(path) for path in ("/zoek", "/zoek-2", "/nergens"))

    assert first.content == second.content == third.content
    assert first.headers == second.headers == third.headers


def test_a_stale_choice_is_told_in_its_own_sentence(client):
    assert "Iemand anders was eerder." in client.get("/veranderd").text


def test_who_must_sign_in_comes_back_to_what_they_were_reading(client):
    assert client.get("/eerst?zoek=iets").headers["location"] == "/aanmelden?naar=/eerst"
    assert client.get("/").headers["location"] == "/aanmelden"
    assert client.post("/eerst", headers=OWN).headers["location"] == "/aanmelden"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("/voorstellen", "/voorstellen"),
        ("/voorstellen?x=1#y", "/voorstellen"),
        ("http://127.0.0.1:8080/plan", "/plan"),
        ("http://elders.example", "/"),
        ("http://elders.example//evil.example/x", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("/\t/evil.example", "/"),
        ("", "/"),
        ("voorstellen", "/"),
    ],
)
def test_one_comes_back_to_this_desk_only(given, path):
    assert local(given) == path


def test_each_role_is_brought_to_its_first_page(app, client):
    steward = Viewer("u-1", "CORP-1", "A. de Vries", frozenset((Role.STEWARD,)))
    app.dependency_overrides[viewer_of] = lambda: steward

    answer = client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/gegevens")


FOREIGN = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Sec-Fetch-Site": "SAME-ORIGIN"},
    {"Origin": "https://elders.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:8081"},
    {"Origin": "ftp://127.0.0.1:8080"},
    {"Origin": HERE + "@elders.example"},
    {"Authorization": "Bearer x", "Cookie": "verhuisketen=x"},
    {"Authorization": "Bearer x", "Origin": "https://elders.example"},
    {"Authorization": "Bearer x", "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_other_site_can_make_somebody_act(client, method, headers):
    answer = client.request(method, "/csp-melding", headers=headers)

    assert answer.status_code == 403
    same_on_every_answer(answer)


def test_no_route_that_acts_can_be_reached_from_another_site(client):
    acting = [name.split(" ", 1) for name in routes(client.app) if not name.startswith("GET ")]
    assert len(acting) > 10

    for method, path in acting:
        there = filled(path, dict.fromkeys(parts(path), "X-1"))
        for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://a.example"}):
            answer = client.request(method, there, headers=headers)
            assert answer.status_code == 403, (method, path, headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": HERE},
        {"Authorization": "Bearer x"},
    ],
    ids=str,
)
def test_our_own_pages_and_machines_with_a_key_can_act(client, headers):
    assert client.post("/csp-melding", headers=headers).status_code == 204


@pytest.mark.parametrize(
    "host", ["elders.example", "127.0.0.1.elders.example", "", "[::2]", "a@127.0.0.1"]
)
def test_we_answer_to_our_own_names_only(client, host):
    assert client.get("/toegankelijkheid", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9", "[::1]:8080", "LOCALHOST"])
def test_any_of_our_own_names_will_do(client, host):
    assert client.get("/toegankelijkheid", headers={"Host": host}).status_code == 200


def test_what_is_too_large_is_refused_before_it_is_read(client):
    headers = {**OWN, "Content-Length": str(doorway.MOST_BYTES + 1)}
    answer = client.post("/csp-melding", headers=headers)

    assert (answer.status_code, answer.headers["connection"]) == (413, "close")


def test_a_body_that_lies_about_its_size_is_refused_while_it_is_read(app, monkeypatch):
    monkeypatch.setattr(doorway, "MOST_BYTES", 1_000)
    app.add_api_route("/lees", read, methods=["POST"])
    client = TestClient(app, base_url=HERE)

    answer = client.post("/lees", headers=OWN, content=(b"x" * 400 for _ in range(3)))

    assert answer.status_code == 413


async def read(request: Request):
    return len(await request.body())


def test_a_body_that_never_comes_is_given_up(app, monkeypatch):
    monkeypatch.setattr(doorway, "BODY_SECONDS", 0.0)
    app.add_api_route("/lees", read, methods=["POST"])
    said = []

    async def never():
        await asyncio.Event().wait()

    async def send(message):
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/lees",
        "raw_path": b"/lees",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"sec-fetch-site", b"same-origin")],
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(app(scope, never, send))

    assert said[0]["status"] == 408


def test_who_hangs_up_is_not_an_error(caplog):
    async def gone(_scope, _receive, _send):
        raise ClientDisconnect

    front = Doorway(gone, installation=Installation(), hosts=frozenset("*"))
    with caplog.at_level(logging.ERROR):
        TestClient(gone_quietly(front), base_url=HERE).get("/")

    assert caplog.records == []


def gone_quietly(front):
    async def app(scope, receive, send):
        await front(scope, receive, send)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    return app


def test_an_error_nobody_foresaw_is_logged_by_its_class_and_place_only(client, caplog):
    client.get("/onvoorzien")

    (record,) = [one for one in caplog.records if one.name == "verhuisketen.desk"]
    told = ProcessorFormatter(
        processors=[ProcessorFormatter.remove_processors_meta, JSONRenderer()],
        foreign_pre_chain=THEIRS,
        pass_foreign_args=True,
        use_get_message=False,
    ).format(record)
    assert "er ging iets mis dat wij niet voorzagen" in told
    assert "Mishap" in told
    assert SECRET not in told


def test_our_own_files_may_be_kept_for_good_and_travel_packed(client):
    answer = client.get(address("verhuisketen.css"), headers={"Accept-Encoding": "gzip"})

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    same_on_every_answer(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/statisch/0123456789ab/verhuisketen.css",
        address("verhuisketen.css").replace("verhuisketen.css", "../app.py"),
        address("verhuisketen.css").replace("verhuisketen.css", "..%2f..%2fapp.py"),
        address("verhuisketen.css").replace("verhuisketen.css", "vendored/README.md"),
        "/statisch/",
    ],
)
def test_only_our_own_files_are_given_and_nothing_missing_is_kept(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


def test_a_report_of_a_browser_is_counted_and_not_kept(client):
    before = home.CSP_REPORTS._value.get()
    answer = client.post("/csp-melding", headers=OWN, json={"csp-report": {"blocked-uri": SECRET}})

    assert answer.status_code == 204
    assert home.CSP_REPORTS._value.get() == before + 1


def test_tiles_of_another_are_allowed_only_where_an_installation_wants_them():
    assert "pdok" not in policy_of_content(tiles=False)
    assert "img-src 'self' data: https://service.pdok.nl;" in policy_of_content(tiles=True)
    assert "unsafe" not in policy_of_content(tiles=True)


def test_behind_a_proxy_browsers_are_told_to_keep_to_tls():
    app = application(None, Installation(behind_proxy=True))
    answer = TestClient(app, base_url=HERE).get("/toegankelijkheid")

    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_what_is_wrong_with_a_request_is_400_and_repeats_nothing(app, client):
    def numbered(number: int):
        return number

    app.add_api_route("/nummer/{number}", numbered)
    answer = client.get("/nummer/" + "canarie")

    assert answer.status_code == 400
    assert "canarie" not in answer.text
