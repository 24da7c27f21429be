"""The work account: an issuer of our own on this machine, honest and then less honest."""

import hashlib
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from desk import oidc
from desk.app import application
from desk.sessions import PLAIN
from pipelines.settings import Settings
from store import users
from tests.desk.client import TestClient

CORPORATION, CLIENT, SUBJECT = "12345678", "verhuisketen", "pairwise-7f3a"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = RSAKey.generate_key(2048, parameters={"kid": "een"})
STRANGE = RSAKey.generate_key(2048, parameters={"kid": "een"})


class Issuer:
    """An issuer that says what a test wants it to say."""

    def __init__(self):
        self.claims, self.meta, self.key, self.header = {}, {}, KEY, {"alg": "RS256", "kid": "een"}
        self.asked, self.challenge, self.calls = {}, "", []
        issuer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.answer(self)

            def do_POST(self):
                issuer.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, call):
        path = urlsplit(call.path).path
        self.calls.append(path)
        said, status = self.says(path, call), 200
        if said is None:
            said, status = {"error": "invalid_grant"}, 400
        body = json.dumps(said).encode()
        call.send_response(status)
        call.send_header("Content-Type", "application/json")
        call.send_header("Content-Length", str(len(body)))
        call.end_headers()
        call.wfile.write(body)

    def says(self, path, call):
        if path.endswith("openid-configuration"):
            here = self.address
            return {
                "issuer": here,
                "authorization_endpoint": f"{here}/ga",
                "token_endpoint": f"{here}/token",
                "jwks_uri": f"{here}/sleutels",
            } | self.meta
        if path == "/sleutels":
            return {"keys": [KEY.as_dict(private=False)]}
        given = parse_qs(call.rfile.read(int(call.headers["Content-Length"])).decode())
        verifier = given["code_verifier"][0]
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        if challenge.decode() != self.challenge or given["code"] != ["goede-code"]:
            return None
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token()}

    def token(self):
        at = int(NOON.timestamp())
        claims = {
            "iss": self.address,
            "sub": SUBJECT,
            "aud": CLIENT,
            "iat": at,
            "exp": at + 300,
            "nonce": self.asked.get("nonce", [""])[0],
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])


@pytest.fixture
def issuer():
    oidc._discovered.cache_clear()
    one = Issuer()
    yield one
    one.stop()
    oidc._discovered.cache_clear()


@pytest.fixture
def browser(database, tmp_path, issuer):
    settings = Settings(data=tmp_path, oidc_issuer=issuer.address, oidc_client=CLIENT)
    app = application(database, settings, clock=lambda: NOON)
    made = []

    def one():
        client = TestClient(app, base_url="http://127.0.0.1:8080", follow_redirects=False)
        made.append(client)
        return client

    yield one
    for client in made:
        client.close()


@pytest.fixture
def anna(database, issuer):
    return linked(database, issuer, CORPORATION)


def linked(database, issuer, corporation):
    with database.begin() as connection:
        return users.add(
            connection,
            corporation=corporation,
            login="anna",
            name="Anna Proef",
            roles=["coach"],
            issuer=issuer.address,
            subject=SUBJECT,
        )


def away(client, issuer, naar="/voorstellen"):
    """Go to the issuer; give what it was asked."""
    answer = client.get("/aanmelden/elders", params={"naar": naar})
    assert answer.status_code == 303
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    issuer.asked, issuer.challenge = asked, asked["code_challenge"][0]
    return asked


def back(client, asked, **more):
    return client.get(
        "/aanmelden/terug", params={"state": asked["state"][0], "code": "goede-code"} | more
    )


def inside(client):
    return client.get("/account").status_code == 200


def test_the_work_account_lets_in_whom_the_administrator_linked(browser, issuer, anna):
    client = browser()
    asked = away(client, issuer)
    assert asked["redirect_uri"] == ["http://127.0.0.1:8080/aanmelden/terug"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    answer = back(client, asked, iss=issuer.address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/voorstellen")
    assert inside(client)
    assert anna.name in client.get("/account").text


def test_who_is_not_linked_hears_what_to_give_the_administrator(browser, issuer):
    client = browser()
    answer = back(client, away(client, issuer))
    assert answer.status_code == 403
    assert SUBJECT in answer.text
    assert PLAIN not in client.cookies


def test_a_person_two_corporations_wrote_down_is_of_the_first(browser, issuer, anna, database):
    linked(database, issuer, "87654321")
    client = browser()
    back(client, away(client, issuer))
    assert anna.corporation in client.get("/account").text


@pytest.mark.usefixtures("anna")
def test_what_was_begun_serves_once_and_only_here(browser, issuer):
    client, other = browser(), browser()
    asked = away(client, issuer)
    assert back(other, asked).status_code == 401
    assert back(client, asked).status_code == 401  # the other one used it up
    asked = away(client, issuer)
    assert back(client, asked).status_code == 303
    client.cookies.delete(PLAIN)
    assert back(client, asked).status_code == 401


LIES = {
    "another issuer in the token": {"claims": {"iss": "https://elders.example"}},
    "for another client": {"claims": {"aud": "iemand-anders"}},
    "for two, and not for us": {"claims": {"aud": [CLIENT, "x"], "azp": "x"}},
    "another nonce": {"claims": {"nonce": "oud"}},
    "no nonce": {"claims": {"nonce": None}},
    "too old": {"claims": {"exp": int(NOON.timestamp()) - 100}},
    "from the future": {"claims": {"iat": int(NOON.timestamp()) + 1_000}},
    "no subject": {"claims": {"sub": None}},
    "another key": {"key": STRANGE},
    "our own secret as a key": {
        "key": OctKey.import_key("x" * 40),
        "header": {"alg": "HS256", "kid": "een"},
    },
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_right_lets_nobody_in(browser, issuer, lie):
    for name, value in LIES[lie].items():
        setattr(issuer, name, value)
    client = browser()
    assert back(client, away(client, issuer)).status_code == 401
    assert not inside(client)


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("more", [{"code": "andere-code"}, {"code": ""}, {"iss": "https://x"}])
def test_a_way_back_that_is_not_right_lets_nobody_in(browser, issuer, more):
    client = browser()
    assert back(client, away(client, issuer), **more).status_code == 401
    assert not inside(client)


@pytest.mark.usefixtures("anna")
def test_who_took_the_code_cannot_use_it_without_the_verifier(browser, issuer):
    client = browser()
    asked = away(client, issuer)
    issuer.challenge = "van een ander"
    assert back(client, asked).status_code == 401


@pytest.mark.parametrize(
    "meta",
    [
        {"issuer": "https://elders.example"},
        {"token_endpoint": "http://elders.example/token"},
        {"jwks_uri": None},
    ],
)
def test_an_issuer_that_says_it_is_another_is_not_believed(browser, issuer, meta):
    issuer.meta = meta
    assert browser().get("/aanmelden/elders").status_code == 503


@pytest.mark.usefixtures("anna")
def test_nothing_else_is_fetched_than_what_the_issuer_named(browser, issuer):
    client = browser()
    back(client, away(client, issuer, naar=f"{issuer.address}/lek"), iss=issuer.address)
    assert inside(client)
    assert set(issuer.calls) == {"/.well-known/openid-configuration", "/token", "/sleutels"}


def test_without_an_issuer_there_is_no_such_door(database, tmp_path):
    client = TestClient(
        application(database, Settings(data=tmp_path), clock=lambda: NOON),
        base_url="http://127.0.0.1:8080",
        follow_redirects=False,
    )
    assert client.get("/aanmelden/elders").status_code == 404
    assert client.get("/aanmelden/terug").status_code == 404
    client.close()
