"""Coming in: the right person gets in, in two steps; out is out."""

import pyotp
import pytest
from sqlalchemy import text

from desk.app import application
from desk.sessions import PLAIN, STRICT
from pipelines.settings import Settings
from store import sessions, users
from tests.desk.at_the_door import CORPORATION, LATER, SECRET, knock, somebody
from tests.desk.client import TestClient


def inside(client):
    return client.get("/account").status_code == 200


def code_at(secret, clock):
    return pyotp.TOTP(secret).at(clock.at)


def test_a_password_alone_lets_in_who_needs_no_second_factor(database, browser):
    somebody(database)
    client = browser()
    assert not inside(client)
    answer = knock(client, naar="/voorstellen")
    assert (answer.status_code, answer.headers["location"]) == (303, "/voorstellen")
    assert inside(client)


def test_a_login_is_the_same_however_its_capitals(database, browser):
    somebody(database, "Anna.Proef")
    assert knock(browser(), "anna.PROEF").status_code == 303


def test_the_same_name_in_two_corporations_is_two_people(database, browser):
    somebody(database)
    one = browser()
    assert "Nummer van uw corporatie" not in one.get("/aanmelden").text
    somebody(database, corporation="87654321", password=LATER)
    assert "Nummer van uw corporatie" in one.get("/aanmelden").text
    assert knock(one, corporatie=CORPORATION).status_code == 303
    other = browser()
    assert knock(other, password=LATER, corporatie=CORPORATION).status_code == 401
    assert knock(other, password=LATER, corporatie="87654321").status_code == 303
    assert "87654321" in other.get("/account").text
    assert CORPORATION not in other.get("/account").text


def test_who_has_no_second_factor_sets_one_up_before_anything_else(database, browser, clock):
    somebody(database, factor_needed=True)
    client = browser()
    assert knock(client).headers["location"] == "/aanmelden/tweede-stap"
    assert not inside(client)
    assert client.get("/").headers["location"].startswith("/aanmelden")
    shown = client.get("/aanmelden/tweede-stap").text
    secret = shown.split('utrecht-code">')[1].split("<")[0].replace(" ", "")
    picture = client.get("/aanmelden/tweede-stap.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert secret not in picture.text
    wrong = client.post("/aanmelden/tweede-stap", data={"code": "000000"})
    assert (wrong.status_code, inside(client)) == (400, False)
    before = client.cookies[PLAIN]
    done = client.post("/aanmelden/tweede-stap", data={"code": code_at(secret, clock)})
    assert done.status_code == 303
    assert inside(client)
    assert client.cookies[PLAIN] != before


def with_a_factor(database, **more):
    secret = pyotp.random_base32()
    somebody(database, factor_needed=True, factor=secret, **more)
    return secret


def test_the_code_of_the_telephone_is_asked_for_and_serves_once(database, browser, clock):
    secret = with_a_factor(database)
    client, thief = browser(), browser()
    assert knock(client).headers["location"] == "/aanmelden/code"
    half = client.cookies[PLAIN]
    assert not inside(client)
    code = code_at(secret, clock)
    assert (
        client.post("/aanmelden/code", data={"code": f" {code[:3]} {code[3:]} "}).status_code == 303
    )
    assert inside(client)
    assert client.cookies[PLAIN] != half
    late = browser()
    late.cookies.set(PLAIN, half, domain="127.0.0.1")
    assert late.get("/aanmelden/code").status_code == 303  # to the door: that token is spent
    knock(thief)
    assert thief.post("/aanmelden/code", data={"code": code}).status_code == 401
    clock.on(seconds=30)
    assert thief.post("/aanmelden/code", data={"code": code_at(secret, clock)}).status_code == 303


def test_another_telephone_takes_the_password_again(database, browser, clock):
    old = with_a_factor(database)
    client = browser()
    knock(client)
    client.post("/aanmelden/code", data={"code": code_at(old, clock)})
    shown = client.get("/aanmelden/tweede-stap").text
    secret = shown.split('utrecht-code">')[1].split("<")[0].replace(" ", "")
    given = {"code": code_at(secret, clock)}
    for password in ("", LATER):
        wrong = client.post("/aanmelden/tweede-stap", data=given | {"wachtwoord": password})
        assert wrong.status_code == 400
    right = client.post("/aanmelden/tweede-stap", data=given | {"wachtwoord": SECRET})
    assert right.status_code == 303
    assert inside(client)
    other = browser()
    knock(other)
    clock.on(minutes=1)
    assert other.post("/aanmelden/code", data={"code": code_at(old, clock)}).status_code == 401
    assert other.post("/aanmelden/code", data={"code": code_at(secret, clock)}).status_code == 303


def test_a_step_that_is_not_yours_is_not_there(database, browser):
    with_a_factor(database)
    client = browser()
    knock(client)
    assert client.get("/aanmelden/tweede-stap").status_code == 404
    assert client.get("/aanmelden/wachtwoord").status_code == 404
    assert client.post("/aanmelden/wachtwoord", data={"nieuw": LATER}).status_code == 404


def test_a_password_that_another_chose_is_replaced_first(database, browser):
    somebody(database, must_change=True)
    client = browser()
    assert knock(client).headers["location"] == "/aanmelden/wachtwoord"
    refused = {"nieuw": SECRET, "nogmaals": SECRET}
    assert client.post("/aanmelden/wachtwoord", data=refused).status_code == 400
    chosen = {"nieuw": LATER, "nogmaals": LATER}
    assert client.post("/aanmelden/wachtwoord", data=chosen).headers["location"] == "/"
    assert inside(client)
    assert knock(browser()).status_code == 401
    assert knock(browser(), password=LATER).status_code == 303


def test_after_signing_in_one_goes_nowhere_else(database, browser):
    somebody(database)
    for elsewhere in ("https://elders.example/x", "//elders.example", "/\\elders.example"):
        answer = knock(browser(), naar=elsewhere).headers["location"]
        assert answer.startswith("/")
        assert not answer.startswith(("//", "/\\"))


# --- sessions -------------------------------------------------------------------------------


def test_a_token_is_kept_as_its_sha256_only(database, browser):
    somebody(database)
    client = browser()
    knock(client)
    with database.connect() as connection:
        kept = connection.scalar(text("SELECT hash FROM session"))
        whole = connection.scalar(text("SELECT string_agg(s::text, '') FROM session s"))
    assert kept == sessions.hash_of(client.cookies[PLAIN])
    assert client.cookies[PLAIN] not in whole


def test_the_cookie_is_for_no_script_and_no_other_site(database, tmp_path, clock, browser):
    somebody(database)
    said = knock(browser()).headers["set-cookie"]
    assert "HttpOnly" in said
    assert "samesite=lax" in said.lower()
    proxied = application(database, Settings(data=tmp_path, behind_proxy=True), clock=clock)
    client = TestClient(
        proxied,
        base_url="https://127.0.0.1",
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
    )
    said = knock(client).headers["set-cookie"]
    assert said.startswith(f"{STRICT}=")
    assert "Secure" in said
    assert "Path=/" in said
    assert "domain" not in said.lower()
    client.close()


def test_signing_in_takes_over_no_session_that_was_there(database, browser):
    somebody(database)
    client = browser()
    client.cookies.set(PLAIN, "door een ander gekozen", domain="127.0.0.1")
    knock(client)
    assert client.cookies[PLAIN] != "door een ander gekozen"
    first = client.cookies[PLAIN]
    knock(client)
    old = browser()
    old.cookies.set(PLAIN, first, domain="127.0.0.1")
    assert not inside(old)


def test_out_is_out_for_every_copy_of_the_cookie(database, browser):
    somebody(database)
    client, copy = browser(), browser()
    knock(client)
    copy.cookies.set(PLAIN, client.cookies[PLAIN], domain="127.0.0.1")
    assert inside(copy)
    client.post("/afmelden")
    assert not inside(copy)
    assert not inside(client)


@pytest.mark.parametrize(
    "change",
    [
        {"active": False},
        {"roles": ["planner"]},
        {"coach": "COACH-02"},
    ],
)
def test_who_loses_a_role_or_the_account_is_out_at_once(database, browser, change):
    anna = somebody(database)
    client = browser()
    knock(client)
    assert inside(client)
    with database.begin() as connection:
        users.change(connection, anna, by="test", **change)
    assert not inside(client)


def test_another_password_ends_every_other_session(database, browser):
    somebody(database)
    here, there = browser(), browser()
    knock(here)
    knock(there)
    given = {"oud": SECRET, "nieuw": LATER, "nogmaals": LATER}
    wrong = here.post("/account/wachtwoord", data=given | {"oud": LATER})
    assert wrong.status_code == 400
    assert here.post("/account/wachtwoord", data=given).status_code == 200
    assert inside(here)
    assert not inside(there)


def test_a_session_ends_by_doing_nothing_and_at_the_end_of_the_day(database, browser, clock):
    somebody(database)
    client = browser()
    knock(client)
    clock.on(minutes=29)
    assert inside(client)
    clock.on(minutes=31)
    assert not inside(client)
    knock(client)
    for _ in range(20):
        clock.on(minutes=29, seconds=30)
        assert inside(client)
    clock.on(minutes=20)
    assert not inside(client)


def test_half_way_in_does_not_last(database, browser, clock):
    secret = with_a_factor(database)
    client = browser()
    knock(client)
    clock.on(minutes=11)
    answer = client.post("/aanmelden/code", data={"code": code_at(secret, clock)})
    assert answer.headers["location"].startswith("/aanmelden")
    assert not inside(client)


# --- the first administrator ----------------------------------------------------------------


def test_the_first_administrator_comes_in_by_the_code_on_the_console(database, browser, clock):
    from store import first  # noqa: PLC0415 - only here

    with database.begin() as connection:
        code = first.code(connection, at=clock.at)
    client = browser()
    assert "/aanmelden/eerste" in client.get("/aanmelden").text
    given = {
        "code": code.lower().replace("-", " "),
        "corporatie": CORPORATION,
        "naam": "Bea Beheer",
        "gebruikersnaam": "bea",
        "wachtwoord": SECRET,
    }
    assert client.post("/aanmelden/eerste", data=given | {"code": "AAAAA"}).status_code == 400
    weak = given | {"wachtwoord": "welkom0123456789"}
    assert client.post("/aanmelden/eerste", data=weak).status_code == 400
    made = client.post("/aanmelden/eerste", data=given)
    assert made.headers["location"] == "/aanmelden/tweede-stap"
    assert browser().post("/aanmelden/eerste", data=given).status_code in (400, 404)
    assert browser().get("/aanmelden/eerste").status_code == 404
    with database.begin() as connection:
        assert first.code(connection, at=clock.at) is None


def test_what_the_database_cannot_hold_is_no_error(database, browser):
    somebody(database)
    assert knock(browser(), "an\x00na", wachtwoord="\x00").status_code == 401
    assert knock(browser(), "x" * 5_000, wachtwoord="y" * 50_000).status_code == 401
